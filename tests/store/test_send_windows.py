"""Sending windows where they are enforced: at the claim and the permit, by passes, and by changes of a window."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from hidra.domain.content import Content
from hidra.domain.outcome import Sent
from hidra.domain.send_window import CLOSES_EARLY, DAYS, SendWindow
from hidra.domain.trial import TrialMessage
from hidra.services import edit_campaign
from hidra.services.advance_campaign import _freeze_if_due
from hidra.services.save_connection import Wanted, save_connection
from hidra.services.send_direct import send_trial
from hidra.services.send_message import End
from hidra.services.turn import Clock
from hidra.store.claims import Claim, NoClaim
from tests.chaos.virtual_time import VirtualTime
from tests.conftest import Databases
from tests.store.test_pace_changes import waiting
from tests.store.test_send import Outside, started
from tests.store.world import World

ALWAYS: SendWindow = {"time_zone": "UTC", "ranges": [{"days": list(DAYS), "from": "00:00", "to": "24:00"}]}


def around(now: datetime, begins: float, ends: float) -> SendWindow:
    """A window that is open from so many minutes after this one until so many minutes after it, every day."""
    first, last = (f"{now + timedelta(minutes=minutes):%H:%M}" for minutes in (begins, ends))
    return {"time_zone": "UTC", "ranges": [{"days": list(DAYS), "from": first, "to": last}]}


def closed() -> SendWindow:
    """Opens in some two hours."""
    return around(datetime.now(UTC), 120, 180)


def opened(world: World, **columns: object) -> None:
    for column, value in columns.items():
        world.databases.owner.execute(f"update hidra.campaign_runs set {column} = {value}")  # type: ignore[arg-type]


def run_of(world: World) -> dict[str, Any]:
    return world.one("select * from hidra.campaign_runs where campaign_id = %s", world.campaign_id)


def set_window(world: World, window: SendWindow | None, nudged: list[Any] | None = None) -> None:
    edit_campaign.change(
        world.databases.http,
        world.user_id,
        world.campaign_id,
        {"send_window": window},
        now=datetime.now(UTC),
        nudge=lambda **asked: (nudged if nudged is not None else []).append(asked),
    )


def set_default(world: World, window: SendWindow | None, nudged: list[Any] | None = None) -> None:
    save_connection(
        world.databases.http,
        world.user_id,
        Wanted("https://evo.example", "main", send_window=window, keeps_window=False),
        sealed=None,
        origin=str,
        nudge=lambda **asked: (nudged if nudged is not None else []).append(asked),
    )


REAL = Clock(monotonic=time.monotonic, now=lambda: datetime.now(UTC), sleep=time.sleep)
Change = Callable[..., None]
both = pytest.mark.parametrize("change", [set_window, set_default])


def test_a_message_is_claimed_from_the_opening_on_and_no_longer_at_the_close(fresh_database: Databases) -> None:
    virtual = VirtualTime()
    virtual.start += timedelta(minutes=1)
    world = World.make(virtual.database(fresh_database), recipients=4)
    world.advance()
    opens, closes = virtual.start + timedelta(seconds=10), virtual.start + timedelta(seconds=20)
    fresh_database.owner.execute("update hidra.campaign_runs set open_from = %s, open_until = %s", [opens, closes])
    found = {}
    for seconds in (0, 9.999999, 10, 19.999999, 20, 3600):
        virtual.seconds = seconds
        found[seconds] = world.claim()
    world.databases.jobs.close()
    assert [seconds for seconds, claim in found.items() if isinstance(claim, Claim)] == [10, 19.999999]
    assert [claim for claim in found.values() if not isinstance(claim, Claim)] == [NoClaim.CLOSED] * 4


def test_a_run_is_closed_until_its_first_pass_has_written_its_window(databases: Databases) -> None:
    world = World.make(databases)
    set_default(world, closed())
    databases.jobs.as_worker(lambda tx: _freeze_if_due(tx, world.campaign_id, None))
    assert world.campaign()["status"] == "running"
    assert world.claim() is NoClaim.CLOSED
    world.advance()
    run = run_of(world)
    assert run["open_from"] > datetime.now(UTC)
    assert run["open_until"] == run["open_from"] + timedelta(hours=1) - CLOSES_EARLY


def passes(world: World, virtual: VirtualTime, seconds: float) -> tuple[list[float], list[int]]:
    """One pass at this time: the slots of its tickets, and when it asks for another pass, both in seconds from the start."""
    virtual.seconds = seconds
    world.passes_requested.clear()
    slots = [slot for _, slots in world.advance() for slot in slots]
    return [round((slot - virtual.start).total_seconds(), 3) for slot in slots], list(world.passes_requested)


def test_passes_issue_tickets_130_seconds_before_the_opening_and_none_beyond_the_close(
    fresh_database: Databases,
) -> None:
    virtual = VirtualTime()
    virtual.start = datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=2)
    world = World.make(virtual.database(fresh_database), recipients=300, rate=6)
    run = fresh_database.owner.execute
    run("update hidra.campaigns set scheduled_at = %s", [virtual.start])
    run("update hidra.evolution_api_config set integration = 'cloud_api'")
    set_window(world, around(virtual.start, 4, 6))
    assert passes(world, virtual, 0) == ([], [])
    blocked = world.campaign()
    assert (blocked["blocked_code"], blocked["blocked_params"]["time_zone"]) == ("outside-send-window", "UTC")
    assert blocked["blocked_params"]["opens_at"] == f"{virtual.start:%Y-%m-%d}T08:04:00Z"
    assert f"opens on {virtual.start:%Y-%m-%d} 08:04 (UTC)" in blocked["blocked_reason"]
    assert passes(world, virtual, 105) == ([], [])
    slots, asked = passes(world, virtual, 115)
    assert (slots, asked) == ([240.0], [])
    assert passes(world, virtual, 176) == ([250.281, 260.562, 270.842, 281.123, 291.404], [64])
    slots = passes(world, virtual, 240.2)[0]
    assert 301 < slots[0] < 312
    assert 348 < slots[-1] < 358.5
    assert world.campaign()["blocked_code"] is None
    assert passes(world, virtual, 300) == ([], [59])
    assert passes(world, virtual, 359) == ([], [])
    assert world.campaign()["blocked_code"] == "outside-send-window"
    world.databases.jobs.close()


def test_a_distrusted_connection_is_not_probed_outside_the_window(databases: Databases) -> None:
    world = World.make(databases)
    world.advance()
    databases.owner.execute(
        "update hidra.evolution_api_config set distrusted_since = now(), acknowledged_until = now() - interval '1 hour'"
    )
    assert len(world.advance()) == 1
    set_window(world, closed())
    assert world.advance() == []
    assert world.claim() is NoClaim.CLOSED
    assert world.campaign()["blocked_code"] == "outside-send-window"
    databases.owner.execute("update hidra.evolution_api_config set status = 'error', error_message = 'gone'")
    world.advance()
    assert world.campaign()["blocked_code"] == "connection-error"  # what its user can do something about


def test_a_ticket_that_comes_shortly_before_the_opening_waits_for_it(databases: Databases) -> None:
    world, ticket = started(databases)
    opened(world, open_from="clock_timestamp() + interval '0.2 s'")
    opens = run_of(world)["open_from"]
    outside = Outside()
    assert outside.send(world, ticket, clock=REAL) is End.POSTED
    [message] = [message for message in world.messages() if message["status"] == "sent"]
    assert message["claimed_at"] >= opens
    assert world.one("select slot from hidra.pace_slots limit 1")["slot"] == opens


@pytest.mark.parametrize(("seconds", "end"), [(60, End.POSTPONED), (7200, End.CLOSED)])
def test_an_earlier_ticket_is_postponed_once_or_dropped_and_takes_no_slot(
    databases: Databases, seconds: int, end: End
) -> None:
    world, ticket = started(databases)
    opened(world, open_from=f"clock_timestamp() + interval '{seconds} s'")
    outside = Outside()
    assert outside.send(world, ticket) is end
    assert [58 <= delay <= 59 for _, delay in outside.postponed] == ([True] if end is End.POSTPONED else [])
    assert world.rows("select from hidra.pace_slots") == []
    assert outside.posted == []


def test_a_ticket_after_the_close_is_dropped_and_frees_its_slot(databases: Databases) -> None:
    world, ticket = started(databases)
    opened(world, open_until="clock_timestamp()")
    outside = Outside()
    assert outside.send(world, ticket) is End.CLOSED
    assert (outside.posted, outside.postponed, outside.seconds) == ([], [], 0)
    assert world.rows("select from hidra.pace_slots") == []


@both
def test_a_ticket_that_waits_for_its_slot_when_the_window_is_closed_posts_nothing(
    databases: Databases, change: Change
) -> None:
    world, ticket = started(databases)
    outside, clock = waiting(world, lambda: change(world, closed()))
    assert outside.send(world, ticket, clock=clock) is End.CLOSED
    assert outside.posted == []
    assert world.rows("select from hidra.pace_slots") == []


@both
def test_a_wider_window_is_used_at_once(databases: Databases, change: Change) -> None:
    world = World.make(databases)
    change(world, closed())
    world.advance()
    assert world.claim() is NoClaim.CLOSED
    nudged: list[Any] = []
    change(world, None, nudged)
    assert [asked["campaign_id"] for asked in nudged] == [world.campaign_id]
    assert isinstance(world.claim(), Claim)
    [(_, slots)] = world.advance()
    assert len(slots) == 2


@both
def test_tickets_that_a_closed_window_made_useless_are_issued_again(databases: Databases, change: Change) -> None:
    world = World.make(databases, recipients=100, rate=20)
    [(_, slots)] = world.advance()
    change(world, closed())
    change(world, None)
    assert [len(again) for _, again in world.advance()] == [len(slots)]


def test_a_window_of_its_own_counts_more_than_the_connections(databases: Databases) -> None:
    world = World.make(databases)
    set_window(world, ALWAYS)
    world.advance()
    nudged: list[Any] = []
    set_default(world, closed(), nudged)
    assert nudged == []
    assert isinstance(world.claim(), Claim)
    set_window(world, None)
    assert world.claim() is NoClaim.CLOSED


def test_a_paused_campaign_resumes_in_its_new_window(databases: Databases) -> None:
    world = World.make(databases)
    world.advance()
    databases.owner.execute("update hidra.campaigns set status = 'paused'")
    set_default(world, closed())
    databases.owner.execute("update hidra.campaigns set status = 'running'")
    assert world.claim() is NoClaim.CLOSED


@both
def test_a_change_waits_for_open_claims_and_a_claim_for_an_open_change(databases: Databases, change: Change) -> None:
    world = World.make(databases)
    world.advance()
    run = run_of(world)
    owner = databases.owner.info
    lock = (
        ("select pg_advisory_xact_lock_shared(hidra.lock_key('campaign', %s))", world.campaign_id)
        if change is set_window
        else ("select from hidra.pace_limits where subject = %s for update", world.connection_id)
    )
    with psycopg.connect(owner.dsn, password=owner.password) as claiming:
        claiming.execute(lock[0], [lock[1]])
        changing = threading.Thread(target=lambda: change(world, closed()))
        changing.start()
        world.wait_for_blocked_transaction()
        assert run_of(world) == run
        claiming.commit()
        changing.join(10)
    assert run_of(world)["open_from"] > datetime.now(UTC)


def test_a_pass_beside_a_change_of_the_connections_window_writes_the_new_one(databases: Databases) -> None:
    world = World.make(databases)
    world.advance()
    owner = databases.owner.info
    with psycopg.connect(owner.dsn, password=owner.password) as saving:
        saving.execute("select from hidra.evolution_api_config for update")
        saving.execute("update hidra.evolution_api_config set send_window = %s", [Jsonb(closed())])
        passing = threading.Thread(target=world.advance)
        passing.start()
        world.wait_for_blocked_transaction()
        saving.commit()
        passing.join(10)
    assert run_of(world)["open_from"] > datetime.now(UTC)


def test_a_trial_is_sent_at_any_time(databases: Databases) -> None:
    world = World.make(databases)
    set_window(world, closed())
    world.advance()
    phone = "+5511987650000"
    trial = TrialMessage(world.user_id, world.connection_id, world.campaign_id, phone, world.hash(phone), Content("Oi"))
    outside = Outside()
    outcome = send_trial(
        trial,
        db=databases.jobs,
        post=outside.post,
        nudge=lambda _: None,
        clock=REAL,
        sender_timeout=timedelta(seconds=120),
        patience=5,
    )
    assert outcome == Sent("A")
    assert len(outside.posted) == 1
