"""Why a campaign makes no progress, was paused or reached no recipient: a code, its parameters, and the sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypedDict

from hidra.domain import time_zone
from hidra.domain.campaign import MAX_AUDIENCE, EvolutionConnectionStatus
from hidra.domain.circuit import PROBE_EVERY, REFUSALS, SLOW_AFTER
from hidra.domain.connection_error import ConnectionErrorCode

# A message in doubt fails once a lookup does not find it after LOOKED_UP_FOR; if the server does not answer, so much
# later.
LOOKED_UP_FOR = LONGER_IF_UNANSWERED = timedelta(hours=24)


class BlockedCode(StrEnum):
    """Why a campaign makes no progress, was paused, or reached no recipient. Parameters are in ``blocked_params``.

    - ``no-connection``: there is no connection; the campaign continues by itself once one is saved.
    - ``connection-not-connected``: ``connection_status`` is ``disconnected`` or ``connecting``.
    - ``connection-error``: the connection is not usable; ``detail`` is its ``error_message``, ``error_code`` the same
      for programs.
    - ``connection-probed``: one message is sent every ``minutes`` until one is acknowledged; ``detail`` and
      ``error_code`` say why.
    - ``server-slow``: the Evolution server takes longer than ``seconds`` to answer; one message is sent every
      ``minutes`` until one is answered sooner.
    - ``outside-send-window``: the sending window is closed; it opens at ``opens_at``, in its ``time_zone``.
    - ``day-limit-reached``: the connection's ``limit`` of messages of its local day is used up ``until`` then.
    - ``first-contacts-reached``: only first contacts wait, and the ``limit`` of them is used up ``until`` then.
    - ``time-zone-changed``: the day of the connection's new time zone begins at ``until``.
    - ``outcomes-in-doubt``: nothing more is sent. ``messages`` are looked up ``until`` then, or up to ``at_latest`` if
      the Evolution server does not answer; not at all while ``connection_status`` is null.
    - ``whatsapp-refuses``: paused, ``refused`` of the last ``answered`` messages were refused.
    - ``media-not-fetched``: paused, Evolution cannot fetch the media; ``detail`` says why.
    - ``segment-empty``: could not start.
    - ``segment-too-large``: could not start, the segment has more than ``limit`` contacts.
    - ``not-after-passed``: could not start before ``not_after``.
    - ``nothing-to-send``: a run had ``recipients`` and sent to 0 of them; ``reasons`` counts them by ``error_code``.
      ``similar_names`` maps a placeholder that names no attribute to an attribute with a similar name.
    - ``nothing-failed``: a retry had no recipient.
    """

    NO_CONNECTION = "no-connection"
    CONNECTION_NOT_CONNECTED = "connection-not-connected"
    CONNECTION_ERROR = "connection-error"
    CONNECTION_PROBED = "connection-probed"
    SERVER_SLOW = "server-slow"
    OUTSIDE_SEND_WINDOW = "outside-send-window"
    DAY_LIMIT_REACHED = "day-limit-reached"
    FIRST_CONTACTS_REACHED = "first-contacts-reached"
    TIME_ZONE_CHANGED = "time-zone-changed"
    OUTCOMES_IN_DOUBT = "outcomes-in-doubt"
    WHATSAPP_REFUSES = "whatsapp-refuses"
    MEDIA_NOT_FETCHED = "media-not-fetched"
    SEGMENT_EMPTY = "segment-empty"
    SEGMENT_TOO_LARGE = "segment-too-large"
    NOT_AFTER_PASSED = "not-after-passed"
    NOTHING_TO_SEND = "nothing-to-send"
    NOTHING_FAILED = "nothing-failed"


class BlockedParams(TypedDict, total=False):
    """The parameters of ``blocked_code``; the code's description names those that it has. Times are in UTC."""

    connection_status: EvolutionConnectionStatus | None
    detail: str
    error_code: ConnectionErrorCode | None
    minutes: int
    seconds: int
    opens_at: str
    time_zone: str
    messages: int
    until: str
    at_latest: str
    refused: int
    answered: int
    limit: int
    not_after: str
    recipients: int
    reasons: dict[str, int]
    similar_names: dict[str, str]


@dataclass(frozen=True)
class Blocked:
    """Why a campaign stands still, for programs and, as ``reason``, for its user."""

    code: BlockedCode
    params: BlockedParams

    @property
    def reason(self) -> str:
        return _SENTENCES[self.code](self.params)


NO_CONNECTION = Blocked(BlockedCode.NO_CONNECTION, {})
SEGMENT_EMPTY = Blocked(BlockedCode.SEGMENT_EMPTY, {})
SEGMENT_TOO_LARGE = Blocked(BlockedCode.SEGMENT_TOO_LARGE, {"limit": MAX_AUDIENCE})
NOTHING_FAILED = Blocked(BlockedCode.NOTHING_FAILED, {})
_PROBE_MINUTES = PROBE_EVERY // timedelta(minutes=1)
SERVER_SLOW = Blocked(
    BlockedCode.SERVER_SLOW, {"seconds": SLOW_AFTER // timedelta(seconds=1), "minutes": _PROBE_MINUTES}
)


def not_connected(status: EvolutionConnectionStatus) -> Blocked:
    return Blocked(BlockedCode.CONNECTION_NOT_CONNECTED, {"connection_status": status})


def connection_error(detail: str | None, error_code: ConnectionErrorCode | None) -> Blocked:
    return Blocked(BlockedCode.CONNECTION_ERROR, {"detail": detail or "unknown error", "error_code": error_code})


def probed(detail: str | None, error_code: ConnectionErrorCode | None) -> Blocked:
    """The connection is distrusted, so it is probed."""
    return Blocked(
        BlockedCode.CONNECTION_PROBED,
        {"minutes": _PROBE_MINUTES, "detail": detail or "unknown", "error_code": error_code},
    )


def outside_send_window(opens_at: datetime, zone: str) -> Blocked:
    return Blocked(BlockedCode.OUTSIDE_SEND_WINDOW, {"opens_at": _iso(opens_at), "time_zone": zone})


def day_limit_reached(limit: int, until: datetime) -> Blocked:
    return Blocked(BlockedCode.DAY_LIMIT_REACHED, {"limit": limit, "until": _iso(until)})


def first_contacts_reached(limit: int, until: datetime) -> Blocked:
    return Blocked(BlockedCode.FIRST_CONTACTS_REACHED, {"limit": limit, "until": _iso(until)})


def time_zone_changed(until: datetime) -> Blocked:
    """The day of the old zone is over for campaigns, and that of the new one has not begun."""
    return Blocked(BlockedCode.TIME_ZONE_CHANGED, {"until": _iso(until)})


def in_doubt(messages: int, latest_claim: datetime, connection: EvolutionConnectionStatus | None) -> Blocked:
    """Only messages in doubt are left, the last of them claimed at ``latest_claim``."""
    until = latest_claim + LOOKED_UP_FOR
    return Blocked(
        BlockedCode.OUTCOMES_IN_DOUBT,
        {
            "messages": messages,
            "until": _iso(until),
            "at_latest": _iso(until + LONGER_IF_UNANSWERED),
            "connection_status": connection,
        },
    )


def refused(answered: int) -> Blocked:
    """WhatsApp refused ``REFUSALS`` of the messages that it ``answered``."""
    return Blocked(BlockedCode.WHATSAPP_REFUSES, {"refused": REFUSALS, "answered": answered})


def media_not_fetched(detail: str) -> Blocked:
    return Blocked(BlockedCode.MEDIA_NOT_FETCHED, {"detail": detail})


def not_after_passed(not_after: datetime) -> Blocked:
    return Blocked(BlockedCode.NOT_AFTER_PASSED, {"not_after": _iso(not_after)})


def nothing_to_send(reasons: Mapping[str, int], similar_names: Mapping[str, str]) -> Blocked:
    """No recipient gets the message; ``reasons`` counts them by ``error_code``."""
    return Blocked(
        BlockedCode.NOTHING_TO_SEND,
        {
            "recipients": sum(reasons.values()),
            "reasons": dict(reasons),
            "similar_names": dict(similar_names),
        },
    )


def similar_sentence(similar_names: Mapping[str, str]) -> str:
    """Which attribute each placeholder may mean that names none."""
    return " ".join(
        f"No contact has an attribute for {{{{{name}}}}}: perhaps the text means {{{{{other}}}}}."
        for name, other in similar_names.items()
    )


_REASONS = {
    "opted_out": "opted out",
    "excluded": "in an excluded segment",
    "not_on_whatsapp_before": "not on WhatsApp before",
    "contacted_recently": "contacted recently",
    "unresolved_variable": "no value for a variable of the text",
    "text_too_long": "too long a text for the Cloud API",
    "erased": "erased",
    "delivered_already": "the earlier message arrived",
}


_NOTHING_TO_SEND_ADVICE = "Change the text, the contacts or what the campaign skips."


def _nothing_to_send(params: BlockedParams) -> str:
    counts = ", ".join(f"{_REASONS.get(code, code)} ({count:,})" for code, count in params["reasons"].items())
    hint = similar_sentence(params["similar_names"])
    contacts = "1 contact" if params["recipients"] == 1 else f"{params['recipients']:,} contacts"
    return f"0 of {contacts} can get the message. Reasons: {counts}. {hint or _NOTHING_TO_SEND_ADVICE}"


def _in_doubt(params: BlockedParams) -> str:
    messages = "1 message is" if params["messages"] == 1 else f"{params['messages']:,} messages are"
    begin = f"The outcome of {messages} in doubt, and no other recipient waits: nothing more is sent."
    fails = "A message that is not found by then fails with outcome_unknown."
    until = _read(params["until"])
    if params["connection_status"] is None:
        return f"{begin} To look the doubts up in Evolution, save the connection again before {until}. {fails}"
    return (
        f"{begin} Hidra looks the doubts up in Evolution until {until}, or until {_read(params['at_latest'])} if the"
        f" server does not answer. {fails}"
    )


_SENTENCES: Mapping[BlockedCode, Callable[[BlockedParams], str]] = {
    BlockedCode.NO_CONNECTION: lambda _: (
        "The campaign has no Evolution connection. Save one; the campaign then continues by itself."
    ),
    BlockedCode.CONNECTION_NOT_CONNECTED: lambda params: (
        f"WhatsApp is {params['connection_status']} on the Evolution connection. Connect it; the campaign then"
        " continues by itself."
    ),
    BlockedCode.CONNECTION_ERROR: lambda params: f"The Evolution connection is not usable: {params['detail']}",
    BlockedCode.CONNECTION_PROBED: lambda params: (
        f"The Evolution connection is probed with one message every {params['minutes']} minutes. The campaign continues"
        f" by itself when WhatsApp acknowledges one. Why the connection stopped: {params['detail']}"
    ),
    BlockedCode.SERVER_SLOW: lambda params: (
        f"The Evolution server takes longer than {params['seconds']} seconds to answer, so one message is sent every"
        f" {params['minutes']} minutes. The campaign continues by itself when the server answers one sooner. Check the"
        " load of the server and its connection to WhatsApp."
    ),
    BlockedCode.OUTSIDE_SEND_WINDOW: lambda params: (
        f"The sending window is closed. It opens on {_read_in(params['time_zone'], params['opens_at'])}; the campaign"
        " then continues by itself."
    ),
    BlockedCode.DAY_LIMIT_REACHED: lambda params: (
        f"The Evolution connection has used up its limit of {params['limit']:,} messages for this day. The campaign"
        f" continues by itself at {_read(params['until'])}."
    ),
    BlockedCode.FIRST_CONTACTS_REACHED: lambda params: (
        "Only contacts that have neither got a message nor written are left, and the Evolution connection has used up"
        f" its limit of {params['limit']:,} of them for this day. The campaign continues by itself at"
        f" {_read(params['until'])}."
    ),
    BlockedCode.TIME_ZONE_CHANGED: lambda params: (
        "The time zone of the Evolution connection was changed. So that neither zone's day exceeds its limit, the"
        f" campaign continues by itself at {_read(params['until'])}."
    ),
    BlockedCode.OUTCOMES_IN_DOUBT: _in_doubt,
    BlockedCode.WHATSAPP_REFUSES: lambda params: (
        f"WhatsApp refused {params['refused']} of the last {params['answered']} messages that it answered, so the"
        " campaign was paused. Check the number in WhatsApp, the text and the audience, then resume the campaign. After"
        " the campaign has ended, refused recipients can be retried."
    ),
    BlockedCode.MEDIA_NOT_FETCHED: lambda params: params["detail"],
    BlockedCode.SEGMENT_EMPTY: lambda _: "The segment has no contacts.",
    BlockedCode.SEGMENT_TOO_LARGE: lambda params: f"The segment has more than {params['limit']:,} contacts; split it.",
    BlockedCode.NOT_AFTER_PASSED: lambda params: (
        f"The campaign could not start before its not_after, {_read(params['not_after'])}. Duplicate it to send it"
        " later."
    ),
    BlockedCode.NOTHING_TO_SEND: _nothing_to_send,
    BlockedCode.NOTHING_FAILED: lambda _: "The campaign has no recipient that can be retried.",
}


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _read_in(zone: str, at: str) -> str:
    """As ``_read``, by the clock of a zone: 2030-01-31 09:00 (America/Sao_Paulo)."""
    return f"{datetime.fromisoformat(at).astimezone(time_zone.load(zone)):%Y-%m-%d %H:%M} ({zone})"


def _read(at: str) -> str:
    """A time as a person reads it: 2030-01-31 12:00 UTC."""
    return f"{datetime.fromisoformat(at):%Y-%m-%d %H:%M} UTC"
