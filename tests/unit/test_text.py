import pytest

from hidra.domain.text import encodable, replaced, storable, stripped


@pytest.mark.parametrize("text", ["", "Ana", "José\n\t", "\x01", "😀", "\ufffd"])
def test_text_that_postgresql_can_hold_stays_as_it_is(text: str) -> None:
    assert storable(text)
    assert stripped(text) == replaced(text) == text


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b", "a\ud83d\0b"])
def test_nul_and_unpaired_surrogates_are_stripped_or_replaced(text: str) -> None:
    assert not storable(text)
    assert encodable(text) == (text == "a\0b")
    assert stripped(text) == "ab"
    assert replaced(text) == "a" + "\ufffd" * (len(text) - 2) + "b"
