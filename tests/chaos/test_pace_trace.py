"""The measures of a trace, against traces counted by hand and against a count of every window."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chaos import trace
from tests.chaos.trace import SECOND, WINDOW, Limits, Send

# Few different instants, so that many sends coincide or are exactly a minute apart.
MOMENTS = st.integers(0, 40).map(lambda step: step * 5 * SECOND)
SPANS = st.lists(st.tuples(MOMENTS, st.none() | MOMENTS), max_size=40)


def sends(*spans: tuple[float, float | None], campaign: str = "campaign") -> list[Send]:
    return [
        Send(int(at * SECOND), None if until is None else int(until * SECOND), "connection", campaign)
        for at, until in spans
    ]


def test_a_window_holds_its_first_instant_and_not_its_last() -> None:
    assert trace.fullest_window([0, 30 * SECOND, 60 * SECOND]) == 2
    assert trace.fullest_window([0, 30 * SECOND, 60 * SECOND - 1]) == 3
    assert trace.fullest_window([]) == 0


@given(st.lists(MOMENTS, max_size=60).map(sorted))
def test_the_fullest_window_equals_a_count_of_every_window(arrivals: list[int]) -> None:
    each = [sum(start <= at < start + WINDOW for at in arrivals) for start in arrivals]
    assert trace.fullest_window(arrivals) == max(each, default=0)


def test_a_request_is_open_until_it_is_answered_and_forever_without_an_answer() -> None:
    assert trace.most_open(sends((0, 1), (1, 2), (2, 3))) == 1
    assert trace.most_open(sends((0, 1.1), (1, 2))) == 2
    assert trace.most_open(sends((0, None), (100, 101), (200, None))) == 2
    assert trace.most_open(sends((5, 5), (5, 6))) == 1


@given(SPANS)
def test_the_most_open_equals_a_count_at_every_arrival(spans: list[tuple[int, int | None]]) -> None:
    found = [Send(at, until, "connection", "campaign") for at, until in spans]
    each = [sum(at <= moment and (until is None or moment < until) for at, until in spans) for moment, _ in spans]
    assert trace.most_open(found) == max(each, default=0)


def test_use_counts_the_spacings_between_first_and_last() -> None:
    assert trace.use([index * 2 * SECOND for index in range(30)], 60) == 0.5
    assert trace.use([index * SECOND for index in range(30)], 60) == 1
    assert trace.use([index * SECOND for index in range(29)], 60) is None


def test_each_limit_is_measured_by_its_own_sends() -> None:
    ours, theirs = sends((0, 1), (10, 11), (70, 71), campaign="ours"), sends((0.5, 2), (80, 81), campaign="theirs")
    found = trace.measure(ours + theirs, connections={"connection": Limits(3, 1)}, campaigns={"ours": 1, "theirs": 1})
    assert (found["connection"].fullest, found["connection"].most_open, found["connection"].sends) == (3, 2, 5)
    assert {name: one.fullest for name, one in found.items()} == {"connection": 3, "ours": 2, "theirs": 1}
    assert {name: one.over for name, one in found.items()} == {"connection": True, "ours": True, "theirs": False}


def test_a_send_without_a_limit_raises_an_error() -> None:
    with pytest.raises(ValueError, match="stray"):
        trace.measure(sends((0, 1), campaign="stray"), connections={"connection": Limits(1, 1)}, campaigns={})


def test_a_line_of_the_simulators_log_becomes_a_send() -> None:
    row = {"instance": "i", "received_monotonic": 1.0000004, "answered_monotonic": None, "text": "c"}
    assert trace.of_log([row], lambda each: each["text"]) == [Send(1_000_000, None, "i", "c")]
