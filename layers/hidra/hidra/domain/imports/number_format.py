"""Numbers of a workbook's cells as their number format shows them (ECMA-376 part 1, 18.8.30 and 18.8.31).

A format is written with American signs, wherever the file was made. Excel shows it with those of the reader's
country; so do we, with those of the import's.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from hidra.domain.country import Writing
from hidra.domain.imports import date_format, digit_format
from hidra.domain.imports.digit_format import Token

GENERAL = "General"
MAX_CODE = 255  # characters of a number format, in Excel
_MAX_DIGITS = 30

# The formats that a file names by a number only. Those in _MONEY, 14 and 22 depend on the country.
_BUILT_IN = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm",
    21: "h:mm:ss", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 41: "#,##0", 43: "#,##0.00", 45: "mm:ss",
    46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
_MONEY = {5: "#,##0", 6: "#,##0", 7: "#,##0.00", 8: "#,##0.00", 42: "#,##0", 44: "#,##0.00"}
_ASIAN_DATES = {*range(27, 37), *range(50, 59)}
_LANGUAGES = {0x16: "pt", 0x0A: "es", 0x09: "en"}  # the last ten bits of a Windows language id

_TOKEN = re.compile(
    r"""
      "(?P<quoted>[^"]*)"? | \\(?P<escaped>.?) | (?P<space>[_*].?)  # _x is as wide as x, *x fills the cell with x
    | (?P<elapsed>\[(?:h+|m+|s+)\]) | \[(?P<bracket>[^\]]*)\]
    | (?P<general>general|@) | (?P<exponent>e[+-][0#?]+)
    | (?P<fraction>(?:[0#?]++\ +)?+[0#?]++/(?:[0#?]+|[1-9]\d{0,3})) | (?P<digit>[0#?])
    | (?P<second>(?<=s)\.0{1,3}|(?<=s\])\.0{1,3}) | (?P<date>am/pm|a/p|y+|e+|m+|d+|h+|s+)
    | (?P<point>\.) | (?P<comma>,) | (?P<percent>%) | (?P<text>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_SECTION = re.compile(r'(?:"[^"]*+"?|[\\_*].?|\[[^\]]*+\]|[^;])*+', re.DOTALL)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d{1,15}(?:\.\d{1,15})?)")
_DATES = ("date", "elapsed", "second")
_SPACES = re.compile(r" {2,}")

type Shown = Callable[[Decimal], str]


class _Section(NamedTuple):
    shown: Shown
    fits: Callable[[Decimal], bool] | None  # of a condition in brackets
    is_date: bool


def code(number: int, writing: Writing) -> str:
    """Returns the format that Excel has under this number, ``General`` for an unknown one."""
    if number == 14 or number in _ASIAN_DATES:
        return writing.short_date
    if number == 22:
        return f"{writing.short_date} h:mm"
    if number in _MONEY:
        return f'"{writing.currency} "{_MONEY[number]}'
    return _BUILT_IN.get(number, GENERAL)


def shower(code: str, writing: Writing, *, since_1904: bool = False) -> Callable[[str], str]:
    """Returns a function from a cell's number, as the file writes it, to the text that the sheet shows.

    A number that the format cannot show is shown as ``General`` does; a date before 1900, where Excel shows only
    number signs, is empty.
    """
    general = _general(writing)
    if code in (GENERAL, "@", "") or len(code) > MAX_CODE:
        return lambda text: text if text.isdecimal() and text[0] != "0" else general(Decimal(text))
    sections = [_section(text, writing, since_1904=since_1904) for text in _split(code)[:3]]

    def show(text: str) -> str:
        number = Decimal(text)
        if number != number.to_integral_value():  # 15 digits are what Excel shows; files hold 0.30000000000000004
            number = Decimal(f"{float(number):.15g}")
        try:
            return _SPACES.sub(" ", _chosen(sections, number)).strip(" ")
        except ArithmeticError:
            return general(number)

    return show


def is_date(code: str, writing: Writing) -> bool:
    return len(code) <= MAX_CODE and _section(_split(code)[0], writing, since_1904=False).is_date


def plain(text: str) -> str:
    """Returns a cell's number as plain digits, with a point before decimals if it has some."""
    number = Decimal(text)
    return f"{number:.0f}" if number == number.to_integral_value() else f"{Decimal(f'{float(number):.15g}'):f}"


def _chosen(sections: list[_Section], number: Decimal) -> str:
    """The sections are for positive numbers, negative ones and zero, or for the numbers that their conditions name."""
    chosen, negative = sections[0], number < 0
    if any(section.fits for section in sections):
        chosen = next((each for each in sections if each.fits is None or each.fits(number)), sections[-1])
    elif negative and len(sections) > 1:
        chosen, negative = sections[1], False
    elif number == 0 and len(sections) > 2:
        chosen = sections[2]
    if number < 0 and chosen.is_date:
        return ""
    shown = chosen.shown(abs(number))
    return f"-{shown}" if negative and re.search("[1-9]", shown) and "-" not in shown else shown


def _split(code: str) -> list[str]:
    parts, at = [], 0
    while at <= len(code) and (found := _SECTION.match(code, at)):
        parts.append(found[0])
        at = found.end() + 1
    return parts


def _section(text: str, writing: Writing, *, since_1904: bool) -> _Section:
    tokens, fits, language = _tokens(text, writing)
    kinds = {token.kind for token in tokens}
    if kinds & {"digit", "fraction"}:  # letters of dates are texts then, as in US$ 0.00
        if sum(token.kind == "digit" for token in tokens) > _MAX_DIGITS:
            return _Section(_general(writing), fits, is_date=False)
        shown = digit_format.fraction(tokens) if "fraction" in kinds else digit_format.number(tokens, writing)
        return _Section(shown, fits, is_date=False)
    if kinds & set(_DATES):
        return _Section(_date(tokens, writing, language, since_1904=since_1904), fits, is_date=True)
    general = _general(writing)

    def around(number: Decimal) -> str:
        return "".join(general(number) if each.kind == "general" else each.text for each in tokens)

    return _Section(around, fits, is_date=False)


def _tokens(text: str, writing: Writing) -> tuple[list[Token], Callable[[Decimal], bool] | None, str]:
    """Returns also the condition in brackets, and the language of dates."""
    made: list[Token] = []
    fits, language = None, writing.language
    for match in _TOKEN.finditer(text):
        kind, inner = match.lastgroup or "text", match[match.lastgroup or 0]
        if kind == "bracket" and inner.startswith("$"):
            symbol, _, locale = inner[1:].partition("-")
            if system := {"F800": date_format.LONG_DATES[language], "F400": "h:mm:ss"}.get(locale.upper()):
                return _tokens(system, writing)
            made.append(Token("text", symbol))
            language = _language(locale, language)
        elif kind == "bracket":
            if condition := _CONDITION.fullmatch(inner):
                fits = _condition(condition[1], Decimal(condition[2]))
            # else it is a colour
        elif kind == "space":
            made.append(Token("text", " "))
        else:
            made.append(Token("text" if kind in ("quoted", "escaped") else kind, inner))
    return made, fits, language


def _language(locale: str, default: str) -> str:
    """``416`` and ``pt-BR`` are Portuguese: a Windows language id in hexadecimal digits, or a language's tag."""
    try:
        return _LANGUAGES.get(int(locale, 16) & 0x3FF, default)
    except ValueError:
        return locale[:2].lower() if locale[:2].lower() in _LANGUAGES.values() else default


def _condition(sign: str, limit: Decimal) -> Callable[[Decimal], bool]:
    return {
        "<": lambda number: number < limit,
        "<=": lambda number: number <= limit,
        ">": lambda number: number > limit,
        ">=": lambda number: number >= limit,
        "=": lambda number: number == limit,
        "<>": lambda number: number != limit,
    }[sign]


def _general(writing: Writing) -> Shown:
    """A whole number has all its digits (Excel shows one of twelve digits as 5.51199E+12), another at most ten, or two
    behind the point."""

    def show(number: Decimal) -> str:
        if number == number.to_integral_value() and number.adjusted() < _MAX_DIGITS:
            return f"{number:.0f}" if number else "0"
        shown = Decimal(f"{float(number):.{max(10, min(number.adjusted() + 3, 15))}g}")
        if not -10 < shown.adjusted() < _MAX_DIGITS:
            return f"{shown:E}".replace(".", writing.decimal)
        text = f"{shown:f}"
        return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", writing.decimal)

    return show


def _date(tokens: list[Token], writing: Writing, language: str, *, since_1904: bool) -> Shown:
    codes = [at for at, token in enumerate(tokens) if token.kind in _DATES]
    twelve = any(tokens[at].text[0] in "aA" for at in codes)
    parts: list[str | date_format.Part] = [token.text for token in tokens]
    digits = 0
    for before, at, after in zip([-1, *codes], codes, [*codes[1:], -1], strict=False):
        text = tokens[at].text.lower()
        hours = before >= 0 and tokens[before].text.lower().strip("[")[0] == "h"
        seconds = after >= 0 and tokens[after].text.lower().strip("[")[0] == "s"
        parts[at] = date_format.part(text, minutes=hours or seconds, twelve=twelve, language=language)
        if tokens[at].kind == "second":
            digits = len(text) - 1

    def show(number: Decimal) -> str:
        moment = date_format.moment(float(number), since_1904=since_1904, parts=digits)
        if moment is None:
            return ""
        shown = "".join(part if isinstance(part, str) else part(moment) for part in parts)
        return shown.replace(date_format.POINT, writing.decimal)

    return show
