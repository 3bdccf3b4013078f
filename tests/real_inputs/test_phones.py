"""Phones as lists, people and WhatsApp write them: through the API, an import, and replies.

The numbers are invented. Cases of one kind stand together; damaged numbers by the thousand are in
``tests/unit/test_damaged_phones.py``.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from hidra.domain.imports.evolution_contact import as_line
from hidra.domain.phone import phone_hash, subscriber
from hidra.domain.webhook import events_of
from hidra.errors import Rejected
from hidra.services import erase_person, manage_contacts
from hidra.services.record_delivery import record_delivery
from hidra.store import opt_outs
from hidra.store.claims import Claim
from tests.conftest import Databases
from tests.store.importing import Importing, contacts
from tests.store.world import SECRET, World

ANA = "+5511987654321"
INVALID, MISSING = "invalid_phone", "digit_missing"


def written(text: str, expected: str, country: str = "BR", id: str = "") -> Any:
    return pytest.param(text, expected, country, id=id or f"{country} {text!r}")


SPELLINGS = [
    # A spreadsheet's number has decimals.
    written("11912345678.0", "+5511912345678", id="P01"),
    written("5511987654322.0", "+5511987654322", id="P02"),
    written("81987654323.0", "+5581987654323", id="P02 without 55"),
    written("11987654321.00", ANA),
    written("11987654321,0", ANA),
    written("+5511987654321.0", ANA),
    written("1133334444.0", "+551133334444"),
    written("5512345678.0", "+525512345678", "MX"),
    written("1191234567.0", MISSING),
    written("1198765.4321", ANA),
    written("11.987.654.321,00", ANA),
    written("11,987,654,321", ANA),
    # No number of its country, and never one of another.
    written("98588-3248", INVALID, id="P03"),
    written("(44) 98003-58716", INVALID, id="P05"),
    written("021 98321-45678", INVALID),
    written("(55) 98834-59742", INVALID),
    written("(119) 8765-4321", INVALID),
    written("00 11 98765-4321", INVALID),
    written("11 98765-4321", INVALID, "PT"),
    written("11 98765-4321", INVALID, "US"),
    written("(212) 555-0123", INVALID, "MX"),
    # 00 and a calling code.
    written("0055 49 99123-4567", "+5549991234567", id="P06"),
    written("0055 11 98765-4321", ANA, id="P08"),
    written("00351912345678", "+351912345678", id="P08 abroad"),
    written("0054 9 11 2345 0001", "+5491123450001"),
    written("00 1 212 555 0123", "+12125550123"),
    written("0052 1 55 1234 5678", "+525512345678"),
    # Letters are not keys of a keypad.
    written("(11) 9XXXX-XXXX", INVALID, id="P09"),
    written("11 98765 abc", INVALID, id="P10"),
    written("11 9 8765 sem", INVALID, id="P10 a word"),
    written("(11) 98765-XXXX", INVALID, id="P10 a mask"),
    written("11 9876-CASA", INVALID, id="P10 four letters"),
    written("(11) 9****-4321", INVALID),
    written("1-800-FLOWERS", INVALID, "US"),
    written("212 555 HOME", INVALID, "US"),
    written("11 98765-432O", INVALID),
    written("l1 98765-4321", INVALID),
    # Nothing that hangs on a number is guessed at.
    written("(11) 91234-5678 R2", INVALID, id="P04"),
    written("11 3333-4444 ramal 12", INVALID),
    written("11 3333-4444;ext=12", INVALID),
    written("11 3333-4444 x12", INVALID),
    # Words beside it are dropped.
    written("11 98765-4321 (whatsapp)", ANA, id="P11"),
    written("11 98765-4321 - Ana", ANA, id="P11 behind a dash"),
    written("11 3333-4444 recado", "+551133334444", id="P11 a landline"),
    written("Cel.: 11 98765-4321", ANA),
    written("Maria José 11 98765-4321 mãe", ANA),
    written("11 (cel) 98765-4321", ANA),
    written("p:+5511987654321", ANA),
    written("https://wa.me/5511987654321", ANA),
    written("whatsapp:+5511987654321", ANA),
    written("\U0001f4f1 11 98765-4321 \u2705", ANA),
    # Mexico and Argentina.
    written("1 55 1234 5678", "+525512345678", "MX", id="P07"),
    written("+52 1 55 1234 5678", "+525512345678", id="P12"),
    written("044 55 1234 5678", "+525512345678", "MX"),
    written("01 (55) 1234-5678", "+525512345678", "MX"),
    written("5215512345678", "+525512345678", "MX"),
    written("1 55 1234 567", INVALID, "MX"),
    written("+54 9 11 2345-0001", "+5491123450001", "AR"),
    written("+54 11 2345-0001", "+541123450001", "AR"),
    written("011 15 2345 0001", "+5491123450001", "AR"),
    written("9 11 2345 0001", "+5491123450001", "AR"),
    # Invisible characters, spreadsheets' marks, prefixes.
    written("\u202a+55 11 98765-4321\u202c", ANA, id="P13"),
    written("\u200b11\u2060 9\ufeff8765\u00a0\u20114321", ANA, id="P13 between"),
    written("\uff08\uff11\uff11\uff09\uff19\uff18\uff17\uff16\uff15\uff0d\uff14\uff13\uff12\uff11", ANA),
    written("'11987654321", ANA, id="P14"),
    written('="11987654325"', "+5511987654325", id="P14 a formula"),
    written("(011) 98765-4321", ANA, id="P15"),
    written("0 15 11 98765-4322", "+5511987654322", id="P15 a carrier"),
    written("0XX11 98765-4323", "+5511987654323", id="P15 a place for one"),
    written("+55 (0) 11 98765-4324", "+5511987654324", id="P15 behind 55"),
    written("5,51199E+12", INVALID, id="P16"),
    written("5.51199E+12", INVALID, id="P16 with a dot"),
    written("0800 123 4567", "+558001234567", id="P19"),
    written("4004-1234", INVALID, id="P19 without area code"),
    written("0500 123 4567", INVALID),
    written("21992590000", "+5521992590000", id="P20"),
    # The ninth digit is added where WhatsApp leaves it out.
    written("+55 31 8765-4321", "+5531987654321"),
    written("553187654321", "+5531987654321"),
    written("0055 31 8765-4321", "+5531987654321"),
    written("31 8765-4321", MISSING),
    written("+55 11 8765-4321", MISSING),
    written("551187654321", MISSING),
    written("+55 31 98765-432", MISSING),
    written("551133334444", "+551133334444", id="P18 a landline"),
    # Documents, fractions, placeholders, addresses that are no person's, numbers of many persons. More of each, and of
    # spellings: tests/unit/test_phone_lookalikes.py.
    written("719.999.252-11", INVALID),
    written("11987654321,5", INVALID),
    written("(11) 99999-9999", INVALID),
    written("11987654321@lid", INVALID),
    written("0800 705 3040 ID: 12345678", INVALID),
    written("11 3333-4444 ramal 12345678", INVALID),
    written("11/9/2026 10:30", INVALID),
    written("5.511987654321E+12", ANA, id="P16 with all digits"),
    written("(DDD 11) 98765-4321", ANA),
]
SEPARATORS = ["/", " / ", " | ", " ::: ", ";", "; ", ", ", "\n", " - ", " e ", " ou "]
TWO = [
    *(written(f"11 98765-4321{sign}11 3333-4444", ANA, id=f"P17 {sign!r}") for sign in SEPARATORS),
    written("(11) 9XXXX-XXXX / 11 98765-4321", ANA),
    written("98765-4321 | 11 3333-4444", "+551133334444"),
    written("11 98765-4321/22", ANA),
    written("Cel: 11 98765-4321 Res: 11 3333-4444", ANA),
    written("+54 9 11 2345-0001 / +55 11 98765-4321", "+5491123450001"),
    written("(11) 98765-4321 (11) 3333-4444", ANA),
    written("11 98765-4321 • 11 3333-4444", ANA),
    # A piece of one number is no number.
    written("11/98765-4321", ANA),
    written("11/98321-45678", INVALID),
    written("(55) 99912-3456/78", INVALID),
    written("55 99912-3456 casa 78", INVALID),
]


@pytest.mark.parametrize(("text", "expected", "country"), [*SPELLINGS, *TWO])
def test_a_contact_is_saved_with_the_number_that_was_written_or_refused(
    call: Any, text: str, expected: str, country: str
) -> None:
    answer = call("contacts").post("/v1/contacts", {"contacts": [{"phone": text}], "country": country})
    if expected.startswith("+"):
        assert [saved["phone"] for saved in answer.json["contacts"]] == [expected]
    else:
        assert (answer.status, answer.code, answer.fields) == (422, "invalid-phone", ["contacts.0.phone"])
        assert ("ninth digit" in answer.json["errors"][0]["message"]) == (expected == MISSING)


@pytest.mark.parametrize("country", ["BR", "MX", "AR", "US", "PT"])
def test_a_file_gets_the_same_numbers_and_reasons(databases: Databases, user: UUID, country: str) -> None:
    cases = [case.values[:2] for case in (*SPELLINGS, *TWO) if case.values[2] == country]
    rows = "".join(f'"{text.replace(chr(34), chr(34) * 2)}"\t\n' for text, _ in cases)
    this = Importing.make(
        databases, user, f"telefone\tnota\n{rows}".encode(), country=country, delimiter="\t", encoding="utf-8"
    )
    assert this.finish()["status"] == "completed"
    found = {expected for _, expected in cases if expected.startswith("+")}
    assert {subscriber(phone) for phone in contacts(databases, user)} == {subscriber(phone) for phone in found}
    assert contacts(databases, user).keys() <= found
    assert [reason for _, reason in this.rejected()] == [expected for _, expected in cases if "_" in expected]


def test_an_import_of_an_old_list_adds_ninth_digits(call: Any, databases: Databases, user: UUID) -> None:
    content = b"telefone\n11 8765-4321\n(31) 8765-4321\n11 3333-4444\n5511 8765-4322\n11 98765-432\n"
    this = Importing.make(databases, user, content)
    this.finish()
    assert [reason for _, reason in this.rejected()] == [MISSING] * 4
    this = Importing.make(databases, user, content, old_numbers=True)
    this.finish()
    assert this.rejected() == [(6, MISSING)]
    assert set(contacts(databases, user)) == {ANA, "+5531987654321", "+551133334444", "+5511987654322"}


TWICE = [
    pytest.param(("+52 55 1234 5678", "+52 1 55 1234 5678", "+525512345678"), id="MX"),
    pytest.param(("+54 9 11 2345-0001", "+54 11 2345-0001", "+5491123450001"), id="AR with 9 first"),
    pytest.param(("+54 11 2345-0001", "+54 9 11 2345-0001", "+541123450001"), id="AR without 9 first"),
    pytest.param(("+55 31 98765-4321", "55 31 8765-4321", "+5531987654321"), id="BR"),
]


@pytest.mark.parametrize("twice", TWICE)
def test_two_spellings_are_one_contact_that_keeps_its_first_phone(
    call: Any, databases: Databases, user: UUID, twice: tuple[str, str, str]
) -> None:
    first, second, phone = twice
    api = call("contacts")
    saved = api.post("/v1/contacts", {"contacts": [{"phone": first, "attributes": {"a": 1}}]}).json["contacts"][0]
    again = api.post("/v1/contacts", {"contacts": [{"phone": second, "name": "Ana", "attributes": {"b": 2}}]}).json
    assert (again["created"], again["updated"]) == (0, 1)
    assert again["contacts"][0] | {"created": True, "name": None} == saved
    this = Importing.make(databases, user, f"telefone,c\n{second},3\n{first},4\n{second},4\n".encode())
    this.finish()
    assert this.counts() == {"rows_read": 3, "created": 0, "updated": 2, "unchanged": 1, "rejected": 0}
    contact = api.get(f"/v1/contacts/{saved['id']}").json
    assert (contact["phone"], contact["name"], contact["attributes"]) == (phone, "Ana", {"a": 1, "b": 2, "c": "4"})
    for text in (first, second):
        assert api.post("/v1/contacts/export", {"phone": text}).json["contact"]["id"] == saved["id"]
        assert [found["id"] for found in api.all("/v1/contacts", limit=9, search=text)] == [saved["id"]]


@pytest.mark.parametrize("twice", TWICE)
def test_two_spellings_in_one_request_or_one_new_file_are_one_contact(
    call: Any, databases: Databases, stranger: UUID, twice: tuple[str, str, str]
) -> None:
    first, second, phone = twice
    body = {"contacts": [{"phone": first, "attributes": {"a": 1}}, {"phone": second, "attributes": {"b": 2}}]}
    answer = call("contacts").post("/v1/contacts", body).json
    assert answer["created"] == 1
    assert answer["contacts"][0] == answer["contacts"][1]
    this = Importing.make(databases, stranger, f"telefone,a\n{first},1\n{second},2\n".encode())
    this.finish()
    assert this.counts() == {"rows_read": 2, "created": 1, "updated": 1, "unchanged": 0, "rejected": 0}
    assert contacts(databases, stranger) == {phone: (None, {"a": "2"}, None)}


def test_a_change_to_another_contacts_number_is_refused_in_any_spelling_and_to_its_own_is_not(call: Any) -> None:
    api = call("contacts")
    saved = api.post("/v1/contacts", {"contacts": [{"phone": ANA}, {"phone": "+54 11 2345-0001"}]}).json["contacts"]
    other, argentine = (f"/v1/contacts/{contact['id']}" for contact in saved)
    answer = api.patch(other, {"phone": "+54 9 11 2345-0001"})
    assert (answer.status, answer.code) == (409, "phone-taken")
    assert api.patch(argentine, {"phone": "+54 9 11 2345-0001"}).json["phone"] == "+5491123450001"


def test_a_landline_is_no_mobile_without_its_ninth_digit(call: Any) -> None:
    phones = ["+551123450001", "+5511923450001", "+551133334444", "+5511933334444"]
    answer = call("contacts").post("/v1/contacts", {"contacts": [{"phone": phone} for phone in phones]}).json
    assert (answer["created"], [contact["phone"] for contact in answer["contacts"]]) == (4, phones)


REPLIES = [
    pytest.param("+52 55 1234 5678", "5215512345678", id="O06"),
    pytest.param("+52 1 55 1234 5678", "525512345678", id="MX the other way"),
    pytest.param("+54 9 11 2345-0001", "541123450001", id="AR the other way"),
    pytest.param("+54 9 11 2345-0001", "5491123450001", id="O07"),
    pytest.param("+54 11 2345-6789", "5491123456789", id="O08"),
    pytest.param("31 98765-4321", "553187654321", id="P18"),
    pytest.param("+55 11 98765-4321", "5511987654321", id="BR"),
    pytest.param("11 3333-4444", "551133334444", id="BR a landline"),
    pytest.param("+351 912 345 678", "351912345678", id="PT"),
]


def reply(world: World, user: str, text: str, *, minutes_ago: int) -> None:
    """A message of a person, as Evolution's webhook reports it."""
    key = {"remoteJid": f"{user}@s.whatsapp.net", "fromMe": False, "id": "3A01"}
    now = datetime.now(UTC)
    at = int((now - timedelta(minutes=minutes_ago)).timestamp())
    body = {"event": "messages.upsert", "data": {"key": key, "message": {"conversation": text}, "messageTimestamp": at}}
    record_delivery(
        events_of(body, world.connection_id, now),
        [],
        db=world.databases.jobs,
        hash_phone=lambda user_id, phone: phone_hash(SECRET, str(user_id), phone),
        queue=lambda _: None,
    )


def save(world: World, phone: str) -> UUID:
    [saved] = manage_contacts.save_contacts(
        world.databases.http,
        world.user_id,
        [manage_contacts.NewContact(phone, "Ana", {})],
        segment_id=world.segment_id,
        country="BR",
        secret=SECRET,
    )
    return saved.id


@pytest.mark.parametrize(("phone", "sender"), REPLIES)
def test_a_reply_opts_its_contact_out_in_whichever_spelling_whatsapp_gives_it(
    databases: Databases, phone: str, sender: str
) -> None:
    world = World.make(databases, recipients=1)
    save(world, phone)
    world.advance()
    reply(world, sender, "SAIR", minutes_ago=2)
    assert sorted(message["status"] for message in world.messages()) == ["pending", "skipped"]
    listed = databases.http.as_user(
        world.user_id, lambda tx: opt_outs.page(tx, after_at=None, after_hash=None, limit=9)
    )
    assert [row.phone for row in listed] == [row["phone"] for row in world.rows(
        "select phone from hidra.contacts where name = 'Ana'"
    )]  # fmt: skip
    assert isinstance(world.claim(), Claim)
    assert not isinstance(world.claim(), Claim)
    reply(world, sender, "VOLTAR", minutes_ago=1)
    assert world.rows("select * from hidra.opt_outs") == []
    world.assert_exact()


@pytest.mark.parametrize(("phone", "sender"), REPLIES)
def test_an_opt_out_by_api_and_an_erasure_find_each_spelling(databases: Databases, phone: str, sender: str) -> None:
    world = World.make(databases, recipients=1)
    save(world, phone)
    world.advance()
    other = f"+{sender}"
    done = manage_contacts.opt_out(
        databases.http, world.user_id, [other, phone], reason=None, country="BR", secret=SECRET
    )
    assert (done.opted_out, done.skipped_messages) == (1, 1)
    erased = erase_person.erase_person(
        databases.http, world.user_id, other, country="BR", secret=SECRET, now=datetime.now(UTC)
    )
    assert (erased.contact, erased.messages) == (True, 1)
    with pytest.raises(Rejected) as refused:
        save(world, phone)
    assert refused.value.code == "erased-phone"
    this = Importing.make(databases, world.user_id, f"telefone\n{phone}\n{other}\n".encode())
    this.finish()
    assert this.rejected() == [(2, "erased"), (3, "erased")]


@pytest.mark.parametrize(
    ("jid", "phone"),
    [
        pytest.param("5215512345678", "+525512345678", id="P12"),
        ("525512345678", "+525512345678"),
        ("5491123450001", "+5491123450001"),
        ("553187654321", "+5531987654321"),
        ("551187654321", "+5511987654321"),
        ("551133334444", "+551133334444"),
    ],
)
def test_the_contacts_of_evolution_and_a_column_of_jids_get_their_e164_numbers(
    databases: Databases, user: UUID, stranger: UUID, jid: str, phone: str
) -> None:
    line = json.dumps(as_line({"remoteJid": f"{jid}@s.whatsapp.net", "pushName": "Ana"}, None))
    Importing.make(databases, user, f"{line}\n".encode(), format="jsonl").finish()
    column = f"telefone,x\n{jid}@s.whatsapp.net,\n".encode()
    Importing.make(databases, stranger, column).finish()
    assert list(contacts(databases, user)) == list(contacts(databases, stranger)) == [phone]


@pytest.mark.parametrize(
    "filter",
    [
        {"field": "phone", "op": "eq", "value": "+5491123450001"},
        {"field": "phone", "op": "eq", "value": "+541123450001"},
        {"field": "phone", "op": "in", "value": ["+5491123450001"]},
        {"field": "phone", "op": "prefix", "value": "+54 9 11 2345"},
        {"field": "phone", "op": "prefix", "value": "+54 11"},
    ],
)
@pytest.mark.parametrize("saved", ["+541123450001", "+5491123450001"])
def test_a_filter_finds_an_argentine_number_in_either_spelling(call: Any, saved: str, filter: Any) -> None:
    call("contacts").post("/v1/contacts", {"contacts": [{"phone": saved}, {"phone": ANA}]})
    segment = call("segments").post("/v1/segments", {"name": "Argentina"}).json
    filled = call("segments").post(f"/v1/segments/{segment['id']}/fill", {"filter": filter})
    assert filled.status == 200
    assert [each["phone"] for each in call("segments").all(f"/v1/segments/{segment['id']}/contacts", limit=9)] == [
        saved
    ]
