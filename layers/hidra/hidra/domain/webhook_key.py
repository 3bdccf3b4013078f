"""The keys that Evolution signs webhooks with: derived from a master key, one for each connection, never stored."""

import hmac
from collections.abc import Mapping
from uuid import UUID


def jwt_key(master: str, connection_id: UUID, instance: str) -> str:
    """Returns the key that the webhooks of one connection are signed with.

    It covers the instance's name, so a body that names another instance fails the signature.
    """
    return hmac.digest(master.encode(), f"{connection_id}\0{instance}".encode(), "sha256").hex()


def current_key_id(masters: Mapping[str, str]) -> str:
    """Returns the id of the master key that new registrations use: the lexically last."""
    return max(masters)
