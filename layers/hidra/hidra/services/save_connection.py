"""Saves a user's connection. A key is sealed for one server and cannot be used with another."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from hidra.domain.send_window import SendWindow
from hidra.errors import Field, Rejected, Unavailable
from hidra.services.lifecycle import Nudge
from hidra.store import connections, daily_limits, runs, send_windows
from hidra.store.connections import Settings
from hidra.store.db import Database, Tx

DEFAULTS = Settings(
    "", "", "baileys", max_messages_per_minute=60, max_concurrent_sends=1, jitter=0.25, send_window=None
)


@dataclass(frozen=True)
class Wanted:
    """A field that is None keeps its value, or takes the default in a first connection.

    ``send_window`` replaces the one of before, None too, unless ``keeps_window``.
    ``daily_limits``: the fields of DailyLimits that change; here None is a value.
    """

    base_url: str
    instance_name: str
    integration: str | None = None
    max_messages_per_minute: int | None = None
    max_concurrent_sends: int | None = None
    jitter: float | None = None
    send_window: SendWindow | None = None
    keeps_window: bool = True
    daily_limits: Mapping[str, Any] = field(default_factory=dict)


def save_connection(
    db: Database,
    user_id: UUID,
    wanted: Wanted,
    *,
    sealed: bytes | None,
    origin: Callable[[str], str],
    nudge: Nudge,
) -> UUID:
    """Creates, changes or revives the user's connection and returns its id.

    Once this has committed, no message is claimed outside the connection's window, of campaigns without one of their
    own.

    Args:
        sealed: the API key, sealed for the user and the origin of ``wanted.base_url``; None to keep the old one.
        origin: returns the part of a URL that a key is bound to.
        nudge: asks for the passes of the campaigns whose window or daily limits are others now.

    Raises:
        Rejected: there is no key yet, or the stored key belongs to another server.
    """

    def save(tx: Tx) -> UUID:
        old = connections.lock(tx)
        if old is None:
            if sealed is None:
                raise _key_required("A first connection needs its API key; nothing was saved. Send api_key.")
            created = connections.insert(tx, _joined(wanted, DEFAULTS), sealed=sealed)
            if created is not None:
                return created
            old = connections.lock(tx)  # another request created it at the same moment
            if old is None:
                raise Unavailable("The connection is being changed by another request. Try again in a few seconds.")
        if sealed is None and old.deleted:
            raise _key_required("The connection was deleted with its API key; nothing was saved. Send api_key.")
        if sealed is None and origin(old.base_url) != origin(wanted.base_url):
            raise _key_required("Another server needs the API key again; nothing was saved. Send api_key.")
        settings = _joined(wanted, old)
        another = sealed is not None or _place(settings) != _place(old)
        connections.update(tx, settings, connection_id=old.id, sealed=sealed, another=another)
        return old.id

    def work(tx: Tx) -> tuple[UUID, set[UUID]]:
        connection_id = save(tx)
        limited = _set_daily_limits(tx, wanted, connection_id)
        # The limit of the connection is locked: each claim on it waits.
        reopened = send_windows.reopen(tx, connection_id=connection_id)
        return connection_id, {*limited, *reopened}

    connection_id, changed = db.as_user(user_id, work)
    for campaign_id in changed:
        nudge(user_id=user_id, campaign_id=campaign_id)
    return connection_id


def _set_daily_limits(tx: Tx, wanted: Wanted, connection_id: UUID) -> Sequence[UUID]:
    """Returns the campaigns that run under other limits now."""
    before = daily_limits.limits(tx, connection_id=connection_id)
    limits = replace(before, **wanted.daily_limits)
    connections.set_daily_limits(tx, limits, connection_id=connection_id)
    if limits == before:
        return []
    return [campaign.campaign_id for campaign in runs.running_on(tx, connection_id=connection_id)]


def _place(settings: Settings) -> tuple[str, str, str]:
    return settings.base_url, settings.instance_name, settings.integration


def _joined(wanted: Wanted, old: Settings) -> Settings:
    return Settings(
        wanted.base_url,
        wanted.instance_name,
        wanted.integration or old.integration,
        wanted.max_messages_per_minute or old.max_messages_per_minute,
        wanted.max_concurrent_sends or old.max_concurrent_sends,
        old.jitter if wanted.jitter is None else wanted.jitter,
        old.send_window if wanted.keeps_window else wanted.send_window,
    )


def _key_required(message: str) -> Rejected:
    return Rejected(message, code="api-key-required", fields=[Field("api_key", "is required")])
