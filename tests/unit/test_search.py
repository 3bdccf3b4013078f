import pytest

from hidra.domain.phone import calling_code
from hidra.domain.search import NamePart, PhonePart, parse
from hidra.errors import Rejected


@pytest.mark.parametrize(
    ("text", "prefixes", "suffix"),
    [
        ("+55 (11) 98765-4321", ("+5511987654321",), ""),
        ("+55 11 8765", ("+55118765", "+551198765"), ""),
        ("11 98765", ("+1198765", "+551198765", "+5511998765"), "1198765"),
        ("31 8765-4321", ("+3187654321", "+553187654321", "+5531987654321"), "3187654321"),
        ("031 2222", ("+0312222", "+55312222"), "0312222"),
        ("4321", ("+4321", "+554321"), "4321"),
    ],
)
def test_digits_are_the_beginning_of_a_phone_in_its_spellings_or_its_end(
    text: str, prefixes: tuple[str, ...], suffix: str
) -> None:
    assert parse(text, calling_code="55") == PhonePart(prefixes, suffix)


def test_letters_make_it_a_name() -> None:
    assert parse("Loja 24", calling_code="55") == NamePart("Loja 24")


@pytest.mark.parametrize("text", ["", "-", "()", "+"])
def test_signs_alone_are_nothing_to_search_for(text: str) -> None:
    with pytest.raises(Rejected) as error:
        parse(text, calling_code="55")
    assert error.value.fields[0].field == "search"


def test_a_country_has_its_calling_code_and_an_unknown_one_has_none() -> None:
    assert [calling_code(country) for country in ("BR", "PT", "US", "ZZ")] == ["55", "351", "1", ""]
