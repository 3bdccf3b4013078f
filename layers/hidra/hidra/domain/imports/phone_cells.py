"""The phone of a row: the first of its phones that is a number, joined from its parts."""

from collections.abc import Callable, Sequence
from enum import Enum

from hidra.domain.contact import MAX_PHONE
from hidra.domain.imports.columns import PhoneCells

# Returns the E.164 number of a text; else None, or a problem whose value is the reason of a rejected row.
type PhoneParser = Callable[[str], str | Enum | None]


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
                codes = ("" if at is None else _code(cells[at]) for at in (area, country))
                found = joined(written.removesuffix(".0"), *codes)
            else:
                found = valid(written)
            if found[0] == "+":
                return found
            reason = reason or found
        return reason or "no_phone"

    def valid(text: str) -> str:
        found = parse(text) if len(text) <= MAX_PHONE else None
        if isinstance(found, str):
            return found
        return "invalid_phone" if found is None else str(found.value)

    def joined(number: str, area: str, country: str) -> str:
        if number.startswith(("+", "00")) or not (area or country):
            return valid(number)
        found = [valid(text) for text in _spellings(number, area, country)]
        # From behind the country's code on, of one to three digits, and a digit that some countries put before mobiles.
        fitting = (each for each in found if each[0] == "+" and any(each.startswith(area, at) for at in range(2, 6)))
        return next(fitting, "invalid_phone" if found[0][0] == "+" else found[0])

    return read


def _code(cell: str) -> str:
    """The digits of a code, as in "(011)" and "11.0"; empty if the cell holds something else."""
    digits = "".join(filter(str.isdigit, cell.strip().removesuffix(".0"))).lstrip("0")
    return digits if len(digits) <= 4 and not any(map(str.isalpha, cell)) else ""


def _spellings(number: str, area: str, country: str) -> list[str]:
    """What a number may be with its codes before it, the likeliest first: often the cell has them already."""
    digits = "".join(filter(str.isdigit, number)).lstrip("0")
    alone = len(digits) <= 15 and not any(map(str.isalpha, number))
    if area and len(digits) >= 10 and digits.startswith(area):
        found = [f"+{country}{digits}" if country and alone else number]
    else:
        found = [f"+{country}{area}{number}" if country else f"{area}{number}"]
    if alone and len(digits) > 10 and digits.startswith((country or "55") + area):
        found.append(f"+{digits}")
    return found
