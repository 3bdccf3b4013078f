"""Erasure of one person: nothing of them is left, every count stays, and nothing brings them back."""

import base64
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from hidra.domain.consent import Consent, LegalBasis
from hidra.domain.delivery import ReplyEvent, StatusEvent
from hidra.domain.message import MessageStatus as S
from hidra.domain.phone import phone_hash
from hidra.errors import Conflict, Rejected
from hidra.services import erase_person, lifecycle, manage_contacts
from hidra.services.manage_contacts import NewContact
from hidra.services.record_delivery import record_delivery
from hidra.store import claims, deliveries, direct_sends, erasure, freeze, messages, opt_outs, outcomes, runs
from hidra.store.claims import Claim, NoClaim
from hidra.store.db import Database, Tx
from hidra.store.erasure import Erased
from tests.conftest import Databases
from tests.store.exporting import Exporting
from tests.store.world import SECRET, World

PHONE, OLD_PHONE, OTHER_PHONE = "+5511987654321", "+5521912344321", "+5531955556666"
NAME, PLACE = "Zuleica", "Vila Zulmira"
# As Meta makes them: the phone is inside.
CLOUD_ID = "wamid." + base64.b64encode(b"\x1c\x18\x0d" + PHONE[1:].encode() + b"\x15\x02\x00").decode()
# Columns that could hold text and hold none of a person. A new column stands here, or is seeded below and erased.
NOTHING_OF_A_PERSON = {
    "attribute_names": "name folded",
    "campaign_messages": "error_code requested_message_id",  # it is random, and emptied all the same
    "campaign_runs": "body media_url media_type file_name summary",
    "campaigns": "name description external_id request_digest send_window blocked_code blocked_params blocked_reason"
    " labels",
    "connection_endpoints": "endpoint_hash",
    "contact_import_rejects": "reason",
    "contact_imports": "status options checkpoint format file_version rejected_by_reason failure_code failure_reason warnings",
    "contact_segments": "name description",
    "delivery_events_rejected": "stream_position reason",
    "direct_sends": "kind requested_message_id",
    "exports": "kind format delimiter attribute_names status failure_code failure_reason cursor upload_id parts",
    "evolution_api_config": "base_url instance_name integration integration_saved api_key_encrypted error_message"
    " error_code distrust_reason distrust_code warnings evolution_instance_id evolution_number send_window warm_up_limits time_zone",
    "message_templates": "title body variables media_url media_type file_name",
    "opt_out_settings": "opt_out_words opt_in_words confirmation",
    "opt_outs": "source",
    "replies_unmatched": "lid_hash",  # it goes with its row
    "status_backfills": "cause",
    "whatsapp_lids": "lid_hash",  # it goes with its row
}


def erase(world: World, phone: str = PHONE, *, db: Database | None = None) -> Erased:
    return erase_person.erase_person(
        db or world.databases.http, world.user_id, phone, country="BR", secret=SECRET, now=datetime.now(UTC)
    )


def save(world: World, phone: str, *, db: Database | None = None, **known: Any) -> UUID:
    wanted = NewContact(phone, known.pop("name", None), known.pop("attributes", {}), **known)
    [row] = manage_contacts.save_contacts(
        db or world.databases.http, world.user_id, [wanted], segment_id=world.segment_id, country="BR", secret=SECRET
    )
    return row.id


def change_phone(world: World, contact_id: UUID, phone: str) -> None:
    manage_contacts.change_contact(
        world.databases.http, world.user_id, contact_id, phone_text=phone, country="BR", secret=SECRET, name=None,
        set_name=False, attributes={}, consent=None, set_consent=False,
    )  # fmt: skip


def record(world: World, *events: Any, db: Database | None = None) -> None:
    record_delivery(
        events,
        [],
        db=db or world.databases.jobs,
        hash_phone=lambda user_id, phone: phone_hash(SECRET, str(user_id), phone),
        queue=lambda _: None,
    )


def claim_of(world: World, phone: str) -> Claim:
    """The claim of this phone's message; recipients before it get theirs first."""
    while True:
        held = world.claim()
        assert isinstance(held, Claim)
        if held.phone == phone:
            return held
        sent(world, held, uuid4().hex)


def sent(world: World, held: Claim, provider_id: str) -> None:
    now = datetime.now(UTC)
    world.databases.jobs.as_worker(
        lambda tx: outcomes.mark_sent(tx, held, sent_at=now, provider_message_id=provider_id)
    )


def another_campaign(world: World) -> World:
    started = replace(world, campaign_id=world.add_campaign(uuid4()))
    started.advance()
    return started


@dataclass
class Seeded:
    """A person in every table, with messages in every state; the campaigns by what became of the person's message."""

    world: World
    campaigns: dict[str, World]

    @classmethod
    def make(cls, databases: Databases) -> "Seeded":
        world = World.make(databases, recipients=1, body="Oi {{name}}, de {{bairro}}")
        run = databases.owner.execute
        run("""update hidra.contacts set attributes = '{"bairro": "Centro"}'""")
        contact_id = save(
            world,
            OLD_PHONE,
            name=NAME,
            attributes={"bairro": PLACE},
            consent=Consent(LegalBasis.CONSENT, f"Ficha de {NAME}", datetime.now(UTC)),
        )
        campaigns = {"read at the old phone": world}
        world.advance()
        sent(world, claim_of(world, OLD_PHONE), "OLD-ID-1")
        record(world, StatusEvent(world.connection_id, "OLD-ID-1", S.READ, datetime.now(UTC)))
        change_phone(world, contact_id, PHONE)

        for name in ("sent", "failed", "unknown", "put back", "waiting", "skipped"):
            campaigns[name] = another_campaign(world)
        sent(campaigns["sent"], claim_of(campaigns["sent"], PHONE), CLOUD_ID)
        now = datetime.now(UTC)
        failed, unknown, back = (claim_of(campaigns[name], PHONE) for name in ("failed", "unknown", "put back"))

        def note(tx: Tx) -> None:
            outcomes.mark_failed(tx, failed, code="refused", detail=f"{PHONE} is not on WhatsApp", at=now)
            outcomes.mark_unknown(tx, unknown, sent_at=now, code="timeout", detail=f"for {PHONE}")
            outcomes.retry_later(tx, back, wait=timedelta(0), counted=True, code="refused", detail=f"not {PHONE}")

        databases.jobs.as_worker(note)
        run(
            "insert into hidra.opt_outs (user_id, phone_hash, source, reason) values (%s, %s, 'api', %s)",
            [world.user_id, world.hash(PHONE), f"{NAME} pediu"],
        )
        campaigns["opted out"] = another_campaign(world)
        run("update hidra.opt_outs set source = 'reply'")
        run(
            "insert into hidra.direct_sends (user_id, evolution_config_id, kind, phone_hash, ended_at, provider_message_id)"
            " values (%s, %s, 'trial', %s, now(), 'TEST-ID-1')",
            [world.user_id, world.connection_id, world.hash(PHONE)],
        )
        record(world, StatusEvent(world.connection_id, "TEST-ID-1", S.DELIVERED, now))
        tenants = [world.user_id, world.hash(PHONE)]
        [imported] = databases.owner.execute(
            "insert into hidra.contact_imports (user_id, source) values (%s, 'csv') returning id", [world.user_id]
        ).fetchone()  # type: ignore[misc]
        run(
            "insert into hidra.contact_import_rejects values (%s, %s, 2, 'invalid_value', %s)",
            [world.user_id, imported, f"{NAME};({PHONE[3:5]}) {PHONE[5:10]}-{PHONE[10:]};{PHONE}"],
        )
        run("insert into hidra.opt_out_requests (user_id, phone_hash, opted_out_at) values (%s, %s, now())", tenants)
        run("insert into hidra.whatsapp_lids (user_id, phone_hash, lid_hash) values (%s, %s, 'x')", tenants)
        run(
            "insert into hidra.opt_out_confirmations (user_id, phone_hash, evolution_config_id, phone)"
            " values (%s, %s, %s, %s)",
            [*tenants, world.connection_id, PHONE],
        )
        run(
            "insert into hidra.delivery_events_unmatched values (%s, %s, %s, 'read', now())",
            [world.user_id, world.connection_id, CLOUD_ID],
        )
        run(
            "insert into hidra.replies_unmatched (user_id, evolution_config_id, phone_hash, quoted_id, replied_at)"
            " values (%s, %s, %s, null, now()), (%s, %s, null, %s, now())",
            [world.user_id, world.connection_id, world.hash(PHONE), world.user_id, world.connection_id, CLOUD_ID],
        )
        return cls(world, campaigns)

    def traces(self) -> dict[str, set[str]]:
        """The columns, of all tables, that hold anything of the person, with what they hold."""
        texts = [
            *(phone[start:] for phone in (PHONE, OLD_PHONE) for start in (1, 3, 5, 6)),
            NAME, PLACE, CLOUD_ID, "OLD-ID-1", "TEST-ID-1",
        ]  # fmt: skip
        hashes = [self.world.hash(phone).hex() for phone in (PHONE, OLD_PHONE)]
        needles = [text.lower() for text in [*texts, *(text.encode().hex() for text in texts), *hashes]]
        found: dict[str, set[str]] = {}
        for table in {table for table, _ in columns(self.world)}:
            for row in self.world.rows(f"select to_jsonb(t) as whole from hidra.{table} t"):
                for column, value in row["whole"].items():
                    hits = {needle for needle in needles if needle in str(value).lower()}
                    if hits:
                        found.setdefault(f"{table}.{column}", set()).update(hits)
        return found

    def counts(self) -> list[Any]:
        for world in self.campaigns.values():
            world.assert_exact()
        return [({**world.metrics(), "last_updated_at": None}, world.timeline()) for world in self.campaigns.values()]

    @property
    def contact_id(self) -> UUID:
        [message] = self.world.rows(
            "select contact_id from hidra.campaign_messages where campaign_id = %s and status = 'read'",
            self.world.campaign_id,
        )
        found: UUID = message["contact_id"]
        return found


def columns(world: World) -> list[tuple[str, str]]:
    """Every column that could hold text, of every table but those that only ``migrate`` writes."""
    rows = world.rows(
        "select c.table_name, c.column_name from information_schema.columns c"
        " join information_schema.tables t using (table_schema, table_name)"
        " where c.table_schema = 'hidra' and t.table_type = 'BASE TABLE'"
        " and c.table_name not in ('schema_migrations', 'identity', 'vault_keys')"
        " and c.data_type in ('text', 'character varying', 'character', 'json', 'jsonb', 'bytea', 'ARRAY')"
    )
    return [(row["table_name"], row["column_name"]) for row in rows]


@contextmanager
def held_open(databases: Databases, work: Callable[[Database], Any], role: str) -> Iterator[Callable[[], Any]]:
    """Does the work on a connection of its own and holds its one transaction open until the given function is called,
    which gives the work's result."""
    done, go_on = threading.Event(), threading.Event()

    class Slow(Database):
        def _run(self, role: str, user_id: str, work: Callable[[Tx], Any], refusals: Any, **how: Any) -> Any:
            def slowly(tx: Tx) -> Any:
                result = work(tx)
                tx.value("select 1")  # the pipeline has arrived
                done.set()
                assert go_on.wait(10)
                return result

            return super()._run(role, user_id, slowly, refusals, **how)

    database = Slow({**databases.settings, "DATABASE_SECRET": role}, databases.logins.__getitem__)
    with ThreadPoolExecutor(1) as pool:
        result: Future[Any] = pool.submit(work, database)
        assert done.wait(10)

        def finish() -> Any:
            go_on.set()
            return result.result(10)

        try:
            yield finish
        finally:
            go_on.set()
            result.exception(10)
            database.close()


def test_the_person_of_these_tests_is_in_every_column_that_could_hold_something_of_one(databases: Databases) -> None:
    seeded = Seeded.make(databases)
    empty = {(table, column) for table, names in NOTHING_OF_A_PERSON.items() for column in names.split()}
    wanted = {f"{table}.{column}" for table, column in set(columns(seeded.world)) - empty}
    assert set(seeded.traces()) == wanted


def test_nothing_of_an_erased_person_is_left_but_the_hash_that_keeps_them_opted_out(databases: Databases) -> None:
    seeded = Seeded.make(databases)
    erased = erase(seeded.world, "(11) 98765-4321")
    assert erased == Erased(contact=True, messages=8, skipped_messages=3, direct_messages=1)
    assert seeded.traces() == {"opt_outs.phone_hash": {seeded.world.hash(PHONE).hex()}}
    [left] = seeded.world.rows("select source, reason from hidra.opt_outs")
    assert left == {"source": "erasure", "reason": None}


def test_counts_and_timeline_are_exact_after_an_erasure_and_only_open_messages_moved(databases: Databases) -> None:
    seeded = Seeded.make(databases)
    [before] = seeded.world.rows("select total_contacts from hidra.contact_segments")
    contact_id = seeded.contact_id
    counts = dict(zip(seeded.campaigns, seeded.counts(), strict=True))
    erase(seeded.world)
    after = dict(zip(seeded.campaigns, seeded.counts(), strict=True))
    moved = {"unknown", "put back", "waiting", "skipped"}
    assert {name for name in counts if counts[name] != after[name]} == moved
    for name in seeded.campaigns:
        assert after[name][0]["total_messages"] == counts[name][0]["total_messages"] == 2
    states = {
        name: (row["status"], row["error_code"])
        for name, world in seeded.campaigns.items()
        for row in world.messages()
        if row["contact_id"] == contact_id
    }
    assert states == {
        "read at the old phone": ("read", None),
        "sent": ("sent", None),
        "failed": ("failed", "refused"),
        "unknown": ("failed", "outcome_unknown"),
        "put back": ("skipped", "erased"),
        "waiting": ("skipped", "erased"),
        "skipped": ("skipped", "erased"),
        "opted out": ("skipped", "opted_out"),
    }
    [segment] = seeded.world.rows("select total_contacts from hidra.contact_segments")
    assert (before["total_contacts"], segment["total_contacts"]) == (2, 1)


def test_a_repeated_erasure_or_one_of_an_unknown_phone_changes_nothing_more(databases: Databases) -> None:
    seeded = Seeded.make(databases)
    erase(seeded.world)
    seen = (seeded.counts(), seeded.world.rows("select id, updated_at from hidra.contacts"))
    assert erase(seeded.world) == Erased(contact=False, messages=0, skipped_messages=0, direct_messages=0)
    assert (seeded.counts(), seeded.world.rows("select id, updated_at from hidra.contacts")) == seen
    assert erase(seeded.world, OTHER_PHONE).contact is False
    assert len(seeded.world.rows("select from hidra.opt_outs")) == 2


def test_the_same_phone_of_another_tenant_and_everybody_else_stay_as_they_are(databases: Databases) -> None:
    seeded, other = Seeded.make(databases), Seeded.make(databases)
    ours = seeded.world.rows("select * from hidra.campaign_messages where phone = '+5511980000000' order by id")
    theirs = (other.traces(), other.counts())
    erase(seeded.world)
    assert (other.traces(), other.counts()) == theirs
    assert seeded.world.rows("select * from hidra.campaign_messages where phone = '+5511980000000' order by id") == ours


def test_messages_to_the_phone_from_when_another_contact_had_it_are_emptied_and_that_contact_stays(
    databases: Databases,
) -> None:
    world = World.make(databases, recipients=0)
    contact_id = save(world, PHONE, name="Ana")
    world.advance()
    change_phone(world, contact_id, OTHER_PHONE)
    assert erase(world) == Erased(contact=False, messages=1, skipped_messages=1, direct_messages=0)
    assert world.messages()[0]["phone"] is None
    assert [row["phone"] for row in world.rows("select phone from hidra.contacts")] == [OTHER_PHONE]


def test_an_erased_person_is_not_saved_again_until_they_are_opted_in(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    save(world, PHONE, name=NAME)
    [other] = world.rows("select id from hidra.contacts where phone <> %s", PHONE)
    erase(world)
    with pytest.raises(Rejected) as refused:
        manage_contacts.save_contacts(
            databases.http, world.user_id, [NewContact(OTHER_PHONE, None, {}), NewContact("11 98765-4321", NAME, {})],
            segment_id=None, country="BR", secret=SECRET,
        )  # fmt: skip
    assert (refused.value.code, [f.field for f in refused.value.fields]) == ("erased-phone", ["contacts.1.phone"])
    with pytest.raises(Rejected) as refused:
        change_phone(world, other["id"], PHONE)
    assert (refused.value.code, [f.field for f in refused.value.fields]) == ("erased-phone", ["phone"])
    assert [row["id"] for row in world.rows("select id from hidra.contacts")] == [other["id"]]
    # Another opt-out, or a reply, does not make it one that may be saved.
    manage_contacts.opt_out(databases.http, world.user_id, [PHONE], reason="x", country="BR", secret=SECRET)
    record(world, ReplyEvent(world.connection_id, PHONE, "SAIR", datetime.now(UTC)))
    with pytest.raises(Rejected):
        save(world, PHONE)
    databases.http.as_user(world.user_id, lambda tx: opt_outs.delete(tx, phone_hash=world.hash(PHONE)))
    save(world, PHONE, name=NAME)


def test_a_phone_that_opted_out_without_an_erasure_may_be_saved(databases: Databases) -> None:
    world = World.make(databases, recipients=0)
    manage_contacts.opt_out(databases.http, world.user_id, [PHONE], reason=None, country="BR", secret=SECRET)
    save(world, PHONE, name=NAME)


def test_a_message_on_its_way_is_waited_for(databases: Databases) -> None:
    world = World.make(databases, recipients=0)
    save(world, PHONE, name=NAME)
    world.advance()
    held = claim_of(world, PHONE)
    before = (world.messages(), world.metrics())
    with pytest.raises(Conflict) as refused:
        erase(world)
    assert refused.value.code == "message-under-way"
    assert (world.messages(), world.metrics()) == before
    assert len(world.rows("select from hidra.contacts")) == 1
    assert world.rows("select from hidra.opt_outs") == []
    sent(world, held, CLOUD_ID)
    assert erase(world).messages == 1


def test_an_erasure_waits_for_a_trial_in_progress(databases: Databases) -> None:
    world = World.make(databases, recipients=0)
    held = databases.jobs.as_worker(
        lambda tx: direct_sends.claim_trial(
            tx, user_id=world.user_id, connection_id=world.connection_id, phone_hash=world.hash(PHONE),
            sender_timeout=timedelta(seconds=120),
        )
    )  # fmt: skip
    assert isinstance(held, direct_sends.DirectClaim)
    with pytest.raises(Conflict) as refused:
        erase(world)
    assert refused.value.code == "message-under-way"
    databases.owner.execute("update hidra.direct_sends set claimed_at = now() - interval '4 minutes'")
    assert erase(world).direct_messages == 1


def test_late_statuses_of_an_erased_message_write_nothing_back(databases: Databases) -> None:
    world = World.make(databases, recipients=0)
    save(world, PHONE, name=NAME)
    world.advance()
    held = claim_of(world, PHONE)
    databases.jobs.as_worker(lambda tx: outcomes.mark_sender_lost(tx, older_than=timedelta(0)))
    erase(world)
    before = (world.messages(), world.metrics(), world.timeline())
    now = datetime.now(UTC)

    def late(tx: Tx) -> None:
        outcomes.mark_sent(tx, held, sent_at=now, provider_message_id=CLOUD_ID)
        outcomes.retry_later(tx, held, wait=timedelta(0), counted=True, code="x", detail=PHONE)
        outcomes.mark_failed(tx, held, code="x", detail=PHONE, at=now)
        outcomes.mark_unknown(tx, held, sent_at=now, code="x", detail=PHONE)
        outcomes.release(tx, held)
        assert not messages.resolve(tx, message_id=held.message_id, provider_message_id=CLOUD_ID)
        assert messages.give_up(tx, message_ids=[held.message_id], at=now) == 0
        deliveries.apply_unmatched(tx, [(world.connection_id, CLOUD_ID)])
        deliveries.apply_all_unmatched(tx)

    databases.jobs.as_worker(late)
    record(world, StatusEvent(world.connection_id, CLOUD_ID, S.READ, now))
    assert (world.messages(), world.metrics(), world.timeline()) == before
    world.assert_exact()


def test_a_retry_skips_erased_recipients(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    save(world, PHONE, name=NAME)
    world.advance()
    world.finish_one(refused=True)
    world.finish_one(refused=True)
    world.advance()
    erase(world)
    lifecycle.retry_failed(databases.http, world.user_id, world.campaign_id, nudge=lambda **_: None)
    world.advance()
    assert [m["status"] for m in world.messages()] == ["failed", "failed", "pending"]
    assert world.messages()[2]["phone"] == "+5511980000000"
    world.assert_exact()


def test_a_retry_that_is_erased_while_it_waits_stays_what_counts(databases: Databases) -> None:
    """A late delivery of the first message, which is empty by then, has nothing left to be known by."""
    world = World.make(databases, recipients=0)
    save(world, PHONE, name=NAME)
    world.advance()
    sent(world, claim_of(world, PHONE), CLOUD_ID)
    record(world, StatusEvent(world.connection_id, CLOUD_ID, S.FAILED, datetime.now(UTC)))
    world.advance()
    lifecycle.retry_failed(databases.http, world.user_id, world.campaign_id, nudge=lambda **_: None)
    world.advance()
    erase(world)
    record(world, StatusEvent(world.connection_id, CLOUD_ID, S.DELIVERED, datetime.now(UTC)))
    assert [(m["status"], m["counted"]) for m in world.messages()] == [("failed", False), ("skipped", True)]
    world.assert_exact()


def test_a_persons_messages_are_found_by_indexes(fresh_database: Databases) -> None:
    World.make(fresh_database, recipients=1_000).advance()  # of an empty table any index will do
    fresh_database.owner.execute("analyze hidra.campaign_messages")
    text = erasure.MESSAGES
    for name, value in (
        ("user_id", f"'{uuid4()}'::uuid"),
        ("contact_id", f"'{uuid4()}'::uuid"),
        ("phone_hash", "''::bytea"),
    ):
        text = text.replace(f"%({name})s", value)
    fresh_database.owner.execute("set enable_seqscan = off")
    plan = "\n".join(row[0] for row in fresh_database.owner.execute(f"explain {text}".encode()).fetchall())
    assert "campaign_messages_phone" in plan
    assert "campaign_messages_run_id_contact_id_key" in plan
    assert "Seq Scan" not in plan


def test_no_statement_can_write_a_person_back_into_an_erased_message(databases: Databases) -> None:
    world = World.make(databases, recipients=0)
    save(world, PHONE, name=NAME)
    world.advance()
    erase(world)
    for change in (f"phone = '{PHONE}'", "variables = '{\"a\": 1}'", "provider_message_id = 'x'", "error_detail = 'x'",
                   "phone_hash = ''", "status = 'pending'", "status = 'unknown'"):  # fmt: skip
        with pytest.raises(Exception, match="campaign_messages_erased_is_empty"):
            databases.owner.execute(f"update hidra.campaign_messages set {change}")


def test_an_erasure_beside_a_claim_finds_it_once_it_committed(databases: Databases) -> None:
    world = World.make(databases, recipients=0)
    save(world, PHONE, name=NAME)
    world.advance()
    claim = lambda db: replace(world, databases=replace(databases, jobs=db)).claim()  # noqa: E731
    with held_open(databases, claim, "jobs") as finish, ThreadPoolExecutor(1) as pool:
        erasing = pool.submit(erase, world)
        world.wait_for_blocked_transaction()
        assert isinstance(finish(), Claim)
        with pytest.raises(Conflict, match="is being sent"):
            erasing.result(10)
    assert world.messages()[0]["phone"] == PHONE


def test_a_claim_beside_an_erasure_passes_over_the_person(databases: Databases) -> None:
    world = World.make(databases, recipients=0)
    save(world, PHONE, name=NAME)
    world.advance()
    with held_open(databases, lambda db: erase(world, db=db), "http") as finish:
        assert world.claim() is NoClaim.NO_WORK
        finish()
    assert world.claim() is NoClaim.NO_WORK


def test_a_status_beside_an_erasure_is_counted_and_brings_nothing_back(databases: Databases) -> None:
    world = World.make(databases, recipients=0)
    save(world, PHONE, name=NAME)
    world.advance()
    sent(world, claim_of(world, PHONE), CLOUD_ID)
    with held_open(databases, lambda db: erase(world, db=db), "http") as finish, ThreadPoolExecutor(1) as pool:
        event = StatusEvent(world.connection_id, CLOUD_ID, S.READ, datetime.now(UTC))
        recording = pool.submit(record, world, event)
        world.wait_for_blocked_transaction()
        finish()
        recording.result(10)
    [message] = world.messages()
    assert (message["status"], message["phone"], message["provider_message_id"]) == ("read", None, None)
    assert world.rows("select from hidra.delivery_events_unmatched") == []
    world.assert_exact()


REPLY_ROWS = """
select 'request' from hidra.opt_out_requests union all select 'hidden id' from hidra.whatsapp_lids
union all select 'confirmation' from hidra.opt_out_confirmations
"""


def reply(world: World, text: str, **more: Any) -> ReplyEvent:
    return ReplyEvent(world.connection_id, more.pop("phone", PHONE), text, datetime.now(UTC), **more)


@pytest.mark.parametrize("text", ["SAIR", "oi"])
def test_an_erasure_beside_a_reply_leaves_nothing_that_the_reply_wrote(databases: Databases, text: str) -> None:
    world = World.make(databases, recipients=0)
    save(world, PHONE, name=NAME)
    with (
        held_open(databases, lambda db: record(world, reply(world, text, lid="777"), db=db), "jobs") as finish,
        ThreadPoolExecutor(1) as pool,
    ):
        erasing = pool.submit(erase, world)
        world.wait_for_blocked_transaction()
        finish()
        assert erasing.result(10).contact
    assert world.rows(REPLY_ROWS) == []
    assert [row["source"] for row in world.rows("select source from hidra.opt_outs")] == ["erasure"]


def test_a_reply_to_a_message_that_is_being_erased_is_not_linked_to_its_person(databases: Databases) -> None:
    world = World.make(databases, recipients=0)
    save(world, PHONE, name=NAME)
    world.advance()
    sent(world, claim_of(world, PHONE), CLOUD_ID)
    hidden = reply(world, "SAIR", phone=None, lid="777", quoted_id=CLOUD_ID)
    with held_open(databases, lambda db: erase(world, db=db), "http") as finish, ThreadPoolExecutor(1) as pool:
        recording = pool.submit(record, world, hidden)
        world.wait_for_blocked_transaction()
        finish()
        recording.result(10)
    assert world.rows("select phone_hash from hidra.whatsapp_lids") == [{"phone_hash": None}]
    assert world.rows("select from hidra.opt_out_requests") == []


def test_a_freeze_beside_an_erasure_leaves_no_message_of_the_person(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    save(world, PHONE, name=NAME)

    def start(db: Database) -> None:
        def work(tx: Tx) -> None:
            campaign = runs.lock(tx, campaign_id=world.campaign_id)
            assert campaign is not None
            freeze.freeze(tx, campaign)

        db.as_worker(work)

    with held_open(databases, start, "jobs") as finish, ThreadPoolExecutor(1) as pool:
        erasing = pool.submit(erase, world)
        world.wait_for_blocked_transaction()
        finish()
        assert erasing.result(10).skipped_messages == 1
    assert sorted(m["status"] for m in world.messages()) == ["pending", "skipped"]
    world.assert_exact()


def test_a_freeze_waits_for_an_erasure_and_finds_the_person_gone(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    save(world, PHONE, name=NAME)
    with held_open(databases, lambda db: erase(world, db=db), "http") as finish, ThreadPoolExecutor(1) as pool:
        looking = pool.submit(world.advance)
        world.wait_for_blocked_transaction()
        finish()
        looking.result(10)
    assert [m["phone"] for m in world.messages()] == ["+5511980000000"]


def test_an_export_that_is_requested_during_an_erasure_does_not_hold_the_person(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    save(world, PHONE, name=NAME)
    with held_open(databases, lambda db: erase(world, db=db), "http") as finish, ThreadPoolExecutor(1) as pool:
        this = Exporting.make(databases, world.user_id)
        writing = pool.submit(this.slice)
        world.wait_for_blocked_transaction()
        finish()
        writing.result(10)
    assert this.row()["status"] == "completed"
    assert [row["phone"] for row in this.rows()] == ["+5511980000000"]


def test_a_contact_that_is_being_saved_is_erased_with_the_person(databases: Databases) -> None:
    world = World.make(databases, recipients=0)
    with (
        held_open(databases, lambda db: save(world, PHONE, name=NAME, db=db), "http") as finish,
        ThreadPoolExecutor(1) as pool,
    ):
        erasing = pool.submit(erase, world)
        world.wait_for_blocked_transaction()
        finish()
        assert erasing.result(10).contact
    assert world.rows("select from hidra.contacts") == []


def test_saving_a_person_during_their_erasure_is_refused(databases: Databases) -> None:
    world = World.make(databases, recipients=0)
    with held_open(databases, lambda db: erase(world, db=db), "http") as finish, ThreadPoolExecutor(1) as pool:
        saving = pool.submit(save, world, PHONE, db=databases.http)
        world.wait_for_blocked_transaction()
        finish()
        with pytest.raises(Rejected, match="erased"):
            saving.result(10)
    assert world.rows("select from hidra.contacts") == []


def test_erasures_beside_senders_and_recorders_stay_exact_and_complete(databases: Databases) -> None:
    world = World.make(databases, recipients=16, concurrent=100)
    phones = [f"+55119{80000000 + index}" for index in range(16)]
    worlds = [world]
    world.advance()
    worlds.append(another_campaign(world))
    failures: list[BaseException] = []

    def in_thread(role: str, work: Callable[[Database], None]) -> threading.Thread:
        def guarded() -> None:
            database = Database({**databases.settings, "DATABASE_SECRET": role}, databases.logins.__getitem__)
            try:
                work(database)
            except BaseException as error:  # noqa: BLE001 - raised below
                failures.append(error)
            finally:
                database.close()

        return threading.Thread(target=guarded)

    def send_all(db: Database) -> None:
        mine = [replace(one, databases=replace(databases, jobs=db, owner=None)) for one in worlds]  # type: ignore[arg-type]
        run_ids = dict(zip((one.campaign_id for one in worlds), found_runs, strict=True))
        for _ in range(200):
            one = random.choice(mine)
            held = db.as_worker(
                lambda tx, one=one: claims.claim(
                    tx, campaign_id=one.campaign_id, run_id=run_ids[one.campaign_id], connection_id=one.connection_id,
                    sender_timeout=timedelta(seconds=120),
                )
            )  # fmt: skip
            if not isinstance(held, Claim):
                continue
            provider_id = f"{held.phone}-{uuid4().hex}"
            sent(one, held, provider_id)
            record(one, StatusEvent(one.connection_id, provider_id, S.READ, datetime.now(UTC)), db=db)

    def erase_half(numbers: list[str]) -> Callable[[Database], None]:
        def work(db: Database) -> None:
            for phone in numbers:
                for _ in range(100):
                    try:
                        erase(world, phone, db=db)
                        break
                    except Conflict:
                        threading.Event().wait(0.02)
                else:
                    raise AssertionError("the person could not be erased")

        return work

    found_runs = [
        world.one("select id from hidra.campaign_runs where campaign_id = %s", one.campaign_id)["id"] for one in worlds
    ]
    threads = [in_thread("jobs", send_all) for _ in range(3)]
    threads += [in_thread("http", erase_half(phones[part::2])) for part in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    for one in worlds:
        one.assert_exact()
        assert {m["phone"] for m in one.messages()} == {None}
        assert {m["status"] for m in one.messages()} <= {"read", "sent", "skipped"}
    assert world.rows("select from hidra.contacts") == []
