from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hidra.domain.pacing import (
    CONNECT_SECONDS,
    LATEST_AFTER_SLOT_SECONDS,
    WINDOW_SECONDS,
    backoff,
    connection_share,
    delay_seconds,
    issue,
)
from hidra.domain.send_window import CLOSES_EARLY, Opening

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_the_first_pass_issues_a_ticket_for_each_pending_recipient() -> None:
    issued = issue(now=NOW, ticketed_until=None, rate=60, pending=3)
    assert issued.slots == (NOW, after(1.025), after(2.05))
    assert issued.until == after(3.075)


def test_a_pass_reaches_130_seconds_ahead_and_the_next_continues_there() -> None:
    first = issue(now=NOW, ticketed_until=None, rate=600, pending=100_000)
    assert after(129.8) < first.until <= after(130)
    second = issue(now=after(60), ticketed_until=first.until, rate=600, pending=100_000)
    assert second.slots[0] == first.until
    assert after(189.8) < second.until <= after(190)


def test_tickets_already_issued_are_not_issued_again() -> None:
    assert issue(now=NOW, ticketed_until=after(10.25), rate=60, pending=8).slots == ()
    assert len(issue(now=NOW, ticketed_until=after(10.25), rate=60, pending=10).slots) == 2


@pytest.mark.parametrize(("until", "surely"), [(34, 3), (33, 3), (32, 2), (31, 2), (2, 0), (0.5, 0)])
def test_tickets_that_may_be_used_already_are_issued_again(until: float, surely: int) -> None:
    """One slot each 10.25 s; tickets for slots less than 2 s ahead may be used already."""
    assert len(issue(now=NOW, ticketed_until=after(until), rate=6, pending=surely).slots) == 0
    assert len(issue(now=NOW, ticketed_until=after(until), rate=6, pending=surely + 1).slots) == 1


def test_tickets_of_a_lower_rate_are_issued_anew_and_those_of_a_higher_one_suffice() -> None:
    raised = issue(now=NOW, ticketed_until=after(120), ticketed_rate=6, rate=600, pending=20)
    assert raised.slots[:2] == (NOW, after(0.1025))
    assert len(raised.slots) == 21
    for earlier in (600, 60, None):
        assert issue(now=NOW, ticketed_until=after(120), ticketed_rate=earlier, rate=60, pending=20).slots == ()


def test_lost_tickets_are_issued_again_after_their_slots() -> None:
    assert len(issue(now=after(60), ticketed_until=after(3), rate=60, pending=2).slots) == 2


@pytest.mark.parametrize(
    ("rate", "pending", "seconds"), [(600, 1, 2), (600, 100, 7), (6, 1, 7), (60, 60, 58), (6, 12, 120)]
)
def test_the_pass_that_issues_the_last_tickets_requests_another_before_their_slots_end(
    rate: int, pending: int, seconds: int
) -> None:
    """3 s before, but not at once: if no recipient can be sent to, passes must not follow each other without a pause."""
    assert issue(now=NOW, ticketed_until=None, rate=rate, pending=pending).requeue_seconds == seconds


def test_the_clocks_passes_suffice_while_more_recipients_are_pending_than_tickets_issued() -> None:
    assert issue(now=NOW, ticketed_until=None, rate=6, pending=13).requeue_seconds is None


def test_no_pass_is_requested_for_earlier_tickets_or_for_recipients_that_must_wait() -> None:
    assert issue(now=NOW, ticketed_until=after(10.25), rate=60, pending=8).requeue_seconds is None
    assert issue(now=NOW, ticketed_until=None, rate=60, pending=1, ready=False).requeue_seconds is None
    assert issue(now=NOW, ticketed_until=None, rate=60, pending=0, ready=False).requeue_seconds is None


def test_one_ticket_in_twenty_has_a_spare() -> None:
    assert len(issue(now=NOW, ticketed_until=None, rate=600, pending=40).slots) == 42


def test_a_pace_never_exceeds_the_rate_in_a_window() -> None:
    slots = sorted(set(issue(now=NOW, ticketed_until=None, rate=7, pending=1000).slots))
    assert all(later - earlier >= timedelta(seconds=60) for earlier, later in zip(slots, slots[7:], strict=False))


@pytest.mark.parametrize(("ahead", "delay"), [(0, 0), (1.9, 0), (2, 1), (2.99, 1), (10.5, 9), (-5, 0)])
def test_a_ticket_is_due_one_to_two_seconds_before_its_slot(ahead: float, delay: int) -> None:
    assert delay_seconds(after(ahead), NOW) == delay


@pytest.mark.parametrize(
    ("percent", "senders", "requests"), [(10, 50, 5), (10, 59, 5), (10, 9, 1), (1, 50, 1), (99, 50, 49), (100, 50, 500)]
)
def test_a_connections_share_is_counted_in_senders_and_is_at_least_one(
    percent: int, senders: int, requests: int
) -> None:
    assert connection_share(percent=percent, senders=senders, messages_each=10) == requests


def test_the_backoff_doubles_up_to_a_quarter_of_an_hour() -> None:
    assert [backoff(n).total_seconds() for n in (1, 2, 3, 9)] == [30, 60, 120, 900]


@pytest.mark.parametrize(("seconds", "slots"), [(131, 0), (129, 1), (70, 1), (10, 1), (0.001, 3), (-1, 3)])
def test_a_window_that_opens_soon_has_a_ticket_for_its_opening_from_two_passes_at_least(
    seconds: float, slots: int
) -> None:
    opens = Opening(after(seconds), after(seconds + 3600))
    issued = issue(now=NOW, ticketed_until=None, rate=1, pending=3, opens=opens).slots
    assert len(issued) == min(slots, 2)
    assert all(slot >= max(NOW, after(seconds)) for slot in issued)
    if slots == 1:
        assert issued == (after(seconds),)


@given(
    opens=st.floats(-300, 300), length=st.floats(0, 400), rate=st.integers(1, 600), pending=st.integers(0, 500),
    until=st.none() | st.floats(-300, 300),
)  # fmt: skip
def test_no_ticket_is_for_a_slot_outside_the_window_and_the_window_is_filled(
    *, opens: float, length: float, rate: int, pending: int, until: float | None
) -> None:
    window = Opening(after(opens), after(opens + length))
    ticketed_until = None if until is None else after(until)
    issued = issue(now=NOW, ticketed_until=ticketed_until, rate=rate, pending=pending, opens=window)
    assert all(window.contains(slot) for slot in issued.slots)
    spacing = timedelta(seconds=WINDOW_SECONDS / rate)
    closes = after(opens + length)
    if until is None and len(set(issued.slots)) < pending and NOW < closes <= after(130) - spacing:
        assert issued.until >= closes


def test_tickets_before_the_opening_are_issued_once() -> None:
    opens = Opening(after(60), None)
    first = issue(now=NOW, ticketed_until=None, rate=60, pending=5, opens=opens)
    assert (first.slots[0], len(first.slots)) == (after(60), 5)
    assert issue(now=after(30), ticketed_until=first.until, rate=60, pending=5, opens=opens).slots == ()


def test_a_message_that_is_claimed_at_the_last_moment_arrives_before_the_window_closes() -> None:
    under_way = 0.5
    assert timedelta(seconds=LATEST_AFTER_SLOT_SECONDS + CONNECT_SECONDS + under_way) <= CLOSES_EARLY
