import pytest

from hidra.domain.phone import PhoneProblem, canonical, parse, phone_hash, whatsapp_jids


@pytest.mark.parametrize(
    "written",
    ["+55 11 98765-1111", "5511987651111", "(11) 98765-1111", "11 98765 1111", "+5511987651111", "011987651111"],
)
def test_one_telephone_has_one_spelling(written: str) -> None:
    assert parse(written) == "+5511987651111"


def test_the_brazilian_ninth_digit_is_added_to_mobiles_and_only_to_them() -> None:
    assert parse("+55 31 8765-1111") == parse("+55 31 98765-1111") == "+5531987651111"
    assert canonical("+551132654321") == "+551132654321"
    assert canonical("+4930123456") == "+4930123456"


@pytest.mark.parametrize("written", ["", "abc", "123", "+55 11 1", "0000000000", "+999 1234567890", "1" * 40])
def test_a_text_that_is_not_a_phone_is_refused(written: str) -> None:
    assert parse(written) is PhoneProblem.INVALID


def test_a_national_number_belongs_to_the_given_country() -> None:
    assert parse("030 123456", country="DE") == "+4930123456"


def test_a_hash_depends_on_the_user_and_not_on_the_ninth_digit() -> None:
    assert phone_hash(b"k", "a", "+553187651111") == phone_hash(b"k", "a", "+5531987651111")
    assert phone_hash(b"k", "a", "+5531987651111") != phone_hash(b"k", "b", "+5531987651111")
    assert phone_hash(b"k", "a", "+5531987651111") != phone_hash(b"other", "a", "+5531987651111")


@pytest.mark.parametrize(
    ("phone", "other"),
    [("+5531987650000", "553187650000"), ("+525512345678", "5215512345678"), ("+5491123456789", "541123456789")],
)
def test_evolution_may_have_dropped_a_digit_of_a_number_or_whatsapp_added_one(phone: str, other: str) -> None:
    assert whatsapp_jids(phone) == [f"{phone[1:]}@s.whatsapp.net", f"{other}@s.whatsapp.net"]


def test_any_other_number_has_one_address() -> None:
    assert whatsapp_jids("+14155550100") == ["14155550100@s.whatsapp.net"]
