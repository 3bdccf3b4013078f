"""The keys that Evolution signs webhooks with: derived from a master key, one for each connection, never stored.

A process that knows master keys reads them again for an id that it does not know, but at most every REREAD_AFTER: in
between such a webhook is refused for good, or strangers could cause reads and errors without end. So webhooks are
registered under a master key only once it is REGISTERED_AFTER old: by then every process knows it, or reads it again
at its first webhook. The difference is for secrets that AWS's servers do not show at once, and for clocks that differ.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

REREAD_AFTER = timedelta(seconds=10)
REGISTERED_AFTER = timedelta(seconds=120)


def jwt_key(master: str, connection_id: UUID, instance: str) -> str:
    """Returns the key that the webhooks of one connection are signed with.

    It covers the instance's name, so a body that names another instance fails the signature.
    """
    return hmac.digest(master.encode(), f"{connection_id}\0{instance}".encode(), "sha256").hex()


def current_key_id(masters: Mapping[str, str]) -> str:
    """Returns the id of the master key that new registrations use: the lexically last."""
    return max(masters)


def known_everywhere(
    masters: Mapping[str, str], *, since: datetime, before: Mapping[str, str] | None, now: datetime
) -> dict[str, str]:
    """Returns the master keys that every process knows or reads in time, under which webhooks can be registered.

    None of them if all keys were replaced a moment ago: then registrations wait.

    Args:
        since: when the present keys were written.
        before: the keys of the version before; None if there was none, so that no process can have read other keys.
    """
    if before is None or now - since >= REGISTERED_AFTER:
        return dict(masters)
    return {key_id: key for key_id, key in masters.items() if before.get(key_id) == key}
