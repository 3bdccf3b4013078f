"""Why a run with pending messages sends none now: its connection, its sending window, or the limits of the day."""

from datetime import datetime
from typing import Protocol

from hidra.domain.blocked import (
    NO_CONNECTION,
    SERVER_SLOW,
    Blocked,
    connection_error,
    day_limit_reached,
    first_contacts_reached,
    not_connected,
    outside_send_window,
    probed,
    time_zone_changed,
)
from hidra.domain.campaign import EvolutionConnectionStatus
from hidra.domain.connection_error import ConnectionErrorCode
from hidra.domain.send_window import Opening, SendWindow


class ConnectionState(Protocol):
    """The connection of a run; None: it has none. ``slow``: its server answers slowly."""

    @property
    def connection(self) -> EvolutionConnectionStatus | None: ...
    @property
    def error_message(self) -> str | None: ...
    @property
    def error_code(self) -> ConnectionErrorCode | None: ...
    @property
    def distrusted(self) -> bool: ...
    @property
    def distrust_reason(self) -> str | None: ...
    @property
    def distrust_code(self) -> ConnectionErrorCode | None: ...
    @property
    def slow(self) -> bool: ...


class WindowState(Protocol):
    @property
    def now(self) -> datetime: ...
    @property
    def connection(self) -> EvolutionConnectionStatus | None: ...
    @property
    def send_window(self) -> SendWindow | None: ...


class DayState(Protocol):
    """The day in progress of a run's connection; its parts are None where there is none.

    ``limited``: the connection has limits of a day. ``claimable``: pending messages that its first contacts allow.
    """

    @property
    def now(self) -> datetime: ...
    @property
    def limited(self) -> bool: ...
    @property
    def open_until(self) -> datetime | None: ...
    @property
    def day_ends_at(self) -> datetime | None: ...
    @property
    def message_limit(self) -> int | None: ...
    @property
    def messages_left(self) -> int | None: ...
    @property
    def first_contact_limit(self) -> int | None: ...
    @property
    def claimable(self) -> int: ...


def by_connection(run: ConnectionState) -> Blocked | None:
    match run.connection:
        case None:
            return NO_CONNECTION
        case EvolutionConnectionStatus.CONNECTED:
            if run.distrusted:
                return probed(run.distrust_reason, run.distrust_code)
            return SERVER_SLOW if run.slow else None
        case EvolutionConnectionStatus.ERROR:
            return connection_error(run.error_message, run.error_code)
        case status:
            return not_connected(status)


def by_window(run: WindowState, opens: Opening) -> Blocked | None:
    """The window is closed; None also while the user has something to do first."""
    waits = run.connection is EvolutionConnectionStatus.CONNECTED and opens.waits(run.now)
    if not waits or run.send_window is None or opens.open_from is None:
        return None
    return outside_send_window(opens.open_from, run.send_window["time_zone"])


def by_day(run: DayState) -> Blocked | None:
    """The day in progress lets no pending message go, until it ends."""
    if not run.limited or run.open_until is None or run.day_ends_at is None:
        return None
    if run.open_until <= run.now:
        return time_zone_changed(run.day_ends_at)
    if run.messages_left == 0:
        return day_limit_reached(run.message_limit or 0, run.day_ends_at)
    if run.claimable == 0:
        return first_contacts_reached(run.first_contact_limit or 0, run.day_ends_at)
    return None
