"""Trials and confirmations on a distrusted connection: each that is sent is the next probe, or it is held."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from hidra.domain.circuit import PROBE_EVERY
from hidra.domain.delivery import StatusEvent
from hidra.domain.message import MessageStatus
from hidra.domain.outcome import NoTurn, Outcome, Sent, Unknown
from hidra.services.record_delivery import record_delivery
from hidra.services.send_message import End
from hidra.store.direct_sends import DirectClaim
from tests.conftest import Databases
from tests.store.test_circuit import connection, in_a_row, let, probed
from tests.store.test_confirmation import BYE, choose, recorder, waiting
from tests.store.test_confirmation import send as send_confirmation
from tests.store.test_send import Outside
from tests.store.test_trial_send import send as send_trial
from tests.store.world import World

AGAIN = PROBE_EVERY + timedelta(seconds=1)


def distrusted(world: World) -> bool:
    found: bool = world.one(
        "select coalesce(distrusted_since >= acknowledged_until, false) as distrusted from hidra.evolution_api_config"
    )["distrusted"]
    return found


def receive(world: World, status: str, message_id: str) -> None:
    event = StatusEvent(world.connection_id, message_id, MessageStatus(status), datetime.now(UTC))
    record_delivery([event], [], db=world.databases.jobs, hash_phone=lambda *_: b"", queue=lambda _: None)


def test_a_trial_is_the_probe_that_is_due_and_a_second_one_is_held(databases: Databases) -> None:
    world, ticket, outside = probed(databases)
    trials = Outside(lambda *_: Sent(uuid4().hex))
    assert isinstance(send_trial(world, trials), Sent)
    assert send_trial(world, trials) is NoTurn.DISTRUSTED
    assert len(trials.posted) == 1
    # A campaign's probe waits as well: one message in five minutes, whatever its kind.
    assert in_a_row(world, ticket, outside, 1) == [End.CLOSED]
    let(world, AGAIN)
    assert in_a_row(world, ticket, outside, 1) == [End.POSTED]
    assert send_trial(world, trials) is NoTurn.DISTRUSTED
    assert distrusted(world)


def test_a_trial_that_is_held_leaves_no_slot_and_no_row(databases: Databases) -> None:
    world, ticket, outside = probed(databases)
    in_a_row(world, ticket, outside, 1)
    world.databases.owner.execute("delete from hidra.pace_slots")
    assert send_trial(world, Outside()) is NoTurn.DISTRUSTED
    assert world.rows("select from hidra.direct_sends") == []
    assert world.rows("select from hidra.pace_slots") == []


@pytest.mark.parametrize("when", ["after the answer", "before the answer"])
@pytest.mark.parametrize("answer", ["id of its own", "requested id", "lost"])
def test_an_acknowledged_trial_closes_the_circuit(databases: Databases, when: str, answer: str) -> None:
    world, ticket, outside = probed(databases)
    ids: list[str] = []

    def post(claim: DirectClaim, _: object) -> Outcome:
        assert claim.requested_message_id is not None
        ids.append("ITS-OWN" if answer == "id of its own" else claim.requested_message_id)
        if when == "before the answer":
            receive(world, "sent", ids[0])
        return Unknown("timed_out", "x") if answer == "lost" else Sent(ids[0])

    send_trial(world, Outside(post))
    if when == "after the answer":
        assert distrusted(world)
        receive(world, "sent", ids[0])
    assert not distrusted(world)
    assert connection(world)["status"] == "connected"
    assert set(in_a_row(world, ticket, outside, 3)) == {End.POSTED}


def test_a_refused_trial_proves_nothing(databases: Databases) -> None:
    world, _, _ = probed(databases)
    send_trial(world, Outside(Sent("T")))
    receive(world, "failed", "T")
    assert distrusted(world)


def test_a_trial_from_before_the_stop_proves_nothing(databases: Databases) -> None:
    world, _, _ = probed(databases)
    send_trial(world, Outside(Sent("T")))
    world.databases.owner.execute("update hidra.evolution_api_config set distrusted_since = clock_timestamp()")
    receive(world, "read", "T")
    assert distrusted(world)


def test_a_trial_on_the_cloud_api_is_acknowledged_by_its_answer(databases: Databases) -> None:
    world, _, _ = probed(databases)
    world.databases.owner.execute("update hidra.evolution_api_config set integration = 'cloud_api'")
    send_trial(world, Outside(Sent("wamid.1")))
    assert not distrusted(world)


def test_a_trial_on_a_trusted_connection_uses_no_probe(databases: Databases) -> None:
    world = World.make(databases)
    for _ in range(2):
        assert send_trial(world, Outside(Sent(uuid4().hex))) != NoTurn.DISTRUSTED
    assert world.one("select probed_at from hidra.pace_limits where subject = %s", world.connection_id) == {
        "probed_at": None
    }


def test_a_confirmation_waits_for_the_next_probe_and_is_then_sent_once(databases: Databases) -> None:
    inbox = recorder(databases)
    choose(inbox.world, opt_in=["VOLTAR"], answer=BYE)
    inbox.receive(inbox.reply("SAIR"))
    run = inbox.world.databases.owner.execute
    run("update hidra.evolution_api_config set distrusted_since = acknowledged_until, distrust_reason = 'x'")
    run("update hidra.pace_limits set probed_at = clock_timestamp() where subject = %s", [inbox.world.connection_id])
    outside = Outside(Sent("C"))
    assert send_confirmation(inbox, outside) is NoTurn.DISTRUSTED
    assert outside.posted == []
    run("update hidra.opt_out_confirmations set requested_at = requested_at - interval '31 s'")
    assert waiting(inbox.world) == inbox.queued  # the clock queues it again
    run("update hidra.pace_limits set probed_at = probed_at - %s", [AGAIN])
    assert send_confirmation(inbox, outside) == Sent("C")
    assert waiting(inbox.world) == []
    [probe] = inbox.world.rows(
        "select clock_timestamp() - probed_at < '1 minute' as now from hidra.pace_limits where subject = %s",
        inbox.world.connection_id,
    )
    assert probe["now"]
