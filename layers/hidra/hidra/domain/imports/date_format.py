"""Dates and times of a workbook as their number format shows them.

A date is a number of days: from 1899-12-30, and one less before March 1900, because Excel takes 1900 for a leap year.
In workbooks of the 1904 date system it is a number of days from 1904-01-01 (ECMA-376 part 1, 18.17.4.1).
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no time zone
_DAYS_OF_1904 = 1462
_LAST_DAY = 2_958_466  # 10000-01-01
_MONTHS = {
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "en": "January February March April May June July August September October November December",
}
_WEEKDAYS = {
    "pt": "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}
LONG_DATES = {
    "pt": 'dddd, d" de "mmmm" de "yyyy',
    "es": 'dddd, d" de "mmmm" de "yyyy',
    "en": "dddd, mmmm d, yyyy",
}  # of Windows, in place of [$-F800]

POINT = "\0"  # in the place of a country's decimal sign before parts of a second


class Moment(NamedTuple):
    """A date and time, and the same in thousandths of a second since the first day."""

    at: datetime
    elapsed: int


type Part = Callable[[Moment], str]


def part(code: str, *, minutes: bool, twelve: bool, language: str) -> Part:
    """Returns what shows one code of a format, in small letters: ``yyyy``, ``[hh]``, ``am/pm``, ``.00`` behind seconds.

    Args:
        minutes: of ``m``: it stands beside hours or seconds.
        twelve: the format has AM/PM, so hours go from 1 to 12.
    """
    kind, width = code[0], len(code)
    if kind == "[":
        unit = {"h": 3_600_000, "m": 60_000, "s": 1_000}[code[1]]
        return lambda moment: str(moment.elapsed // unit).zfill(width - 2)
    if kind == ".":
        return lambda moment: POINT + f"{moment.elapsed % 1000:03}"[: width - 1]
    if kind == "m":
        return _padded(lambda at: at.minute, width) if minutes else _month(width, language)
    if kind == "h":
        return _padded((lambda at: (at.hour - 1) % 12 + 1) if twelve else (lambda at: at.hour), width)
    if kind == "a":
        return lambda moment: (code.split("/")[moment.at.hour >= 12]).upper()
    return {"y": _year, "e": _year, "d": _day, "s": _second}[kind](width, language)


def moment(serial: float, *, since_1904: bool, parts: int) -> Moment | None:
    """Returns the moment of a cell's number, None for a number that no date has.

    Args:
        parts: how many digits of a second the format shows, 0 to 3.
    """
    if not 0 <= serial < _LAST_DAY:
        return None
    step = 10 ** (3 - parts)
    elapsed = round(serial * 86_400_000 / step) * step
    days = elapsed // 86_400_000
    days += _DAYS_OF_1904 if since_1904 else days < 60
    if days >= _LAST_DAY:
        return None
    return Moment(_EPOCH + timedelta(days=days, milliseconds=elapsed % 86_400_000), elapsed)


def serial(text: str, *, since_1904: bool) -> float | None:
    """Returns the number of a cell whose date is written in ISO 8601, None if it is not a date."""
    try:
        at = datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError:
        return None
    days = (at.replace(tzinfo=None) - _EPOCH) / timedelta(days=1)
    return days - _DAYS_OF_1904 if since_1904 else days - (1 <= days < 61)


def _padded(read: Callable[[datetime], int], width: int) -> Part:
    return (lambda moment: str(read(moment.at))) if width == 1 else (lambda moment: f"{read(moment.at):02}")


def _second(width: int, _language: str) -> Part:
    return _padded(lambda at: at.second, width)


def _year(width: int, _language: str) -> Part:
    return (lambda moment: f"{moment.at.year % 100:02}") if width == 2 else (lambda moment: f"{moment.at.year:04}")


def _month(width: int, language: str) -> Part:
    names = _names(_MONTHS, language)
    if width <= 2:
        return _padded(lambda at: at.month, width)
    length = {3: 3, 5: 1}.get(width)
    return lambda moment: names[moment.at.month - 1][:length]


def _day(width: int, language: str) -> Part:
    names = _names(_WEEKDAYS, language)
    if width <= 2:
        return _padded(lambda at: at.day, width)
    length = 3 if width == 3 else None
    return lambda moment: names[moment.at.weekday()][:length]


def _names(table: Mapping[str, str], language: str) -> list[str]:
    return table.get(language, table["en"]).split()
