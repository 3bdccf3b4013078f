"""The status of a connection, in any order of checks, stops and webhooks."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from hidra.domain.campaign import EvolutionConnectionStatus as S
from hidra.domain.connection_error import ConnectionErrorCode, ConnectionFault
from hidra.domain.delivery import ConnectionEvent
from hidra.domain.outcome import NotSent, Outcome, Stops
from hidra.services.check_connection import Health, check_one
from hidra.services.record_delivery import record_delivery
from hidra.services.save_connection import Wanted, save_connection
from hidra.store import claims, connection_health
from hidra.store.connection_health import Endpoint
from tests.conftest import Databases
from tests.store.test_send import Outside, started
from tests.store.world import World

NOW = datetime.now(UTC)
LATER = 24 * 3600  # seconds; later than any check in a run of all tests
WELL = Health(S.CONNECTED, None, answers=True)
REFUSED = NotSent("unauthorized", "The Evolution server does not accept the API key.", Stops.CONNECTION)
NO_KEY = ConnectionFault(ConnectionErrorCode.UNAUTHORIZED, REFUSED.detail)
BYE = ConnectionFault(ConnectionErrorCode.LOGGED_OUT, "bye")
BANNED = ConnectionFault(ConnectionErrorCode.BANNED, "WhatsApp has banned this number.")


def receive(world: World, status: S, seconds: float, reason: ConnectionFault | None = None) -> None:
    event = ConnectionEvent(world.connection_id, status, reason, NOW + timedelta(seconds=seconds))
    record_delivery([event], [], db=world.databases.jobs, hash_phone=lambda *_: b"", queue=lambda _: None)


def shown(world: World) -> tuple[str, ConnectionFault | None]:
    """The status, and why: always the code of the message, and no code without one."""
    row = world.one("select * from hidra.evolution_api_config where id = %s", world.connection_id)
    code, message = row["error_code"], row["error_message"]
    return row["status"], None if code is message is None else ConnectionFault(code, message)


def check(world: World, found: Health = WELL) -> None:
    check_one(read(world), db=world.databases.jobs, examine=lambda _: found, now=lambda: datetime.now(UTC))


def read(world: World) -> Endpoint:
    found = world.databases.jobs.as_worker(lambda tx: connection_health.get(tx, connection_id=world.connection_id))
    assert found is not None
    return found


def save_key(world: World) -> None:
    wanted = Wanted("https://evo.example", "main")
    save_connection(
        world.databases.http, world.user_id, wanted, sealed=b"another", origin=lambda url: url, nudge=lambda **_: None
    )


@pytest.mark.parametrize(
    "order", list(permutations([(S.DISCONNECTED, 1, BYE), (S.CONNECTING, 2, None), (S.CONNECTED, 3, None)]))
)
def test_the_latest_status_of_a_connection_holds_in_any_order_of_events(
    databases: Databases, order: list[tuple[S, float, ConnectionFault | None]]
) -> None:
    world = World.make(databases)
    for status, seconds, reason in [*order, *order]:
        receive(world, status, seconds, reason)
    assert shown(world) == ("connected", None)


def test_a_repeated_status_keeps_its_reason_and_outdates_earlier_events(databases: Databases) -> None:
    world = World.make(databases)
    receive(world, S.DISCONNECTED, 1, BANNED)
    receive(world, S.DISCONNECTED, 5, BYE)
    receive(world, S.CONNECTED, 3)
    assert shown(world) == ("disconnected", BANNED)


def test_a_reason_that_follows_a_close_without_one_is_kept(databases: Databases) -> None:
    world = World.make(databases)
    receive(world, S.DISCONNECTED, 1)
    receive(world, S.DISCONNECTED, 2, BANNED)
    assert shown(world) == ("disconnected", BANNED)


def test_a_check_that_finds_no_reason_keeps_the_one_of_a_close_with_its_code(databases: Databases) -> None:
    world = World.make(databases)
    receive(world, S.DISCONNECTED, -1, BANNED)
    check(world, Health(S.DISCONNECTED, None, answers=True))
    assert shown(world) == ("disconnected", BANNED)
    check(world, Health(S.DISCONNECTED, BYE, answers=True))
    assert shown(world) == ("disconnected", BYE)
    check(world)
    assert shown(world) == ("connected", None)


def test_a_reason_of_before_there_were_codes_is_kept_without_a_code(databases: Databases) -> None:
    world = World.make(databases)
    databases.owner.execute(
        "update hidra.evolution_api_config set status = 'disconnected', status_at = null, error_message = 'old'"
    )
    check(world, Health(S.DISCONNECTED, None, answers=True))
    receive(world, S.DISCONNECTED, LATER, BANNED)
    assert shown(world) == ("disconnected", ConnectionFault(None, "old"))  # type: ignore[arg-type]
    receive(world, S.CONNECTING, LATER + 1)
    assert shown(world) == ("connecting", None)


def test_a_check_that_began_before_an_event_does_not_replace_its_status(databases: Databases) -> None:
    world = World.make(databases)
    check_one(
        read(world),
        db=databases.jobs,
        examine=lambda _: receive(world, S.DISCONNECTED, 1, BYE) or WELL,  # type: ignore[func-returns-value]
        now=lambda: NOW,
    )
    assert shown(world) == ("disconnected", BYE)
    row = world.one("select last_health_check_at from hidra.evolution_api_config")
    assert row["last_health_check_at"] == NOW


def test_a_check_that_began_before_a_stop_does_not_undo_it_and_the_next_one_does(databases: Databases) -> None:
    world, ticket = started(databases, recipients=2)

    def examine(_: Endpoint) -> Health:
        Outside(REFUSED).send(world, ticket)
        return WELL

    check_one(read(world), db=databases.jobs, examine=examine, now=lambda: datetime.now(UTC))
    assert shown(world) == ("error", NO_KEY)
    receive(world, S.CONNECTED, -60)
    assert shown(world) == ("error", NO_KEY)
    check(world)
    assert shown(world) == ("connected", NO_KEY)  # connected, and to be tried
    check(world, Health(S.CONNECTED, BYE, answers=True))
    assert shown(world) == ("connected", BYE)
    check(world)
    assert shown(world) == ("connected", NO_KEY)


def test_a_stop_while_stopped_already_outlives_a_check_that_began_between_the_two(databases: Databases) -> None:
    world, _ = started(databases, recipients=2)
    held = world.claim()
    assert isinstance(held, claims.Claim)
    stop = lambda fault: databases.jobs.as_worker(  # noqa: E731
        lambda tx: connection_health.stop(tx, held, connection_id=world.connection_id, fault=fault)
    )
    stop(NO_KEY)
    check_one(read(world), db=databases.jobs, examine=lambda _: (stop(BYE), WELL)[1], now=lambda: datetime.now(UTC))
    assert shown(world) == ("error", BYE)


@pytest.mark.parametrize("column", ["base_url", "instance_name"])
def test_a_refusal_of_the_old_server_does_not_stop_the_new_one(databases: Databases, column: str) -> None:
    world, ticket = started(databases, recipients=2)

    def post(*_: object) -> Outcome:
        databases.owner.execute(f"update hidra.evolution_api_config set {column} = 'another'")
        return REFUSED

    Outside(post).send(world, ticket)
    assert shown(world) == ("connected", None)


def test_a_refusal_of_the_old_key_does_not_stop_the_new_one(databases: Databases) -> None:
    world, ticket = started(databases, recipients=2)

    def post(*_: object) -> Outcome:
        save_key(world)
        check_one(read(world), db=databases.jobs, examine=lambda _: WELL, now=lambda: datetime.now(UTC))
        return REFUSED

    Outside(post).send(world, ticket)
    assert shown(world) == ("connected", None)
    assert world.messages()[0]["status"] == "pending"


def test_another_key_begins_without_a_past(databases: Databases) -> None:
    world = World.make(databases)
    receive(world, S.DISCONNECTED, LATER, BANNED)
    save_key(world)
    assert shown(world) == ("disconnected", None)
    receive(world, S.CONNECTING, 1)
    assert shown(world) == ("connecting", None)
