"""When messages may go: the slots of a run, its tickets and their delays, and the wait before another attempt.

A limit of r a minute is kept where Evolution receives the requests: a post may be claimed up to 0.5 s late, connect for
up to 0.5 s and be under way for up to 0.5 s more or less than others. So r posts are spread over at least 61.5 s, which
leaves at most 0.9756 of the limit in use. A plan spaces them by a little more, so that no slot meets the window of the
slots before it: a slot that did would move, and all later ones with it, into bunches and holes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor

from hidra.domain.send_window import ALWAYS, Opening

WINDOW_SECONDS = 61.5
PLAN_SLACK = 0.003  # by this share a planned minute is longer than the window
PLAN_SECONDS = WINDOW_SECONDS * (1 + PLAN_SLACK)
PLAN_BEHIND_SECONDS = 20  # a plan is at most this far behind the last slot: what is caught up after a stall
IDLE_SPACINGS = 2  # nothing is caught up if the last slot is further back than both
FIRST_SLOT_SECONDS = 1  # from the first permit of a limit to its first slot
MAX_JITTER = 0.5  # of a spacing, which leaves slots half a spacing apart: no closer ones are permitted
LATEST_AFTER_SLOT_SECONDS = 0.5  # a claim that would post later than this after its slot is released
CONNECT_SECONDS = 0.5  # a post whose connection takes longer, with name and TLS, is given up unsent
ROOM_UNTIL_SECONDS = 0.45  # a claim waits for room until this long after its slot
# While a request of a connection is open for longer than this, the connection gets no permits: each post would hold a
# sender for as long, and leave none to others. Until then its share bounds how many senders it holds.
SLOW_AFTER_SECONDS = 15
PERMIT_AHEAD_SECONDS = 2  # a permit is recorded at most this long before its slot
TICKETS_AHEAD_SECONDS = 130  # passes are a minute apart and overlap, so one may be lost
SPARE_EVERY = 50  # one ticket in this many has a spare, for tickets that come too late or find no room
# The next pass comes this long before the last slot, so that its tickets follow without a gap; but not at once.
REQUEUE_BEFORE_SECONDS, REQUEUE_AFTER_SECONDS = 3, 2
MAX_ATTEMPTS = 5  # posts to one recipient that were surely not sent, before the recipient fails


@dataclass(frozen=True)
class Plan:
    """The next planned slot of a limit, and its rate, by which the later ones follow."""

    next: datetime
    rate: int


@dataclass(frozen=True)
class Issue:
    """The tickets of one pass: the slot of each, and until when the run has tickets afterwards.

    ``requeue_seconds``: the delay of the next pass if these tickets are the run's last; None: the clock's pass will do.
    """

    slots: tuple[datetime, ...]
    until: datetime
    requeue_seconds: int | None


def issue(
    *,
    now: datetime,
    ticketed_until: datetime | None,
    rate: int,
    pending: int,
    plan: Plan | None = None,
    ready: bool = True,
    ticketed_rate: int | None = None,
    opens: Opening = ALWAYS,
    not_before: datetime | None = None,
) -> Issue:
    """The tickets that one pass of a run issues.

    If they reach all pending recipients, the next pass must not wait for the clock, which may take a minute: some
    tickets come too late, too early or find no room, and at the end of a run no other tickets replace them.

    Args:
        now: the database's time.
        ticketed_until: where the last pass stopped; tickets between now and there are issued already, and those for
            the next 2 s may be used already.
        rate: messages a minute.
        pending: recipients that wait for a message.
        plan: of the limit that decides; None before its first slot.
        ready: whether one of them may be sent a message now.
        ticketed_rate: the rate at which the last tickets were issued. If it was lower, they lie too far apart, and are
            issued anew.
        opens: the instants of the sending window, the first slot at the first one and none at or after the second.
        not_before: the first slot at the earliest, as the limits of a day allow it; None: now.
    """
    if ticketed_rate is not None and ticketed_rate < rate:
        ticketed_until = None
    spacing = timedelta(seconds=spacing_seconds(rate))
    first = max(now, opens.open_from or now, not_before or now)
    plan = plan or Plan(now + timedelta(seconds=FIRST_SLOT_SECONDS), rate)
    if first > now:  # as the first permit does
        plan = Plan(max(first, plan.next), plan.rate)
    start = _start(first, ticketed_until, plan)
    # A recipient without a ticket would delay the run's end until the next pass; a ticket too many does no harm.
    used = timedelta(0) if first > now else timedelta(seconds=PERMIT_AHEAD_SECONDS)
    unused = max(0, (max(first, ticketed_until or first) - first - used) // spacing)
    wanted = max(0, pending - unused)
    slots = min(wanted, _slots_ahead(start, spacing, now=now, first=first, opens=opens))
    until = start + slots * spacing
    last = ready and 0 < slots == wanted
    behind = ticketed_until is not None and plan.next < now  # a ticket was lost, and a slow run has no spare for long
    spares = range(0 if behind else SPARE_EVERY - 1, slots, SPARE_EVERY)
    tickets = sorted([*range(slots), *spares])
    return Issue(
        tuple(start + index * spacing for index in tickets), until, _requeue_seconds(until, now) if last else None
    )


def _start(first: datetime, ticketed_until: datetime | None, plan: Plan) -> datetime:
    """The first slot to issue a ticket for: where tickets continue, whole spacings from the plan's next.

    Args:
        first: now, or the opening that the run waits for.
    """
    if ticketed_until is None:
        return max(first, plan.next)
    spacing = timedelta(seconds=spacing_seconds(plan.rate))
    start = plan.next + round((max(first, plan.next, ticketed_until) - plan.next) / spacing) * spacing
    return start if start >= first else start + spacing


def spacing_seconds(rate: float) -> float:
    """The time between two planned slots of a limit of so many messages a minute."""
    return PLAN_SECONDS / rate


def ticket_rate(*, rate: int, others: Sequence[int], connection_rate: int) -> int:
    """The rate of one run's tickets: its share of its connection's pace, or its own pace if that is lower.

    What slow runs leave, the others share evenly: tickets beyond that would be dropped, and others with them. On a slow
    connection each run has tickets for the whole pace: a ticket reaches the slots of the next 2 s, there one at most.
    If tickets of three runs meet, one is dropped, and its slot would stay empty.

    Args:
        rate: messages a minute of the run.
        others: those of the other runs that send over the connection.
    """
    if spacing_seconds(connection_rate) >= PERMIT_AHEAD_SECONDS:
        return min(rate, connection_rate)
    return min(rate, ceil(even_share(others=others, connection_rate=connection_rate)))


def even_share(*, others: Sequence[float], connection_rate: float) -> float:
    """The most messages a minute that a connection leaves one run beside others: what slow ones leave, the rest shares.

    Args:
        others: messages a minute of the other runs that send over the connection.
    """
    left, runs = connection_rate, len(others) + 1
    for other in sorted(others):
        if other * runs >= left:
            break
        left, runs = left - other, runs - 1
    return left / runs


def _slots_ahead(start: datetime, spacing: timedelta, *, now: datetime, first: datetime, opens: Opening) -> int:
    """How many slots from ``start`` on lie in the next 130 s and before the close."""
    horizon = now + timedelta(seconds=TICKETS_AHEAD_SECONDS)
    slots = max(0, floor((horizon - start) / spacing))
    if now < first == start <= horizon:
        slots = max(1, slots)  # the passes after this one may come too late for the opening
    if opens.open_until is not None:
        slots = min(slots, max(0, ceil((opens.open_until - start) / spacing)))
    return slots


def _requeue_seconds(until: datetime, now: datetime) -> int:
    return max(REQUEUE_AFTER_SECONDS, floor((until - now).total_seconds()) - REQUEUE_BEFORE_SECONDS)


def delay_seconds(slot: datetime, now: datetime) -> int:
    """For how many whole seconds a queue delays a ticket, so that it is due 1 to 2 s before its slot.

    SQS never delivers a delayed message early, and up to 1.1 s late (measured on the local emulator).
    """
    return max(0, floor((slot - now).total_seconds() - 1))


def connection_share(*, percent: int, senders: int, messages_each: int) -> int:
    """How many requests one connection may have open: a percentage of the senders, at least 1; 100: of their messages.

    A sender returns its batch as a whole, so a request that is not answered may hold a sender alone.

    Args:
        senders: how many run at once, each with up to ``messages_each`` messages.
    """
    return senders * messages_each if percent == 100 else max(1, senders * percent // 100)


def backoff(attempts: int) -> timedelta:
    """How long a recipient waits after a message that was surely not sent: 30 s, doubled each time, at most 15 min."""
    return timedelta(seconds=min(30 * 2 ** max(0, attempts - 1), 900))
