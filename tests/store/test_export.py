"""Exports slice by slice: each row once, wherever a slice is killed, repeated, canceled or overtaken by an erasure."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.types.json import Jsonb

from hidra.domain.message import MessageStatus
from hidra.errors import Unavailable
from hidra.services import erase_person
from hidra.services.exports import request_export, run_slice
from hidra.store import export_rows, exports
from hidra.store.db import Database
from tests.conftest import Databases
from tests.store.exporting import Exporting, add_contacts
from tests.store.importing import Importing, Killed, contacts, segment
from tests.store.world import SECRET, World

CONTACTS = 60


@pytest.fixture
def stranger(databases: Databases) -> UUID:
    """Another tenant."""
    user_id = uuid4()
    databases.owner.execute("insert into core.users (id) values (%s)", [user_id])
    return user_id


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part after each page of five rows."""
    monkeypatch.setattr(run_slice, "PART_BYTES", 1)
    monkeypatch.setattr(run_slice, "PAGE_ROWS", 5)


def add(databases: Databases, user: UUID, phone: str, **known: Any) -> None:
    attributes = Jsonb(known.get("attributes", {}))
    consent = Jsonb(known["consent"]) if "consent" in known else None
    databases.owner.execute(
        "insert into hidra.contacts (user_id, phone, phone_hash, name, attributes, consent)"
        " values (%s, %s, %s, %s, %s, %s)",
        [user, phone, uuid4().bytes, known.get("name"), attributes, consent],
    )


def phones(this: Exporting) -> list[str]:
    return [row["phone"] for row in this.rows()]


def all_phones(databases: Databases, user: UUID) -> list[str]:
    return sorted(contacts(databases, user))


def erase(databases: Databases, user: UUID, phone: str) -> None:
    erase_person.erase_person(databases.http, user, phone, country="BR", secret=SECRET, now=datetime.now(UTC))


def test_a_csv_of_contacts_has_each_contact_once_with_its_attributes_as_columns(
    databases: Databases, user: UUID, stranger: UUID
) -> None:
    consent = {"basis": "consent", "source": "site", "at": "2030-01-31T12:00:00+00:00"}
    attributes = {"cidade": "São Paulo; SP", "pontos": -7, "vip": True}
    add(databases, user, "+5511987654321", name="Ana", attributes=attributes, consent=consent)
    add(databases, user, "+5511987654322", attributes={"obs": 'two\r\nlines, "quoted"'})
    add(databases, stranger, "+5511987654323", attributes={"of a stranger": "x"})
    this = Exporting.make(databases, user, attribute_names=["cidade", "obs", "pontos", "vip"])
    done = this.finish()
    content = this.file.content
    assert content is not None
    assert content.startswith(
        b"\xef\xbb\xbfid;phone;name;consent.basis;consent.source;consent.at;not_on_whatsapp_at;created_at;updated_at;"
    )
    assert content.endswith(b"\r\n")
    rows = {row["phone"]: row for row in this.rows()}
    assert rows.keys() == {"+5511987654321", "+5511987654322"}
    ana, other = rows["+5511987654321"], rows["+5511987654322"]
    assert (ana["name"], ana["cidade"], ana["pontos"], ana["vip"]) == ("Ana", "São Paulo; SP", "-7", "true")
    given = (ana["consent.basis"], ana["consent.source"], ana["consent.at"])
    assert given == ("consent", "site", "2030-01-31T12:00:00Z")
    assert datetime.fromisoformat(ana["created_at"]).tzinfo == UTC
    assert (other["name"], other["obs"], other["vip"]) == ("", 'two\r\nlines, "quoted"', "")
    assert (done["status"], done["rows"], done["rows_expected"], done["bytes"]) == ("completed", 2, 2, len(content))
    assert this.file.content_type == "text/csv; charset=utf-8"


def test_cells_that_look_like_formulas_are_texts_and_phones_stay_phones(databases: Databases, user: UUID) -> None:
    add(databases, user, "+5511987654321", name="=1+1", attributes={"=a": "@x", "b": "-5+cmd", "c": "\t=x", "d": "a=b"})
    this = Exporting.make(databases, user, delimiter=",", attribute_names=["=a", "b", "c", "d"])
    this.finish()
    [row] = this.rows()
    assert (row["phone"], row["name"], row["'=a"]) == ("+5511987654321", "'=1+1", "'@x")
    assert (row["b"], row["c"], row["d"]) == ("'-5+cmd", "'\t=x", "a=b")


def test_json_lines_are_contacts_as_the_api_shows_them(databases: Databases, user: UUID) -> None:
    add(databases, user, "+5511987654321", name="=José", attributes={"pontos": 70, "vip": True})
    this = Exporting.make(databases, user, format="jsonl")
    this.finish()
    [found] = this.objects()
    assert list(found) == [
        "id", "phone", "name", "attributes", "consent", "not_on_whatsapp_at", "created_at", "updated_at",
    ]  # fmt: skip
    assert (found["name"], found["attributes"], found["consent"]) == ("=José", {"pontos": 70, "vip": True}, None)


def test_an_empty_list_is_a_file_of_its_head_alone(databases: Databases, user: UUID) -> None:
    table = Exporting.make(databases, user, kind="opt_outs")
    assert (table.finish()["rows"], table.cells()) == (0, [["phone", "at", "reason", "source"]])
    text = Exporting.make(databases, user, format="jsonl")
    assert (text.finish()["status"], text.file.content) == ("completed", b"")


@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_an_export_of_contacts_that_is_imported_again_changes_nothing(
    databases: Databases, user: UUID, stranger: UUID, format: str
) -> None:
    """Neither here, nor are the contacts of another tenant who imports it different."""
    attributes = {"id": "7", "telefone": "11 3333-4444", "=x": "'=y", "Nome da mãe": "Bia", "obs": "a\nb", "e": "@"}
    consent = {"basis": "contract", "source": "+loja", "at": "2030-01-31T12:00:00Z"}
    add(databases, user, "+5511987654321", name="=Ana", attributes=attributes, consent=consent)
    add(databases, user, "+351912345678", name="'-Rui")
    names = sorted(attributes) if format == "csv" else []
    this = Exporting.make(databases, user, format=format, attribute_names=names)
    this.finish()
    before = contacts(databases, user)
    for user_id in (user, stranger):
        assert this.file.content is not None
        importing = Importing.make(databases, user_id, this.file.content, format=format)
        done = importing.finish()
        assert (done["status"], done["rejected"], done["warnings"]) == ("completed", 0, [])
        assert contacts(databases, user_id) == before
        assert done["unchanged" if user_id == user else "created"] == 2


def test_only_the_members_of_a_segment_are_exported_where_one_is_named(databases: Databases, user: UUID) -> None:
    add_contacts(databases, user, 5)
    segment_id = segment(databases, user)
    databases.owner.execute(
        "insert into hidra.segment_contacts (user_id, segment_id, contact_id)"
        " select user_id, %s, id from hidra.contacts order by phone limit 2",
        [segment_id],
    )
    this = Exporting.make(databases, user, segment_id=segment_id)
    assert this.finish()["rows_expected"] == 2
    assert sorted(phones(this)) == ["+5511970000001", "+5511970000002"]


def test_an_export_whose_segment_is_deleted_meanwhile_fails_and_leaves_no_file(
    databases: Databases, user: UUID, small_parts: None
) -> None:
    add_contacts(databases, user, CONTACTS)
    segment_id = segment(databases, user)
    databases.owner.execute(
        "insert into hidra.segment_contacts (user_id, segment_id, contact_id) select user_id, %s, id from hidra.contacts",
        [segment_id],
    )
    this = Exporting.make(databases, user, segment_id=segment_id)
    this.slice(parts=2)
    databases.owner.execute("delete from hidra.contact_segments where id = %s", [segment_id])
    done = this.finish()
    assert (done["status"], done["failure_code"], this.file.empty, done["leftover"]) == ("failed", "gone", True, False)


def test_recipients_are_exported_as_the_campaign_counts_them(databases: Databases) -> None:
    world = World.make(databases, recipients=4)
    world.advance()
    first, second = (row["id"] for row in world.messages()[:2])
    databases.owner.execute(
        "update hidra.campaign_messages set status = 'failed', error_code = 'x', error_detail = '=boom' where id = %s",
        [first],
    )
    databases.owner.execute("update hidra.campaign_messages set counted = false where id = %s", [second])
    everyone = Exporting.make(databases, world.user_id, kind="recipients", campaign_id=world.campaign_id)
    assert everyone.finish()["rows_expected"] == 3
    assert sorted(row["status"] for row in everyone.rows()) == ["failed", "pending", "pending"]
    failed = Exporting.make(
        databases, world.user_id, kind="recipients", campaign_id=world.campaign_id, message_status=MessageStatus.FAILED
    )
    assert failed.finish()["rows_expected"] == 1
    [row] = failed.rows()
    assert (row["error_code"], row["error_detail"], row["counted"]) == ("x", "'=boom", "true")
    assert row["phone"].startswith("+55")


def test_opt_outs_are_exported_with_the_phones_that_contacts_have(databases: Databases, user: UUID) -> None:
    add(databases, user, "+5511987654321")
    databases.owner.execute(
        "insert into hidra.opt_outs (user_id, phone_hash, reason, source)"
        " select user_id, phone_hash, '+ pediu', 'api' from hidra.contacts union all select %s, 'x', null, 'erasure'",
        [user],
    )
    this = Exporting.make(databases, user, kind="opt_outs")
    assert this.finish()["rows"] == 2
    found = sorted((row["phone"], row["reason"], row["source"]) for row in this.rows())
    assert found == [("", "", "erasure"), ("+5511987654321", "'+ pediu", "api")]


def test_an_export_holds_no_row_of_another_tenant_even_if_it_names_their_campaign_or_segment(
    databases: Databases, user: UUID
) -> None:
    foreign = World.make(databases, recipients=3)
    foreign.advance()
    databases.owner.execute(
        "insert into hidra.opt_outs (user_id, phone_hash, source) values (%s, 'x', 'api')", [foreign.user_id]
    )
    for kind, columns in (
        ("opt_outs", {}),
        ("contacts", {}),
        ("contacts", {"segment_id": foreign.segment_id}),
        ("recipients", {"campaign_id": foreign.campaign_id}),
    ):
        this = Exporting.make(databases, user, kind=kind, **columns)
        done = this.finish()
        assert (done["rows"], done["rows_expected"]) == (0, 0)
        assert done["status"] == ("failed" if columns else "completed")


def test_a_list_that_takes_too_long_to_count_is_exported_all_the_same(
    databases: Databases, user: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_rows, "COUNT_CONTACTS", "select count(*) from pg_sleep(5), hidra.contacts")
    slow = Database(
        {**databases.settings, "DATABASE_SECRET": "jobs"}, databases.logins.__getitem__, statement_timeout_ms=300
    )
    this = Exporting.make(databases, user)
    this.slice(db=slow)
    slow.close()
    assert (this.row()["status"], this.row()["rows_expected"]) == ("completed", None)


@pytest.mark.parametrize("parts", [1, 3])
def test_a_list_in_many_slices_has_each_row_once(
    databases: Databases, user: UUID, small_parts: None, parts: int
) -> None:
    add_contacts(databases, user, CONTACTS)
    this = Exporting.make(databases, user, attribute_names=["loja"])
    done = this.finish(parts=parts)
    assert sorted(phones(this)) == all_phones(databases, user)
    assert (done["rows"], done["cursor"], done["parts"]) == (CONTACTS, None, [])
    assert done["slices"] > CONTACTS // 5 // parts - 1
    assert this.file.uploads == {}


@pytest.mark.parametrize("step", range(1, 9))
def test_an_export_killed_at_any_step_has_each_row_once(
    databases: Databases, user: UUID, small_parts: None, step: int
) -> None:
    """Before and after each call of S3 there is a statement, so a kill at a call is a kill between two of them."""
    add_contacts(databases, user, 12)
    this = Exporting.make(databases, user)
    left = step

    def kill(_: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Killed

    this.file.before = kill
    for _ in range(3):
        try:
            this.finish(parts=2)
            break
        except Killed:
            this.lease_runs_out()
    assert this.row()["status"] == "completed"
    assert sorted(phones(this)) == all_phones(databases, user)
    assert (this.row()["rows"], this.row()["bytes"]) == (12, len(this.file.content or b""))


def test_two_slices_side_by_side_leave_one_undamaged_file(databases: Databases, user: UUID, small_parts: None) -> None:
    """While one slice stores a part, the lease ends and another slice goes on; then the first continues."""
    add_contacts(databases, user, CONTACTS)
    this = Exporting.make(databases, user)
    this.slice(parts=1)
    stored = 0

    def overtake(call: str) -> None:
        nonlocal stored
        stored += call == "store"
        if stored == 3 and call == "store":
            this.lease_runs_out()
            this.slice(parts=2)

    this.file.before = overtake
    this.slice()
    done = this.finish()
    assert (done["status"], done["rows"], done["restarts"]) == ("completed", CONTACTS, 0)
    assert sorted(phones(this)) == all_phones(databases, user)


def test_a_slice_does_nothing_while_another_one_holds_the_export(databases: Databases, user: UUID) -> None:
    this = Exporting.make(databases, user)
    with_lease = "update hidra.exports set leased_until = now() + interval '1 minute', status = 'running'"
    databases.owner.execute(with_lease)
    before = this.row()
    this.slice()
    assert (this.row(), this.file.calls) == (before, [])


def test_an_export_whose_parts_are_lost_begins_anew(databases: Databases, user: UUID, small_parts: None) -> None:
    add_contacts(databases, user, CONTACTS)
    this = Exporting.make(databases, user)
    this.slice(parts=2)
    this.file.uploads.clear()
    done = this.finish()
    assert (done["status"], done["rows"], done["restarts"]) == ("completed", CONTACTS, 1)
    assert sorted(phones(this)) == all_phones(databases, user)


def test_an_export_that_always_loses_its_parts_fails(databases: Databases, user: UUID, small_parts: None) -> None:
    add_contacts(databases, user, CONTACTS)
    this = Exporting.make(databases, user)
    this.file.before = lambda call: this.file.uploads.clear() if call == "complete" else None
    done = this.finish()
    assert (done["status"], done["failure_code"], this.file.empty) == ("failed", "internal", True)


def test_a_slice_that_dies_three_times_before_a_part_fails_the_export(databases: Databases, user: UUID) -> None:
    this = Exporting.make(databases, user)

    def die(_: str) -> None:
        raise Killed

    for _ in range(3):
        this.file.before = die
        with pytest.raises(Killed):
            this.slice()
        this.lease_runs_out()
    this.file.before = lambda _: None
    this.slice()
    assert (this.row()["status"], this.row()["failure_code"]) == ("failed", "internal")


def test_a_slice_without_its_storage_counts_as_no_attempt(databases: Databases, user: UUID) -> None:
    this = Exporting.make(databases, user)

    def fail(_: str) -> None:
        raise Unavailable("no S3")

    this.file.before = fail
    for _ in range(5):
        with pytest.raises(Unavailable):
            this.slice()
    this.file.before = lambda _: None
    assert this.finish()["status"] == "completed"


def cancel(this: Exporting) -> None:
    request_export.cancel_export(this.databases.http, this.user_id, this.id, nudge=lambda: None)


@pytest.mark.parametrize("call", ["begin", "store", "complete", "put"])
def test_an_export_that_is_canceled_while_a_slice_writes_leaves_nothing(
    databases: Databases, user: UUID, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    add_contacts(databases, user, 12)
    if call != "put":
        monkeypatch.setattr(run_slice, "PART_BYTES", 1)
        monkeypatch.setattr(run_slice, "PAGE_ROWS", 5)
    this = Exporting.make(databases, user)
    this.file.before = lambda name: cancel(this) if name == call and this.row()["status"] == "running" else None
    this.slice()
    assert (this.row()["status"], this.file.empty, this.queued_next) == ("canceled", True, False)
    assert (this.row()["leftover"], this.row()["cursor"]) == (False, None)


def test_an_erasure_deletes_the_files_of_the_owners_exports_and_ends_open_ones(
    databases: Databases, user: UUID, stranger: UUID, small_parts: None
) -> None:
    for owner in (user, stranger):
        add_contacts(databases, owner, 12)
    finished = Exporting.make(databases, user)
    finished.finish()
    running = Exporting.make(databases, user)
    running.slice(parts=1)
    waiting = Exporting.make(databases, user, kind="opt_outs")
    foreign = Exporting.make(databases, stranger)
    foreign.finish()
    long_gone = Exporting.make(
        databases,
        user,
        kind="recipients",
        campaign_id=uuid4(),
        status="completed",
        ended_at=datetime(2020, 1, 1, tzinfo=UTC),
    )
    erase(databases, user, "+5511970000001")
    assert long_gone.row()["status"] == "completed"
    for this in (finished, running, waiting):
        assert (this.row()["status"], this.row()["cursor"]) == ("erased", None)
        this.slice()
        assert (this.file.empty, this.row()["leftover"]) == (True, False)
    assert (foreign.row()["status"], foreign.file.empty) == ("completed", False)


def test_an_erasure_while_a_slice_stores_its_file_leaves_no_file(databases: Databases, user: UUID) -> None:
    add_contacts(databases, user, 2)
    this = Exporting.make(databases, user)

    def overtaken(call: str) -> None:
        if call == "put":
            erase(databases, user, "+5511970000001")
            this.discard()  # too early: the slice holds the export
            assert this.row()["leftover"]

    this.file.before = overtaken
    this.slice()
    assert (this.row()["status"], this.file.empty, this.row()["leftover"]) == ("erased", True, False)


def test_the_clock_finds_exports_that_stalled_and_files_that_have_to_be_deleted_and_no_others(
    databases: Databases, user: UUID
) -> None:
    waiting = Exporting.make(databases, user, created_at=datetime(2030, 1, 1, tzinfo=UTC))
    assert databases.jobs.as_worker(exports.stale) == []
    old = "update hidra.exports set created_at = now() - interval '2 minutes', last_progress_at = null"
    databases.owner.execute(old)
    assert [each.id for each in databases.jobs.as_worker(exports.stale)] == [waiting.id]
    assert databases.jobs.as_worker(exports.stale) == []  # once in a while
    databases.owner.execute(
        "update hidra.exports set status = 'running', last_progress_at = now() - interval '6 minutes'"
    )
    databases.owner.execute("update hidra.exports set leased_until = now() + interval '1 minute'")
    assert databases.jobs.as_worker(exports.stale) == []  # a slice runs
    waiting.lease_runs_out()
    assert [each.id for each in databases.jobs.as_worker(exports.stale)] == [waiting.id]
    databases.owner.execute(
        "update hidra.exports set status = 'canceled', leftover = true, last_progress_at = now() - interval '2 minutes'"
    )
    assert [each.id for each in databases.jobs.as_worker(exports.stale)] == [waiting.id]
    databases.owner.execute("update hidra.exports set leftover = false, last_progress_at = null")
    assert databases.jobs.as_worker(exports.stale) == []
