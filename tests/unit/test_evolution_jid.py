import re

import pytest

from local.evolution.jid import Ids, create_jid, digits_of


@pytest.mark.parametrize(
    ("number", "address"),
    [
        ("5511987651111", "5511987651111"),
        ("+55 (31) 98765-1111", "553187651111"),
        ("5531987651111", "553187651111"),
        ("5531967651111", "5531967651111"),
        ("5530987651111", "5530987651111"),
        ("553187651111", "553187651111"),
        ("5215512345678", "525512345678"),
        ("5491112345678", "541112345678"),
        ("14155550123", "14155550123"),
        ("5531987651111:12", "553187651111"),
        ("abc", ""),
    ],
)
def test_a_number_is_addressed_as_evolution_rewrites_it(number: str, address: str) -> None:
    assert create_jid(number) == f"{address}@s.whatsapp.net"


def test_a_full_address_is_left_alone() -> None:
    assert create_jid("5531987651111@s.whatsapp.net") == "5531987651111@s.whatsapp.net"
    assert create_jid("120363025246125486") == "120363025246125486@g.us"


def test_digits_stop_at_the_server_part() -> None:
    assert digits_of("+55 (31) 98765-1111@s.whatsapp.net") == "5531987651111"


def test_ids_have_the_style_of_their_integration_and_never_repeat() -> None:
    ids = Ids()
    assert re.fullmatch(r"3EB0[0-9A-F]{18}", ids.baileys())
    assert ids.cloud("5511987651111").startswith("wamid.HBgN")
    assert len({ids.baileys() for _ in range(1000)} | {Ids().baileys() for _ in range(1000)}) == 2000
