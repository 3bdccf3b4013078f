"""Bytes of files from real life: encodings, quotes, rows without text, and files that are no text at all."""

import gzip
import io
import random
import unicodedata
import zipfile
from functools import partial
from uuid import UUID

import pytest

from hidra.domain.imports.decoding import decoder, guess
from tests.conftest import Databases
from tests.real_inputs.reading_files import failure, imported
from tests.store.importing import Importing

ANA, BIA = "+5511987654321", "+551133334444"
HEADER = "nome;telefone;cidade\n"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(
            "sep=;\r\nnome;telefone\r\nJoão “Jô” Conceição;'11987654321\r\n".encode("cp1252"),
            "João “Jô” Conceição",
            id="C08",
        ),
        pytest.param("nome\ttelefone\r\nAna 😀\t11987654321\r\n".encode("utf-16"), "Ana 😀", id="C09"),
        pytest.param("nome\ttelefone\r\nAna 😀\t11987654321\r\n".encode("utf-16-le"), "Ana 😀", id="C09 no mark"),
        pytest.param(f"{HEADER}João;11987654321;S".encode() + "ão".encode("cp1252"), "João", id="C10"),
        pytest.param(f"\ufeff{HEADER}João;11987654321;S".encode() + "ão\n".encode("cp1252"), "João", id="C10 mark"),
        pytest.param(
            HEADER.encode() + "João".encode("cp1252") + ";11987654321;São Luís\n".encode(), "João", id="C10 name"
        ),
        pytest.param(f"{HEADER}José 👩‍👧;11987654321;".encode() + b"\x93x\x94\x80\n", "José 👩‍👧", id="C10 emoji"),
        pytest.param(HEADER.encode() + "Jo\xe3o Ça\xfa;11987654321;\n".encode("cp1252"), "João Çaú", id="cp1252"),
        pytest.param(
            f"{HEADER}JOSÉ\u00a0DA CONCEIÇÃO;11987654321;\n".encode("cp1252"), "JOSÉ\u00a0DA CONCEIÇÃO", id="É A0"
        ),
        pytest.param(
            f"{HEADER}“JOSÉ”;11987654321;\nJoão;{BIA};\n".encode("cp1252"),
            "“JOSÉ”",
            id="only another line shows cp1252",
        ),
        pytest.param(f"{HEADER}Νίκος;11987654321;".encode() + b"S\xe3o\n", "Νίκος", id="Greek beside a stray byte"),
        pytest.param(
            HEADER.encode() + b"Ana\x81\x8d\x8f\x90\x9d;11987654321;\n", "Ana" + "\ufffd" * 5, id="no character"
        ),
        pytest.param(HEADER.encode() + b"Ana \xf0\x9f\x98;11987654321;\n", "Ana ðŸ˜", id="half an emoji"),
    ],
)
def test_each_byte_is_read_for_itself(databases: Databases, user: UUID, content: bytes, name: str) -> None:
    assert imported(databases, user, content).names[ANA] == name


def test_a_file_of_several_encodings_is_right_in_each_line(databases: Databases, user: UUID) -> None:
    parts = ["João;11987654321;São Luís\n".encode(), "João;1133334444;São Luís\n".encode("cp1252")]
    expected = ("João", {"cidade": "São Luís"}, None)
    for order in (parts, parts[::-1]):
        this = imported(databases, user, HEADER.encode() + b"".join(order))
        assert this.contacts == {ANA: expected, BIA: expected}


def test_a_stray_byte_far_behind_the_sample_costs_itself_alone(databases: Databases, user: UUID) -> None:
    rows = b"".join(b"N;119%d;x\n" % (80000000 + n) for n in range(6000))
    this = imported(databases, user, HEADER.encode() + rows + "João;11987654321;".encode() + b"S\xe3o\n")
    assert this.contacts[ANA] == ("João", {"cidade": "São"}, None)


def test_any_damage_to_utf_8_costs_the_damaged_characters_alone() -> None:
    chance, read = random.Random(7), decoder("detect")
    for _ in range(2_000):
        words = ["".join(chance.choices("ãçéõú aoei–“”😀", k=6)) for _ in range(3)]
        content = [word.encode() for word in words]
        content[1] = words[1].encode("cp1252", "ignore")
        assert read(b";".join(content)).split(";")[::2] == words[::2]


@pytest.mark.parametrize("encoding", ["cp850", "cp437", "mac-roman"])
def test_c11_an_old_encoding_can_be_named_and_a_wrong_guess_is_told(
    databases: Databases, user: UUID, encoding: str
) -> None:
    content = f"{HEADER}José Conceiçaü;11987654321;x\n".encode(encoding)
    this = imported(databases, user, content, encoding=encoding)
    assert (this.names, this.warnings) == ({ANA: "José Conceiçaü"}, [])
    guessed = imported(databases, user, content)
    assert guessed.warnings == ["encoding_doubtful"]
    assert "cp850" in guessed.row["warnings"][0]["message"]


@pytest.mark.parametrize("name", ["João Conceição", "JOÃO", "André", "Antônio", "Márcia", "Simões", "Íris Ângela José"])
def test_c11_a_wrong_guess_shows_in_usual_names(databases: Databases, user: UUID, name: str) -> None:
    seen = imported(databases, user, f"{HEADER}{name};11987654321;x\nAndré;{BIA};João\n".encode("cp850"))
    assert seen.warnings == ["encoding_doubtful"]


@pytest.mark.parametrize(
    "text",
    ["Sant´Ana D’Ávila", "João “Jô” – 1ª", "R$ 5 § 2º", "São Tomé & Cia®", "Æsop", "Café «A»", "Ana…Bia", "50°C £5"],
)
@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_right_text_is_not_doubted(databases: Databases, user: UUID, text: str, encoding: str) -> None:
    this = imported(databases, user, f"{HEADER}{text};11987654321;São\n".encode(encoding))
    assert (this.names, this.warnings) == ({ANA: text}, [])


def decomposed(text: str) -> str:
    """As a Mac writes accented letters: the letter, and its accent behind it."""
    return unicodedata.normalize("NFD", text)


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
@pytest.mark.parametrize(
    ("name", "city"),
    [
        pytest.param(decomposed("João Conceição"), decomposed("Maceió"), id="a Mac's"),
        pytest.param(decomposed("Zé"), decomposed("São Luís"), id="a Mac's, with an ASCII end"),
        pytest.param("Иван", "Ж", id="Cyrillic"),
        pytest.param("Νίκος", "Ω", id="Greek"),
        pytest.param("José", "É", id="one letter"),
        pytest.param("Ana", "日", id="three bytes"),
        pytest.param("Ana", "😀", id="four bytes"),
    ],
)
def test_utf_8_is_read_as_such_whichever_letter_ends_it(
    databases: Databases, user: UUID, name: str, city: str, end: str
) -> None:
    this = imported(databases, user, f"{HEADER}{name};11987654321;{city}{end}".encode())
    compose = partial(unicodedata.normalize, "NFC")
    [(found, attributes, _)] = this.contacts.values()
    assert (compose(found or ""), compose(str(attributes["cidade"]))) == (compose(name), compose(city))
    assert this.warnings == []


@pytest.mark.parametrize("text", ["Maceió", "Иван Ж", "JOSÉ\u00a0DA CONCEIÇÃO", "日本", "😀", decomposed("Itajaí")])
def test_the_encoding_is_the_same_wherever_the_sample_is_cut(text: str) -> None:
    content = f"{HEADER}{text}".encode()
    assert {guess(content[:end]) for end in range(len(content) + 1)} == {"detect"}


@pytest.mark.parametrize("text", ["João", decomposed("João"), "Иван", "Νίκος", "Łódź", "Şükrü"])
def test_a_stray_byte_makes_utf_8_no_windows_1252(databases: Databases, user: UUID, text: str) -> None:
    content = f"{HEADER}{text};11987654321;".encode() + b"S\xe3o Lu\xeds\n"
    assert guess(content) == "detect"


TWICE = "João Conceição"


def twice(text: str, encoding: str = "latin-1") -> str:
    """The text, encoded as UTF-8 and read in another encoding."""
    return text.encode().decode(encoding)


@pytest.mark.parametrize("mark", ["", "\ufeff", twice("\ufeff"), "\ufeff" + twice("\ufeff")], ids=["", "1", "2", "12"])
@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("João Conceição", "cp1252"),
        ("Érica “Ç” Antônio", "latin-1"),
        ("Lúcia", "cp1252"),
        ("Inês", "cp1252"),
        ("Antônio", "cp1252"),
        ("Zé 😀 à", "latin-1"),
        (decomposed("João"), "latin-1"),
    ],
)
def test_text_that_was_encoded_twice_is_read_as_it_was(
    databases: Databases, user: UUID, name: str, encoding: str, mark: str
) -> None:
    content = mark + twice(f"código;nome;telefone\né;{name};11987654321\n", encoding)
    this = imported(databases, user, content.encode())
    [(found, attributes, _)] = this.contacts.values()
    assert unicodedata.normalize("NFC", found or "") == unicodedata.normalize("NFC", name)
    assert (attributes, this.warnings) == ({"código": "é"}, [])


def test_rows_that_were_encoded_twice_in_a_right_file_are_told(databases: Databases, user: UUID) -> None:
    this = imported(databases, user, f"{HEADER}João;11987654321;x\n{twice(TWICE)};{BIA};x\n")
    assert (this.names[ANA], this.warnings) == ("João", ["encoding_doubtful"])
    assert "encoding before" in this.row["warnings"][0]["message"]


def test_right_rows_far_behind_rows_that_were_encoded_twice_are_right(databases: Databases, user: UUID) -> None:
    rows = "".join(f"{twice('José')};119{80000000 + n};x\n" for n in range(4000))
    this = imported(databases, user, f"{HEADER}{rows}João;11987654321;São Luís\n")
    assert this.contacts[ANA] == ("João", {"cidade": "São Luís"}, None)
    assert {name for phone, name in this.names.items() if phone != ANA} == {"José"}


@pytest.mark.parametrize(
    "text", ["JOSÉ\u00a0DA SILVA", "MANHÃ\u00a0E TARDE", "“IRMÃ”", "AMANHÃ…", "IRMÃ’S", "MAÇÃ – 1", "São Ã"]
)
def test_capitals_before_a_space_or_a_closing_quote_were_not_encoded_twice(
    databases: Databases, user: UUID, text: str
) -> None:
    for marked in ("", "\ufeff"):
        this = imported(databases, user, f"{marked}{HEADER}{text};11987654321;x\n")
        assert (this.names, this.warnings) == ({ANA: text}, [])


def test_named_windows_1252_and_latin_1_have_no_control_characters(databases: Databases, user: UUID) -> None:
    for encoding in ("cp1252", "iso-8859-1"):
        content = f"{HEADER}“João”;11987654321;x\n".encode("cp1252")
        assert imported(databases, user, content, encoding=encoding).names == {ANA: "“João”"}


def test_an_import_that_was_queued_by_the_version_before_goes_on(databases: Databases, user: UUID) -> None:
    this = Importing.make(databases, user, f"nome;fone\nJoão;11987654321\nJosé;{BIA}\n".encode())
    this.slice(batches=1, batch_rows=1)
    databases.owner.execute(
        "update hidra.contact_imports set checkpoint = checkpoint #- '{layout,phones}' #- '{layout,names}'"
    )
    row = this.finish()
    assert (row["status"], row["created"], row["rejected"]) == ("completed", 2, 0)


@pytest.mark.parametrize(
    "blank", [";;", "", " ; ;", '"";"";""', '" ";;', "\u00a0;;", ";;;;;", "\t;;"], ids=["C12", *"abcdefg"]
)
def test_rows_without_text_are_no_rows(databases: Databases, user: UUID, blank: str) -> None:
    this = imported(databases, user, f"{HEADER}Ana;11987654321;x\n" + f"{blank}\n" * 1000 + f"Bia;{BIA};y\n")
    assert (this.row["rows_read"], this.row["rejected"], this.names.keys()) == (2, 0, {ANA, BIA})
    assert this.row["bytes_read"] == this.row["bytes_total"]


def test_blank_lines_of_json_are_no_rows_but_an_empty_object_is_one(databases: Databases, user: UUID) -> None:
    this = imported(databases, user, '\n  \n{"phone": "11987654321"}\n\r\n{}\n', format="jsonl")
    assert (this.row["rows_read"], this.rejected) == (2, [(5, "no_phone")])


def test_many_blank_lines_are_several_batches(databases: Databases, user: UUID) -> None:
    this = Importing.make(databases, user, HEADER.encode() + b";;\n" * 1000 + f"Ana;{ANA};\n".encode())
    this.slice(batches=1, batch_rows=10)
    row = this.row()
    assert (row["status"], row["rows_read"], row["checkpoint"]["position"]["line"]) == ("running", 0, 11)
    assert this.finish(batch_rows=10)["created"] == 1


@pytest.mark.parametrize(
    ("line", "name"),
    [
        pytest.param('"Ana \\"Aninha\\" S";11987654321;x', 'Ana "Aninha" S', id="C13"),
        pytest.param('"Ana \\"Aninha\\"";11987654321;x', 'Ana "Aninha"', id="C13 at the end"),
        pytest.param('"\\"Ana\\"";"11987654321";"x"', '"Ana"', id="C13 whole"),
        pytest.param('Ana \\"Aninha\\" S;11987654321;x', 'Ana "Aninha" S', id="C13 unquoted"),
        pytest.param('"Ana \\"Aninha\\"\nS";11987654321;x', 'Ana "Aninha"\nS', id="C13 two lines"),
        pytest.param("Joana D\\'Arc;11987654321;x", "Joana D'Arc", id="C13 apostrophe"),
        pytest.param('"Joana D\\\'Arc";11987654321;x', "Joana D'Arc", id="C13 quoted apostrophe"),
        pytest.param('"Ana ""Aninha"" S";11987654321;x', 'Ana "Aninha" S', id="C13 doubled"),
        pytest.param('Ana "Aninha" S;11987654321;x', 'Ana "Aninha" S', id="C13 bare"),
        pytest.param('"Ana";11987654321;"C:\\pasta\\"', "Ana", id="C13 a cell that ends in a backslash"),
    ],
)
def test_quotes_are_read_as_they_are_written(databases: Databases, user: UUID, line: str, name: str) -> None:
    this = imported(databases, user, f"{HEADER}{line}\nBia;{BIA};x\n")
    assert (this.names, this.rejected) == ({ANA: name, BIA: "Bia"}, [])


@pytest.mark.parametrize(
    "line",
    ['"Ana \\"A;11987654321;x', '"Ana\\";11987654321;x', 'Ana;"11987654321;x\\"', '"a\nb \\"c\\" d";11987654321;x'],
)
def test_no_name_gets_a_backslash(databases: Databases, user: UUID, line: str) -> None:
    this = imported(databases, user, f"{HEADER}{line}\nBia;{BIA};x\n")
    assert BIA in this.names
    assert not any("\\" in (name or "") for name in this.names.values())


def test_c15_an_open_quote_costs_its_line(databases: Databases, user: UUID) -> None:
    this = imported(databases, user, f'{HEADER}"Eva;11999990000;x\nAna;11987654321;x\n' + f"Bia;{BIA};x\n" * 200)
    assert (this.names, this.rejected) == ({ANA: "Ana", BIA: "Bia"}, [(2, "unbalanced_quotes")])


def zipped(*names: str, content: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return out.getvalue()


def workbook() -> bytes:
    import openpyxl

    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Telefone"])
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("format", ["csv", "jsonl"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(workbook, "an Excel workbook (.xlsx). Create a new import with format xlsx", id="C14"),
        pytest.param(lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000), "an old Excel workbook (.xls)", id="C14 xls"),
        pytest.param(lambda: zipped("[Content_Types].xml", "xl/workbook.bin"), "(.xlsb)", id="C14 xlsb"),
        pytest.param(
            lambda: zipped("mimetype", content=b"application/vnd.oasis.opendocument.spreadsheet"), "ZIP", id="C14 packed"
        ),
        pytest.param(
            lambda: b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "(.ods)",
            id="C14 ods",
        ),
        pytest.param(lambda: zipped("clientes.csv"), "a ZIP archive", id="C14 zip"),
        pytest.param(lambda: gzip.compress(b"telefone\n"), "gzip", id="C14 gzip"),
        pytest.param(lambda: b"%PDF-1.7\n", "a PDF document", id="C14 PDF"),
        pytest.param(lambda: b"<html><body><table><tr><td>Nome", "a web page (HTML)", id="C14 HTML"),
        pytest.param(lambda: b"\xef\xbb\xbf\r\n<TABLE border=1>", "a web page (HTML)", id="C14 table"),
        pytest.param(lambda: "<table><tr>".encode("utf-16"), "a web page (HTML)", id="C14 table in UTF-16"),
        pytest.param(lambda: b'<?xml version="1.0"?><Workbook>', "XML", id="C14 XML"),
        pytest.param(lambda: b"BEGIN:VCARD\r\nVERSION:3.0\r\nTEL:11987654321\r\n", "vCards", id="C14 vCards"),
        pytest.param(lambda: b"{\\rtf1\\ansi", "RTF", id="C14 RTF"),
    ],
)  # fmt: skip
def test_a_file_of_another_kind_is_told_so(
    databases: Databases, user: UUID, content: object, said: str, format: str
) -> None:
    assert callable(content)
    code, reason = failure(databases, user, content(), format=format)
    assert (code, said in reason, "reate a new import" in reason) == ("wrong_format", True, True)


@pytest.mark.parametrize(
    "content", [b'{"phone": "11987654321"}\n', b'[{"phone": "11987654321"}]', b'[\n {"phone": 1}\n]']
)
def test_json_sent_as_csv_is_told_so(databases: Databases, user: UUID, content: bytes) -> None:
    code, reason = failure(databases, user, content)
    assert (code, "format jsonl" in reason) == ("wrong_format", True)
