"""The environment, read once at import, so that a function that lacks a setting fails at its start."""

import os
from collections.abc import Mapping
from types import MappingProxyType

DATABASE_SETTINGS = ("DATABASE_HOST", "DATABASE_PORT", "DATABASE_NAME", "DATABASE_SSLMODE", "DATABASE_SECRET")
# Which users of the issuer are tenants (``entry.tenant``).
TENANT_SETTINGS = ("GROUPS_CLAIM", "ALLOWED_GROUP", "UNKNOWN_USERS")

# The time-out of the sender's function (template.yaml); its post times out earlier.
SENDER_TIMEOUT_SECONDS = 120


def require(*names: str) -> Mapping[str, str]:
    """The named environment variables.

    Raises:
        RuntimeError: some are missing or empty; one message names all of them.
    """
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        raise RuntimeError("Missing settings: " + ", ".join(missing))
    return MappingProxyType({name: os.environ[name] for name in names})
