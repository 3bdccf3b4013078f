"""Reading files of contacts: phones, layouts, and records from any position on."""

import json
import sys
from typing import Any

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hidra.domain import phone
from hidra.domain.imports import layout
from hidra.domain.imports.checkpoint import Checkpoint
from hidra.domain.imports.columns import PhoneCells
from hidra.domain.imports.header import columns
from hidra.domain.imports.layout import Layout
from hidra.domain.imports.lines import lines
from hidra.domain.imports.records import Position, Records
from hidra.domain.imports.rejects import as_it_was, harmless
from hidra.domain.phone import PhoneProblem
from hidra.errors import Rejected

DIGITS = st.text("0123456789", min_size=8, max_size=13)
BRAZILIAN = st.builds(
    lambda before, area, number, sign: f"{before}{area}{sign}{number[:4]}{sign}{number[4:]}",
    st.sampled_from(["", "+55", "55", "0", "+55 ", "(", "055", "+", "0055"]),
    st.integers(10, 99).map(str),
    st.one_of(st.integers(10**7, 10**8 - 1), st.integers(9 * 10**8, 10**9 - 1)).map(str),
    st.sampled_from(["", " ", "-", ") ", "."]),
)


@settings(max_examples=600, deadline=None)
@given(text=st.one_of(BRAZILIAN, DIGITS), country=st.sampled_from(["BR", "PT", "US"]))
@example("55 31 8765-1111", "BR")
@example("031 98765-1111", "BR")
@example("5555991234567", "BR")
@example("55 9133334444", "BR")
@example("(119) 8765-4321", "BR")
def test_the_quick_parser_and_the_careful_one_never_disagree(text: str, country: str) -> None:
    for old_numbers in (False, True):
        found = phone.parse(text, country=country, old_numbers=old_numbers)
        assert found == phone._parse_carefully(text, country, old_numbers=old_numbers)
        assert isinstance(found, PhoneProblem) or phonenumbers.is_valid_number(phonenumbers.parse(found, None))


@pytest.mark.parametrize(
    "text",
    [
        "(31) 98765-1111",
        "Ana: (31) 98765-1111",
        "+55 31 98765 1111",
        "+55 31 8765-1111",
        "553187651111",
        "031 98765.1111",
        "31987651111",
    ],
)
def test_one_telephone_has_one_spelling_and_needs_no_library(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    assert phone.parse(text) == "+5531987651111"
    assert phone.hasher(b"s", "u")("+5531987651111") == phone.phone_hash(b"s", "u", "+553187651111")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", list(",;\t|"))
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_and_delimiters_are_found(encoding: str, delimiter: str, newline: str) -> None:
    text = newline.join(delimiter.join(row) for row in (["fone", "nome"], ["1", "José, da | Silva"[:4]], ["2", "Ana"]))
    content = text.encode(encoding)
    found = layout.detect(content)
    records = Records(iter([content[found.start :]]), found, Position(found.start))
    assert [record.cells for record in records] == [["fone", "nome"], ["1", "José"], ["2", "Ana"]]


def test_a_single_column_needs_no_delimiter_and_excel_may_name_one() -> None:
    assert layout.detect(b"telefone\n11980000000\n").delimiter == ","
    assert layout.detect(b"sep=|\na,b|c\n").delimiter == "|"


def test_columns_are_recognized_by_usual_names_and_by_the_mapping() -> None:
    header = ["Número", "Telefone", "NOME completo", "Cidade", "", "x"]
    assert columns(header, {}).roles == (
        "attribute:Número", "phone", "name", "attribute:Cidade", "", "attribute:x",
    )  # fmt: skip
    mapping: dict[str, str | None] = {"Telefone": "phone", "x": None, "Cidade": "city"}
    assert columns(header, mapping).roles == (
        "attribute:Número", "phone", "name", "attribute:city", "", "",
    )  # fmt: skip
    with pytest.raises(Rejected, match="No column is the phone"):
        columns(["x"], {})


CONTENT = st.lists(
    st.sampled_from(['a', '"', ",", "\n", "\r\n", "é", '"x"', '""', "\0", ",\n", "b" * 40]), max_size=60
).map("".join)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(text=CONTENT, encoding=st.sampled_from(["utf-8", "cp1252", "utf-16-le", "utf-16-be"]), piece=st.integers(1, 9))
def test_reading_continues_behind_any_record_as_if_it_had_not_stopped(text: str, encoding: str, piece: int) -> None:
    content = text.encode(encoding)
    as_written = Layout("detect" if encoding in ("utf-8", "cp1252") else encoding, "\n", ",", 0)

    def read(position: Position) -> tuple[list[Any], list[Position]]:
        rest, size = content[position.offset :], piece * 2
        pieces = iter([rest[at : at + size] for at in range(0, len(rest), size)])
        records = Records(pieces, as_written, position)
        found = [(record, records.position) for record in records]
        return [record for record, _ in found], [place for _, place in found]

    whole, places = read(Position(0))
    for index, place in enumerate(places):
        assert read(place)[0] == whole[index + 1 :]
    assert not places or places[-1].offset <= len(content)


def test_a_line_that_is_too_long_is_skipped_in_parts_and_reading_may_stop_within_it() -> None:
    content = b"a\n" + b"x" * 100 + b"\nb\n"
    pieces = [content[at : at + 8] for at in range(0, len(content), 8)]
    found = list(lines(iter(pieces), newline=b"\n", limit=20))
    assert [line.content for line in found if line.content is not None] == [b"a", b"b"]
    assert sum(line.size for line in found) == len(content)
    assert max(len(line.head) for line in found) <= 20 + 8
    inside = list(lines(iter([content[50:]]), newline=b"\n", inside=True, limit=20))
    assert [line.content for line in inside] == [None, b"b"]


def test_an_open_quote_costs_its_own_line_only() -> None:
    content = b'a,"b\n' + b"c,d\n" * 200 + b'e,"f\n'
    records = list(Records(iter([content]), Layout("detect", "\n", ",", 0), Position(0)))
    rejected = [(record.line, record.reason) for record in records if record.reason]
    assert rejected == [(1, "unbalanced_quotes"), (202, "unbalanced_quotes")]
    assert len(records) == 202


def test_a_cell_that_a_spreadsheet_would_run_is_made_text() -> None:
    for cell in ("=1+1", '"=HYPERLINK(""x"")"', "+1", "-1", "@x", "\t=1", " =1"):
        assert harmless(cell) == f"'{cell}"
        assert as_it_was(f"'{cell}") == cell
    assert harmless("Ana") == "Ana"
    assert harmless("") == ""
    assert [as_it_was(text) for text in ("Ana", "", "'Ana'")] == ["Ana", "", "'Ana'"]


def test_a_checkpoint_survives_its_json() -> None:
    columns = ("phone", "", "attribute:DDD", "attribute:Sobrenome")
    layout = Layout("utf-16-le", "\n", ";", 2, columns, (PhoneCells(0, 2), PhoneCells(1)), ((3,), (1, 3)))
    found = Checkpoint("etag", layout, Position(40, 3, inside=True), over=False)
    assert Checkpoint.from_json(json.loads(json.dumps(found.to_json()))) == found
    assert Checkpoint.from_json({}) is None


def test_a_checkpoint_of_the_version_before_is_understood() -> None:
    stored = {
        "etag": "etag",
        "layout": {"encoding": "detect", "newline": "\n", "delimiter": ";", "start": 3,
                   "columns": ["attribute:x", "phone", "name"]},
        "position": {"offset": 40, "line": 3, "inside": False},
        "over": False,
    }  # fmt: skip
    found = Checkpoint.from_json(stored)
    assert found is not None
    assert (found.layout.phones, found.layout.names) == ((PhoneCells(1),), ((2,),))
    assert found.layout.columns == ("attribute:x", "phone", "name")
