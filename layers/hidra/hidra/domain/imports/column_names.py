"""What a column's name says, by its words.

A name is judged by its words and not by a list of names, so that "Tel. Celular", "telefone_celular" and "Celular do
cliente" are one thing. Facts about exports: Google Contacts writes "Phone 1 - Value" beside "Phone 1 - Label" (before
2024 "Phone 1 - Type"), Outlook some 90 columns, "Mobile Phone" or "Telefone celular" among them.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from hidra.domain.imports import column_words as known

# Marks that no reader sees: zero width, soft hyphen, directions, byte order. "ï»¿" is a byte order mark read as cp1252.
_INVISIBLE = re.compile("ï»¿|[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_CAMEL = re.compile(r"(?<=[a-zß-ÿ0-9])(?=[A-ZÀ-Þ])|(?<=[A-ZÀ-Þ])(?=[A-ZÀ-Þ][a-zß-ÿ])")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_TWO_WORDS = {
    ("whats", "app"): "whatsapp",
    ("e", "mail"): "email",
    ("i", "phone"): "iphone",
    ("opt", "in"): "optin",
    ("opted", "in"): "optin",
    ("opt", "out"): "optout",
    ("opted", "out"): "optout",
}
_IN_COMPOUNDS = sorted(
    (
        word
        for word in known.PHONE
        | known.NUMBER
        | known.NAME
        | known.FIRST
        | known.MIDDLE
        | known.LAST
        | known.CUSTOMER
        | known.CONTACT
        | known.CODE
        | known.AREA
        | {"ddd", "ddi", "pais", "country", "completo", "full"}
        if len(word) > 3 or word in ("ddd", "ddi")
    ),
    key=len,
    reverse=True,
)


class Role(StrEnum):
    """What a column may be besides an attribute and consent."""

    PHONE = "phone"
    AREA_CODE = "phone.area_code"
    COUNTRY_CODE = "phone.country_code"
    NAME = "name"
    FIRST_NAME = "first_name"
    MIDDLE_NAME = "middle_name"
    LAST_NAME = "last_name"


class Meaning(NamedTuple):
    """``rank``: the lowest is the best."""

    role: Role
    rank: tuple[int, int] = (0, 0)
    unsure: bool = False  # only if the cells look like it
    others: bool = False  # of another person, such as a mother
    number: int = 1  # as in "Telefone 2"


# Behind the contact's name.
LEADS_NAME, COMPANYS_NAME = (5, 1), (7, 0)
WEAKEST_PHONE = Meaning(Role.PHONE, (3, 2))


def clean(name: str) -> str:
    """The name as a person sees it: without invisible characters, and with single spaces."""
    return " ".join(_INVISIBLE.sub("", name).split())


@lru_cache(maxsize=2_000)
def words(name: str) -> tuple[str, ...]:
    """The words of a name, without case, accents and signs: "Nº do Celular" and "noDoCelular" have the same."""
    text = unicodedata.normalize("NFKD", _CAMEL.sub(" ", clean(name).replace("°", "o")))
    found = _WORD.findall("".join(c for c in text if not unicodedata.combining(c)).lower())
    result: list[str] = []
    for word in (part for each in found for part in _apart(each)):
        if result and (pair := _TWO_WORDS.get((result[-1], word))):
            result[-1] = pair
        else:
            result.append(word)
    return tuple(result)


def _apart(word: str) -> list[str]:
    """The known words that are written as one, as in "nomecompleto"; else the word."""
    found, rest = [], word
    while rest:
        part = next((each for each in _IN_COMPOUNDS if rest.startswith(each)), None)
        if part is None:
            return [word]
        found.append(part)
        rest = rest[len(part) :]
    return found


@lru_cache(maxsize=2_000)
def meaning(name: str) -> Meaning | None:
    """What the column's name says; None if it is an attribute's."""
    found = words(name)
    these = frozenset(each for each in found if not each.isdigit())
    number = next((int(each) for each in found if each.isdigit() and 1 < int(each) < 10), 1)
    joined = bool(these & known.JOINERS) or any(sign in name for sign in "+&/")
    said = _code(these, joined) or _phone(these, number, joined) or _name(these)
    return said._replace(number=number) if said else None


def in_an_address(names: Iterable[str]) -> bool:
    """Whether a column with one of these names belongs to a postal address."""
    return any(
        known.STREET.intersection(words(name)) and "email" not in words(name) and not meaning(name) for name in names
    )


def _code(these: frozenset[str], joined: bool) -> Meaning | None:
    """The part of a phone before its number; "DDD + telefone" is a whole phone."""
    if joined and these & (known.PHONE | known.NUMBER):
        return None
    rest = these - known.FILLERS - known.PERSON - known.PHONE - known.SECOND - known.LANDLINE - known.CODE
    area = these & known.CODE and these & known.AREA
    country = these & known.CODE and these & known.COUNTRY
    if "ddi" in these or country:
        return None if rest - known.COUNTRY - {"ddi"} else Meaning(Role.COUNTRY_CODE)
    if "ddd" in these or area:
        return None if rest - known.AREA - {"ddd"} else Meaning(Role.AREA_CODE)
    return _country(these)


def _country(these: frozenset[str]) -> Meaning | None:
    """A column of countries' names: where the phone's number is from, if its cells are countries."""
    plain = these - known.FILLERS - known.PERSON - known.ORDER - known.OF_LAND
    if (plain and plain <= known.LAND) or plain == {"country", "name"}:
        return Meaning(Role.COUNTRY_CODE, unsure=True)
    return None


def _phone(these: frozenset[str], number: int, joined: bool) -> Meaning | None:
    kinds = (known.MOBILE, known.TELEPHONE, known.FONE)
    base = next((at for at, kind in enumerate(kinds) if these & kind), None)
    if base is None:
        return _number(these, number)
    if these & (known.NEVER | known.NAME | known.LAST_ALONE):
        return None
    of_phones = known.PHONE | known.FILLERS | known.PERSON | known.SECOND | known.LANDLINE | known.OTHERS
    of_phones |= known.AREA | known.CODE if joined else frozenset()
    if these - of_phones - {"ddd", "ddi"}:
        return Meaning(Role.PHONE, (base, 4), unsure=True)
    second = bool(these & known.SECOND) or number > 1
    landline = bool(these & known.LANDLINE) and base > 0
    return Meaning(Role.PHONE, (base, 2 * landline + second), others=bool(these & known.OTHERS))


def _number(these: frozenset[str], number: int) -> Meaning | None:
    """ "Número" may be a phone, a house or anything; "número para contato" is a phone."""
    plain = these - (known.FILLERS - known.NUMBER)
    if plain & known.NUMBER and plain <= known.NUMBER | known.CONTACT | {"ddd", "ddi"}:
        return Meaning(Role.PHONE, (2 if len(plain) > 1 else 3, int(number > 1)))
    return None


def _name(these: frozenset[str]) -> Meaning | None:
    plain = these - (known.FILLERS - known.NUMBER) - {"whatsapp"}
    if rank := _company(plain):
        return Meaning(Role.NAME, rank)
    if part := _part_of_name(plain):
        return part
    if plain & known.NAME:
        rank = _whole_name(plain)
        return Meaning(Role.NAME, rank) if rank else None
    if plain and plain <= known.CUSTOMER | known.CONTACT:
        rank = (5, 0) if plain & known.CONTACT else LEADS_NAME if plain & known.LEAD else (4, 0)
        return Meaning(Role.NAME, rank, unsure=True)
    return None


def _whole_name(plain: frozenset[str]) -> tuple[int, int] | None:
    rest = plain - known.NAME - known.WHOLE
    if not rest - known.PERSON:
        return LEADS_NAME if rest & known.LEAD else (int(bool(rest)), int(bool(plain & known.WHOLE)))
    if rest <= known.PERSON | known.ORDER:
        return (3, 0)
    return (6, 0) if rest <= known.PERSON | {"responsavel"} else None


def _company(plain: frozenset[str]) -> tuple[int, int] | None:
    """The rank of a company's name, behind those of persons."""
    rest = plain - known.NAME - known.PERSON
    if rest and rest <= known.TRADE_NAME:
        return COMPANYS_NAME
    return (COMPANYS_NAME[0], 1) if len(rest) > 1 and rest <= known.LEGAL_NAME else None


def _part_of_name(plain: frozenset[str]) -> Meaning | None:
    """A first, middle or last name; "nome e sobrenome" is a whole one."""
    first, last = known.FIRST | known.FIRST_ALONE, known.LAST | known.LAST_ALONE
    if plain - known.NAME - first - known.MIDDLE - last - known.PERSON - known.ORDER:
        return None
    side = int(bool(plain & known.ORDER))
    if plain & known.LAST_ALONE:
        return Meaning(Role.NAME if plain & (first | known.NAME) else Role.LAST_NAME, (2 * side, side))
    if plain & known.LAST and plain & known.NAME:
        return Meaning(Role.NAME if plain & first else Role.LAST_NAME, (0, side))
    if plain & known.MIDDLE and plain & known.NAME:
        return Meaning(Role.MIDDLE_NAME, (0, side))
    return (
        Meaning(Role.FIRST_NAME, (0, side))
        if plain & known.FIRST_ALONE or (plain & known.FIRST and plain & known.NAME)
        else None
    )
