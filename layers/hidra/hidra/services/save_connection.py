"""Saving a user's connection: the key is sealed to the server that it was given for, and stays only there."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from hidra.errors import Field, Rejected, Unavailable
from hidra.store import connections
from hidra.store.connections import Settings
from hidra.store.db import Database, Tx

DEFAULTS = Settings("", "", "baileys", max_messages_per_minute=60, max_concurrent_sends=1)


@dataclass(frozen=True)
class Wanted:
    """What is None stays as it is, or is the default of a first connection."""

    base_url: str
    instance_name: str
    integration: str | None
    max_messages_per_minute: int | None
    max_concurrent_sends: int | None


def save_connection(
    db: Database, user_id: UUID, wanted: Wanted, *, sealed: bytes | None, origin: Callable[[str], str]
) -> UUID:
    """Creates or changes the user's connection and gives its id.

    Args:
        sealed: the API key, sealed for the user and the origin of ``wanted.base_url``; None to keep the old one.
        origin: what of a URL a key is bound to.

    Raises:
        Rejected: there is no key yet, or the one there is was given for another server.
    """

    def work(tx: Tx) -> UUID:
        old = connections.lock(tx, user_id=user_id)
        if old is None:
            if sealed is None:
                raise _key_required("A first connection needs its API key.")
            created = connections.insert(tx, _joined(wanted, DEFAULTS), user_id=user_id, sealed=sealed)
            if created is not None:
                return created
            old = connections.lock(tx, user_id=user_id)  # somebody else made it at the same moment
            if old is None:
                raise Unavailable("The connection is being changed; try again in a moment.")
        if sealed is None and origin(old.base_url) != origin(wanted.base_url):
            raise _key_required("Another server needs the API key again.")
        settings = _joined(wanted, old)
        another = sealed is not None or _place(settings) != _place(old)
        connections.update(tx, settings, user_id=user_id, connection_id=old.id, sealed=sealed, another=another)
        return old.id

    return db.as_user(user_id, work)


def _place(settings: Settings) -> tuple[str, str, str]:
    return settings.base_url, settings.instance_name, settings.integration


def _joined(wanted: Wanted, old: Settings) -> Settings:
    return Settings(
        wanted.base_url,
        wanted.instance_name,
        wanted.integration or old.integration,
        wanted.max_messages_per_minute or old.max_messages_per_minute,
        wanted.max_concurrent_sends or old.max_concurrent_sends,
    )


def _key_required(message: str) -> Rejected:
    return Rejected(message, code="api-key-required", fields=[Field("api_key", "is required")])
