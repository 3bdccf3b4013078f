"""The environment, read once at import, so that a function that lacks a setting fails at its start."""

import os
from collections.abc import Mapping
from types import MappingProxyType

# Where the server is, and how a connection to it is opened.
DATABASE_PLACE = (
    "DATABASE_HOST",
    "DATABASE_PORT",
    "DATABASE_NAME",
    "DATABASE_SSLMODE",
    "DATABASE_ROOT_CERTIFICATES",
    "DATABASE_POOLER",
)
DATABASE_SETTINGS = (*DATABASE_PLACE, "DATABASE_SECRET")
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
