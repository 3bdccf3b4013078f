from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hidra.domain.pacing import (
    CONNECT_SECONDS,
    LATEST_AFTER_SLOT_SECONDS,
    Plan,
    backoff,
    connection_share,
    delay_seconds,
    issue,
    spacing_seconds,
    ticket_rate,
)
from hidra.domain.send_window import CLOSES_EARLY, Opening

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def seconds(at: datetime) -> float:
    return round((at - NOW).total_seconds(), 3)


def test_the_first_pass_issues_a_ticket_for_each_pending_recipient() -> None:
    issued = issue(now=NOW, ticketed_until=None, rate=60, pending=3)
    assert [seconds(slot) for slot in issued.slots] == [1, 2.028, 3.056]  # the first slot of a limit is 1 s ahead
    assert seconds(issued.until) == 4.084


def test_a_pass_reaches_130_seconds_ahead_and_the_next_continues_there() -> None:
    first = issue(now=NOW, ticketed_until=None, rate=600, pending=100_000)
    assert after(129.8) < first.until <= after(130)
    second = issue(now=after(60), ticketed_until=first.until, rate=600, pending=100_000, plan=Plan(first.until, 600))
    assert second.slots[0] == first.until
    assert after(189.8) < second.until <= after(190)


def test_tickets_already_issued_are_not_issued_again() -> None:
    assert issue(now=NOW, ticketed_until=after(10.25), rate=60, pending=8).slots == ()
    assert len(issue(now=NOW, ticketed_until=after(10.25), rate=60, pending=10).slots) == 2


@pytest.mark.parametrize(("until", "surely"), [(34, 3), (33, 3), (32, 2), (31, 2), (2, 0), (0.5, 0)])
def test_tickets_that_may_be_used_already_are_issued_again(until: float, surely: int) -> None:
    """One slot each 10.28 s; tickets for slots less than 2 s ahead may be used already."""
    plan = Plan(after(until), 6)
    assert len(issue(now=NOW, ticketed_until=after(until), rate=6, pending=surely, plan=plan).slots) == 0
    assert len(issue(now=NOW, ticketed_until=after(until), rate=6, pending=surely + 1, plan=plan).slots) == 1


def test_tickets_of_a_lower_rate_are_issued_anew_and_those_of_a_higher_one_suffice() -> None:
    raised = issue(now=NOW, ticketed_until=after(120), ticketed_rate=6, rate=600, pending=20)
    assert [seconds(slot) for slot in raised.slots[:2]] == [1, 1.103]
    assert len(raised.slots) == 20
    for earlier in (600, 60, None):
        assert issue(now=NOW, ticketed_until=after(120), ticketed_rate=earlier, rate=60, pending=20).slots == ()


def test_lost_tickets_are_issued_again_after_their_slots() -> None:
    assert len(issue(now=after(60), ticketed_until=after(3), rate=60, pending=2).slots) == 2


@pytest.mark.parametrize(
    ("rate", "pending", "seconds"), [(600, 1, 2), (600, 100, 8), (6, 1, 8), (60, 60, 59), (6, 12, 121)]
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


def test_one_ticket_in_fifty_has_a_spare_and_the_first_if_the_plan_was_left_behind() -> None:
    assert len(issue(now=NOW, ticketed_until=None, rate=600, pending=100).slots) == 102
    for plan in (after(0.1), after(-0.1)):
        first, second, *_ = issue(now=NOW, ticketed_until=NOW, rate=6, pending=1_000, plan=Plan(plan, 6)).slots
        assert (first == second) == (plan < NOW)


def test_tickets_continue_at_the_planned_slot_next_to_where_the_last_pass_stopped() -> None:
    """A slot that was given back, or a stall, has moved the plan meanwhile. A spacing is 1.028 s."""
    for moved in (-0.5, 0, 0.3, 0.5):
        plan = Plan(after(moved), 60)
        [slot, *_] = issue(now=NOW, ticketed_until=after(60), rate=60, pending=10_000, plan=plan).slots
        assert (slot - plan.next) % timedelta(seconds=spacing_seconds(60)) == timedelta(0)
        assert abs((slot - after(60)).total_seconds()) <= spacing_seconds(60) / 2


@pytest.mark.parametrize(
    ("rate", "others", "connection_rate", "found"),
    [
        (600, [], 600, 600),
        (600, [], 60, 60),
        (20, [600], 600, 20),
        (600, [20], 600, 580),
        (600, [600], 600, 300),
        (600, [600, 60], 600, 270),
        (60, [60] * 9, 600, 60),
        (600, [600, 600], 1_000, 334),
        (30, [30, 30], 30, 30),
        (31, [31, 31], 31, 11),
    ],
)
def test_what_slow_runs_leave_of_a_connection_the_others_share_evenly(
    rate: int, others: list[int], connection_rate: int, found: int
) -> None:
    assert ticket_rate(rate=rate, others=others, connection_rate=connection_rate) == found


@given(st.lists(st.integers(1, 6_000), min_size=1, max_size=8), st.integers(31, 6_000))
def test_the_shares_of_all_runs_use_the_whole_pace_and_hardly_more(rates: list[int], connection_rate: int) -> None:
    shares = [
        ticket_rate(rate=rate, others=rates[:at] + rates[at + 1 :], connection_rate=connection_rate)
        for at, rate in enumerate(rates)
    ]
    whole = min(sum(rates), connection_rate)
    assert whole <= sum(shares) <= whole + len(rates)


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
    spacing = timedelta(seconds=spacing_seconds(rate))
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
