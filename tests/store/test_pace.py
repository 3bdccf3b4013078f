from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest

from hidra.domain.pacing import PLAN_SECONDS, spacing_seconds
from hidra.store import pace
from tests.conftest import Databases
from tests.store.world import World

START = datetime(2026, 1, 1, tzinfo=UTC)


def permit(world: World, now: datetime, *, campaign_id=None, chance: float | None = None) -> pace.Permit:
    found = world.databases.jobs.as_worker(
        lambda tx: pace.permit(
            tx, connection_id=world.connection_id, campaign_id=campaign_id or world.campaign_id, now=now, chance=chance
        )
    )
    assert found is not None
    return found


def slots_of(world: World, *, minutes: float, step: float, **kwargs) -> list[datetime]:
    """The slots that are granted to a sender that asks every ``step`` seconds."""
    slots = []
    now = START
    while now < START + timedelta(minutes=minutes):
        found = permit(world, now, **kwargs)
        if found.granted:
            slots.append(found.slot)
        now += timedelta(seconds=step)
    return slots


def most_in_a_window(slots: list[datetime], seconds: float = 61.5) -> int:
    return max(sum(start <= slot < start + timedelta(seconds=seconds) for slot in slots) for start in slots)


def test_no_window_holds_more_slots_than_the_campaigns_rate(databases: Databases) -> None:
    world = World.make(databases, rate=20)
    slots = slots_of(world, minutes=4, step=1)
    assert most_in_a_window(slots) == 20
    assert len(slots) >= 20 * 4 * 60 / PLAN_SECONDS


def test_after_a_stall_no_window_holds_more_slots_than_the_rate(databases: Databases) -> None:
    world = World.make(databases, rate=20)
    begun = [permit(world, START).slot]
    databases.owner.execute("update hidra.pace_limits set plan = plan - interval '10 minutes'")
    slots = begun + [
        found.slot for second in range(1, 90) if (found := permit(world, START + timedelta(seconds=second))).granted
    ]
    assert min(later - slot for slot, later in pairwise(slots)) < timedelta(seconds=2)  # it catches up
    assert most_in_a_window(slots) == 20


@pytest.mark.parametrize(("jitter", "chance", "late"), [(0.5, 0.9, 0.45), (0.25, 0.4, 0.1), (0, 0.9, 0)])
def test_slots_are_late_by_the_connections_jitter_at_most(
    databases: Databases, jitter: float, chance: float, late: float
) -> None:
    world = World.make(databases, rate=60, jitter=jitter)
    first, second = (permit(world, START, chance=chance).slot for _ in range(2))
    spacing = timedelta(seconds=spacing_seconds(60))
    assert first == START  # the first one of a limit is not late
    assert (second - first) / spacing == pytest.approx(1 + late, abs=0.001)


@pytest.mark.parametrize("rate", [1, 2, 6])
def test_a_delayed_ticket_finds_the_slot_that_it_was_delayed_for_however_slow_the_pace(
    databases: Databases, rate: int
) -> None:
    world = World.make(databases, rate=rate, jitter=0.5)
    databases.owner.execute("update hidra.pace_limits set plan = null where subject = %s", [world.campaign_id])
    now = START
    for _ in range(8):
        found = permit(world, now)
        if not found.granted:  # as the queue delays it
            found = permit(world, found.slot - timedelta(seconds=1.5))
        assert found.granted
        now = found.slot


def test_the_first_slot_of_a_limit_is_a_second_ahead(databases: Databases) -> None:
    world = World.make(databases, rate=60)
    databases.owner.execute("update hidra.pace_limits set plan = null")
    assert permit(world, START).slot == START + timedelta(seconds=1)


def test_campaigns_that_share_a_connection_keep_its_limit_together(databases: Databases) -> None:
    world = World.make(databases, rate=20, connection_rate=20)
    other = world.add_campaign(uuid4(), rate=20)
    slots, now = [], START
    while now < START + timedelta(minutes=2):
        for campaign_id in (world.campaign_id, other):
            found = permit(world, now, campaign_id=campaign_id)
            if found.granted:
                slots.append(found.slot)
        now += timedelta(seconds=1)
    assert most_in_a_window(slots) == 20


def test_a_backlog_released_at_once_does_not_burst(databases: Databases) -> None:
    world = World.make(databases, rate=60)
    granted = [found for found in (permit(world, START) for _ in range(30)) if found.granted]
    assert len(granted) == 2  # the slots of the next 2 s
    assert all(later.slot - earlier.slot >= timedelta(seconds=1) for earlier, later in pairwise(granted))


def test_a_slot_that_is_forgotten_is_free_again(databases: Databases) -> None:
    world = World.make(databases, rate=6)
    first = permit(world, START)
    databases.jobs.as_worker(
        lambda tx: pace.forget(tx, connection_id=world.connection_id, campaign_id=world.campaign_id, slot=first.slot)
    )
    assert permit(world, START).slot == first.slot


def test_a_permit_too_far_ahead_is_not_recorded(databases: Databases) -> None:
    world = World.make(databases, rate=6)
    assert permit(world, START).granted
    second = permit(world, START)
    assert not second.granted
    assert second.slot == START + timedelta(seconds=spacing_seconds(6))
    assert len(world.rows("select from hidra.pace_slots where subject = %s", world.campaign_id)) == 1


def test_old_slots_are_pruned(databases: Databases) -> None:
    world = World.make(databases, rate=60)
    slots_of(world, minutes=5, step=1)
    assert len(world.rows("select from hidra.pace_slots where subject = %s", world.campaign_id)) <= 65


@pytest.mark.parametrize("gone", ["connection_id", "campaign_id"])
def test_without_the_connection_or_the_campaign_there_is_no_permit(databases: Databases, gone: str) -> None:
    world = World.make(databases)
    databases.owner.execute("delete from hidra.pace_limits where subject = %s", [getattr(world, gone)])
    found = databases.jobs.as_worker(
        lambda tx: pace.permit(tx, connection_id=world.connection_id, campaign_id=world.campaign_id, now=START)
    )
    assert found is None
