"""The recipients that a first freeze skips: opted out, excluded, not on WhatsApp before, contacted recently."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from hidra.services import lifecycle
from hidra.store import forecast, outcomes
from hidra.store.claims import Claim
from tests.conftest import Databases
from tests.store.world import World

FIRST, SECOND, THIRD = "+5511980000000", "+5511980000001", "+5511980000002"
# How a message may have ended, its columns beside the times, and whether its phone counts as contacted.
ENDS: dict[str, tuple[dict[str, Any], bool]] = {
    "sent": ({"status": "sent", "sent_at": True, "claimed_at": True}, True),
    "read": ({"status": "read", "sent_at": True, "claimed_at": True}, True),
    "reported as failed": (
        {"status": "failed", "sent_at": True, "claimed_at": True, "error_code": "provider_failed"},
        True,
    ),
    "being posted": ({"status": "sending", "claimed_at": True}, True),
    "in doubt": ({"status": "unknown", "sent_at": True, "claimed_at": True}, True),
    "left by a lost sender": ({"status": "unknown", "claimed_at": True}, True),
    "given up": ({"status": "failed", "claimed_at": True, "error_code": "outcome_unknown"}, True),
    "refused": ({"status": "failed", "claimed_at": True, "error_code": "not_on_whatsapp"}, False),
    "waiting": ({"status": "pending"}, False),
    "skipped": ({"status": "skipped", "error_code": "opted_out"}, False),
}
DAYS_AGO = (0.5, 6.5, 29.5, 89.5, 200.0)


@dataclass
class Person:
    """A contact of a drawn audience; times are days ago."""

    phone: str
    name: str | None
    opted_out: bool = False
    segments: set[int] = field(default_factory=set)
    marked: float | None = None
    messages: list[tuple[str, float]] = field(default_factory=list)
    trial: float | None = None


@dataclass
class Rules:
    exclude: set[int] = field(default_factory=set)
    contacted: int | None = None
    absent: int = 90


def expected(person: Person, rules: Rules) -> str | None:
    """The rule of the freeze as the guide to the API words it."""
    if person.opted_out:
        return "opted_out"
    if person.segments & rules.exclude:
        return "excluded"
    if person.marked is not None and person.marked < rules.absent:
        return "not_on_whatsapp_before"
    if rules.contacted and any(ENDS[end][1] and ago < rules.contacted for end, ago in person.messages):
        return "contacted_recently"
    return None if person.name else "unresolved_variable"


def drawn(rng: random.Random, index: int) -> Person:
    def maybe(chance: float) -> bool:
        return rng.random() < chance

    return Person(
        f"+55119{80000000 + index}",
        "Ana" if maybe(0.8) else None,
        maybe(0.2),
        {number for number in range(3) if maybe(0.2)},
        rng.choice(DAYS_AGO) if maybe(0.4) else None,
        [(rng.choice(list(ENDS)), rng.choice(DAYS_AGO)) for _ in range(rng.choice((0, 0, 1, 1, 2)))],
        0.5 if maybe(0.2) else None,
    )


def earlier_run(world: World) -> tuple[UUID, UUID]:
    """An ended run of another campaign of the user."""
    campaign_id = world.add_campaign(uuid4())
    world.databases.owner.execute("update hidra.campaigns set status = 'completed' where id = %s", [campaign_id])
    run_id = world.one(
        "insert into hidra.campaign_runs (user_id, campaign_id, initiated_by, body, status, ended_at)"
        " values (%s, %s, %s, 'Oi', 'completed', now()) returning id",
        world.user_id,
        campaign_id,
        world.user_id,
    )["id"]
    return campaign_id, run_id


def message(world: World, run: tuple[UUID, UUID], phone: str, end: str, days_ago: float) -> None:
    """A message to the phone, under an id that no contact has: the phone alone decides."""
    columns: Mapping[str, Any] = ENDS[end][0]
    times = [timedelta(days=days_ago) if columns.get(name) else None for name in ("sent_at", "claimed_at")]
    world.databases.owner.execute(
        "insert into hidra.campaign_messages (user_id, campaign_id, run_id, contact_id, phone, phone_hash, status,"
        " sent_at, claimed_at, delivered_at, failed_at, error_code)"
        " values (%s, %s, %s, %s, %s, %s, %s, now() - %s::interval, now() - %s::interval,"
        " case when %s = 'read' then now() end, now(), %s)",
        [world.user_id, *run, uuid4(), phone, world.hash(phone), columns["status"], *times, columns["status"],
         columns.get("error_code")],
    )  # fmt: skip


def segment(world: World, *phones: str) -> UUID:
    segment_id: UUID = world.one(
        "insert into hidra.contact_segments (user_id, name) values (%s, 's') returning id", world.user_id
    )["id"]
    world.databases.owner.execute(
        "insert into hidra.segment_contacts"
        " select user_id, %s, id from hidra.contacts where user_id = %s and phone = any(%s)",
        [segment_id, world.user_id, list(phones)],
    )
    return segment_id


def exclude(world: World, *segment_ids: UUID, campaign_id: UUID | None = None) -> None:
    for segment_id in segment_ids:
        world.databases.owner.execute(
            "insert into hidra.campaign_excluded_segments values (%s, %s, %s)",
            [world.user_id, campaign_id or world.campaign_id, segment_id],
        )


def not_contacted_for(world: World, days: int | None, *, campaign_id: UUID | None = None) -> None:
    world.databases.owner.execute(
        "update hidra.campaigns set not_contacted_for_days = %s where id = %s", [days, campaign_id or world.campaign_id]
    )


def mark(world: World, phone: str, days_ago: float) -> None:
    world.databases.owner.execute(
        "update hidra.contacts set not_on_whatsapp_at = now() - %s where user_id = %s and phone = %s",
        [timedelta(days=days_ago), world.user_id, phone],
    )


def opt_out(world: World, phone: str) -> None:
    world.databases.owner.execute(
        "insert into hidra.opt_outs (user_id, phone_hash, source) values (%s, %s, 'api')",
        [world.user_id, world.hash(phone)],
    )


def frozen(world: World, campaign_id: UUID | None = None) -> dict[str, str | None]:
    """Why each phone of the campaign gets nothing; None if it waits for its message."""
    rows = world.rows(
        "select phone, status, error_code from hidra.campaign_messages where campaign_id = %s",
        campaign_id or world.campaign_id,
    )
    for row in rows:
        failed = row["error_code"] in ("unresolved_variable", "text_too_long")
        assert row["status"] == ("pending" if row["error_code"] is None else "failed" if failed else "skipped")
    return {row["phone"]: row["error_code"] for row in rows}


@pytest.mark.parametrize("seed", range(4))
def test_freeze_and_preflight_skip_as_the_rule_says(databases: Databases, seed: int) -> None:
    rng = random.Random(seed)
    world = World.make(databases, recipients=0)
    people = [drawn(rng, index) for index in range(60)]
    run = earlier_run(world)
    for person in people:
        world.add_contact(person.phone, name=person.name)
        if person.opted_out:
            opt_out(world, person.phone)
        if person.marked is not None:
            mark(world, person.phone, person.marked)
        for end, days_ago in person.messages:
            message(world, run, person.phone, end, days_ago)
        if person.trial is not None:
            databases.owner.execute(
                "insert into hidra.direct_sends (user_id, evolution_config_id, phone_hash, kind, claimed_at)"
                " values (%s, %s, %s, 'trial', now())",
                [world.user_id, world.connection_id, world.hash(person.phone)],
            )
    segments = [segment(world, *(it.phone for it in people if number in it.segments)) for number in range(3)]
    rules = Rules(
        {number for number in range(3) if rng.random() < 0.5}, rng.choice((None, 1, 7, 30)), rng.choice((0, 7, 90))
    )
    exclude(world, *(segments[number] for number in rules.exclude))
    not_contacted_for(world, rules.contacted)
    databases.owner.execute("update hidra.campaigns set skip_not_on_whatsapp_days = %s", [rules.absent])

    def said(tx: Any) -> dict[str | None, int]:
        plan = forecast.plan(tx, campaign_id=world.campaign_id)
        return {row.reason: row.recipients for row in forecast.outcomes(tx, plan=plan, examples=5)}

    preflight = databases.http.as_user(world.user_id, said)
    world.advance()
    wanted = {person.phone: expected(person, rules) for person in people}
    assert frozen(world) == wanted
    assert preflight == {reason: list(wanted.values()).count(reason) for reason in set(wanted.values())}
    assert world.metrics()["skipped"] == sum(reason not in (None, "unresolved_variable") for reason in wanted.values())


def test_the_first_reason_in_the_documented_order_is_given(databases: Databases) -> None:
    order = ["opted_out", "excluded", "not_on_whatsapp_before", "contacted_recently", "unresolved_variable"]
    world = World.make(databases, recipients=0)
    phones = [f"+551198000000{number}" for number in range(len(order))]
    run = earlier_run(world)
    for phone in phones:
        world.add_contact(phone, name=None)
    # The contact of each place meets its own condition and all later ones.
    opt_out(world, phones[0])
    exclude(world, segment(world, *phones[:2]))
    for phone in phones[:3]:
        mark(world, phone, 1)
    for phone in phones[:4]:
        message(world, run, phone, "sent", 1)
    not_contacted_for(world, 7)
    world.advance()
    assert frozen(world) == dict(zip(phones, order, strict=True))


def test_messages_and_segments_of_another_owner_skip_no_recipient(databases: Databases) -> None:
    world, other = World.make(databases, recipients=2), World.make(databases, recipients=0)
    run = earlier_run(other)
    message(other, run, FIRST, "sent", 1)
    databases.owner.execute("update hidra.campaign_messages set phone_hash = %s", [world.hash(FIRST)])
    not_contacted_for(world, 30)
    theirs = segment(other)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        exclude(world, theirs)
    world.advance()
    assert frozen(world) == {FIRST: None, SECOND: None}


def test_a_retry_skips_no_recipient_that_its_first_run_did_not(databases: Databases) -> None:
    """By now each of them was contacted, is excluded and was not on WhatsApp."""
    world = World.make(databases, recipients=3)
    not_contacted_for(world, 7)
    exclude(world, segment(world, THIRD))
    world.advance()
    world.finish_one(refused=True)
    world.finish_one(refused=True)
    world.advance()
    message(world, earlier_run(world), FIRST, "sent", 1)
    exclude(world, segment(world, FIRST, SECOND))
    assert world.one("select count(*) from hidra.contacts where not_on_whatsapp_at is not null")["count"] == 2
    lifecycle.retry_failed(databases.http, world.user_id, world.campaign_id, nudge=lambda **_: None)
    world.advance()
    assert [(row["phone"], row["status"], row["error_code"]) for row in world.messages() if row["counted"]] == [
        (THIRD, "skipped", "excluded"),
        (FIRST, "pending", None),
        (SECOND, "pending", None),
    ]
    world.assert_exact()


def test_a_phone_that_another_campaign_has_claimed_is_skipped_and_one_that_waits_is_not(databases: Databases) -> None:
    """Two campaigns that freeze at the same time therefore both write to a contact."""
    world = World.make(databases, recipients=2)
    second, third, fourth = (world.add_campaign(uuid4()) for _ in range(3))
    for campaign_id in (second, third, fourth):
        not_contacted_for(world, 1, campaign_id=campaign_id)
    first = world.campaign_id
    world.advance()
    world.campaign_id = second
    world.advance()
    assert frozen(world) == {FIRST: None, SECOND: None}
    world.campaign_id = third
    with psycopg.connect(databases.owner.info.dsn, password=databases.owner.info.password) as claiming:
        claiming.execute(
            "update hidra.campaign_messages set status = 'sending', claimed_at = now() where phone = %s", [FIRST]
        )
        world.advance()
        assert frozen(world) == {FIRST: None, SECOND: None}
    world.campaign_id = fourth
    world.advance()
    assert frozen(world) == {FIRST: "contacted_recently", SECOND: None}
    assert isinstance(world.claim(campaign_id=first), Claim)


def test_a_released_claim_does_not_count_as_contact(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    held = world.claim()
    assert isinstance(held, Claim)
    databases.jobs.as_worker(lambda tx: outcomes.release(tx, held))
    world.campaign_id = world.add_campaign(uuid4())
    not_contacted_for(world, 1)
    world.advance()
    assert frozen(world) == {FIRST: None}


def test_a_campaign_that_skips_every_recipient_says_why(databases: Databases) -> None:
    world = World.make(databases, recipients=3)
    run = earlier_run(world)
    exclude(world, segment(world, FIRST))
    mark(world, SECOND, 10)
    message(world, run, THIRD, "in doubt", 1)
    not_contacted_for(world, 2)
    world.advance()
    world.advance()
    campaign = world.campaign()
    assert (campaign["status"], campaign["blocked_code"]) == ("failed", "nothing-to-send")
    assert campaign["blocked_params"]["reasons"] == {
        "excluded": 1, "not_on_whatsapp_before": 1, "contacted_recently": 1,
    }  # fmt: skip
    for words in ("in an excluded segment (1)", "not on WhatsApp before (1)", "contacted recently (1)"):
        assert words in campaign["blocked_reason"]
    assert world.metrics()["skipped"] == 3
