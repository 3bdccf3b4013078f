"""When messages may go: the slots of a run, its tickets and their delays, and the wait before another attempt.

A limit of r a minute is kept where Evolution receives the requests: a post may be claimed up to 0.5 s late, connect for
up to 0.5 s and be under way for up to 0.5 s more or less than others. So r posts are spread over at least 61.5 s, which
leaves at most 0.9756 of the limit in use.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor

WINDOW_SECONDS = 61.5
LATEST_AFTER_SLOT_SECONDS = 0.5  # a claim that would post later than this after its slot is released
CONNECT_SECONDS = 0.5  # a post whose connection takes longer, with name and TLS, is given up unsent
ROOM_UNTIL_SECONDS = 0.45  # a claim waits for room until this long after its slot
# While a request of a connection is open for longer than this, the connection gets no permits: each post would hold a
# sender for as long, and leave none to others. Until then its share bounds how many senders it holds.
SLOW_AFTER_SECONDS = 15
PERMIT_AHEAD_SECONDS = 2  # a permit is recorded at most this long before its slot
TICKETS_AHEAD_SECONDS = 130  # passes are a minute apart and overlap, so one may be lost
SPARE_EVERY = 20  # one ticket in this many has a spare, for tickets that come too late or find no room
# The next pass comes this long before the last slot, so that its tickets follow without a gap; but not at once.
REQUEUE_BEFORE_SECONDS, REQUEUE_AFTER_SECONDS = 3, 2
MAX_ATTEMPTS = 5  # posts to one recipient that were surely not sent, before the recipient fails


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
    ready: bool = True,
    ticketed_rate: int | None = None,
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
        ready: whether one of them may be sent a message now.
        ticketed_rate: the rate at which the last tickets were issued. If it was lower, they lie too far apart, and are
            issued anew.
        not_before: the first slot at the earliest; None: now.
    """
    if ticketed_rate is not None and ticketed_rate < rate:
        ticketed_until = None
    spacing = timedelta(seconds=WINDOW_SECONDS / rate)
    first = max(now, not_before or now)
    start = max(first, ticketed_until or first)
    # A recipient without a ticket would delay the run's end until the next pass; a ticket too many does no harm.
    unused = max(0, (start - first - timedelta(seconds=PERMIT_AHEAD_SECONDS)) // spacing)
    wanted = max(0, pending - unused)
    slots = min(wanted, max(0, floor((now + timedelta(seconds=TICKETS_AHEAD_SECONDS) - start) / spacing)))
    until = start + slots * spacing
    last = ready and 0 < slots == wanted
    return Issue(tuple(_with_spares(start, spacing, slots)), until, _requeue_seconds(until, now) if last else None)


def _requeue_seconds(until: datetime, now: datetime) -> int:
    return max(REQUEUE_AFTER_SECONDS, floor((until - now).total_seconds()) - REQUEUE_BEFORE_SECONDS)


def duration_seconds(messages: int, rate: int) -> int:
    """How many whole seconds the messages take at ``rate`` a minute, if nothing stops them."""
    return ceil(messages * WINDOW_SECONDS / rate)


def delay_seconds(slot: datetime, now: datetime) -> int:
    """For how many whole seconds a queue delays a ticket, so that it is due 1 to 2 s before its slot.

    SQS never delivers a delayed message early, and up to 1.1 s late (measured on the local emulator).
    """
    return max(0, floor((slot - now).total_seconds() - 1))


def _with_spares(start: datetime, spacing: timedelta, slots: int) -> Iterator[datetime]:
    for index in range(slots):
        yield start + index * spacing
        if index % SPARE_EVERY == SPARE_EVERY - 1:
            yield start + index * spacing


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
