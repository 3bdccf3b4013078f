"""A stopped connection is checked again within seconds, and its campaigns are soon at their full pace."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from hidra.domain.campaign import EvolutionConnectionStatus as S
from hidra.domain.circuit import RECHECK_AFTER, RECHECK_EVERY, RECHECK_FOR
from hidra.domain.connection_error import ConnectionErrorCode, ConnectionFault
from hidra.domain.outcome import NotSent, Sent, Stops, Unknown
from hidra.domain.ticket import RecheckTicket
from hidra.services.check_connection import Health, check_all, check_one, failed
from hidra.services.recheck_connection import recheck_connection
from hidra.services.send_message import End
from hidra.store import connection_health, connections
from hidra.store.runs import DueCampaign
from tests.conftest import Databases
from tests.store.test_send import Outside, started
from tests.store.world import World

DOWN = NotSent("unreachable", "The Evolution server cannot be reached.", Stops.CONNECTION)
NOT_THERE = failed(ConnectionFault(ConnectionErrorCode.UNREACHABLE, "The server cannot be reached."))
WELL = Health(S.CONNECTED, None, answers=True)


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Rechecks:
    """What was put on the send queue for a connection, and the campaigns that were nudged."""

    world: World
    queued: list[RecheckTicket] = field(default_factory=list)
    nudged: list[DueCampaign] = field(default_factory=list)

    def use(self, ticket: RecheckTicket, found: Health, *, at: datetime | None = None) -> None:
        recheck_connection(
            ticket,
            db=self.world.databases.jobs,
            examine=lambda _: found,
            recheck=self.queued.append,
            nudge=self._nudge,
            now=lambda: at or now(),
        )

    def _nudge(self, campaigns: Iterable[DueCampaign]) -> None:
        self.nudged.extend(campaigns)

    @property
    def status(self) -> str:
        return str(self.world.one("select status from hidra.evolution_api_config")["status"])


def cloud(databases: Databases, **world: int) -> tuple[Rechecks, Outside, RecheckTicket]:
    """A campaign on the Cloud API whose Evolution server has just gone down."""
    made, ticket = started(databases, **world)
    databases.owner.execute("update hidra.evolution_api_config set integration = 'cloud_api'")
    rechecks = Rechecks(made)
    outside = Outside(DOWN)
    assert outside.send(made, ticket, recheck=rechecks.queued.append) is End.POSTED
    assert rechecks.status == "error"
    return rechecks, outside, rechecks.queued.pop()


def test_after_a_restart_of_evolution_a_campaign_is_at_full_pace_within_half_a_minute(databases: Databases) -> None:
    rechecks, outside, first = cloud(databases, recipients=100, rate=60, connection_rate=60)
    world = rechecks.world
    assert timedelta(0) < first.at - now() <= RECHECK_AFTER
    rechecks.use(first, NOT_THERE)
    [second] = rechecks.queued
    # The server is up again just after this recheck: what follows is the time to the full pace.
    wait = second.at - now()
    assert wait <= RECHECK_EVERY
    rechecks.use(second, WELL)
    assert rechecks.nudged == [DueCampaign(world.user_id, world.campaign_id)]
    [(probe, [slot])] = world.advance()
    wait += max(timedelta(0), slot - now())
    outside.outcome = Sent("A")
    assert outside.send(world, probe) is End.POSTED
    assert [ticket.campaign_id for ticket in outside.nudged] == [world.campaign_id]
    [(_, slots)] = world.advance()
    wait += slots[0] - now()
    assert len(slots) >= 99
    assert wait < timedelta(seconds=15)  # and a few seconds for queues
    assert world.campaign()["blocked_reason"] is None


def test_a_second_restart_does_not_wait_for_the_probe_of_the_first(databases: Databases) -> None:
    rechecks, outside, ticket = cloud(databases, recipients=100)
    for provider_id in "ABC":
        rechecks.use(ticket, WELL)
        [(probe, [_])] = rechecks.world.advance()
        outside.outcome = Sent(provider_id)
        assert outside.send(rechecks.world, probe) is End.POSTED
        outside.outcome = DOWN
        assert outside.send(rechecks.world, probe, recheck=rechecks.queued.append) is End.POSTED
        ticket = rechecks.queued.pop()


def test_a_probe_that_fails_still_delays_the_next_one_by_five_minutes(databases: Databases) -> None:
    rechecks, outside, ticket = cloud(databases, recipients=100)
    rechecks.use(ticket, WELL)
    [(probe, [_])] = rechecks.world.advance()
    assert outside.send(rechecks.world, probe, recheck=rechecks.queued.append) is End.POSTED
    rechecks.use(rechecks.queued.pop(), WELL)
    assert rechecks.world.advance() == []
    assert outside.send(rechecks.world, probe) is End.CLOSED


def test_every_running_campaign_of_the_connection_goes_on(databases: Databases) -> None:
    rechecks, outside, ticket = cloud(databases, recipients=3)
    world = rechecks.world
    other = World.make(databases)
    databases.owner.execute("update hidra.campaigns set status = 'running' where id = %s", [other.campaign_id])
    second = world.add_campaign(other.segment_id)
    databases.owner.execute("update hidra.campaigns set status = 'running' where id = %s", [second])
    rechecks.use(ticket, WELL)
    assert {campaign.campaign_id for campaign in rechecks.nudged} == {world.campaign_id, second}
    outside.outcome = Sent("A")
    [(probe, _)] = world.advance()
    outside.send(world, probe)
    assert {ticket.campaign_id for ticket in outside.nudged} == {world.campaign_id, second}


def test_only_the_latest_stop_is_rechecked(databases: Databases) -> None:
    rechecks, _, first = cloud(databases, recipients=3)
    databases.owner.execute("update hidra.evolution_api_config set recheck_at = recheck_at + interval '1 s'")
    rechecks.use(first, WELL)
    assert (rechecks.status, rechecks.nudged, rechecks.queued) == ("error", [], [])


def test_a_recheck_that_is_delivered_twice_continues_once(databases: Databases) -> None:
    rechecks, _, first = cloud(databases, recipients=3)
    rechecks.use(first, NOT_THERE)
    rechecks.use(first, NOT_THERE)
    assert len(rechecks.queued) == 1


def test_rechecks_end_after_an_hour(databases: Databases) -> None:
    rechecks, _, first = cloud(databases, recipients=3)
    rechecks.use(first, NOT_THERE, at=first.since + RECHECK_FOR)
    assert rechecks.queued == []


def test_three_outcomes_in_doubt_are_rechecked_too(databases: Databases) -> None:
    world, ticket = started(databases, recipients=10)
    queued: list[RecheckTicket] = []
    outside = Outside(Unknown("server_error", "The Evolution server failed with status 502."))
    for _ in range(3):
        outside.send(world, ticket, recheck=queued.append)
    assert len(queued) == 1


@pytest.mark.parametrize("found", [NOT_THERE, Health(S.CONNECTING, None, answers=True)])
def test_a_check_that_finds_a_connection_broken_asks_for_another_within_seconds(
    databases: Databases, found: Health
) -> None:
    rechecks = Rechecks(World.make(databases))
    check_all(db=databases.jobs, examine=lambda _: found, now=now, seconds=5, recheck=rechecks.queued.append)
    [ticket] = rechecks.queued
    assert ticket.at - now() <= RECHECK_AFTER
    check_all(db=databases.jobs, examine=lambda _: found, now=now, seconds=5, recheck=rechecks.queued.append)
    assert len(rechecks.queued) == 1
    rechecks.use(ticket, WELL)
    assert rechecks.status == "connected"
    rechecks.use(ticket, found)
    assert rechecks.status == "connected"


def test_a_connection_that_waits_for_its_owner_is_not_rechecked(databases: Databases) -> None:
    world = World.make(databases)
    queued: list[RecheckTicket] = []
    [endpoint] = databases.jobs.as_worker(lambda tx: connection_health.due(tx, limit=5))
    banned = ConnectionFault(ConnectionErrorCode.BANNED, "WhatsApp has banned this number.")
    closed = Health(S.DISCONNECTED, banned, answers=True)
    check_one(endpoint, db=databases.jobs, examine=lambda _: closed, now=now, recheck=queued.append)
    assert queued == []
    assert world.one("select recheck_at from hidra.evolution_api_config")["recheck_at"] is None


def test_a_deleted_connection_is_not_rechecked(databases: Databases) -> None:
    rechecks, _, first = cloud(databases, recipients=3)
    databases.http.as_user(rechecks.world.user_id, connections.delete)
    rechecks.use(first, WELL)
    assert (rechecks.status, rechecks.nudged, rechecks.queued) == ("disconnected", [], [])
