"""Workbooks that were built to keep a slice busy or to exhaust its memory, and files that are no workbooks.

Each is read in a process of its own with little memory and little time: what goes beyond is killed, and the test fails.
Two limits are a fraction of the real ones there, so that it does not take long to reach them.
"""

import contextlib
import random
import re
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from hidra.domain.imports.records import Position
from hidra.errors import Rejected
from hidra.gateways.workbook import Workbook
from tests.conftest import ROOT, Databases
from tests.real_inputs import made_workbooks as by_hand
from tests.real_inputs.made_workbooks import HEADER, MAIN, SHEET, made, parts, relations, sheet, styles, zipped
from tests.store.importing import Importing, contacts

MEMORY = 160 * 1024**2  # bytes beyond what the interpreter needs
SECONDS = 20  # of processor time; the slowest takes a second or two on a free machine
READER = f"""
import os, resource, sys
sys.path.insert(0, {str(ROOT / "layers" / "hidra")!r})
from hidra.domain.imports.records import Position
from hidra.errors import Rejected
from hidra.gateways import workbook_book, workbook_sheet
from hidra.gateways.workbook import Workbook
workbook_sheet.MAX_ROW //= 16
workbook_book._MAX_STRINGS //= 20
while path := os.read(0, 4096):
    if os.fork() == 0:
        with open(path, "rb") as file:
            content = file.read()
        used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + {MEMORY},) * 2)
        resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS},) * 2)
        try:
            print("rows", sum(record.counts for record in Workbook(iter([content]), len(content), Position(0))))
        except Rejected as error:
            print(error.code, error)
        sys.exit()
    print("exit", os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
"""
type Read = Callable[[bytes], str]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    """What a reader with limits says: how many rows there are, or why it gives up.

    The readers are forks of one process: to start and import costs more than most of the workbooks.
    """
    file = tmp_path_factory.mktemp("workbooks") / "workbook"
    command, pipe = [sys.executable, "-c", READER], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, bufsize=0) as readers:
        assert readers.stdin
        assert readers.stdout
        wanted, lines = readers.stdin, readers.stdout

        def read(content: bytes) -> str:
            file.write_bytes(content)
            wanted.write(bytes(file))
            said = b""
            while not (ended := re.search(rb"^exit (-?\d+)\n", said, re.MULTILINE)):
                line = lines.readline()
                assert line, said.decode()
                said += line
            assert ended[1] == b"0", said.decode()
            return said[: ended.start()].decode().strip()

        yield read


TEXT = f'<sst xmlns="{MAIN}"><si><t>telefone</t></si></sst>'.encode()
BOOK = b'<workbook xmlns:r="r"><sheets>%s</sheets></workbook>'
XF = b"<s><cellXfs>" + b"<xf numFmtId='1'/>" * 80_000 + b"</cellXfs></s>"
CODES = [
    f"{each}{at}x" for at in range(300) for each in ("#" * 240, "?" * 120 + "/" + "?" * 120, "0." * 100, "[" * 250)
]
DOCTYPE, LARGE, DAMAGED = "document type (DOCTYPE)", "too_large", "cannot be read"

ATTACKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "row 2,000,000,000": (lambda: made(HEADER + '<row r="2000000000"><c r="A2000000000"><v>1</v></c></row>'), "1048576"),
    "rows behind Excel's last": (lambda: made(HEADER + '<row r="1048576"/><row/>'), "1048576"),
    "a dimension that lies": (
        lambda: made(data=sheet(HEADER + by_hand.ROW, before='<dimension ref="A1:XFD1048576"/>')), "rows 2",
    ),
    "a dimension beyond all limits": (
        lambda: made(data=sheet(HEADER + by_hand.ROW, before='<dimension ref="A1:ZZZZZZ9999999999"/>')), "rows 2",
    ),
    "rows in a circle": (lambda: made(HEADER + '<row r="1"/>' * 1000 + by_hand.ROW), "rows 2"),
    "column XFE": (lambda: made(HEADER + '<row r="2"><c r="XFE2"><v>1</v></c></row>'), "column XFD"),
    "column AAAAAAA": (lambda: made(HEADER + '<row r="2"><c r="AAAAAAA1"><v>1</v></c></row>'), DAMAGED),
    "a cell without a column": (lambda: made(HEADER + '<row r="2"><c r="12"><v>1</v></c></row>'), DAMAGED),
    "cells without end": (lambda: made(HEADER + "<row>" + "<c><v>1</v></c>" * 100_000 + "</row>"), "column XFD"),
    "one cell again and again": (lambda: made(HEADER + "<row>" + '<c r="A2"/>' * 200_000 + "</row>"), "16 MB"),
    "unknown tags in a row": (lambda: made(HEADER + "<row>" + "<z/>" * 400_000 + "</row>"), "16 MB"),
    "spaces without end": (lambda: made(HEADER + " " * 20_000_000), "16 MB"),
    "a heading without end": (lambda: made(data=sheet(HEADER, before="<z/>" * 400_000)), "16 MB"),
    "entities in a sheet": (lambda: made(data=by_hand.laughs(sheet(HEADER))), DOCTYPE),
    "entities in UTF-16": (lambda: made(data=by_hand.laughs(sheet(HEADER)).decode().encode("utf-16")), DOCTYPE),
    "entities in texts": (lambda: made(strings=by_hand.one_entity(TEXT, 20_000, 50_000)), DOCTYPE),
    "entities in styles": (lambda: made(styles=by_hand.laughs(styles("telefone"))), DOCTYPE),
    "entities in the book": (
        lambda: made(book=by_hand.laughs(BOOK % b'<sheet name="telefone" r:id="r1"/>')), DOCTYPE,
    ),
    "entities in relations": (
        lambda: zipped({**parts(), "_rels/.rels": by_hand.laughs(relations(("telefone", "x")))}), DOCTYPE,
    ),
    "an external document type": (lambda: made(data=b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + sheet(HEADER)), DOCTYPE),
    "tags in tags": (lambda: made(HEADER + "<row>" + "<c>" * 3_000_000), DAMAGED),
    "tags in tags of texts": (lambda: made(strings=b"<sst>" + b"<t>" * 3_000_000), DAMAGED),
    "tags in tags of the book": (lambda: made(book=b"<w>" * 1_000_000), DAMAGED),
    "names without end": (lambda: made(HEADER + "".join(f"<row><n{at}/></row>" for at in range(200_000))), DAMAGED),
    "attributes without end": (lambda: made(HEADER + f"<row {' '.join(f'a{at}=""' for at in range(99_999))}/>"), DAMAGED),
    "a long attribute": (lambda: made(HEADER + f'<row r="{"1" * 50_000_000}"/>'), DAMAGED),
    "a long comment": (lambda: made(HEADER + f"<!--{'-x' * 25_000_000}-->"), DAMAGED),
    "a long text": (lambda: made(HEADER + f'<row><c t="str"><v>{"x" * 900_000}</v></c></row>'), "rows 2"),
    "a long text for many cells": (
        lambda: made(
            HEADER + ("<row>" + '<c t="s"><v>0</v></c>' * 200 + "</row>") * 500,
            strings=b"<sst><si><t>%s</t></si></sst>" % (b"x" * 1_000_000),
        ), "rows 501",
    ),
    "texts without end": (lambda: made(strings=b"<sst>" + b"<si/>" * 1_400_000), LARGE),
    "a text that is not there": (lambda: made(HEADER + '<row><c t="s"><v>9</v></c></row>'), DAMAGED),
    "styles without end": (lambda: made(styles=XF), LARGE),
    "number formats without end": (
        lambda: made(
            "".join(f'<row><c s="{at}"><v>1.5</v></c></row>' for at in range(1, len(CODES))), styles=styles(*CODES)
        ), LARGE,
    ),
    "numbers that are none": (
        lambda: made(HEADER + "".join(
            f'<row><c><v>{each}</v></c></row>' for each in ("nan", "inf", "1E999", "1E-999", "9" * 999, "1_0", "-", "0x1")
        )), "rows 9",
    ),
    "sheets without end": (lambda: made(book=BOOK % (b'<sheet r:id="r1"/>' * 100_000)), "rows 2"),
    "no sheet": (lambda: made(book=BOOK % b'<sheet r:id="r9"/>'), "no sheet"),
    "files without end": (lambda: by_hand.long_directory(1_500_000), LARGE),
    "many files": (lambda: zipped({**parts(), **{f"f{at}": b"" for at in range(1000)}}), LARGE),
    "files over one another": (lambda: by_hand.overlapping(900, 10_000_000), "not a workbook"),
    "a size that lies, too small": (lambda: by_hand.with_lying_sizes(made(HEADER + " " * 10**7), SHEET, 500), DAMAGED),
    "a size that lies, too large": (lambda: by_hand.with_lying_sizes(made(), SHEET, 4_000_000_000), "rows 2"),
    "another compression": (lambda: zipped(parts(), zipfile.ZIP_BZIP2), DAMAGED),
    "half a file": (lambda: made()[:700], "its end is missing"),
    "half a sheet": (lambda: made(data=sheet(HEADER)[:-40]), DAMAGED),
    "an unknown encoding": (lambda: made(data=b'<?xml version="1.0" encoding="klingon"?>' + sheet(HEADER)), DAMAGED),
    "another document": (lambda: zipped({"_rels/.rels": relations(("officeDocument", "word/document.xml"))}), "not a workbook"),
    "text": (lambda: b"telefone\n11987654321\n", "not a workbook"),
    "nothing": (lambda: b"", "not a workbook"),
    "an old workbook": (lambda: by_hand.OLE + b"\0" * 5_000, "before 2007"),
    "a password": (
        lambda: by_hand.OLE + b"\0" * 3_000_000 + "EncryptedPackage".encode("utf-16-le"), "protected by a password",
    ),
    "a binary workbook": (
        lambda: zipped({"_rels/.rels": relations(("officeDocument", "xl/workbook.bin")), "xl/workbook.bin": b"x"}), ".xlsb",
    ),
    "an OpenDocument": (
        lambda: zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}), ".ods",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_a_hostile_workbook_costs_little_time_and_memory(read: Read, name: str) -> None:
    make, said = ATTACKS[name]
    assert said in read(make())


def test_a_damaged_workbook_is_read_or_refused_and_breaks_nothing() -> None:
    chance, whole = random.Random(12), parts(styles=styles("dd/mm/yyyy", 14), strings=TEXT)
    for turn in range(600):
        if turn % 2:
            damaged = bytearray(zipped(whole))
            for _ in range(3):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            content = bytes(damaged)
        else:
            name = chance.choice(list(whole))
            damaged = bytearray(whole[name])
            at = chance.randrange(len(damaged))
            damaged[at : at + chance.choice((0, 0, 1, 7))] = bytes(chance.choices(b'<>/"=0129azAZ&;: \0\xff', k=1))
            content = zipped({**whole, name: bytes(damaged)})
        with contextlib.suppress(Rejected), warnings.catch_warnings(action="ignore"):
            list(Workbook(iter([content]), len(content), Position(0), phones=[0]))


def test_a_workbook_that_unpacks_to_more_than_the_limit_is_refused(
    databases: Databases, user: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hidra.gateways.workbook_parts.Parts.pieces.__defaults__", (1_000_000,))
    content = made(HEADER + "".join(f'<row r="{at}"/>' for at in range(2, 90_000)))
    row = Importing.make(databases, user, content, format="xlsx").finish()
    assert (row["status"], row["failure_code"]) == ("failed", "too_large")


def test_a_slice_ends_in_time_among_rows_without_text(databases: Databases, user: UUID) -> None:
    row = '<row><c s="1"/><c t="str"><v> </v></c></row>'
    phones = "".join(f"<row><c><v>1198765432{at}</v></c></row>" for at in (1, 2))
    this = Importing.make(databases, user, made(HEADER + row * 5_000 + phones + row * 5_000), format="xlsx")
    slices = []
    while not slices or this.queued_next:
        this.slice(batches=1, batch_rows=1_000)
        slices.append(this.row()["bytes_read"])
    assert len(slices) > 8
    assert slices == sorted(slices)
    assert this.row()["status"] == "completed"
    assert this.counts()["rows_read"] == len(contacts(databases, user)) == 2


def test_the_reason_why_a_workbook_fails_says_what_to_do(databases: Databases, user: UUID) -> None:
    content = made(HEADER + '<row r="2000000000"><c r="A2000000000"><v>11987654321</v></c></row>')
    row = Importing.make(databases, user, content, format="xlsx").finish()
    assert (row["status"], row["failure_code"]) == ("failed", "unreadable_workbook")
    assert row["failure_reason"].endswith("Save it as CSV and create a new import.")
