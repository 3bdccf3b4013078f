"""The environment, read once at import, so that a function that lacks a setting fails at its start."""

import os
from collections.abc import Mapping
from types import MappingProxyType

DATABASE_SETTINGS = ("DATABASE_HOST", "DATABASE_PORT", "DATABASE_NAME", "DATABASE_SSLMODE", "DATABASE_SECRET")

# The sender's function ends after this long (template.yaml); its post has given up before.
SENDER_TIMEOUT_SECONDS = 120


def require(*names: str) -> Mapping[str, str]:
    """The named environment variables.

    Raises:
        RuntimeError: naming all that are missing or empty, in one message.
    """
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        raise RuntimeError("Missing settings: " + ", ".join(missing))
    return MappingProxyType({name: os.environ[name] for name in names})
