"""When messages may go: slots of a run, tickets for them, and how early a ticket is handed out.

A limit of r a minute is kept where Evolution receives the requests: posts may be up to 0.5 s late and transit varies up
to 1 s, so r posts are spread over at least 61.5 s, which leaves at most 0.9756 of the limit in use.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor

WINDOW_SECONDS = 61.5
LATEST_AFTER_SLOT_SECONDS = 0.5  # a post later than this after its slot is given back
ROOM_UNTIL_SECONDS = 0.45  # a claim looks for room until this long after its slot
PERMIT_AHEAD_SECONDS = 2  # a permit is recorded at most this long before its slot
TICKETS_AHEAD_SECONDS = 130  # two looks a minute apart overlap, so one may be lost
SPARE_EVERY = 20  # one ticket in this many has a spare beside it, for those that come too late or find no room
# Another look that long before the last ticket's turn: its tickets then join the last ones without a gap.
REQUEUE_BEFORE_SECONDS, REQUEUE_AFTER_SECONDS = 3, 2


@dataclass(frozen=True)
class Issue:
    """Tickets to hand out: the due instant of each, and how far the run is ticketed afterwards.

    ``requeue_seconds``: the delay of the next pass if these tickets are the run's last; None: the clock's pass will do.
    """

    slots: tuple[datetime, ...]
    until: datetime
    requeue_seconds: int | None


def issue(*, now: datetime, ticketed_until: datetime | None, rate: int, pending: int, ready: bool = True) -> Issue:
    """The tickets that one look at a run issues.

    Where they reach everybody who waits, the next look is not left to the clock, which may take a minute: of any
    tickets some come too late, too early or find no room, and at a run's end there are no others in their place.

    Args:
        now: the database's time.
        ticketed_until: where the last look stopped; tickets between now and there are on their way already, and those
            for the next 2 s may have been used.
        rate: messages a minute.
        pending: recipients that wait for a message.
        ready: whether one of them could be sent a message now, and need not wait first.
    """
    spacing = timedelta(seconds=WINDOW_SECONDS / rate)
    start = max(now, ticketed_until or now)
    # Nobody must be left without a ticket, or the run's end waits for the next look; one too many does no harm.
    unused = max(0, (start - now - timedelta(seconds=PERMIT_AHEAD_SECONDS)) // spacing)
    wanted = max(0, pending - unused)
    slots = min(wanted, max(0, floor((now + timedelta(seconds=TICKETS_AHEAD_SECONDS) - start) / spacing)))
    until = start + slots * spacing
    last = ready and 0 < slots == wanted
    return Issue(tuple(_with_spares(start, spacing, slots)), until, _requeue_seconds(until, now) if last else None)


def _requeue_seconds(until: datetime, now: datetime) -> int:
    return max(REQUEUE_AFTER_SECONDS, floor((until - now).total_seconds()) - REQUEUE_BEFORE_SECONDS)


def duration_seconds(messages: int, rate: int) -> int:
    """How many whole seconds so many messages take at a rate a minute, if nothing stops them."""
    return ceil(messages * WINDOW_SECONDS / rate)


def delay_seconds(slot: datetime, now: datetime) -> int:
    """For how many whole seconds a queue holds a ticket back, so that it is due 1 to 2 s before its slot.

    SQS delivers a delayed message never early and up to 1.1 s late (measured on the local emulator).
    """
    return max(0, floor((slot - now).total_seconds() - 1))


def _with_spares(start: datetime, spacing: timedelta, slots: int) -> Iterator[datetime]:
    for index in range(slots):
        yield start + index * spacing
        if index % SPARE_EVERY == SPARE_EVERY - 1:
            yield start + index * spacing


def backoff(attempts: int) -> timedelta:
    """How long a recipient whom a message surely did not reach waits before the next attempt: 30 s, doubling."""
    return timedelta(seconds=min(30 * 2 ** max(0, attempts - 1), 900))
