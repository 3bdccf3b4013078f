"""A contact is marked when its phone is not on WhatsApp, and the mark is cleared once the phone is reached."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from hidra.domain.delivery import ReplyEvent, StatusEvent
from hidra.domain.message import MessageStatus as S
from hidra.domain.outcome import Outcome, Refused
from hidra.domain.phone import of_lid, phone_hash
from hidra.services import erase_person, manage_contacts
from hidra.services.manage_contacts import NewContact
from hidra.services.record_delivery import record_delivery
from hidra.store import contacts, messages, outcomes
from hidra.store.claims import Claim
from tests.conftest import Databases
from tests.store.test_send import Outside, started
from tests.store.world import SECRET, World

AT = datetime(2026, 1, 1, 12, 0, 30, tzinfo=UTC)
FIRST, SECOND = "+5511980000000", "+5511980000001"
ARGENTINE, WITHOUT_NINE = "+5491123456789", "+541123456789"


def minutes(number: float) -> datetime:
    return AT + timedelta(minutes=number)


def marks(world: World) -> dict[str, datetime | None]:
    return {row["phone"]: row["not_on_whatsapp_at"] for row in world.rows("select * from hidra.contacts")}


def marked(databases: Databases, phone: str = FIRST, *, recipients: int = 1) -> World:
    """A running campaign, with a contact that was not on WhatsApp at AT."""
    world = World.make(databases, recipients=recipients)
    world.advance()
    mark(world, phone)
    return world


def mark(world: World, phone: str, at: datetime = AT) -> None:
    world.databases.owner.execute("update hidra.contacts set not_on_whatsapp_at = %s where phone = %s", [at, phone])


def send(world: World, *, at: datetime, provider_id: str = "A") -> None:
    held = world.claim()
    assert isinstance(held, Claim)
    world.databases.jobs.as_worker(lambda tx: outcomes.mark_sent(tx, held, sent_at=at, provider_message_id=provider_id))


def receive(world: World, *events: Any) -> None:
    record_delivery(
        events,
        [],
        db=world.databases.jobs,
        hash_phone=lambda user_id, phone: phone_hash(SECRET, str(user_id), phone),
        queue=lambda _: None,
    )


def refuse(world: World, held: Claim, *, at: datetime = AT, code: str = "not_on_whatsapp") -> None:
    world.databases.jobs.as_worker(lambda tx: outcomes.mark_failed(tx, held, code=code, detail="x", at=at))


@pytest.mark.parametrize(
    ("outcome", "wanted"),
    [
        (Refused("not_on_whatsapp", "x"), True),
        (Refused("meta_131026", "x"), True),
        (Refused("meta_131049", "x"), False),
        (Refused("invalid_request", "x"), False),
    ],
    ids=lambda it: getattr(it, "code", ""),
)
def test_a_refusal_marks_the_contact_if_the_phone_is_not_on_whatsapp(
    databases: Databases, outcome: Outcome, *, wanted: bool
) -> None:
    world, ticket = started(databases, recipients=2)
    Outside(outcome).send(world, ticket)
    [failed] = [message for message in world.messages() if message["status"] == "failed"]
    assert marks(world) == {FIRST: failed["failed_at"] if wanted else None, SECOND: None}
    world.assert_exact()


def test_the_latest_refusal_is_kept(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    held = world.claim()
    assert isinstance(held, Claim)
    for at in (minutes(1), minutes(0)):
        refuse(world, held, at=at)
    assert marks(world) == {FIRST: minutes(1)}


@pytest.mark.parametrize("change", ["deleted", "moved"])
def test_the_outcome_of_a_contact_that_is_gone_or_has_another_phone_is_recorded(
    databases: Databases, change: str
) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    held = world.claim()
    assert isinstance(held, Claim)
    [message] = world.messages()
    if change == "deleted":
        databases.http.as_user(world.user_id, lambda tx: contacts.delete(tx, contact_id=message["contact_id"]))
    else:
        move(world, SECOND)
    refuse(world, held)
    assert world.messages()[0]["status"] == "failed"
    assert marks(world) == ({} if change == "deleted" else {SECOND: None})
    world.assert_exact()


def move(world: World, phone: str) -> None:
    contact = world.one("select id from hidra.contacts")
    manage_contacts.change_contact(
        world.databases.http,
        world.user_id,
        contact["id"],
        phone_text=phone,
        country="BR",
        secret=SECRET,
        name=None,
        set_name=False,
        attributes={},
        consent=None,
        set_consent=False,
    )


@pytest.mark.parametrize(("at", "cleared"), [(minutes(1), True), (minutes(-1), False)])
def test_an_accepted_message_clears_the_mark_if_it_was_sent_later(
    databases: Databases, at: datetime, *, cleared: bool
) -> None:
    world = marked(databases)
    send(world, at=at)
    assert marks(world) == {FIRST: None if cleared else AT}


@pytest.mark.parametrize(
    ("word", "at", "cleared"),
    [
        (S.DELIVERED, minutes(1), True),
        (S.READ, minutes(1), True),
        (S.DELIVERED, minutes(-1), False),
        (S.FAILED, minutes(1), False),
    ],
)
def test_a_message_that_is_delivered_after_the_refusal_of_another_clears_the_mark(
    databases: Databases, word: S, at: datetime, *, cleared: bool
) -> None:
    world = World.make(databases, recipients=2)
    world.advance()
    send(world, at=minutes(-9))
    mark(world, FIRST)
    mark(world, SECOND)
    receive(world, StatusEvent(world.connection_id, "A", word, at))
    assert marks(world) == {FIRST: None if cleared else AT, SECOND: AT}


def test_a_delivery_that_comes_before_its_message_is_known_clears_the_mark(databases: Databases) -> None:
    world, ticket = started(databases, recipients=1)
    databases.owner.execute("update hidra.contacts set not_on_whatsapp_at = now() + interval '1 hour'")
    receive(world, StatusEvent(world.connection_id, "A", S.DELIVERED, datetime.now(UTC) + timedelta(hours=2)))
    Outside().send(world, ticket)
    assert world.messages()[0]["status"] == "delivered"
    assert marks(world) == {FIRST: None}


def test_a_message_in_doubt_that_a_lookup_finds_clears_the_mark(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    mark(world, FIRST)
    world.claim()
    databases.jobs.as_worker(lambda tx: outcomes.mark_sender_lost(tx, older_than=timedelta(0)))
    assert marks(world) == {FIRST: AT}
    [message] = world.messages()
    assert databases.jobs.as_worker(lambda tx: messages.resolve(tx, message_id=message["id"], provider_message_id="A"))
    assert marks(world) == {FIRST: None}


def reply(world: World, at: datetime, *, phone: str | None = FIRST, **more: Any) -> ReplyEvent:
    return ReplyEvent(world.connection_id, phone, "Oi!", at, sent_at=at, **more)


@pytest.mark.parametrize(("at", "cleared"), [(minutes(1), True), (minutes(-1), False)])
def test_a_person_who_writes_is_on_whatsapp(databases: Databases, at: datetime, *, cleared: bool) -> None:
    world = marked(databases, recipients=2)
    mark(world, SECOND)
    receive(world, reply(world, at))
    assert marks(world) == {FIRST: None if cleared else AT, SECOND: AT}


def test_a_person_who_writes_from_a_hidden_id_is_known_by_the_quoted_message_or_by_the_id(
    databases: Databases,
) -> None:
    world = World.make(databases, recipients=2)
    world.advance()
    send(world, at=minutes(-9))
    mark(world, FIRST)
    mark(world, SECOND)
    receive(world, reply(world, minutes(1), phone=None, lid="777", quoted_id="A"))
    assert marks(world) == {FIRST: None, SECOND: AT}
    databases.owner.execute(
        "insert into hidra.whatsapp_lids (user_id, lid_hash, phone_hash) values (%s, %s, %s)",
        [world.user_id, phone_hash(SECRET, str(world.user_id), of_lid("888")), world.hash(SECOND)],
    )
    receive(world, reply(world, minutes(1), phone=None, lid="888"))
    assert marks(world) == {FIRST: None, SECOND: None}


def test_another_owners_contact_with_the_same_phone_keeps_its_mark(databases: Databases) -> None:
    world, other = marked(databases), World.make(databases, recipients=1)
    mark(other, FIRST)
    receive(world, reply(world, minutes(1)))
    send(world, at=minutes(1))
    found = other.one("select not_on_whatsapp_at from hidra.contacts where user_id = %s", other.user_id)
    assert found["not_on_whatsapp_at"] == AT


def test_another_phone_clears_the_mark_and_another_spelling_or_saving_it_again_does_not(databases: Databases) -> None:
    world = World.make(databases, recipients=0)
    world.add_contact(ARGENTINE)
    mark(world, ARGENTINE)
    manage_contacts.save_contacts(
        databases.http,
        world.user_id,
        [NewContact(WITHOUT_NINE, "Eva", {"cidade": "Rosario"})],
        segment_id=None,
        country="AR",
        secret=SECRET,
    )
    assert marks(world) == {ARGENTINE: AT}
    move(world, WITHOUT_NINE)
    assert marks(world) == {WITHOUT_NINE: AT}
    move(world, FIRST)
    assert marks(world) == {FIRST: None}


def test_the_mark_goes_with_an_erased_person_and_a_late_refusal_does_not_bring_it_back(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    held = world.claim()
    assert isinstance(held, Claim)
    databases.jobs.as_worker(lambda tx: outcomes.mark_sender_lost(tx, older_than=timedelta(0)))
    mark(world, FIRST)
    erase_person.erase_person(databases.http, world.user_id, FIRST, country="BR", secret=SECRET, now=datetime.now(UTC))
    refuse(world, held)
    assert marks(world) == {}
    world.assert_exact()


@pytest.mark.parametrize("work", ["refusal", "delivery", "lookup"])
def test_the_contact_is_locked_before_the_counters(databases: Databases, work: str) -> None:
    """An erasure locks the contact and then the counters: in another order the two would wait for each other."""
    world = World.make(databases, recipients=1)
    world.advance()
    held = world.claim()
    assert isinstance(held, Claim)
    if work == "delivery":
        databases.jobs.as_worker(lambda tx: outcomes.mark_sent(tx, held, sent_at=AT, provider_message_id="A"))
    if work == "lookup":
        databases.jobs.as_worker(lambda tx: outcomes.mark_sender_lost(tx, older_than=timedelta(0)))
    mark(world, FIRST)
    [message] = world.messages()

    def do() -> None:
        match work:
            case "refusal":
                refuse(world, held, at=minutes(1))
            case "delivery":
                receive(world, StatusEvent(world.connection_id, "A", S.DELIVERED, minutes(1)))
            case "lookup":
                databases.jobs.as_worker(
                    lambda tx: messages.resolve(tx, message_id=message["id"], provider_message_id=uuid4().hex)
                )

    with psycopg.connect(databases.owner.info.dsn, password=databases.owner.info.password) as erasing:
        erasing.execute("select from hidra.contacts for update")
        thread = threading.Thread(target=do)
        thread.start()
        world.wait_for_blocked_transaction()
        erasing.execute("select from hidra.campaign_metrics for update nowait")
        erasing.execute("select from hidra.campaign_messages for update nowait")
    thread.join()
    assert marks(world) == {FIRST: minutes(1) if work == "refusal" else None}
    world.assert_exact()
