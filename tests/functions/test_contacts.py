import base64
import json
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from hidra.domain.consent import LegalBasis
from hidra.domain.phone import phone_hash
from tests.conftest import Databases
from tests.functions.conftest import PHONE_HASH_SECRET
from tests.store.world import World

ANA, BIA = "+5511987654321", "+5531987654321"


def rows(databases: Databases, sql: str, *params: Any) -> list[tuple[Any, ...]]:
    return databases.owner.execute(sql, params).fetchall()


def test_contacts_are_saved_under_their_canonical_phones_and_answered_in_order(
    call: Any, databases: Databases, user: UUID
) -> None:
    answer = call("contacts").post(
        "/v1/contacts",
        {
            "contacts": [
                {"phone": "+55 (31) 8765-4321", "name": " Bia "},
                {"phone": "+55 11 98765-4321", "attributes": {"city": "Santos", "orders": 3, "rate": 1.5, "vip": True}},
            ]
        },
    )
    assert answer.status == 201
    assert (answer.json["created"], answer.json["updated"]) == (2, 0)
    assert [(c["phone"], c["name"], c["created"]) for c in answer.json["contacts"]] == [
        (BIA, "Bia", True),
        (ANA, None, True),
    ]
    assert rows(databases, "select phone_hash from hidra.contacts where phone = %s", ANA) == [
        (phone_hash(PHONE_HASH_SECRET, str(user), ANA),)
    ]
    contact = call("contacts").get("/v1/contacts/" + answer.json["contacts"][1]["id"])
    assert contact.status == 200
    assert contact.json["attributes"] == {"city": "Santos", "orders": 3, "rate": 1.5, "vip": True}
    assert contact.json["created_at"].endswith("Z")
    assert set(contact.json) == {
        "id", "phone", "name", "attributes", "consent", "not_on_whatsapp_at", "created_at", "updated_at"
    }  # fmt: skip


def test_saving_again_joins_attributes_and_keeps_what_is_not_given(call: Any) -> None:
    contacts = call("contacts")
    contacts.post("/v1/contacts", {"contacts": [{"phone": ANA, "name": "Ana", "attributes": {"a": 1, "b": 1}}]})
    answer = contacts.post("/v1/contacts", {"contacts": [{"phone": ANA, "attributes": {"b": 2}}, {"phone": BIA}]})
    assert answer.status == 201
    assert (answer.json["created"], answer.json["updated"]) == (1, 1)
    answer = contacts.post("/v1/contacts", {"contacts": [{"phone": ANA}]})
    assert answer.status == 200
    assert (answer.json["created"], answer.json["updated"]) == (0, 1)
    ana = contacts.get("/v1/contacts/" + answer.json["contacts"][0]["id"]).json
    assert (ana["name"], ana["attributes"]) == ("Ana", {"a": 1, "b": 2})


def test_the_same_phone_twice_in_one_call_is_one_contact_and_the_last_wins(call: Any) -> None:
    answer = call("contacts").post(
        "/v1/contacts",
        {
            "contacts": [
                {"phone": "11 98765-4321", "name": "Old", "attributes": {"a": 1, "b": 1}},
                {"phone": BIA},
                {"phone": "+55 (11) 98765-4321", "name": "New", "attributes": {"b": 2}},
            ]
        },
    )
    assert (answer.json["created"], answer.json["updated"]) == (2, 0)
    first, _, third = answer.json["contacts"]
    assert first == third
    ana = call("contacts").get("/v1/contacts/" + first["id"]).json
    assert (ana["name"], ana["attributes"]) == ("New", {"a": 1, "b": 2})


def test_a_wrong_phone_is_named_by_its_place_and_nothing_is_saved(call: Any, databases: Databases) -> None:
    answer = call("contacts").post(
        "/v1/contacts",
        {"contacts": [{"phone": ANA}, {"phone": "12"}, {"phone": BIA}, {"phone": "nobody"}]},
    )
    assert (answer.status, answer.code) == (422, "invalid-phone")
    assert answer.fields == ["contacts.1.phone", "contacts.3.phone"]
    assert "nobody" not in str(answer.json)
    assert rows(databases, "select count(*) from hidra.contacts") == [(0,)]


def test_national_numbers_are_read_by_country(call: Any) -> None:
    answer = call("contacts").post("/v1/contacts", {"contacts": [{"phone": "912 345 678"}], "country": "PT"})
    assert [c["phone"] for c in answer.json["contacts"]] == ["+351912345678"]


def test_saved_contacts_go_into_a_segment_of_the_user_or_nothing_is_saved(
    call: Any, databases: Databases, stranger: UUID
) -> None:
    segments, contacts = call("segments"), call("contacts")
    segment = segments.post("/v1/segments", {"name": "all"}).json
    body = {"contacts": [{"phone": ANA}, {"phone": BIA}, {"phone": ANA}], "segment_id": segment["id"]}
    for status in (201, 200):
        assert contacts.post("/v1/contacts", body).status == status
        assert segments.get("/v1/segments/" + segment["id"]).json["total_contacts"] == 2
    theirs = call("segments", stranger).post("/v1/segments", {"name": "theirs"}).json
    for unknown in (str(uuid4()), theirs["id"]):
        answer = contacts.post("/v1/contacts", {"contacts": [{"phone": "+351912345678"}], "segment_id": unknown})
        assert (answer.status, answer.code, answer.fields) == (422, "unknown-segment", ["segment_id"])
    assert rows(databases, "select count(*) from hidra.contacts") == [(2,)]


def test_contacts_are_listed_page_by_page_each_once(call: Any, stranger: UUID) -> None:
    phones = [f"+551198765432{digit}" for digit in range(5)]
    contacts = call("contacts")
    contacts.post("/v1/contacts", {"contacts": [{"phone": phone} for phone in phones]})
    call("contacts", stranger).post("/v1/contacts", {"contacts": [{"phone": BIA}]})
    assert sorted(item["phone"] for item in contacts.all("/v1/contacts", limit=2)) == phones


SEARCHED = [
    {"phone": "+55 11 98765-4321", "name": "João D'Ávila Conceição"},
    {"phone": "+55 31 8765-4321", "name": "MARIA JOSÉ"},
    {"phone": "+351 912 345 678", "name": "Joaquim"},
    {"phone": "+55 21 2222-3333"},
]


@pytest.mark.parametrize(
    ("search", "phones"),
    [
        ("joao", "+5511987654321"),
        ("JOA", "+5511987654321 +351912345678"),
        ("conceicao jo", "+5511987654321"),
        ("avila", "+5511987654321"),
        ("d'avila", "+5511987654321"),
        ("vila", ""),
        ("maria joao", ""),
        ("josé", "+5531987654321"),
        ("jose\u0301", "+5531987654321"),
        ("o' | m", ""),
        ("a\\", ""),
        ("(31) 98765", "+5531987654321"),
        ("31 8765", "+5531987654321"),
        ("+55 31", "+5531987654321"),
        ("5531987654321", "+5531987654321"),
        ("4321", "+5511987654321 +5531987654321"),
        ("65-4321", "+5511987654321 +5531987654321"),
        ("3", "+351912345678 +5521 +5531987654321"),
        ("+351", "+351912345678"),
        ("912345", ""),
    ],
)
def test_a_search_finds_words_of_names_and_parts_of_phones(call: Any, stranger: UUID, search: str, phones: str) -> None:
    for user in ({}, {"user_id": stranger}):
        call("contacts", **user).post("/v1/contacts", {"contacts": SEARCHED})
    found = call("contacts").all("/v1/contacts", limit=1, search=search)
    expected = phones.replace("+5521 ", "+552122223333 ").split()
    assert sorted(item["phone"] for item in found) == sorted(expected)


def test_a_search_reads_national_numbers_as_the_country_says(call: Any) -> None:
    contacts = call("contacts")
    contacts.post("/v1/contacts", {"contacts": SEARCHED})
    found = contacts.get("/v1/contacts", search="912 345", country="PT").json["items"]
    assert [item["phone"] for item in found] == ["+351912345678"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"search": "-"}, "search"),
        ({"search": ""}, "search"),
        ({"search": "x" * 101}, "search"),
        ({"search": "a\0"}, "search"),
        ({"search": "1", "country": "Brazil"}, "country"),
    ],
)
def test_what_cannot_be_searched_for_is_named(call: Any, query: dict[str, str], field: str) -> None:
    answer = call("contacts").get("/v1/contacts", **query)
    assert (answer.status, answer.fields) == (422, [field])


def test_a_patch_changes_what_it_names_and_removes_null_attributes(call: Any, databases: Databases, user: UUID) -> None:
    contacts = call("contacts")
    body = {"contacts": [{"phone": ANA, "name": "Ana", "attributes": {"a": 1, "b": 1}}, {"phone": BIA}]}
    path = "/v1/contacts/" + contacts.post("/v1/contacts", body).json["contacts"][0]["id"]
    assert contacts.patch(path, {}).json["name"] == "Ana"
    answer = contacts.patch(path, {"name": None, "attributes": {"a": None, "b": 2, "c": "x"}})
    assert (answer.status, answer.json["name"], answer.json["attributes"]) == (200, None, {"b": 2, "c": "x"})
    answer = contacts.patch(path, {"phone": "11 98765 0000"})
    assert (answer.status, answer.json["phone"]) == (200, "+5511987650000")
    assert rows(databases, "select phone_hash from hidra.contacts where phone = '+5511987650000'") == [
        (phone_hash(PHONE_HASH_SECRET, str(user), "+5511987650000"),)
    ]
    answer = contacts.patch(path, {"phone": BIA, "name": "not kept"})
    assert (answer.status, answer.code) == (409, "phone-taken")
    answer = contacts.patch(path, {"phone": "12"})
    assert (answer.status, answer.fields) == (422, ["phone"])
    assert contacts.get(path).json["name"] is None


def test_a_contact_never_holds_more_than_fifty_attributes(call: Any) -> None:
    contacts = call("contacts")
    forty = {f"a{index}": index for index in range(40)}
    saved = contacts.post("/v1/contacts", {"contacts": [{"phone": ANA, "attributes": forty}]}).json
    more = {f"b{index}": index for index in range(11)}
    answer = contacts.post("/v1/contacts", {"contacts": [{"phone": BIA}, {"phone": ANA, "attributes": more}]})
    assert (answer.status, answer.fields) == (422, ["contacts.1.attributes"])
    path = "/v1/contacts/" + saved["contacts"][0]["id"]
    answer = contacts.patch(path, {"attributes": more})
    assert (answer.status, answer.fields) == (422, ["attributes"])
    assert contacts.get(path).json["attributes"] == forty
    assert len(contacts.all("/v1/contacts", limit=9)) == 1


def test_contacts_of_another_are_not_found(call: Any, stranger: UUID) -> None:
    saved = call("contacts").post("/v1/contacts", {"contacts": [{"phone": ANA, "name": "Ana"}]}).json
    path = "/v1/contacts/" + saved["contacts"][0]["id"]
    theirs = call("contacts", stranger)
    for answer in (theirs.get(path), theirs.patch(path, {"name": "x"}), theirs.delete(path)):
        assert (answer.status, answer.code) == (404, "not-found")
    assert call("contacts").get(path).json["name"] == "Ana"
    assert theirs.post("/v1/contacts", {"contacts": [{"phone": ANA}]}).json["created"] == 1


def test_a_deleted_contact_leaves_its_segments(call: Any) -> None:
    segment = call("segments").post("/v1/segments", {"name": "all"}).json["id"]
    saved = call("contacts").post("/v1/contacts", {"contacts": [{"phone": ANA}], "segment_id": segment}).json
    path = "/v1/contacts/" + saved["contacts"][0]["id"]
    answer = call("contacts").delete(path)
    assert (answer.status, answer.json) == (204, None)
    assert call("contacts").delete(path).status == 404
    assert call("segments").get(f"/v1/segments/{segment}").json["total_contacts"] == 0


def one(**contact: Any) -> dict[str, Any]:
    return {"contacts": [{"phone": ANA, **contact}]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "contacts"),
        ({"contacts": []}, "contacts"),
        ({"contacts": [{"phone": ANA}] * 1001}, "contacts"),
        ({"contacts": {"phone": ANA}}, "contacts"),
        ({"contacts": [{}]}, "contacts.0.phone"),
        ({"contacts": [{"phone": 5511987654321}]}, "contacts.0.phone"),
        ({"contacts": [{"phone": "1" * 121}]}, "contacts.0.phone"),
        (one(name="x" * 201), "contacts.0.name"),
        (one(name="  "), "contacts.0.name"),
        (one(name="a\0b"), "contacts.0.name"),
        (one(nickname="x"), "contacts.0.nickname"),
        (one(attributes=[]), "contacts.0.attributes"),
        (one(attributes={"a": None}), "contacts.0.attributes.a"),
        (one(attributes={"a": {"b": 1}}), "contacts.0.attributes.a"),
        (one(attributes={"a": "x" * 501}), "contacts.0.attributes.a"),
        (one(attributes={"a": "\0"}), "contacts.0.attributes.a"),
        (one(attributes={"a": "\ud800"}), "contacts.0.attributes.a"),
        (one(attributes={"a": float("nan")}), "contacts.0.attributes.a"),
        (one(attributes={"a": 10**30}), "contacts.0.attributes.a"),
        (one(attributes={f"a{index}": 1 for index in range(51)}), "contacts.0.attributes"),
        (one(consent={}), "contacts.0.consent.basis"),
        (one(consent={"basis": "because"}), "contacts.0.consent.basis"),
        (one(consent={"basis": "contract", "source": " "}), "contacts.0.consent.source"),
        (one(consent={"basis": "contract", "at": "yesterday"}), "contacts.0.consent.at"),
        (one(consent={"basis": "contract", "by": "Ana"}), "contacts.0.consent.by"),
        ({**one(), "segment_id": "x"}, "segment_id"),
        ({**one(), "country": "Brazil"}, "country"),
        ({**one(), "more": 1}, "more"),
    ],
)
def test_what_a_contact_may_not_be_is_named(call: Any, databases: Databases, body: Any, field: str) -> None:
    answer = call("contacts").post("/v1/contacts", body)
    assert (answer.status, answer.code, answer.fields) == (422, "invalid-request", [field])
    assert rows(databases, "select count(*) from hidra.contacts") == [(0,)]


def test_an_opt_out_skips_pending_messages_and_can_be_removed(call: Any, databases: Databases) -> None:
    world = World.make(databases, recipients=3)
    world.advance()
    contacts = call("contacts", world.user_id)
    phones = ["+5511980000000", "11 98000-0001", "+5511980000000", "+351912345678"]
    answer = contacts.post("/v1/opt-outs", {"phones": phones, "reason": "asked"})
    assert (answer.status, answer.json) == (200, {"opted_out": 3, "skipped_messages": 2})
    assert [(m["status"], m["error_code"]) for m in world.messages()] == [
        ("skipped", "opted_out"),
        ("skipped", "opted_out"),
        ("pending", None),
    ]
    assert (world.metrics()["skipped"], world.metrics()["pending"]) == (2, 1)
    again = contacts.post("/v1/opt-outs", {"phones": ["+5511980000000"], "reason": "again"})
    assert again.json == {"opted_out": 0, "skipped_messages": 0}

    listed = contacts.all("/v1/opt-outs", limit=2)
    assert {item["phone"] for item in listed} == {"+5511980000000", "+5511980000001", None}
    assert {(item["reason"], item["source"]) for item in listed} == {("asked", "api")}
    assert all(item["at"].endswith("Z") for item in listed)

    assert contacts.delete("/v1/opt-outs/+55 11 98000-0000").status == 204
    answer = contacts.delete("/v1/opt-outs/+5511980000000")
    assert (answer.status, answer.code) == (404, "not-found")
    assert len(contacts.all("/v1/opt-outs", limit=9)) == 2


def test_opt_outs_of_another_user_can_be_neither_read_nor_removed(call: Any, stranger: UUID) -> None:
    assert call("contacts").post("/v1/opt-outs", {"phones": [ANA]}).json["opted_out"] == 1
    theirs = call("contacts", stranger)
    assert theirs.get("/v1/opt-outs").json["items"] == []
    assert theirs.delete(f"/v1/opt-outs/{ANA}").status == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"phones": []}, "phones"),
        ({"phones": [ANA] * 1001}, "phones"),
        ({"phones": [ANA, "12"]}, "phones.1"),
        ({"phones": [ANA], "reason": "x" * 501}, "reason"),
        ({"phones": ANA}, "phones"),
    ],
)
def test_an_invalid_opt_out_opts_no_phone_out(call: Any, databases: Databases, body: Any, field: str) -> None:
    answer = call("contacts").post("/v1/opt-outs", body)
    assert (answer.status, answer.fields) == (422, [field])
    assert rows(databases, "select count(*) from hidra.opt_outs") == [(0,)]


def test_what_is_no_phone_cannot_be_opted_in(call: Any) -> None:
    answer = call("contacts").delete("/v1/opt-outs/nobody")
    assert (answer.status, answer.fields) == (422, ["phone"])


def test_consent_is_kept_until_it_is_replaced_or_removed(call: Any, databases: Databases) -> None:
    contacts = call("contacts")
    consent = {"basis": "consent", "source": "form on the site", "at": "2026-01-31T09:00:00-03:00"}
    shown = consent | {"at": "2026-01-31T12:00:00Z"}
    saved = contacts.post("/v1/contacts", one(consent=consent)).json
    path = "/v1/contacts/" + saved["contacts"][0]["id"]
    assert contacts.get(path).json["consent"] == shown
    contacts.post("/v1/contacts", one(name="Ana"))
    assert contacts.patch(path, {"name": "Bia"}).json["consent"] == shown
    assert contacts.get("/v1/contacts").json["items"][0]["consent"] == shown
    contract = {"basis": "contract", "source": None, "at": None}
    contacts.post("/v1/contacts", one(consent={"basis": "contract"}))
    assert contacts.get(path).json["consent"] == contract
    assert contacts.patch(path, {"consent": {"basis": "legitimate_interest"}}).json["consent"]["source"] is None
    assert contacts.patch(path, {"consent": None}).json["consent"] is None
    assert rows(databases, "select consent from hidra.contacts") == [(None,)]


def test_the_database_knows_every_legal_basis_and_no_other(call: Any, databases: Databases) -> None:
    for basis in LegalBasis:
        assert call("contacts").post("/v1/contacts", one(consent={"basis": basis})).status in (200, 201)
    for wrong in ('{"basis": "because"}', "{}", '{"basis": null}'):
        with pytest.raises(psycopg.errors.CheckViolation, match="contacts_consent_basis_known"):
            databases.owner.execute("update hidra.contacts set consent = %s", [wrong])


def test_an_erased_person_is_exported_as_unknown_and_not_saved_before_they_are_opted_in(
    call: Any, databases: Databases, stranger: UUID
) -> None:
    world = World.make(databases, recipients=2)
    world.advance()
    contacts = call("contacts", world.user_id)
    phone = {"phone": "11 98000-0000"}
    assert call("contacts", stranger).post("/v1/contacts/erase", phone).json["messages"] == 0
    answer = contacts.post("/v1/contacts/erase", phone)
    erased = {"contact": True, "messages": 1, "skipped_messages": 1, "direct_messages": 0}
    assert (answer.status, answer.json) == (200, erased)
    recipients = call("recipients", world.user_id).get(f"/v1/campaigns/{world.campaign_id}/recipients").json["items"]
    assert sorted((r["phone"] or "", r["status"], r["error_code"]) for r in recipients) == [
        ("", "skipped", "erased"),
        ("+5511980000001", "pending", None),
    ]
    known = contacts.post("/v1/contacts/export", phone).json
    assert (known["contact"], known["segments"], known["messages"]) == (None, [], [])
    assert (known["opt_out"]["source"], known["opt_out"]["reason"]) == ("erasure", None)
    assert contacts.get("/v1/opt-outs").json["items"][0]["phone"] is None

    body = {"contacts": [{"phone": "+5511980000001"}, phone]}
    answer = contacts.post("/v1/contacts", body)
    assert (answer.status, answer.code, answer.fields) == (422, "erased-phone", ["contacts.1.phone"])
    other = contacts.get("/v1/contacts").json["items"][0]["id"]
    answer = contacts.patch(f"/v1/contacts/{other}", phone)
    assert (answer.status, answer.code, answer.fields) == (422, "erased-phone", ["phone"])
    assert contacts.delete("/v1/opt-outs/+5511980000000").status == 204
    assert contacts.post("/v1/contacts", body).status == 201


def test_a_message_on_its_way_keeps_its_person_from_being_erased(call: Any, databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    world.claim()
    answer = call("contacts", world.user_id).post("/v1/contacts/erase", {"phone": "+5511980000000"})
    assert (answer.status, answer.code) == (409, "message-under-way")


def test_an_export_holds_everything_that_is_known_of_a_person(call: Any, databases: Databases) -> None:
    world = World.make(databases, recipients=1, body="Oi {{name}} de {{city}}")
    contacts = call("contacts", world.user_id)
    [contact_id] = rows(databases, "select id::text from hidra.contacts")[0]
    path = f"/v1/contacts/{contact_id}"
    world.advance()
    contacts.patch(path, {"attributes": {"city": "Santos"}, "consent": {"basis": "consent"}})
    second = replace(world, campaign_id=world.add_campaign(uuid4()))
    second.advance()
    second.finish_one()
    contacts.patch(path, {"phone": ANA})
    third = replace(world, campaign_id=world.add_campaign(uuid4()))
    third.advance()
    contacts.post("/v1/opt-outs", {"phones": [ANA], "reason": "asked"})
    databases.owner.execute(
        "insert into hidra.direct_sends (user_id, evolution_config_id, kind, phone_hash, ended_at, provider_message_id)"
        " values (%s, %s, 'trial', %s, now(), 'T')",
        [world.user_id, world.connection_id, phone_hash(PHONE_HASH_SECRET, str(world.user_id), ANA)],
    )
    known = contacts.post("/v1/contacts/export", {"phone": ANA}).json
    assert known["phone"] == ANA
    assert known["contact"] == contacts.get(path).json
    assert known["segments"] == [{"id": str(world.segment_id), "name": "all"}]
    assert (known["opt_out"]["source"], known["opt_out"]["reason"]) == ("api", "asked")
    assert [(sent["kind"], sent["provider_message_id"]) for sent in known["direct_messages"]] == [("trial", "T")]
    assert [(m["campaign_id"], m["campaign_name"], m["phone"], m["text"], m["status"]) for m in known["messages"]] == [
        (str(third.campaign_id), "c", ANA, "Oi Ana 0 de Santos", "skipped"),
        (str(second.campaign_id), "c", "+5511980000000", "Oi Ana 0 de Santos", "sent"),
        (str(world.campaign_id), "c", "+5511980000000", None, "failed"),
    ]
    assert known["messages"][1]["sent_at"].endswith("Z")
    assert known["next_cursor"] is None
    # By its first phone too, under which the contact itself is no longer known.
    by_phone = contacts.post("/v1/contacts/export", {"phone": "+5511980000000"}).json
    assert (by_phone["contact"], len(by_phone["messages"])) == (None, 2)


def test_an_export_gives_the_messages_page_by_page(call: Any, databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    for _ in range(5):
        replace(world, campaign_id=world.add_campaign(uuid4())).advance()
    contacts, body, seen = call("contacts", world.user_id), {"phone": "+5511980000000"}, []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = contacts("POST", "/v1/contacts/export", body, query=query).json
        assert page["contact"]["phone"] == "+5511980000000"
        seen += [message["campaign_id"] for message in page["messages"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert len(seen) == len(set(seen)) == 5
    for wrong in ("x", forged(["x"]), forged([0]), forged([2**63]), forged([1, 1])):
        answer = contacts("POST", "/v1/contacts/export", body, query={"cursor": wrong})
        assert (answer.status, answer.fields) == (422, ["cursor"])


def test_what_is_no_phone_is_neither_erased_nor_exported(call: Any) -> None:
    for action in ("erase", "export"):
        answer = call("contacts").post(f"/v1/contacts/{action}", {"phone": "nobody"})
        assert (answer.status, answer.code, answer.fields) == (422, "invalid-phone", ["phone"])


def forged(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


SETTINGS = "/v1/opt-out-settings"


def test_an_owner_chooses_words_and_an_answer(call: Any, stranger: UUID) -> None:
    contacts = call("contacts")
    default = contacts.get(SETTINGS).json
    assert default["opt_out_words"][:5] == ["SAIR", "PARAR", "STOP", "CANCELAR", "DESCADASTRAR"]
    assert default["opt_in_words"][0] == "VOLTAR"
    assert (default["confirmation"], default["hidden_senders"]) == (None, 0)
    chosen = {"opt_out_words": ["tchau", "Tchau!"], "opt_in_words": ["oi"], "confirmation": " Até logo. "}
    shown = {
        "opt_out_words": ["SAIR", "PARAR", "STOP", "TCHAU"],
        "opt_in_words": ["OI"],
        "confirmation": "Até logo.",
        "hidden_senders": 0,
    }
    assert (contacts.put(SETTINGS, chosen).status, contacts.get(SETTINGS).json) == (200, shown)
    assert contacts.put(SETTINGS, {name: shown[name] for name in chosen}).json == shown
    assert call("contacts", stranger).get(SETTINGS).json == default
    assert contacts.put(SETTINGS, {"opt_in_words": []}).json == default | {"opt_in_words": []}


@pytest.mark.parametrize(
    ("body", "code", "fields"),
    [
        ({"opt_out_words": ["x"] * 31}, "invalid-request", ["opt_out_words"]),
        ({"opt_in_words": ["x" * 41]}, "invalid-request", ["opt_in_words.0"]),
        ({"opt_out_words": [""]}, "invalid-request", ["opt_out_words.0"]),
        ({"opt_out_words": ["a\0b"]}, "invalid-request", ["opt_out_words.0"]),
        ({"opt_out_words": None}, "invalid-request", ["opt_out_words"]),
        ({"confirmation": "x" * 1_001}, "invalid-request", ["confirmation"]),
        ({"confirmation": " "}, "invalid-request", ["confirmation"]),
        ({"confirmation": "a\0b"}, "invalid-request", ["confirmation"]),
        ({"confirmation": "Tchau, {{nome}}"}, "invalid-request", ["confirmation"]),
        ({"words": []}, "invalid-request", ["words"]),
        ({"opt_out_words": ["!!"]}, "opt-out-words", ["opt_out_words.0"]),
        ({"opt_out_words": ["oi"], "opt_in_words": ["ok", "OI!"]}, "opt-out-words", ["opt_in_words.1"]),
        ({"opt_in_words": ["sair"]}, "opt-out-words", ["opt_in_words.0"]),
    ],
)
def test_words_that_cannot_be_used_change_nothing(call: Any, body: Any, code: str, fields: list[str]) -> None:
    contacts = call("contacts")
    before = contacts.get(SETTINGS).json
    answer = contacts.put(SETTINGS, body)
    assert (answer.status, answer.code, answer.fields) == (422, code, fields)
    assert contacts.get(SETTINGS).json == before


def test_an_owners_opt_out_takes_the_place_of_a_replys(call: Any, databases: Databases, user: UUID) -> None:
    contacts = call("contacts")
    contacts.post("/v1/opt-outs", {"phones": [ANA]})
    databases.owner.execute("update hidra.opt_outs set source = 'reply'")
    answer = contacts.post("/v1/opt-outs", {"phones": [ANA], "reason": "asked by letter"})
    assert answer.json == {"opted_out": 0, "skipped_messages": 0}
    [row] = contacts.get("/v1/opt-outs").json["items"]
    assert (row["source"], row["reason"]) == ("api", "asked by letter")
