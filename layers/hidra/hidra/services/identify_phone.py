"""Phones that users send, in any spelling: read as E.164 and hashed."""

from collections.abc import Callable, Sequence
from uuid import UUID

from hidra.domain import phone
from hidra.domain.phone import PhoneProblem
from hidra.errors import Field, Rejected

MESSAGES = {
    PhoneProblem.INVALID: "is not a phone number; without + or 00 it must be one of the country",
    PhoneProblem.DIGIT_MISSING: "is a Brazilian mobile without its ninth digit: write the 9 behind the area code",
}


def identify_phone(user_id: UUID, text: str, *, country: str = "BR", secret: bytes) -> tuple[str, bytes]:
    """Returns a phone as E.164, from any spelling, and its keyed hash.

    Raises:
        Rejected: the phone is not valid.
    """
    (e164,) = parse_phones([text], country, lambda _: "phone")
    return e164, phone.phone_hash(secret, str(user_id), e164)


def parse_phones(texts: Sequence[str], country: str, place: Callable[[int], str]) -> list[str]:
    """Returns the phones as E.164, from any spelling.

    Args:
        place: names the field of the phone at an index.

    Raises:
        Rejected: some phones are not valid; the error names each.
    """
    numbers = [phone.parse(text, country=country) for text in texts]
    wrong = [
        Field(place(index), MESSAGES[number])
        for index, number in enumerate(numbers)
        if isinstance(number, PhoneProblem)
    ]
    if wrong:
        raise Rejected(
            "Some phones are not valid; nothing was saved. Correct them.", code="invalid-phone", fields=wrong
        )
    return [number for number in numbers if isinstance(number, str)]
