"""A run whose connection has no room: a sender that frees some asks for the next pass, not the time."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from hidra.domain.outcome import Outcome, Sent
from hidra.domain.ticket import Ticket
from hidra.services import advance_campaign
from hidra.services.send_message import End
from hidra.store import outcomes, runs
from hidra.store.claims import Claim
from hidra.store.db import Database
from hidra.store.runs import DueCampaign
from tests.conftest import Databases
from tests.store.test_confirmation import BYE, choose, recorder
from tests.store.test_confirmation import send as send_confirmation
from tests.store.test_send import Outside, started
from tests.store.test_trial_send import send as send_trial
from tests.store.world import World


def let_tickets_be_used_up(world: World) -> None:
    world.databases.owner.execute("update hidra.campaign_runs set ticketed_until = null")
    world.databases.owner.execute("delete from hidra.pace_slots")


def full(databases: Databases, **more: int) -> tuple[World, Ticket, Claim]:
    """A run whose connection has no room, after a pass that issued its last tickets."""
    world, ticket = started(databases, recipients=6, concurrent=1, **more)
    held = world.claim()
    assert isinstance(held, Claim)
    world.passes_requested.clear()
    let_tickets_be_used_up(world)
    assert len(world.advance()) == 1
    return world, ticket, held


def waits(world: World) -> bool:
    return world.one("select requeue_at from hidra.campaign_runs")["requeue_at"] is not None


def end(db: Database, held: Claim) -> None:
    at = datetime.now(UTC)
    db.as_worker(lambda tx: outcomes.mark_sent(tx, held, sent_at=at, provider_message_id=uuid4().hex))


def test_passes_do_not_follow_each_other_while_the_connection_has_no_room(databases: Databases) -> None:
    world, _, _ = full(databases)
    for _ in range(5):
        let_tickets_be_used_up(world)
        assert len(world.advance()) == 1  # the clock's
    assert world.passes_requested == []
    assert waits(world)


def test_the_sender_whose_post_ends_asks_for_the_pass_once(databases: Databases) -> None:
    world, ticket, held = full(databases)
    end(databases.jobs, held)
    first, second = Outside(lambda *_: Sent("A")), Outside(lambda *_: Sent("B"))
    assert first.send(world, ticket) is End.POSTED
    [asked] = first.nudged
    assert (asked.user_id, asked.campaign_id) == (world.user_id, world.campaign_id)
    assert 0 < asked.seconds <= 2  # not before the tickets are nearly used up
    assert not waits(world)
    assert second.send(world, ticket) is End.POSTED
    assert second.nudged == []


def test_the_pass_comes_when_the_tickets_are_nearly_used_up_as_with_room(databases: Databases) -> None:
    with_room, _ = started(databases, recipients=6, rate=12, connection_rate=12)
    world, ticket, held = full(databases, rate=12, connection_rate=12)
    end(databases.jobs, held)
    world.databases.owner.execute("delete from hidra.pace_slots")
    outside = Outside()
    outside.send(world, ticket)
    [seconds] = with_room.passes_requested
    spared = 6  # a recipient less
    assert seconds - spared - 1 <= outside.nudged[0].seconds <= seconds


def test_a_post_that_ended_while_the_pass_looked_for_room_does_not_leave_the_run_to_the_clock(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, _, held = full(databases)
    await_room, written = runs.await_room, []
    sender = Database({**databases.settings, "DATABASE_SECRET": "jobs"}, databases.logins.__getitem__)

    def ended_before_the_commit(tx: Any, **more: Any) -> None:
        if not written:
            end(sender, held)  # its sender sees no run that waits
            user_id, connection_id = world.user_id, world.connection_id
            assert (
                sender.as_worker(
                    lambda other: runs.take_awaiting_room(other, user_id=user_id, connection_id=connection_id)
                )
                == []
            )
        written.append(more)
        await_room(tx, **more)

    monkeypatch.setattr(advance_campaign.runs, "await_room", ended_before_the_commit)
    let_tickets_be_used_up(world)
    world.advance()
    sender.close()
    assert len(written) == 1
    assert len(world.passes_requested) == 1
    assert not waits(world)


def test_a_trial_that_ends_asks_too(databases: Databases) -> None:
    world, _, held = full(databases)
    end(databases.jobs, held)
    asked: list[DueCampaign] = []
    send_trial(world, Outside(Sent("T")), nudge=asked.append)
    assert [found.campaign_id for found in asked] == [world.campaign_id]


def test_a_confirmation_that_ends_asks_too(databases: Databases) -> None:
    inbox = recorder(databases)
    choose(inbox.world, opt_in=["VOLTAR"], answer=BYE)
    inbox.receive(inbox.reply("SAIR"))
    inbox.world.databases.owner.execute("update hidra.campaign_runs set requeue_at = now()")
    asked: list[DueCampaign] = []
    send_confirmation(inbox, Outside(Sent("C")), nudge=asked.append)
    assert asked == [DueCampaign(inbox.world.user_id, inbox.world.campaign_id, 0)]


def test_a_claim_that_came_too_late_frees_room_and_asks(databases: Databases) -> None:
    world, ticket, held = full(databases)
    end(databases.jobs, held)
    outside = Outside()

    class Slow:
        """Its first claim takes a second."""

        def as_worker(self, work: Any) -> Any:
            found = world.databases.jobs.as_worker(work)
            if isinstance(found, Claim):
                outside.seconds += 1
            return found

    assert outside.send(world, ticket, db=Slow()) is End.TOO_LATE
    assert [found.campaign_id for found in outside.nudged] == [world.campaign_id]


def test_only_runs_of_the_same_connection_are_asked_for(databases: Databases) -> None:
    world, _, _ = full(databases)
    other, ticket = started(databases, recipients=2)
    outside: Outside = Outside(lambda *_: _sent())
    assert outside.send(other, ticket) is End.POSTED
    assert outside.nudged == []
    assert (
        world.databases.jobs.as_worker(
            lambda tx: runs.take_awaiting_room(tx, user_id=world.user_id, connection_id=other.connection_id)
        )
        == []
    )


def _sent() -> Outcome:
    return Sent(uuid4().hex)


def test_a_lost_sender_gives_its_room_back_after_its_timeout_and_the_clocks_pass_goes_on(databases: Databases) -> None:
    world, _, _ = full(databases)
    world.databases.owner.execute(
        "update hidra.campaign_messages set claimed_at = claimed_at - %s where status = 'sending'",
        [timedelta(minutes=3)],
    )
    let_tickets_be_used_up(world)
    world.advance()
    assert len(world.passes_requested) == 1
    assert not waits(world)
