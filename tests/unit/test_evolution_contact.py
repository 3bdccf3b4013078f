"""Entries of Evolution's contacts as lines of an import."""

import pytest

from hidra.domain.imports.evolution_contact import as_line, own_phone

ANA = "553187651111@s.whatsapp.net"


@pytest.mark.parametrize(
    ("jid", "phone"),
    [
        (ANA, "+5531987651111"),
        ("551187651111@s.whatsapp.net", "+5511987651111"),
        ("5215512345678@s.whatsapp.net", "+525512345678"),
        ("5491123456789@s.whatsapp.net", "+5491123456789"),
        ("5511987650000:12@s.whatsapp.net", "+5511987650000"),
        ("5511987650000@c.us", "+5511987650000"),
        ("0@s.whatsapp.net", "+0"),
        ("abc@s.whatsapp.net", "+abc"),
        ("@s.whatsapp.net", "+"),
    ],
)
def test_the_number_in_the_address_is_passed_on_as_e164_has_it(jid: str, phone: str) -> None:
    assert as_line({"remoteJid": jid, "pushName": "Ana"}, None) == {"phone": phone, "name": "Ana"}


@pytest.mark.parametrize("name", [None, "", 5, {"x": 1}])
def test_a_name_of_an_unknown_shape_is_left_out(name: object) -> None:
    assert as_line({"remoteJid": ANA, "pushName": name}, None) == {"phone": "+5531987651111"}


@pytest.mark.parametrize(
    "jid",
    [
        "120363041967849074@g.us",
        "5511987650000-1600000000@g.us",
        "status@broadcast",
        "1@newsletter",
        "",
        "5511987650000",
    ],
)
def test_groups_and_channels_are_left_out(jid: str) -> None:
    assert as_line({"remoteJid": jid, "pushName": "Família"}, None) is None


def test_the_own_number_is_left_out_in_either_spelling() -> None:
    for own in (ANA, "5531987651111@s.whatsapp.net", "553187651111:4@s.whatsapp.net"):
        assert as_line({"remoteJid": ANA, "pushName": "Loja"}, own_phone(own)) is None
    for own, other in (("5491123456789", "541123456789"), ("5215512345678", "525512345678")):
        assert as_line({"remoteJid": f"{own}@s.whatsapp.net"}, own_phone(f"{other}@s.whatsapp.net")) is None
    assert own_phone(None) is own_phone("123@lid") is None


def test_a_hidden_id_is_not_a_phone_whatever_its_digits() -> None:
    line = as_line({"remoteJid": "5511987650000@lid", "pushName": "Ana"}, None)
    assert line == {"hidden_id": "5511987650000@lid", "name": "Ana"}


@pytest.mark.parametrize("entry", [None, 5, "x", [], {}, {"remoteJid": None}, {"remoteJid": {"user": "5511"}}])
def test_an_entry_of_an_unknown_shape_becomes_an_empty_line(entry: object) -> None:
    assert as_line(entry, None) == {}
