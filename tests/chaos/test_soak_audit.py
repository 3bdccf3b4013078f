"""The soak's audit: it reports every breach, and none because of a slow machine."""

from collections import Counter
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import psycopg
import pytest

from hidra.services import lifecycle
from hidra.store.claims import Claim
from tests.chaos import stops
from tests.chaos.cluster import Cluster
from tests.chaos.soak_audit import Audit
from tests.chaos.soak_claims import WATCH, claimed_after_a_stop, claimed_after_an_opt_out, over_limits, unclaimed
from tests.chaos.soak_promises import unaccounted
from tests.conftest import Databases
from tests.store.world import World

OPT_OUT = """
insert into hidra.opt_outs (user_id, phone_hash, source)
select user_id, phone_hash, 'api' from hidra.contacts order by phone limit 1
"""
# A claim by a product that checks neither pauses nor opt-outs.
CLAIM_BLINDLY = """
update hidra.campaign_messages set status = 'sending', claimed_at = clock_timestamp()
where id = (select min(id) from hidra.campaign_messages where status in ('pending', 'skipped'))
"""
NOTE_COMMIT_NOW = "set constraints all immediate"


@pytest.fixture
def world(fresh_database: Databases) -> World:
    fresh_database.owner.execute(WATCH)
    world = World.make(fresh_database, recipients=2, rate=6000, connection_rate=6000, concurrent=2)
    world.advance()
    return world


def audit(world: World, *sends: dict[str, Any]) -> Audit:
    simulator = SimpleNamespace(sends=lambda: list(sends))
    cluster = SimpleNamespace(databases=world.databases, rows=world.rows, simulator=simulator)
    paces = {str(world.campaign_id): 6000}
    return Audit(cast(Cluster, cluster), [], paces, {}, Counter(), log="")


def another(world: World) -> psycopg.Connection[Any]:
    info = world.databases.owner.info
    return psycopg.connect(info.dsn, password=info.password)


def send(
    world: World, seq: int, *, at: float, answered: float | None = None, left: float | None = None
) -> dict[str, Any]:
    return {
        "seq": seq, "instance": "main", "text": f"Campanha {world.campaign_id}: oi", "digits": stops.phone_of(0)[1:],
        "number": stops.phone_of(0)[1:], "provider_id": None, "received_at": at, "received_monotonic": at, "answered_monotonic": answered,
        "left_monotonic": left,
    }  # fmt: skip


def test_a_claim_that_could_not_see_the_commit_of_an_opt_out_is_no_breach(world: World) -> None:
    with another(world) as opting_out:
        opting_out.execute(OPT_OUT)
        opting_out.execute(NOTE_COMMIT_NOW)
        assert isinstance(world.claim(), Claim)
    assert list(claimed_after_an_opt_out(audit(world))) == []


def test_a_claim_that_saw_the_opt_out_is_a_breach_until_the_recipient_opts_in(world: World) -> None:
    world.databases.owner.execute(OPT_OUT)
    world.databases.owner.execute(CLAIM_BLINDLY)
    assert len(list(claimed_after_an_opt_out(audit(world)))) == 1
    world.databases.owner.execute("update hidra.campaign_messages set status = 'pending', claimed_at = null")
    world.databases.owner.execute("delete from hidra.opt_outs")
    assert isinstance(world.claim(), Claim)
    assert len(list(claimed_after_an_opt_out(audit(world)))) == 1


def test_a_claim_is_a_breach_after_a_pause_and_none_before_it_or_after_the_resume(world: World) -> None:
    assert isinstance(world.claim(), Claim)
    stops.pause(world, world.databases.http)
    assert list(claimed_after_a_stop(audit(world))) == []
    lifecycle.resume(world.databases.http, world.user_id, world.campaign_id, nudge=lambda **_: None)
    assert isinstance(world.claim(), Claim)
    assert list(claimed_after_a_stop(audit(world))) == []
    stops.pause(world, world.databases.http)
    world.databases.owner.execute("update hidra.campaign_messages set status = 'pending'")
    world.databases.owner.execute(CLAIM_BLINDLY)
    assert len(list(claimed_after_a_stop(audit(world)))) == 1


def test_a_claim_that_begins_before_a_pause_and_commits_after_it_is_a_breach(world: World) -> None:
    with another(world) as claiming:
        claiming.execute(CLAIM_BLINDLY)
        stops.pause(world, world.databases.http)
    assert len(list(claimed_after_a_stop(audit(world)))) == 1


@pytest.mark.parametrize(("seconds", "breaches"), [(0.5, 0), (0.7, 1)])
def test_a_post_that_leaves_long_after_a_pause_is_a_breach(world: World, seconds: float, breaches: int) -> None:
    assert isinstance(world.claim(), Claim)
    stops.pause(world, world.databases.http)
    world.databases.owner.execute(
        "update hidra.campaign_messages m set sent_at = c.at + make_interval(secs => %s)"
        " from public.commits c where c.stops and m.status = 'sending'",
        [seconds],
    )
    assert len(list(claimed_after_a_stop(audit(world)))) == breaches


def test_a_post_needs_a_claim_of_its_own(world: World) -> None:
    claim = world.claim()
    assert isinstance(claim, Claim)
    at = claim.claimed_at.timestamp()
    assert list(unclaimed(audit(world, send(world, 1, at=at)))) == []
    assert len(list(unclaimed(audit(world, send(world, 1, at=at), send(world, 2, at=at))))) == 1


def test_a_request_whose_client_died_before_its_body_needs_no_claim(world: World) -> None:
    cut_short = send(world, 1, at=0.0, left=0.0) | {"number": "", "digits": "", "text": ""}
    assert list(unclaimed(audit(world, cut_short))) == []
    assert list(over_limits(audit(world, cut_short))) == []


def test_a_request_counts_as_open_until_its_client_disconnects(world: World) -> None:
    ended_early = [send(world, seq, at=0.0, answered=9.0, left=2.5) for seq in (1, 2)]
    assert list(over_limits(audit(world, *ended_early, send(world, 3, at=2.6, answered=3.0)))) == []
    assert len(list(over_limits(audit(world, *ended_early, send(world, 3, at=2.4, answered=3.0))))) == 1


def test_a_request_that_a_busy_machine_delayed_counts_at_its_expected_arrival(world: World) -> None:
    world.databases.owner.execute("update hidra.evolution_api_config set max_messages_per_minute = 1")
    claim = world.claim()
    assert isinstance(claim, Claim)
    at = claim.claimed_at.timestamp()
    others = {"text": "Pronto", "received_at": 0.0, "answered_monotonic": at + 62, "received_monotonic": at + 61.5}
    delayed = send(world, 1, at=at + 3, answered=at + 3)
    assert list(over_limits(audit(world, delayed, delayed | others | {"seq": 2}))) == []
    sooner = others | {"received_monotonic": at + 60.5}
    assert len(list(over_limits(audit(world, delayed, delayed | sooner | {"seq": 2})))) == 1


def test_a_campaign_that_was_canceled_before_it_started_is_no_breach(world: World) -> None:
    started = list(unaccounted(audit(world)))
    other = world.add_campaign(uuid4())
    lifecycle.cancel(world.databases.http, world.user_id, other, nudge=lambda **_: None)
    assert list(unaccounted(audit(world))) == started
