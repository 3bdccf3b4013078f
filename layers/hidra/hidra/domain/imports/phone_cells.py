"""The phone of a row: the first of its phones that is a number, joined from its parts."""

import re
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Protocol

from hidra.domain.contact import MAX_PHONE
from hidra.domain.imports.columns import PhoneCells
from hidra.domain.imports.country_cells import country_of, without_decimals
from hidra.domain.phone import calling_code

_INTERNATIONAL = re.compile(r"[^\d+]*(?:\+|00)")
_TOUCHED_BY_LETTERS = re.compile(r"[^\W\d_]\d|\d[^\W\d_]")
_MAX_AREA = 4  # digits


class PhoneParser(Protocol):
    """Returns the E.164 number of a text; else None, or a problem whose value is the reason of a rejected row.

    ``country``: whose numbers are those without a calling code; by default the import's.
    """

    def __call__(self, text: str, /, *, country: str = ...) -> str | Enum | None: ...


def phone_reader(phones: Sequence[PhoneCells], parse: PhoneParser) -> Callable[[Sequence[str]], str]:
    """Returns a reader of a row's E.164 number. If the row has none, it returns the reason: of its first phone that is
    not empty.

    Args:
        phones: the best first.
    """
    in_parts = [(each.number, each.area, each.country, each[1:] != (None, None)) for each in phones]

    def read(cells: Sequence[str]) -> str:
        reason = ""
        for number, area, country, has_codes in in_parts:
            written = cells[number].strip()
            if not written:
                continue
            if has_codes:
                codes = ("" if at is None else cells[at] for at in (area, country))
                found = joined(without_decimals(written), *codes)
            else:
                found = valid(written)
            if found[0] == "+":
                return found
            reason = reason or found
        return reason or "no_phone"

    def valid(text: str, iso: str = "") -> str:
        if len(text) > MAX_PHONE:
            return "invalid_phone"
        found = parse(text, country=iso) if iso else parse(text)
        if isinstance(found, str):
            return found
        return "invalid_phone" if found is None else str(found.value)

    def joined(number: str, area_cell: str, country_cell: str) -> str:
        country = country_of(country_cell)
        if _INTERNATIONAL.match(number):
            return valid(number)
        if country is None:
            return "invalid_phone"
        area = _area(area_cell)
        if not (area or country.calling_code):
            return valid(number, country.iso)
        home = calling_code(country.iso) if country.iso else "55"
        found = [valid(text, country.iso) for text in _spellings(number, area, country.calling_code, home)]
        # From behind the country's code on, of one to three digits, and a digit that some countries put before mobiles.
        fitting = (each for each in found if each[0] == "+" and any(each.startswith(area, at) for at in range(2, 6)))
        return next(fitting, "invalid_phone" if found[0][0] == "+" else found[0])

    return read


def _area(cell: str) -> str:
    """The digits of an area code, as in "(011)" and "DDD 11"; empty if the cell holds something else."""
    text = without_decimals(cell.strip())
    digits = "".join(filter(str.isdigit, text)).lstrip("0")
    return digits if len(digits) <= _MAX_AREA and not _TOUCHED_BY_LETTERS.search(text) else ""


def _spellings(number: str, area: str, calling_code: str, home: str) -> list[str]:
    """What a number may be with its codes before it, the likeliest first: often the cell has them already.

    Args:
        home: the calling code that the cell may have without a column for it.
    """
    digits = "".join(filter(str.isdigit, number)).lstrip("0")
    alone = len(digits) <= 15 and not any(map(str.isalpha, number))
    if area and len(digits) >= 10 and digits.startswith(area):
        found = [f"+{calling_code}{digits if alone else f' {number}'}" if calling_code else number]
    else:
        found = [f"+{calling_code} {area} {number}" if calling_code else f"{area} {number}"]
    if alone and len(digits) > 10 and digits.startswith((calling_code or home) + area):
        found.append(f"+{digits}")
    return found
