"""Replies of recipients: which message each belongs to, and that each recipient counts once, whatever comes when."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hidra.domain.delivery import DeliveryEvent, ReplyEvent, StatusEvent
from hidra.domain.message import MessageStatus as S
from hidra.domain.phone import phone_hash
from hidra.services import erase_person, lifecycle
from hidra.services.record_delivery import record_delivery
from hidra.store import deliveries, outcomes, recount, replies
from hidra.store.claims import Claim
from tests.conftest import Databases
from tests.store.world import SECRET, World

NOW = datetime.now(UTC).replace(microsecond=0)
FIRST, SECOND = "+5511980000000", "+5511980000001"
DAY = timedelta(days=1)


def record(world: World, *events: DeliveryEvent) -> None:
    record_delivery(
        events,
        [],
        db=world.databases.jobs,
        hash_phone=lambda user_id, phone: phone_hash(SECRET, str(user_id), phone),
        queue=lambda _: None,
    )


def sweep(world: World) -> None:
    while world.databases.jobs.as_worker(replies.apply_all_unmatched):
        pass


def claim(world: World, at: datetime) -> Claim:
    """The claim of the next message, made at this time."""
    held = world.claim()
    assert isinstance(held, Claim)
    world.databases.owner.execute(
        "update hidra.campaign_messages set claimed_at = %s where id = %s", [at, held.message_id]
    )
    return replace(held, claimed_at=at)


def sent(world: World, held: Claim, provider_id: str) -> None:
    world.databases.jobs.as_worker(
        lambda tx: outcomes.mark_sent(tx, held, sent_at=held.claimed_at, provider_message_id=provider_id)
    )


def started(databases: Databases, *sent_ago: timedelta) -> list[World]:
    """Campaigns of one connection, each sent to two recipients so long ago; the first one's ids are A0 and A1."""
    first = World.make(databases, recipients=2)
    worlds = [first, *(replace(first, campaign_id=first.add_campaign(uuid4())) for _ in sent_ago[1:])]
    for world, ago, letter in zip(worlds, sent_ago, "ABC", strict=False):
        world.advance()
        for number in range(2):
            sent(world, claim(world, NOW - ago), f"{letter}{number}")
    return worlds


def reply(world: World, *, ago: timedelta = timedelta(0), phone: str | None = FIRST, **more: Any) -> ReplyEvent:
    at = NOW - ago
    return ReplyEvent(world.connection_id, phone, more.pop("text", "Oi"), at, sent_at=at, **more)


def replied(*worlds: World) -> list[list[datetime | None]]:
    """When each campaign's recipients replied; the counters agree with it and with the recount."""
    for world in worlds:
        world.assert_exact()
        campaign_id = world.campaign_id
        assert world.databases.jobs.as_worker(lambda tx, id=campaign_id: recount.compare(tx, campaign_id=id)) == []
    return [[message["replied_at"] for message in world.messages() if message["counted"]] for world in worlds]


def test_a_reply_belongs_to_the_message_that_it_quotes_or_to_the_latest_of_the_last_seven_days(
    databases: Databases,
) -> None:
    old, new = started(databases, 5 * DAY, DAY)
    record(old, reply(old, quoted_id="A0"))
    assert replied(old, new) == [[NOW, None], [None, None]]
    record(old, reply(old, phone=SECOND, quoted_id="of another chat"), reply(old, phone=SECOND, ago=2 * DAY))
    assert replied(old, new) == [[NOW, NOW - 2 * DAY], [None, NOW]]
    assert (old.metrics()["replied"], new.metrics()["replied"]) == (2, 1)


def test_a_reply_after_seven_days_or_to_another_connection_or_from_another_person_counts_for_no_message(
    databases: Databases,
) -> None:
    [world], other = started(databases, 7 * DAY), World.make(databases, recipients=0)
    record(
        world,
        reply(world),
        reply(world, ago=8 * DAY),
        reply(world, phone="+5511980000009"),
        replace(reply(world, ago=DAY), connection_id=other.connection_id),
        replace(reply(world, ago=DAY), connection_id=uuid4()),
        replace(reply(world, ago=DAY), written=False),
    )
    assert replied(world) == [[None, None]]
    assert world.rows("select from hidra.replies_unmatched") == []
    databases.owner.execute(
        "update hidra.campaign_messages set evolution_config_id = %s where phone = %s", [uuid4(), SECOND]
    )
    record(world, reply(world, ago=DAY), reply(world, ago=DAY, phone=SECOND))
    assert replied(world) == [[NOW - DAY, None]]


def test_a_second_reply_or_a_copy_changes_nothing_and_an_earlier_one_only_the_time(databases: Databases) -> None:
    [world] = started(databases, DAY)
    record(world, reply(world, ago=timedelta(hours=1)))
    before = world.metrics()
    record(world, reply(world), reply(world, quoted_id="A0"), reply(world, ago=timedelta(hours=1)))
    assert world.metrics() == before
    record(world, reply(world, ago=timedelta(hours=2), text="SAIR"))
    assert replied(world) == [[NOW - timedelta(hours=2), None]]


def test_what_a_reply_says_is_stored_nowhere(databases: Databases) -> None:
    [world] = started(databases, DAY)
    record(world, reply(world, text="a very private answer"))
    for table in databases.owner.execute("select tablename from pg_tables where schemaname = 'hidra'").fetchall():
        assert world.rows(f"select from hidra.{table[0]} t where strpos(t::text, 'private') > 0") == []


def test_a_hidden_sender_is_known_by_the_quoted_message_or_by_a_reply_that_shows_the_phone(
    databases: Databases,
) -> None:
    [world] = started(databases, DAY)
    record(world, reply(world, phone=None, lid="777", quoted_id="A1"))
    record(world, reply(world, phone=None, lid="888"))
    assert replied(world) == [[None, NOW]]
    record(world, replace(reply(world, lid="888"), written=False))
    sweep(world)
    assert replied(world) == [[NOW, NOW]]


def test_a_reply_before_the_outcome_of_its_message_waits_for_it(databases: Databases) -> None:
    world = World.make(databases, recipients=2)
    world.advance()
    first, second = claim(world, NOW), claim(world, NOW)
    record(world, reply(world), reply(world, phone=None, lid="777", quoted_id="A1"))
    sweep(world)
    assert replied(world) == [[None, None]]
    sent(world, first, "A0")
    sent(world, second, "A1")
    sweep(world)
    assert replied(world) == [[NOW, NOW]]
    assert world.rows("select from hidra.replies_unmatched") == []


def test_a_reply_that_quotes_the_id_that_was_asked_for_waits_for_nothing(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    held = claim(world, NOW)
    quoting = reply(world, phone=None, lid="777", quoted_id=held.requested_message_id)
    record(world, quoting)
    assert replied(world) == [[NOW]]
    databases.jobs.as_worker(
        lambda tx: outcomes.retry_later(tx, held, wait=timedelta(0), counted=True, code="busy", detail="x")
    )
    record(world, quoting, replace(quoting, sent_at=NOW - timedelta(seconds=1)))
    assert replied(world) == [[NOW - timedelta(seconds=1)]]
    assert world.messages()[0]["status"] == "pending"


def test_a_reply_that_answers_nothing_is_kept_for_an_hour_and_not_without_bound(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replies, "MOST_KEPT", 3)
    world = World.make(databases, recipients=0)
    for number in range(5):
        record(world, reply(world, phone=None, lid=f"{number}"), reply(world, phone=None, lid=f"{number}"))
    assert len(world.rows("select from hidra.replies_unmatched")) == 3
    databases.owner.execute(
        "update hidra.replies_unmatched set kept_at = now() - interval '61 minutes'"
        " where id = (select min(id) from hidra.replies_unmatched)"
    )
    databases.jobs.as_worker(replies.forget_old)
    assert len(world.rows("select from hidra.replies_unmatched")) == 2


def test_a_retry_counts_for_its_recipient_whatever_was_replied_to_the_failed_message(databases: Databases) -> None:
    [world] = started(databases, DAY)
    record(world, reply(world, ago=DAY / 2), StatusEvent(world.connection_id, "A0", S.FAILED, NOW - DAY / 3))
    record(world, StatusEvent(world.connection_id, "A1", S.READ, NOW))
    assert (replied(world), world.metrics()["read"]) == ([[NOW - DAY / 2, None]], 1)
    world.advance()
    lifecycle.retry_failed(databases.http, world.user_id, world.campaign_id, nudge=lambda **_: None)
    world.advance()
    assert (replied(world), world.metrics()["read"]) == ([[None, None]], 1)
    record(world, StatusEvent(world.connection_id, "A0", S.DELIVERED, NOW))
    assert replied(world) == [[NOW - DAY / 2, None]]


def test_an_erased_person_still_counts_and_nothing_else_of_a_reply_is_left(databases: Databases) -> None:
    [world] = started(databases, DAY)
    world.advance()
    record(world, reply(world))
    another = replace(world, campaign_id=world.add_campaign(uuid4()))
    another.advance()
    held = claim(another, NOW)
    record(world, reply(world, phone=None, lid="777"), reply(world, lid="777"))
    databases.jobs.as_worker(lambda tx: outcomes.mark_unknown(tx, held, sent_at=NOW, code="timeout", detail="x"))
    erase_person.erase_person(databases.http, world.user_id, FIRST, country="BR", secret=SECRET, now=NOW)
    assert world.rows("select from hidra.replies_unmatched") == []
    record(world, reply(world, ago=DAY / 2), reply(world, phone=None, lid="777", quoted_id="A0"))
    sweep(world)
    assert replied(world, another) == [[NOW, None], [None, None]]
    assert world.metrics()["replied"] == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_a_reading_and_a_reply_does_not_matter(databases: Databases, order: Sequence[int]) -> None:
    [world] = started(databases, DAY)
    read = StatusEvent(world.connection_id, "A0", S.READ, NOW - timedelta(hours=3))
    events = [read, reply(world, quoted_id="A0"), reply(world, ago=timedelta(hours=2))]
    for index in order:
        record(world, events[index])
    assert replied(world) == [[NOW - timedelta(hours=2), None]]
    metrics = world.metrics()
    assert (metrics["delivered"], metrics["read"], metrics["replied"]) == (1, 1, 1)


@dataclass(frozen=True)
class Post:
    """A message's outcome, and how many hours ago it was claimed."""

    outcome: str
    hours: int


@dataclass(frozen=True)
class Came:
    """What came back from a recipient: a status of a campaign's message, or a reply, which quotes it or nothing."""

    recipient: int
    campaign: int
    word: S | None
    hours: float
    quotes: bool = False
    hidden: bool = False


RECIPIENTS, CAMPAIGNS = 2, 2
posts = st.lists(
    st.builds(Post, st.sampled_from(["sent", "sent", "sent", "in doubt", "refused", "released"]), st.integers(0, 200)),
    min_size=RECIPIENTS * CAMPAIGNS,
    max_size=RECIPIENTS * CAMPAIGNS,
)
_places = st.integers(0, RECIPIENTS - 1), st.integers(0, CAMPAIGNS - 1)
statuses = st.builds(Came, *_places, st.sampled_from([S.SENT, S.FAILED, S.DELIVERED, S.READ]), st.integers(-3, 200))
answers = st.builds(Came, *_places, st.none(), st.integers(-3, 200), st.booleans(), st.booleans())
came_back = st.lists(st.one_of(statuses, answers, answers), min_size=1, max_size=10)


def answered(drawn: Sequence[Post], reply: Came) -> int | None:
    """The message, by its place, that a reply belongs to: the plain rule."""
    place = reply.campaign * RECIPIENTS + reply.recipient
    if reply.quotes and drawn[place].outcome == "sent":
        return place
    own = range(reply.recipient, len(drawn), RECIPIENTS)
    fits = [
        at
        for at in own
        if drawn[at].outcome in ("sent", "in doubt") and reply.hours <= drawn[at].hours < reply.hours + 7 * 24
    ]
    return min(fits, key=lambda at: (drawn[at].hours, -at), default=None)


@settings(
    max_examples=12,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(posts, came_back, st.integers(0, 2**32))
def test_every_order_of_outcomes_statuses_and_replies_ends_in_the_counts_of_a_plain_rule(
    databases: Databases, drawn: list[Post], came: list[Came], seed: int
) -> None:
    order = random.Random(seed)
    first = World.make(databases, recipients=RECIPIENTS)
    worlds = [first, *(replace(first, campaign_id=first.add_campaign(uuid4())) for _ in range(CAMPAIGNS - 1))]
    held: list[Claim] = []
    for world in worlds:
        world.advance()
        for _ in range(RECIPIENTS):
            held.append(claim(world, NOW - timedelta(hours=drawn[len(held)].hours)))

    def end(place: int) -> None:
        match drawn[place].outcome:
            case "sent":
                sent(first, held[place], f"P{place}")
            case "in doubt":
                mine = held[place]
                first.databases.jobs.as_worker(
                    lambda tx: outcomes.mark_unknown(tx, mine, sent_at=mine.claimed_at, code="timeout", detail="x")
                )
            case "refused":
                mine = held[place]
                first.databases.jobs.as_worker(
                    lambda tx: outcomes.mark_failed(tx, mine, code="refused", detail="x", at=NOW)
                )
            case _:
                first.databases.jobs.as_worker(lambda tx: outcomes.release(tx, held[place]))

    def event(item: Came) -> DeliveryEvent:
        at, name = NOW - timedelta(hours=item.hours), f"P{item.campaign * RECIPIENTS + item.recipient}"
        if item.word:
            return StatusEvent(first.connection_id, name, item.word, at)
        phone = None if item.hidden else f"+551198000000{item.recipient}"
        lid, quoted = f"77{item.recipient}", name if item.quotes else None
        return ReplyEvent(first.connection_id, phone, "Oi", at, lid, quoted, at)

    shown = [Came(recipient, 0, None, 10_000) for recipient in range(RECIPIENTS)]  # whose phone each hidden id is
    events = [event(item) for item in [*came, *shown, *order.sample(came, order.randint(0, len(came)))]]
    steps: list[Any] = [*range(len(held)), *([each] for each in events)]
    order.shuffle(steps)
    for step in steps:
        if isinstance(step, int):
            end(step)
        else:
            record(first, *step, *order.sample(events, order.randint(0, 1)))
        if order.random() < 0.3:
            sweep(first)
    databases.jobs.as_worker(deliveries.apply_all_unmatched)
    sweep(first)
    times: dict[int, list[datetime]] = {}
    for item in came:
        place = answered(drawn, item) if item.word is None else None
        if place is not None:
            times.setdefault(place, []).append(NOW - timedelta(hours=item.hours))
    rows = {row["id"]: row for world in worlds for row in world.messages()}
    assert [rows[mine.message_id]["replied_at"] for mine in held] == [
        min(times.get(place, []), default=None) for place in range(len(held))
    ]
    read = {
        item.campaign * RECIPIENTS + item.recipient
        for item in came
        if item.word is S.READ and drawn[item.campaign * RECIPIENTS + item.recipient].outcome == "sent"
    }
    replied(*worlds)
    counts = Counter({("read", place // RECIPIENTS): 0 for place in range(len(held))})
    for name, places in (("read", read), ("replied", times)):
        counts.update((name, place // RECIPIENTS) for place in places)
    for index, world in enumerate(worlds):
        metrics = world.metrics()
        assert (metrics["read"], metrics["replied"]) == (counts["read", index], counts["replied", index])
