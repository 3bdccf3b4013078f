"""The phone of a row: the first of its phones that is a number, joined from its parts."""

from collections.abc import Callable, Sequence

from hidra.domain.contact import MAX_PHONE
from hidra.domain.imports.columns import PhoneCells


def phone_reader(phones: Sequence[PhoneCells], parse: Callable[[str], str | None]) -> Callable[[Sequence[str]], str]:
    """Returns a reader of a row's E.164 number. If the row has none, it returns the reason: of its first phone that is
    not empty.

    Args:
        phones: the best first.
        parse: returns the E.164 number of a text, or None.
    """

    first, *codes = phones[0] if phones else (0, None)
    usual = bool(phones) and not any(at is not None for at in codes)

    def read(cells: Sequence[str]) -> str:
        if usual and (written := cells[first].strip()) and len(written) <= MAX_PHONE:  # most rows need no more
            found = parse(written)
            if found and found[0] == "+":
                return found
        return best(cells)

    def number_or_reason(text: str) -> str:
        return (parse(text) if len(text) <= MAX_PHONE else None) or "invalid_phone"

    def best(cells: Sequence[str]) -> str:
        reason = "no_phone"
        for columns in phones:
            written = cells[columns.number].strip()
            if not written:
                continue
            found = number_or_reason(written) if columns[1:] == (None, None) else joined(cells, columns)
            if found[0] == "+":
                return found
            if reason == "no_phone":
                reason = found
        return reason

    def joined(cells: Sequence[str], columns: PhoneCells) -> str:
        area, country = (_code(cells[at]) if at is not None else "" for at in columns[1:])
        number = cells[columns.number].strip().removesuffix(".0")
        if number.startswith(("+", "00")) or not (area or country):
            return number_or_reason(number)
        found = [number_or_reason(text) for text in _spellings(number, area, country)]
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
