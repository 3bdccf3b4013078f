"""How fast a campaign sends at this moment, which limit decides on it, and when it continues if it stands still."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from hidra.domain.blocked import Blocked, BlockedCode
from hidra.domain.campaign import CampaignStatus, EvolutionConnectionStatus
from hidra.domain.circuit import PROBE_EVERY
from hidra.domain.connection_error import ConnectionErrorCode
from hidra.domain.daily_limits import WarmUp, local_day
from hidra.domain.pacing import PERMIT_AHEAD_SECONDS, SLOW_AFTER_SECONDS, even_share, spacing_seconds
from hidra.domain.send_window import CLOSES_EARLY, SendWindow, opening
from hidra.domain.standstill import by_connection, by_day, by_window


class PaceLimit(StrEnum):
    """The limit that decides how fast a campaign sends now.

    - ``campaign``: its own ``max_messages_per_minute``.
    - ``connection``: that of its connection, and no other campaign sends there.
    - ``share``: its share of the connection's pace, beside ``other_campaigns``.
    - ``room``: the connection's open requests take all of ``max_concurrent_sends``, and the Evolution server is slow to
      answer them; the campaign continues with the next answer.
    - ``window``: the sending window is closed, until ``continues_at``.
    - ``day``: the connection's ``max_messages_per_day`` is used up, or its time zone was changed (``blocked_code`` says
      which), until ``continues_at``.
    - ``warm_up``: the warm-up's limit for this day is used up, until ``continues_at``.
    - ``first_contacts``: only first contacts wait, and those of this day are used up, until ``continues_at``.
    - ``blocked``: the campaign stands still for the reason in ``blocked_code``. Of ``connection-probed`` and
      ``server-slow``, ``next_slot_at`` is the next probe.
    - ``none``: the campaign does not send: it has not started, is paused or has ended, or no message is pending.
    """

    CAMPAIGN = "campaign"
    CONNECTION = "connection"
    SHARE = "share"
    ROOM = "room"
    WINDOW = "window"
    DAY = "day"
    WARM_UP = "warm_up"
    FIRST_CONTACTS = "first_contacts"
    BLOCKED = "blocked"
    NONE = "none"


SENDS = frozenset({PaceLimit.CAMPAIGN, PaceLimit.CONNECTION, PaceLimit.SHARE})


@dataclass(frozen=True)
class PaceState:
    """A campaign's limits and what has used them, by the database's clock ``now``; see ``standstill`` and RunState.

    ``blocked_code``: as the last pass wrote it. ``others``: rates of the other runs that send over the connection.
    ``full_since``: since when the open requests take all room of the connection. ``oldest_request_at``: the claim of
    the oldest one. ``claimable``: 0 if no pending message goes to a recipient that the first contacts of the day allow.
    """

    now: datetime
    campaign_id: UUID
    status: CampaignStatus
    blocked_code: BlockedCode | None
    scheduled_at: datetime | None
    rate: int
    plan: datetime | None
    send_window: SendWindow | None
    connection: EvolutionConnectionStatus | None
    error_message: str | None
    error_code: ConnectionErrorCode | None
    distrusted: bool
    distrust_reason: str | None
    distrust_code: ConnectionErrorCode | None
    slow: bool
    probed_at: datetime | None
    connection_rate: int | None
    connection_plan: datetime | None
    pending: bool
    others: Sequence[int]
    sent: int
    connection_sent: int
    full_since: datetime | None
    oldest_request_at: datetime | None
    limited: bool
    day_begins_at: datetime | None
    day_ends_at: datetime | None
    open_until: datetime | None
    messages: int
    message_limit: int | None
    first_contacts: int
    first_contact_limit: int | None
    claimable: int
    max_messages_per_day: int | None
    warm_up_since: date | None
    warm_up_limits: list[int] | None
    time_zone: str | None

    @property
    def messages_left(self) -> int | None:
        return None if self.message_limit is None else max(0, self.message_limit - self.messages)


@dataclass(frozen=True)
class PaceToday:
    """The connection's local day in progress: its limits, and what all campaigns and other messages used of them.

    ``warm_up_day``: the number of this day of the warm-up, from 1, of ``warm_up_days``; null outside of a warm-up.
    """

    begins_at: datetime
    ends_at: datetime
    messages: int
    message_limit: int | None
    messages_left: int | None
    first_contacts: int
    first_contact_limit: int | None
    first_contacts_left: int | None
    warm_up_day: int | None
    warm_up_days: int | None


@dataclass(frozen=True)
class CampaignPace:
    """How fast a campaign sends now, and why.

    ``messages_per_minute`` is 0 while it stands still. At most 97 % of it are used, so that no 60 seconds hold more.
    ``next_slot_at``: when the next message is planned; null if that is not known. ``closes_at``: when the sending
    window closes, if it is open. ``share_per_minute``: what the connection's pace leaves the campaign beside
    ``other_campaigns``, those that send over it now. ``sent_last_minute`` counts messages whose slot lay in the last
    60 seconds, ``connection_sent_last_minute`` those of all campaigns and other messages of the connection.
    """

    campaign_id: UUID
    status: CampaignStatus
    limit: PaceLimit
    blocked_code: BlockedCode | None
    messages_per_minute: float
    next_slot_at: datetime | None
    continues_at: datetime | None
    closes_at: datetime | None
    sent_last_minute: int
    connection_sent_last_minute: int
    campaign_per_minute: int
    connection_per_minute: int | None
    share_per_minute: float | None
    other_campaigns: int
    today: PaceToday | None


def explain(state: PaceState) -> CampaignPace:
    """Says which limit decides on the campaign's pace."""
    limit, blocked = _deciding(state)
    continues_at = _continues_at(state, limit)
    opens = opening(state.send_window, state.now)
    closes = opens.open_until if not opens.waits(state.now) else None
    share = _share(state)
    return CampaignPace(
        campaign_id=state.campaign_id,
        status=state.status,
        limit=limit,
        blocked_code=blocked,
        messages_per_minute=round(min(state.rate, share or state.rate), 2) if limit in SENDS else 0,
        next_slot_at=_next_slot_at(state, limit, blocked, continues_at),
        continues_at=continues_at,
        closes_at=closes + CLOSES_EARLY if closes else None,
        sent_last_minute=state.sent,
        connection_sent_last_minute=state.connection_sent,
        campaign_per_minute=state.rate,
        connection_per_minute=state.connection_rate,
        share_per_minute=None if share is None else round(share, 2),
        other_campaigns=len(state.others),
        today=_today(state),
    )


def _share(state: PaceState) -> float | None:
    if state.connection_rate is None:
        return None
    return even_share(others=state.others, connection_rate=state.connection_rate)


def _deciding(state: PaceState) -> tuple[PaceLimit, BlockedCode | None]:
    if state.status is not CampaignStatus.RUNNING:
        return PaceLimit.NONE, state.blocked_code
    if not state.pending:
        doubts = state.blocked_code is BlockedCode.OUTCOMES_IN_DOUBT
        return (PaceLimit.BLOCKED if doubts else PaceLimit.NONE), state.blocked_code if doubts else None
    window = by_window(state, opening(state.send_window, state.now))
    if window:
        return PaceLimit.WINDOW, window.code
    connection = by_connection(state)
    if connection:
        return PaceLimit.BLOCKED, connection.code
    day = by_day(state)
    if day:
        return _limit_of_day(state, day), day.code
    return _limit_of_pace(state), None


def _limit_of_day(state: PaceState, day: Blocked) -> PaceLimit:
    if day.code is BlockedCode.FIRST_CONTACTS_REACHED:
        return PaceLimit.FIRST_CONTACTS
    own = state.max_messages_per_day
    lowered = state.message_limit is not None and (own is None or state.message_limit < own)
    return PaceLimit.WARM_UP if lowered and day.code is BlockedCode.DAY_LIMIT_REACHED else PaceLimit.DAY


def _limit_of_pace(state: PaceState) -> PaceLimit:
    share = _share(state)
    pace = min(state.rate, share or state.rate)
    # A request that is open for less than a spacing holds no slot up.
    patience = timedelta(seconds=max(PERMIT_AHEAD_SECONDS, spacing_seconds(pace)))
    full = state.full_since is not None and state.now - state.full_since > patience
    oldest = state.oldest_request_at
    if full or (oldest is not None and state.now - oldest > timedelta(seconds=SLOW_AFTER_SECONDS)):
        return PaceLimit.ROOM
    if share is None or state.rate <= share:
        return PaceLimit.CAMPAIGN
    return PaceLimit.SHARE if state.others else PaceLimit.CONNECTION


def _continues_at(state: PaceState, limit: PaceLimit) -> datetime | None:
    if state.status is CampaignStatus.SCHEDULED:
        at = max(state.now, state.scheduled_at or state.now)
    elif limit in (PaceLimit.WINDOW, PaceLimit.DAY, PaceLimit.WARM_UP, PaceLimit.FIRST_CONTACTS):
        at = state.now
        if by_day(state) and state.day_ends_at:
            at = state.day_ends_at
    else:
        return None
    try:
        opens = opening(state.send_window, at)
    except OverflowError:  # it may be scheduled for the last day of the calendar
        return at
    return opens.open_from if opens.waits(at) else at


def _next_slot_at(
    state: PaceState, limit: PaceLimit, blocked: BlockedCode | None, continues_at: datetime | None
) -> datetime | None:
    if blocked in (BlockedCode.CONNECTION_PROBED, BlockedCode.SERVER_SLOW):
        return max(state.now, state.probed_at + PROBE_EVERY if state.probed_at else state.now)
    plan = max((at for at in (state.plan, state.connection_plan) if at), default=None)
    if limit in SENDS:
        return max(state.now, plan) if plan else None
    return continues_at


def _today(state: PaceState) -> PaceToday | None:
    if state.day_begins_at is None or state.day_ends_at is None:
        return None
    first_left = None
    if state.first_contact_limit is not None:
        first_left = max(0, state.first_contact_limit - state.first_contacts)
    day = days = None
    if state.warm_up_since and state.warm_up_limits and state.time_zone:
        warm_up = WarmUp(state.warm_up_since, tuple(state.warm_up_limits))
        date, _, _ = local_day(state.now, state.time_zone)
        if warm_up.on(date) is not None:
            day, days = (date - warm_up.since).days + 1, len(warm_up.limits)
    return PaceToday(
        state.day_begins_at,
        state.day_ends_at,
        state.messages,
        state.message_limit,
        state.messages_left,
        state.first_contacts,
        state.first_contact_limit,
        first_left,
        day,
        days,
    )
