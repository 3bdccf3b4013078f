"""Paces that change while messages are sent."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from hidra.domain.content import Content
from hidra.domain.outcome import Sent
from hidra.domain.ticket import Ticket
from hidra.domain.trial import TrialMessage
from hidra.services.send_direct import send_trial
from hidra.services.send_message import End
from hidra.services.turn import Clock
from hidra.store import pace
from hidra.store.claims import Claim
from tests.conftest import Databases
from tests.store.test_send import Outside
from tests.store.world import World


def change(world: World, subject: UUID, rate: int) -> None:
    world.databases.owner.execute("update hidra.pace_limits set rate = %s where subject = %s", [rate, subject])


def waiting(world: World, meanwhile: Callable[[], None]) -> tuple[Outside, Clock]:
    """What a sender needs; the first time that it waits for its slot, something happens."""
    outside = Outside()
    happened: list[bool] = []

    def sleep(seconds: float) -> None:
        if not happened:
            happened.append(True)
            meanwhile()
        outside.sleep(seconds)

    return outside, Clock(monotonic=lambda: outside.seconds, now=lambda: datetime.now(UTC), sleep=sleep)


@pytest.mark.parametrize("subject", ["campaign_id", "connection_id"])
@pytest.mark.parametrize(("to", "end"), [(6, End.SLOWED), (599, End.SLOWED), (600, End.POSTED), (900, End.POSTED)])
def test_a_permit_of_a_higher_pace_is_void_and_one_of_a_lower_pace_is_not(
    databases: Databases, subject: str, to: int, end: End
) -> None:
    world = World.make(databases, recipients=3)
    [(ticket, _)] = world.advance()
    outside, clock = waiting(world, lambda: change(world, getattr(world, subject), to))
    assert outside.send(world, ticket, clock=clock) is end
    posted = end is End.POSTED
    assert len(outside.posted) == posted
    assert [message["attempts"] for message in world.messages()] == [int(posted), 0, 0]
    assert len(world.rows("select from hidra.pace_slots")) == 2 * posted


def test_after_a_lower_pace_permits_granted_ahead_are_not_claimed_in_a_burst(databases: Databases) -> None:
    """A backlog at 600 a minute has about 20 slots within the next 2 s."""
    world = World.make(databases, recipients=60)
    world.advance()
    run_id = world.one("select id from hidra.campaign_runs")["id"]
    ask = {"connection_id": world.connection_id, "campaign_id": world.campaign_id}
    granted = [databases.jobs.as_worker(lambda tx: pace.permit(tx, **ask)) for _ in range(15)]
    change(world, world.campaign_id, 20)

    def claim(permit: pace.Permit) -> object:
        ticket = Ticket(world.user_id, world.connection_id, world.campaign_id, run_id)
        from hidra.services.send_message import _claim

        return _claim(ticket, db=databases.jobs, timeout=timedelta(seconds=120), permitted_at=permit.now, share=50)

    assert all(permit and permit.granted for permit in granted)
    assert not [found for found in (claim(permit) for permit in granted if permit) if isinstance(found, Claim)]


def test_a_trial_whose_pace_was_lowered_asks_for_another_slot(databases: Databases) -> None:
    world = World.make(databases)
    trial = TrialMessage(
        world.user_id,
        world.connection_id,
        world.campaign_id,
        "+5511987650000",
        world.hash("+5511987650000"),
        Content("Oi"),
    )
    slots: list[datetime] = []

    def lower() -> None:
        slots.extend(row["slot"] for row in world.rows("select distinct slot from hidra.pace_slots"))
        change(world, world.connection_id, 60)

    outside, clock = waiting(world, lower)
    outcome = send_trial(
        trial,
        db=databases.jobs,
        post=outside.post,
        nudge=lambda _: None,
        clock=clock,
        sender_timeout=timedelta(seconds=120),
        patience=10,
    )
    assert outcome == Sent("A")
    assert len(outside.posted) == 1
    [late] = world.rows("select distinct slot from hidra.pace_slots")
    assert late["slot"] > slots[0]
    assert len(world.rows("select from hidra.direct_sends")) == 1
