"""What the columns of a file mean, from the user's mapping, their names, and the cells of the first rows."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hidra.domain.imports import column_words as known
from hidra.domain.imports.column_names import (
    COMPANYS_NAME,
    WEAKEST_PHONE,
    Meaning,
    Role,
    clean,
    in_an_address,
    meaning,
    words,
)
from hidra.domain.imports.consent_cells import answer
from hidra.domain.imports.country_cells import names_country
from hidra.domain.imports.file_warning import FileWarning

MAX_COLUMNS = 200
PHONE, NAME = Role.PHONE.value, Role.NAME.value
CONSENT = ("consent.basis", "consent.source", "consent.at")
CODES = (Role.AREA_CODE, Role.COUNTRY_CODE)
ATTRIBUTE = "attribute:"
# With fewer digits no cell of a column is a phone: house numbers, and yes or no.
_MIN_DIGITS, _MAX_DIGITS = 7, 15
# CPF, CNPJ, RG, CEP and dates, by their signs.
_DOCUMENT = re.compile(
    r"\d{3}\.\d{3}\.\d{3}-\d{2}|\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}|\d{1,2}\.\d{3}\.\d{3}-[\dXx]|\d{2}\.?\d{3}-\d{3}"
    r"|\d{1,2}([/.-])\d{1,2}\1\d{4}(?:\D.*)?|\d{4}-\d{2}-\d{2}(?:\D.*)?"
)


class PhoneCells(NamedTuple):
    """The columns of one phone: of its number, and of its area code and its country's code if they are apart."""

    number: int
    area: int | None = None
    country: int | None = None


class Sample(NamedTuple):
    """The cells of the first rows; ``whole``: there are no others."""

    rows: Sequence[Sequence[str]] = ()
    whole: bool = False


NO_SAMPLE = Sample()


@dataclass(frozen=True)
class Columns:
    """``roles``: of each column phone, name, consent.*, attribute:<name>, or empty if it is not imported.

    ``phones``: the first that is a number is the contact's. ``names``: the first with text is the contact's, its
    columns joined. Their columns may be attributes, too.
    """

    roles: tuple[str, ...]
    phones: tuple[PhoneCells, ...]
    names: tuple[tuple[int, ...], ...]
    warnings: tuple[FileWarning, ...] = ()


def understood(names: Sequence[str], chosen: Mapping[int, str | None], sample: Sample = NO_SAMPLE) -> Columns:
    """The columns of cleaned names, without regard to limits.

    Args:
        chosen: what the mapping says, by column.
    """
    cells = Cells(sample.rows)
    said = {at: found for at, name in enumerate(names) if at not in chosen and (found := _meaning(name, cells.of(at)))}
    phones = _phones(names, chosen, said, cells)
    alternatives = _names(chosen, {at: each for at, each in said.items() if at not in phones}, cells)
    codes = {role: _codes(role, chosen, said) for role in CODES}
    roles = [_role(names[at], chosen[at]) if at in chosen else _attribute(names[at]) for at in range(len(names))]
    for at in phones[:1]:
        roles[at] = PHONE
    for at in alternatives[0] if alternatives else ():
        if len(alternatives[0]) == 1 or at in chosen or said[at].role == Role.NAME:
            roles[at] = NAME
    return Columns(
        tuple(roles),
        tuple(PhoneCells(at, *(_code_of(at, codes[role], phones, names) for role in CODES)) for at in phones),
        tuple(alternatives),
    )


class Cells:
    """The texts of the sample, column by column."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        self._rows = rows

    def of(self, at: int) -> list[str]:
        return [text for row in self._rows if at < len(row) and (text := row[at].strip())]

    def may_show(self, at: int, fits: Callable[[str], bool], *, unread: bool) -> bool:
        """Whether most cells of a column fit; ``unread`` if there is no sample, as of JSON objects."""
        return mostly(self.of(at), fits) if self._rows else unread


def _meaning(name: str, cells: Sequence[str]) -> Meaning | None:
    """What the name says, corrected by the cells."""
    found = meaning(name)
    if found is not None and found.role in CODES:
        return _code_by_cells(name, found, cells)
    if found is None or not found.unsure:
        return found
    if found.role == Role.PHONE:
        return found if mostly(cells, is_number) else None
    if mostly(cells, is_number):
        return WEAKEST_PHONE if known.CONTACT.intersection(words(name)) else None
    return found if not cells or mostly(cells, _is_name) else None


def _code_by_cells(name: str, found: Meaning, cells: Sequence[str]) -> Meaning | None:
    if found.unsure:
        return found if not cells or mostly(cells, names_country) else None
    if any(_digits(text) >= _MIN_DIGITS for text in cells):  # "DDD Celular" with the whole number
        return Meaning(Role.PHONE, (0 if known.MOBILE.intersection(words(name)) else 1, 0), number=found.number)
    no_area = found.role == Role.AREA_CODE and cells and not any(map(_digits, cells))
    return None if no_area else found


def _phones(
    names: Sequence[str], chosen: Mapping[int, str | None], said: Mapping[int, Meaning], cells: Cells
) -> list[int]:
    """The columns of phones, the best first."""
    if mapped := [at for at in sorted(chosen) if chosen[at] == PHONE]:
        return mapped
    ranked = sorted(
        (at for at, each in said.items() if each.role == Role.PHONE),
        key=lambda at: (said[at].unsure, said[at].others, said[at].rank, at),
    )
    possible = [at for at in ranked if _may_be_phones(cells.of(at))]
    sure = [at for at in possible if not said[at].unsure]
    own = [at for at in sure if not said[at].others]
    in_address = in_an_address(names)
    # Another person's phone counts only without an own one, an unsure one only alone: neither is a row's fallback.
    for usable in (own, sure, possible[:1], ranked):
        strong = [at for at in usable if said[at].rank < (3, 0)]
        # "Número" is a phone only beside nothing better, or if all show that it is: else it is a house, a contract, …
        weak = [at for at in usable if at not in strong and cells.may_show(at, is_number, unread=not in_address)]
        if strong or weak:
            return strong + ([] if strong and in_address else weak)
    last = (own or sure or ranked)[:1]
    return [] if any((in_address and cells.of(at)) or mostly(cells.of(at), _is_document) for at in last) else last


def _names(chosen: Mapping[int, str | None], said: Mapping[int, Meaning], cells: Cells) -> list[tuple[int, ...]]:
    """The columns of names, the best first; the columns of one are joined."""
    if mapped := [at for at in sorted(chosen) if chosen[at] == NAME]:
        return [tuple(mapped)]

    def of(role: Role) -> list[int]:
        found = [at for at, each in said.items() if each.role == role]
        return sorted(found, key=lambda at: (said[at].rank, at))

    whole = of(Role.NAME)
    if lettered := [at for at in whole if not cells.of(at) or mostly(cells.of(at), _is_name)]:
        whole = lettered  # a code is no name: Shopify's "Name" is an order's number
    people = [at for at in whole if said[at].rank < COMPANYS_NAME]
    companies = [(at,) for at in whole if at not in people]
    first, middle, last = (of(role)[:1] for role in (Role.FIRST_NAME, Role.MIDDLE_NAME, Role.LAST_NAME))
    good = [at for at in people if said[at].rank < (2, 0)]
    if last and not first and good and said[good[0]].rank == (0, 0):
        return [(good[0], *middle, *last), *companies]  # "Nome" and "Sobrenome"
    parts = [(*first, *middle, *last)] if first or last else []
    return ([*((at,) for at in good), *parts] or [(at,) for at in people[:1]]) + companies


def _codes(role: Role, chosen: Mapping[int, str | None], said: Mapping[int, Meaning]) -> list[int]:
    """The columns of a part of phones, by their order; the unsure ones only if there is no other."""
    mapped = [at for at, each in chosen.items() if each == role]
    named = [at for at, each in said.items() if each.role == role]
    return sorted(mapped + [at for at in named if not said[at].unsure]) or named


def _code_of(phone: int, codes: Sequence[int], phones: Sequence[int], names: Sequence[str]) -> int | None:
    """The column of a phone's area or country's code: of the same kind and number, else the nearest, before it rather
    than behind it."""

    def kinds(at: int) -> set[int]:
        found = words(names[at])
        return {
            kind for kind, said in enumerate((known.MOBILE, known.TELEPHONE | known.FONE)) if said.intersection(found)
        }

    def number(at: int) -> int:
        found = meaning(names[at])
        return found.number if found else 1

    fitting = [
        at
        for at in codes
        if not kinds(at) or kinds(at) & kinds(phone) or not any(kinds(at) & kinds(each) for each in phones)
    ]
    return min(
        fitting,
        key=lambda at: (not kinds(at) & kinds(phone), number(at) != number(phone), at > phone, abs(at - phone)),
        default=None,
    )


def _role(name: str, chosen: str | None) -> str:
    """What the mapping says of one column."""
    if chosen is None or chosen in CODES:
        return ""
    if chosen == PHONE:
        return _attribute(name)
    return chosen if chosen == NAME or chosen in CONSENT else ATTRIBUTE + clean(chosen)


def _attribute(name: str) -> str:
    return ATTRIBUTE + name if name else ""


def mostly(cells: Sequence[str], fits: Callable[[str], bool]) -> bool:
    return bool(cells) and 2 * sum(map(fits, cells)) >= len(cells)


def _may_be_phones(cells: Sequence[str]) -> bool:
    """Not if each is yes, no, or as short as a house's number."""
    return not cells or not all(
        answer(text) is not None or (_digits(text) < _MIN_DIGITS and not _has_letters(text)) for text in cells
    )


def is_number(text: str) -> bool:
    """Whether the text has as many digits as a phone and, apart from a remark, nothing else."""
    return (
        _MIN_DIGITS < _digits(text) <= _MAX_DIGITS
        and sum(map(str.isalpha, text)) < 5
        and not _is_document(text.strip())
    )


def _is_document(text: str) -> bool:
    return _DOCUMENT.fullmatch(text) is not None


def _is_name(text: str) -> bool:
    return _has_letters(text) and answer(text) is None


def _has_letters(text: str) -> bool:
    return any(map(str.isalpha, text))


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))
