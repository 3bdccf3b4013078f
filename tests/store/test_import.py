"""Imports against the real database: counts exact, nothing twice, nothing lost, wherever they are cut or killed."""

import contextlib
import io
import random
import tracemalloc
import zipfile
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hidra.domain.phone import phone_hash
from hidra.services.imports import commit_batch, run_slice
from hidra.store import opt_outs
from tests.conftest import Databases
from tests.store.importing import Crashes, Importing, Killed, Reference, contacts, members, segment

FILE = """telefone;nome;cidade
(31) 98765-1111;Ana;Recife
55 31 8765-1111;;Olinda
+55 11 98765-0002;Bia;
não é;Eva;Natal
11 98765-0002;Bia;

11987650003;"Caio; ""o bom""
da rua";Belém
"""


def test_a_file_becomes_contacts_members_counts_and_rejects(databases: Databases, user: UUID) -> None:
    segment_id = segment(databases, user)
    this = Importing.make(databases, user, FILE.encode("cp1252"), segment_id=segment_id)
    row = this.finish()
    assert (row["status"], row["failure_code"]) == ("completed", None)
    assert this.counts() == {"rows_read": 6, "created": 3, "updated": 1, "unchanged": 1, "rejected": 1}
    assert row["rejected_by_reason"] == {"invalid_phone": 1}
    assert row["bytes_read"] == row["bytes_total"] == len(this.content)
    assert this.rejects == "line,reason,row\r\n5,invalid_phone,não é;Eva;Natal\r\n".encode()
    assert contacts(databases, user) == {
        "+5531987651111": ("Ana", {"cidade": "Olinda"}, None),
        "+5511987650002": ("Bia", {}, None),
        "+5511987650003": ('Caio; "o bom"\nda rua', {"cidade": "Belém"}, None),
    }
    assert members(databases, segment_id) == contacts(databases, user).keys()
    hashes = databases.owner.execute("select phone, phone_hash from hidra.contacts").fetchall()
    assert all(found == phone_hash(b"test", str(user), phone) for phone, found in hashes)
    assert databases.owner.execute("select count(*) from hidra.contact_import_rejects").fetchone() == (0,)


def test_the_same_file_again_changes_nothing(databases: Databases, user: UUID) -> None:
    segment_id = segment(databases, user)
    content = b"phone,name,x\n" + b"".join(b"119%d,N%d,%d\n" % (80000000 + n, n, n) for n in range(500))
    Importing.make(databases, user, content, segment_id=segment_id).finish(batch_rows=100)
    before = databases.owner.execute("select id, updated_at, xmin::text, ctid::text from hidra.contacts order by id")
    known = before.fetchall()
    again = Importing.make(databases, user, content, segment_id=segment_id)
    again.finish(batch_rows=70)
    assert again.counts() == {"rows_read": 500, "created": 0, "updated": 0, "unchanged": 500, "rejected": 0}
    after = databases.owner.execute("select id, updated_at, xmin::text, ctid::text from hidra.contacts order by id")
    assert after.fetchall() == known
    assert len(members(databases, segment_id)) == 500


def test_an_empty_name_keeps_the_old_one_and_attributes_are_joined(databases: Databases, user: UUID) -> None:
    Importing.make(databases, user, b"phone,name,a,b\n11980000000,Ana,1,\n").finish()
    Importing.make(databases, user, b"phone,name,a,b\n11980000000,,2,3\n").finish()
    assert contacts(databases, user) == {"+5511980000000": ("Ana", {"a": "2", "b": "3"}, None)}


def test_rows_of_one_phone_are_counted_as_if_each_came_alone(databases: Databases, user: UUID) -> None:
    Importing.make(databases, user, b"phone,name,a\n11980000000,Ana,1\n").finish()
    rows = b"11980000000,Ana,\n11980000000,,1\n11980000000,Bia,\n11980000000,Ana,2\n11980000000,Ana,2\n11980000000,,\n"
    whole = Importing.make(databases, user, b"phone,name,a\n" + rows)
    whole.finish()
    assert whole.counts() == {"rows_read": 6, "created": 0, "updated": 2, "unchanged": 4, "rejected": 0}
    assert contacts(databases, user) == {"+5511980000000": ("Ana", {"a": "2"}, None)}


def test_consent_is_kept_as_one_record(databases: Databases, user: UUID) -> None:
    mapping = {"base": "consent.basis", "fonte": "consent.source", "quando": "consent.at"}
    content = (
        "phone,base,fonte,quando\n11980000000,consent,feira,31/01/2030 09:30\n11980000001,,,ontem\n11980000002,,,\n"
    )
    this = Importing.make(databases, user, content.encode(), mapping=mapping)
    this.finish()
    kept = {"basis": "consent", "source": "feira", "at": "2030-01-31T09:30:00Z"}
    assert contacts(databases, user) == {
        "+5511980000000": (None, {}, kept),
        "+5511980000002": (None, {}, None),
    }
    assert this.rejected() == [(3, "invalid_consent")]


def test_an_erased_contact_is_not_created_again_and_nothing_of_the_row_is_kept(
    databases: Databases, user: UUID
) -> None:
    hashed = phone_hash(b"test", str(user), "+5511980000000")
    databases.http.as_user(
        user, lambda tx: opt_outs.insert(tx, user_id=user, phone_hashes=[hashed], reason=None, source="erasure")
    )
    this = Importing.make(databases, user, b"phone,name\n11980000000,Ana\n11980000001,Bia\n11980000000,Ana\n")
    this.finish()
    assert this.rejects == b"line,reason,row\r\n2,erased,\r\n4,erased,\r\n"
    assert contacts(databases, user).keys() == {"+5511980000001"}
    assert this.counts() == {"rows_read": 3, "created": 1, "updated": 0, "unchanged": 0, "rejected": 2}


def test_a_contact_gets_no_more_attributes_than_the_api_allows(databases: Databases, user: UUID) -> None:
    many = ",".join(f"a{n}" for n in range(50))
    Importing.make(databases, user, f"phone,{many}\n11980000000,{many}\n".encode()).finish()
    this = Importing.make(databases, user, b"phone,a1,new\n11980000000,x,y\n11980000000,x,\n")
    this.finish()
    assert this.row()["rejected_by_reason"] == {"too_many_attributes": 2}
    assert contacts(databases, user)["+5511980000000"][1]["a1"] == "a1"


def test_opted_out_phones_become_contacts_that_stay_opted_out(databases: Databases, user: UUID) -> None:
    hashed = phone_hash(b"test", str(user), "+5511980000000")
    databases.http.as_user(
        user, lambda tx: opt_outs.insert(tx, user_id=user, phone_hashes=[hashed], reason=None, source="api")
    )
    this = Importing.make(databases, user, b"phone\n11980000000\n")
    this.finish()
    assert this.counts()["created"] == 1
    assert databases.owner.execute("select count(*) from hidra.opt_outs").fetchone() == (1,)


def test_the_contacts_of_two_users_are_separate(databases: Databases, user: UUID) -> None:
    other = uuid4()
    databases.owner.execute("insert into core.users (id) values (%s)", [other])
    Importing.make(databases, user, b"phone,name\n11980000000,Ana\n").finish()
    this = Importing.make(databases, other, b"phone,name\n11980000000,Bia\n")
    this.finish()
    assert this.counts()["created"] == 1
    assert contacts(databases, user)["+5511980000000"][0] == "Ana"


def test_json_lines_take_what_the_api_takes(databases: Databases, user: UUID) -> None:
    content = (
        b'{"phone": "11 98000-0000", "name": "Ana", "attributes": {"pontos": 70, "vip": true}}\n'
        b'{"telefone": 11980000001, "cidade": "Recife", "nada": null}\n'
        b'[1]\n{"phone": "11980000002", "x": [1]}\n{"phone": "11980000003", "x": "\\ud800"}\n{"name": "Eva"}\n'
        b'{"phone": "11980000004", "x": NaN}\n' + b"[" * 10_000 + b"\n"
    )  # fmt: skip
    this = Importing.make(databases, user, content, format="jsonl")
    this.finish()
    assert contacts(databases, user) == {
        "+5511980000000": ("Ana", {"pontos": 70, "vip": True}, None),
        "+5511980000001": (None, {"cidade": "Recife"}, None),
    }
    assert this.rejected() == [
        (3, "malformed"), (4, "invalid_value"), (5, "invalid_value"), (6, "no_phone"), (7, "malformed"), (8, "malformed"),
    ]  # fmt: skip


class TestAFileThatCannotBeReadFailsWithItsReason:
    @pytest.mark.parametrize(
        ("content", "options", "code"),
        [
            (b"", {}, "no_header"),
            (b"\n\n\n", {}, "no_header"),
            (b"nome,cidade\nAna,Recife\n", {}, "no_phone_column"),
            (b"telefone\n", {"mapping": {"fone": "phone"}}, "unknown_column"),
            (b",".join(b"c%d" % n for n in range(5000)) + b"\n", {}, "too_many_columns"),
            (b"x" * 3_000_000, {}, "no_header"),
            (b"\n" * 3_000_000 + b"telefone\n", {}, "no_header"),
            (b"\xff\xfe\0\0t\0\0\0", {}, "no_header"),
        ],
        ids=["empty", "no row", "no phone", "unknown column", "columns", "a long line", "no line", "UTF-32"],
    )
    def test_code(self, databases: Databases, user: UUID, content: bytes, options: Any, code: str) -> None:
        this = Importing.make(databases, user, content, **options)
        row = this.finish()
        assert (row["status"], row["failure_code"]) == ("failed", code)
        assert row["failure_reason"]
        assert contacts(databases, user) == {}

    def test_another_file_in_its_place(self, databases: Databases, user: UUID) -> None:
        this = Importing.make(databases, user, b"phone\n11980000000\n11980000001\n")
        this.slice(batches=1, batch_rows=1)
        this.etag = "two"
        assert this.finish()["failure_code"] == "file_replaced"
        assert this.counts()["created"] == 1

    def test_a_segment_that_is_deleted_meanwhile(self, databases: Databases, user: UUID) -> None:
        segment_id = segment(databases, user)
        this = Importing.make(databases, user, b"phone\n11980000000\n11980000001\n", segment_id=segment_id)
        this.slice(batches=1, batch_rows=1)
        databases.owner.execute("delete from hidra.contact_segments where id = %s", [segment_id])
        assert this.finish()["failure_code"] == "segment_deleted"

    def test_a_slice_that_dies_again_and_again(self, databases: Databases, user: UUID) -> None:
        this = Importing.make(databases, user, b"phone\n11980000000\n")
        for _ in range(run_slice.MAX_ATTEMPTS):
            with pytest.raises(Killed):
                this.slice(db=Crashes(databases.jobs, at=5))  # type: ignore[arg-type]
        assert this.finish()["failure_code"] == "internal"


def test_an_import_waits_for_its_file_and_fails_after_two_hours_without_it(databases: Databases, user: UUID) -> None:
    this = Importing.make(databases, user, b"")
    this.file = lambda: None  # type: ignore[method-assign]
    this.slice()
    assert this.row()["status"] == "waiting"
    databases.owner.execute("update hidra.contact_imports set created_at = now() - interval '3 hours'")
    this.slice()
    assert (this.row()["status"], this.row()["failure_code"]) == ("failed", "no_file")


def test_a_slice_beside_another_ends_quietly(databases: Databases, user: UUID) -> None:
    this = Importing.make(databases, user, b"phone\n11980000000\n")
    with databases.owner.transaction():
        databases.owner.execute("select from hidra.contact_imports where id = %s for update", [this.id])
        this.slice()
        assert not this.queued_next
    assert this.finish()["created"] == 1


def test_a_slice_that_another_slice_has_overtaken_writes_nothing(databases: Databases, user: UUID) -> None:
    content = b"phone\n" + b"".join(b"119%d\n" % (80000000 + n) for n in range(50))
    this = Importing.make(databases, user, content)
    slow = Importing(databases, user, None, content, id=this.id)
    whole = slow.file

    def overtaken() -> Any:
        found = whole()
        assert found is not None
        read = found.read

        def later(offset: int, until: int | None) -> Any:
            if until is None and this.row()["status"] == "running" and not this.row()["batches"]:
                this.lease_runs_out()
                this.finish(batch_rows=7)
            return read(offset, until)

        return type(found)(found.size, found.etag, later)

    slow.file = overtaken  # type: ignore[method-assign]
    slow.slice(batch_rows=10)
    assert this.row()["status"] == "completed"
    assert this.counts() == {"rows_read": 50, "created": 50, "updated": 0, "unchanged": 0, "rejected": 0}


def test_an_import_killed_at_any_step_ends_like_one_that_was_not(databases: Databases) -> None:
    content = b"phone,name\n11980000000,Ana\nx,y\n11980000001,Bia\n11980000000,Eva\nz,z\n"
    for at in range(60):
        user_id = uuid4()
        databases.owner.execute("insert into core.users (id) values (%s)", [user_id])
        segment_id = segment(databases, user_id)
        this = Importing.make(databases, user_id, content, segment_id=segment_id)
        with contextlib.suppress(Killed):
            this.slice(batch_rows=2, db=Crashes(databases.jobs, at=at))  # type: ignore[arg-type]
        this.finish(batch_rows=2)
        assert this.counts() == {"rows_read": 5, "created": 2, "updated": 1, "unchanged": 0, "rejected": 2}, at
        assert this.rejected() == [(3, "invalid_phone"), (6, "invalid_phone")], at
        assert members(databases, segment_id) == {"+5511980000000", "+5511980000001"}


def test_only_the_first_rejected_rows_are_kept(
    databases: Databases, user: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit_batch, "MAX_REJECTS", 25)
    this = Importing.make(databases, user, b"phone\n" + b"x\n" * 100)
    this.finish(batch_rows=10)
    assert this.row()["rejected"] == 100
    assert [line for line, _ in this.rejected()] == list(range(2, 27))


def test_a_formula_in_a_rejected_row_is_text_in_the_file_of_rejected_rows(databases: Databases, user: UUID) -> None:
    this = Importing.make(databases, user, b'phone,name\n"=HYPERLINK(""http://evil"")",x\n=1+1,x\n@x,y\n')
    this.finish()
    assert this.rejects is not None
    cells = [line.split(",", 2)[2] for line in this.rejects.decode().splitlines()[1:]]
    assert not [cell for cell in cells if cell.lstrip('"')[0] in "=+-@"]


HOSTILE = {
    "a line of 10 MB": b"x" * 10_000_000 + b"\n",
    "NUL bytes": b"\0" * 1000 + b"\n",
    "an open quote": b'11980000009,"Ana\n',
    "ten thousand open quotes": b'"a,b,\n' * 9_999,
    "5,000 columns": b"1," * 5000 + b"\n",
    "no UTF-8 and no cp1252": b"119,\x81\x8d\n",
    "one long quoted cell": b'11980000009,"' + b"a" * 3_000_000 + b'"\n',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_line_costs_only_itself_and_no_memory(databases: Databases, user: UUID, name: str) -> None:
    before, after = b"phone,name\n11980000000,Ana\n", b"11980000001,Bia\n" * 3
    this = Importing.make(databases, user, before + HOSTILE[name] + after, piece=1 << 16)
    tracemalloc.start()
    row = this.finish(batches=3, batch_rows=5_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert row["status"] == "completed"
    assert {"+5511980000000", "+5511980000001"} <= contacts(databases, user).keys()
    assert row["rejected"] >= 1
    assert peak < 60_000_000


PHONES = st.integers(0, 12).flatmap(
    lambda n: st.sampled_from([
        f"119876500{n:02}", f"(11) 98765-00{n:02}", f"+55 11 98765-00{n:02} (Ana)", f"55119876500{n:02}", f"011 98765.00{n:02}",
    ]).map(lambda text: (text, f"+55119876500{n:02}"))
)  # fmt: skip
CELL = st.sampled_from(["", "Ana", "José", "ã,;|", 'a "b"', "two\nlines", "=1+1", "x" * 30])
ROW = st.one_of(
    st.tuples(PHONES, CELL, CELL, CELL),
    st.tuples(st.sampled_from([("abc", None), ("", None), ("119", None)]), CELL, CELL, st.just("z")),
)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(ROW, max_size=40),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"]),
    delimiter=st.sampled_from(",;\t|"),
    cut=st.tuples(st.sampled_from(["\n", "\r\n"]), st.integers(0, 10**9)),
)
def test_any_file_killed_anywhere_ends_like_a_simple_reference(
    databases: Databases, rows: list[Any], encoding: str, delimiter: str, cut: tuple[str, int]
) -> None:
    def quoted(cell: str) -> str:
        return f'"{cell.replace(chr(34), chr(34) * 2)}"' if set(cell) & set(',;|\t\n"') else cell

    newline, seed = cut
    reference, refused, line = Reference(), [], 2
    text = delimiter.join(["telefone", "nome", "cidade", "nota"]) + newline
    for (written, phone), name, city, note in rows:
        text += delimiter.join(quoted(cell) for cell in (written, name, city, note)) + newline
        attributes = {key: value for key, value in (("cidade", city), ("nota", note)) if value}
        if phone is None:
            refused.append((line, "invalid_phone" if written else "no_phone"))
        else:
            reference.take(phone, name or None, attributes)
        line += 1 + sum(cell.count("\n") for cell in (name, city, note))
    user_id, chance = uuid4(), random.Random(seed)
    databases.owner.execute("insert into core.users (id) values (%s)", [user_id])
    segment_id = segment(databases, user_id)
    this = Importing.make(
        databases, user_id, text.encode(encoding), segment_id=segment_id, piece=chance.choice([2, 16, 1000, 100_000]),
        delimiter=delimiter, encoding=encoding if encoding.startswith("utf-16") else "detect",
    )  # fmt: skip
    for _ in range(chance.randrange(8)):
        if this.row()["attempts"] == run_slice.MAX_ATTEMPTS - 1:
            break
        with contextlib.suppress(Killed):
            crashing: Any = Crashes(databases.jobs, at=chance.randrange(30))
            this.slice(batches=chance.randint(1, 4), batch_rows=chance.randint(1, 10), db=crashing)
    row = this.finish(batches=chance.randint(1, 4), batch_rows=chance.randint(1, 50))
    assert row["status"] == "completed", row["failure_reason"]
    assert {phone: found[:2] for phone, found in contacts(databases, user_id).items()} == reference.contacts
    assert members(databases, segment_id) == reference.members
    assert this.counts() == {
        "rows_read": len(rows), "rejected": len(refused),
        **{name: reference.counts[name] for name in ("created", "updated", "unchanged")},
    }  # fmt: skip
    assert this.rejected() == refused


def workbook(*rows: list[Any]) -> bytes:
    import openpyxl

    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_read_row_by_row_wherever_it_is_cut(databases: Databases, user: UUID) -> None:
    rows = [[5511980000000 + n, f"N{n}", n if n % 2 else None] for n in range(25)]
    content = workbook(["Telefone", "Nome", "pontos"], *rows, [], ["x", "=1+1"], ["11980000000.0", "N0"])
    this = Importing.make(databases, user, content, format="xlsx")
    row = this.finish(batches=1, batch_rows=4)
    assert (row["status"], row["bytes_read"]) == ("completed", len(content))
    assert this.counts() == {"rows_read": 27, "created": 25, "updated": 0, "unchanged": 1, "rejected": 1}
    assert this.rejected() == [(28, "invalid_phone")]
    assert contacts(databases, user)["+5511980000003"] == ("N3", {"pontos": "3"}, None)


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"telefone\n11980000000\n", "unreadable_workbook"),
        (zipped(x=b"x"), "unreadable_workbook"),
        (zipped(**{"[Content_Types].xml": b"<"}), "unreadable_workbook"),
        (zipped(bomb=b"\0" * 50_000_000), "unreadable_workbook"),
        (zipped(**{f"f{n}": b"" for n in range(1001)}), "too_large"),
    ],
    ids=["text", "another zip", "broken", "bomb", "many files"],
)
def test_a_file_that_is_not_a_workbook_or_is_a_bomb_is_rejected(
    databases: Databases, user: UUID, content: bytes, code: str
) -> None:
    this = Importing.make(databases, user, content, format="xlsx")
    tracemalloc.start()
    row = this.finish()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (row["status"], row["failure_code"]) == ("failed", code)
    assert peak < 20_000_000
