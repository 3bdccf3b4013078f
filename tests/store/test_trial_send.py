"""A trial: sent in its turn, outside every count, and never taken for a campaign's message."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hidra.domain.content import Content
from hidra.domain.outcome import NotSent, NoTurn, Outcome, Refused, Sent, Stops, Unknown
from hidra.domain.trial import TrialMessage
from hidra.services.send_direct import send_trial
from hidra.services.turn import Clock
from hidra.store import direct_sends, doubts, outcomes
from hidra.store.claims import Claim, NoClaim
from tests.conftest import Databases
from tests.store.test_send import Outside, slots
from tests.store.world import World

PHONE = "+5511980000000"


def message(world: World, phone: str = PHONE) -> TrialMessage:
    return TrialMessage(
        world.user_id, world.connection_id, world.campaign_id, phone, world.hash(phone), Content("Oi teste")
    )


def send(world: World, outside: Outside, trial: TrialMessage | None = None, **other: Any) -> Outcome | NoTurn:
    arguments = {
        "db": world.databases.jobs,
        "post": outside.post,
        "nudge": lambda _: None,
        "clock": Clock(monotonic=lambda: outside.seconds, now=lambda: datetime.now(UTC), sleep=outside.sleep),
        "sender_timeout": timedelta(seconds=120),
        "patience": 10,
    }
    return send_trial(trial or message(world), **(arguments | other))


def kept(world: World) -> list[dict[str, object]]:
    return world.rows("select provider_message_id, ended_at from hidra.direct_sends order by claimed_at")


def test_a_trial_is_posted_in_a_slot_of_both_limits_and_changes_no_count(databases: Databases) -> None:
    world = World.make(databases)
    outside = Outside(Sent("T"))
    assert send(world, outside) == Sent("T")
    assert outside.posted == [f"{PHONE} Oi teste"]
    assert slots(world) == 2
    assert world.messages() == []
    assert world.metrics()["total_messages"] == 0
    [row] = kept(world)
    assert row["provider_message_id"] == "T"
    assert row["ended_at"]


def test_a_trial_waits_for_its_slot_and_gives_up_when_the_pace_is_used_up(databases: Databases) -> None:
    world = World.make(databases, rate=24, connection_rate=24)
    outside, real = Outside(), Clock(time.monotonic, lambda: datetime.now(UTC), time.sleep)
    assert send(world, outside) == Sent("A")
    began = time.monotonic()
    assert send(world, outside, clock=real) == Sent("A")
    assert 1.5 <= time.monotonic() - began <= 4  # the second slot is 2.6 s behind the first
    before = slots(world)
    assert send(world, outside, patience=1) is NoTurn.BUSY
    assert len(outside.posted) == 2
    assert slots(world) == before


def test_a_trial_takes_room_and_waits_for_it(databases: Databases) -> None:
    world = World.make(databases, concurrent=1)
    world.advance()
    found: list[object] = []

    def post(*_: object) -> Outcome:
        found.append(world.claim())
        return Sent("T")

    outside = Outside(post)
    assert send(world, outside) == Sent("T")
    assert found == [NoClaim.NO_ROOM]
    assert isinstance(world.claim(), Claim)
    before = slots(world)
    assert send(world, outside) is NoTurn.BUSY
    assert len(outside.posted) == 1
    assert slots(world) == before


def test_a_phone_that_opted_out_gets_no_trial(databases: Databases) -> None:
    world = World.make(databases)
    databases.owner.execute(
        "insert into hidra.opt_outs (user_id, phone_hash, source) values (%s, %s, 'api')",
        [world.user_id, world.hash(PHONE)],
    )
    outside = Outside()
    assert send(world, outside) is NoTurn.OPTED_OUT
    assert outside.posted == []
    assert (slots(world), kept(world)) == (0, [])


@pytest.mark.parametrize("status", ["disconnected", "connecting", "error"])
def test_no_trial_is_sent_on_a_connection_that_is_not_connected(databases: Databases, status: str) -> None:
    world = World.make(databases)
    databases.owner.execute("update hidra.evolution_api_config set status = %s", [status])
    outside = Outside()
    assert send(world, outside) is NoTurn.CLOSED
    assert outside.posted == []


@pytest.mark.parametrize("gone", ["hidra.campaigns", "hidra.evolution_api_config"])
def test_a_trial_whose_campaign_or_connection_is_deleted_is_closed(databases: Databases, gone: str) -> None:
    world = World.make(databases)
    table = "campaign_id" if gone == "hidra.campaigns" else "connection_id"
    databases.owner.execute("delete from hidra.pace_limits where subject = %s", [getattr(world, table)])
    outside = Outside()
    assert send(world, outside) is NoTurn.CLOSED
    assert outside.posted == []


def test_no_user_sends_a_trial_on_the_connection_of_another(databases: Databases) -> None:
    world, other = World.make(databases), World.make(databases)
    outside = Outside()
    assert send(world, outside, replace(message(world), connection_id=other.connection_id)) is NoTurn.CLOSED
    assert outside.posted == []


def test_a_refused_trial_keeps_no_row_and_a_failing_connection_stops(databases: Databases) -> None:
    world = World.make(databases)
    refused = Refused("not_on_whatsapp", "x")
    assert send(world, Outside(refused)) == refused
    stopped = NotSent("unauthorized", "The key is wrong.", Stops.CONNECTION)
    assert send(world, Outside(stopped)) == stopped
    assert kept(world) == []
    assert world.one("select status, error_message, error_code, distrust_code from hidra.evolution_api_config") == {
        "status": "error",
        "error_message": "The key is wrong.",
        "error_code": "unauthorized",
        "distrust_code": "unauthorized",
    }


def unresolved(world: World) -> doubts.Unresolved:
    """A campaign's message to the trial's phone, whose outcome is unknown."""
    world.advance()
    assert isinstance(world.claim(), Claim)
    world.databases.jobs.as_worker(lambda tx: outcomes.mark_sender_lost(tx, older_than=timedelta(0)))
    [found] = world.databases.jobs.as_worker(
        lambda tx: doubts.unknown(
            tx, connection_ids=[world.connection_id], each=9, overdue=datetime.now(UTC) - timedelta(hours=24)
        )
    )
    assert found.phone == PHONE
    return found


def test_a_trials_id_is_never_assigned_to_a_campaigns_message(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    send(world, Outside(Sent("T")))
    found = unresolved(world)
    jobs = databases.jobs
    assert jobs.as_worker(
        lambda tx: doubts.assigned(tx, connection_id=world.connection_id, provider_message_ids=["T", "U"])
    ) == {"T"}
    assert not jobs.as_worker(lambda tx: doubts.ambiguous(tx, found, provider_message_id="X"))
    # Known only since the lookup began.
    assert jobs.as_worker(lambda tx: doubts.ambiguous(tx, found, provider_message_id="T"))


def test_a_trial_with_an_unknown_outcome_keeps_its_phone_from_being_looked_up(databases: Databases) -> None:
    """A message that Evolution finds may be the trial."""
    world = World.make(databases, recipients=1)
    unknown = Unknown("timed_out", "x")
    assert send(world, Outside(unknown)) == unknown
    found = unresolved(world)
    assert databases.jobs.as_worker(lambda tx: doubts.ambiguous(tx, found, provider_message_id="X"))
    databases.owner.execute("update hidra.direct_sends set claimed_at = claimed_at - interval '73 hours'")
    databases.jobs.as_worker(direct_sends.forget_old)
    assert kept(world) == []
    assert not databases.jobs.as_worker(lambda tx: doubts.ambiguous(tx, found, provider_message_id="X"))
