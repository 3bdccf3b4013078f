"""The plan of a limit: never over in any window, used to the end, and even. Property tests of the rule in `pace_limit`, which
test_pace.py compares with the statements."""

import random
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hidra.domain.pacing import MAX_JITTER, PERMIT_AHEAD_SECONDS, WINDOW_SECONDS, spacing_seconds
from tests.chaos import trace
from tests.chaos.pace_limit import Limit
from tests.chaos.pace_scenario import Shape
from tests.chaos.pace_simulation import CONNECTION, Simulation
from tests.chaos.trace import SECOND

RATES = st.sampled_from((1, 2, 6, 20, 60, 300, 1000))
JITTERS = st.sampled_from((0.0, 0.1, 0.25, MAX_JITTER))


@dataclass(frozen=True)
class Step:
    """After so many seconds a ticket of a campaign comes; or first a rate changes, or its slot is released."""

    after: float
    campaign: int
    change: int | None
    released: bool


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from((0.0, 0.0, 0.01, 0.3, 1.0, 9.0, 40.0)),
        st.integers(0, 1),
        st.none() | st.none() | RATES,
        st.sampled_from((False, False, False, True)),
    ),
    min_size=20,
    max_size=100,
)


@settings(max_examples=40)
@given(STEPS, RATES, RATES, JITTERS, st.randoms(use_true_random=False))
def test_no_window_holds_more_slots_than_the_rate_whatever_tickets_changes_and_releases_come(
    steps: list[Step], connection_rate: int, campaign_rate: int, jitter: float, chance: random.Random
) -> None:
    connection, campaigns = Limit(connection_rate), (Limit(campaign_rate), Limit(campaign_rate))
    now = 0
    for step in steps:
        now += round(step.after * SECOND)
        own = campaigns[step.campaign]
        if step.change is not None:
            (own if step.released else connection).change(step.change, now)
        drawn = chance.random()
        offers = [limit.offer(now, drawn, jitter) for limit in (connection, own)]
        slot = max(offer.slot for offer in offers)
        assert all(0 <= offer.shift <= MAX_JITTER for offer in offers)
        if slot > now + PERMIT_AHEAD_SECONDS * SECOND:
            continue
        for limit, offer in zip((connection, own), offers, strict=True):
            _assert_room(limit, slot, now)
            limit.grant(slot, offer.shift, now)
        if step.released:
            for limit in (connection, own):
                limit.forget(slot)


def _assert_room(limit: Limit, slot: int, now: int) -> None:
    """The slot is no earlier than now and half a spacing after the last, and its window holds fewer than the rate."""
    window = [each.slot for each in limit.slots if each.slot > slot - round(WINDOW_SECONDS * SECOND)]
    assert len(window) < limit.per_minute
    assert slot >= now
    assert all(slot - each >= round(30 * SECOND / limit.per_minute) for each in window[-1:])


def _gaps(simulation: Simulation, rate: int) -> list[float]:
    """The gaps between the slots of the connection, in planned spacings."""
    spacing = spacing_seconds(rate) * SECOND
    return [(later - slot) / spacing for slot, later in pairwise(sorted(simulation.slots[CONNECTION]))]


@pytest.mark.parametrize("rate", [6, 20, 60, 600])
def test_without_jitter_all_gaps_are_even(rate: int) -> None:
    simulation = Simulation(Shape(7, rate, rate, ((rate, 4 * rate + 20, 0.0),), 0.1, 1.0)).run()
    gaps = _gaps(simulation, rate)
    assert 0.8 < min(gaps) <= max(gaps) < 1.2
    assert sum(0.999 < gap < 1.001 for gap in gaps) > 0.9 * len(gaps)


@pytest.mark.parametrize("jitter", [0.25, MAX_JITTER])
def test_with_jitter_the_gaps_of_a_minute_vary_by_no_more_than_it_and_those_of_the_next_minute_do_not_repeat_them(
    jitter: float,
) -> None:
    rate = 600
    simulation = Simulation(Shape(7, rate, rate, ((rate, 3 * rate, 0.0),), 0.1, 1.0, jitter=jitter)).run()
    gaps = _gaps(simulation, rate)
    assert 1 - jitter - 0.03 < min(gaps) < 1 - 0.8 * jitter
    assert 1 + 0.8 * jitter < max(gaps) < 1 + jitter + 0.03
    same = sum(abs(gap - later) < 0.02 for gap, later in zip(gaps, gaps[rate:], strict=False))
    assert same < 0.3 * (len(gaps) - rate)


@pytest.mark.parametrize(
    ("connection_rate", "rates"), [(600, (600, 600)), (600, (600, 600, 60)), (20, (20, 20, 20)), (6, (6, 6, 6, 6))]
)
@pytest.mark.parametrize("jitter", [0.0, MAX_JITTER])
def test_campaigns_that_share_a_connection_use_its_whole_pace_without_holes(
    connection_rate: int, rates: tuple[int, ...], jitter: float
) -> None:
    campaigns = tuple((rate, 2 * rate, 0.0) for rate in rates)
    simulation = Simulation(Shape(7, connection_rate, 50, campaigns, 0.1, 0.2, jitter=jitter)).run()
    last = min(max(slots) for name, slots in simulation.slots.items() if name != CONNECTION)
    slots = sorted(slot for slot in simulation.slots[CONNECTION] if slot <= last)
    spacing = spacing_seconds(connection_rate) * SECOND
    assert len(slots) * spacing > 0.985 * (slots[-1] - slots[0])
    assert max(later - slot for slot, later in pairwise(slots)) < 5 * spacing
    assert not [one for one in simulation.measured().values() if one.over]


def test_the_campaign_that_remains_uses_the_whole_pace_within_seconds() -> None:
    simulation = Simulation(Shape(7, 600, 50, ((600, 150, 0.0), (600, 800, 0.0)), 0.1, 0.2)).run()
    ended = max(simulation.slots["campaign 0"])
    after = [slot for slot in simulation.slots[CONNECTION] if ended + 5 * SECOND < slot < ended + 35 * SECOND]
    assert trace.use(sorted(after), 600) == pytest.approx(0.98, abs=0.03)


def test_a_campaign_that_was_idle_starts_at_an_even_pace() -> None:
    """Only a stall is caught up, so resumed campaigns do not run after the plan of yesterday."""
    limit = Limit(60, plan=0)
    now = 3600 * SECOND
    slots = []
    for _ in range(3):
        offer = limit.offer(now, 0.0, 0.0)
        limit.grant(offer.slot, offer.shift, now)
        slots.append(offer.slot)
    assert [round((slot - now) / SECOND, 3) for slot in slots] == [0, 1.028, 2.056]
