"""The digits of a number in the places that a number format has for them."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from hidra.domain.country import Writing


class Token(NamedTuple):
    """A piece of a format. ``kind``: digit, point, comma, percent, exponent, fraction; others are shown as they are."""

    kind: str
    text: str


def number(tokens: list[Token], writing: Writing) -> Callable[[Decimal], str]:
    """Digits from the right into the places before the point, from the left into those behind it, and the texts
    between them: ``(00) 00000-0000``."""
    end = len(tokens)
    exponent = next((at for at, token in enumerate(tokens) if token.kind == "exponent"), end)
    point = next((at for at, token in enumerate(tokens) if token.kind == "point" and at < exponent), exponent)
    places = [at for at, token in enumerate(tokens) if token.kind == "digit" and at < exponent]
    whole, decimals = [at for at in places if at < point], [at for at in places if at > point]
    commas = [at for at, token in enumerate(tokens) if token.kind == "comma"]
    separator = writing.thousands if any(whole and whole[0] < at < whole[-1] for at in commas) else ""
    shift = _shift(tokens, commas, whole, places, point)
    step = Decimal(1).scaleb(-len(decimals))
    least = sum(tokens[at].text == "0" for at in whole)
    if quick := _quick(tokens, places, decimals=len(decimals), writing=writing, separator=separator, shift=shift):
        return quick

    def show(number: Decimal) -> str:
        number, power = number.scaleb(shift), 0
        if exponent < end:
            number, power = _scientific(number, max(len(whole), 1), step)
        before, _, behind = f"{number.quantize(step, ROUND_HALF_UP):f}".partition(".")
        before = before.lstrip("0").rjust(least, "0")
        shown = _before_point(tokens, whole, before, separator)
        shown[point] = ("" if whole else before) + (writing.decimal if point < exponent else "")
        kept = len(behind.rstrip("0"))
        for place, at in enumerate(decimals):
            optional = " " if tokens[at].text == "?" else ""
            shown[at] = behind[place] if place < kept or tokens[at].text == "0" else optional
        shown.update(dict.fromkeys(commas, ""))
        if exponent < end:
            sign = "-" if power < 0 else "+" if "+" in tokens[exponent].text else ""
            shown[exponent] = f"{shown.get(exponent, '')}E{sign}{abs(power):0{len(tokens[exponent].text) - 2}}"
        return "".join(shown.get(at, token.text) for at, token in enumerate(tokens))

    return show


def _quick(
    tokens: list[Token], places: list[int], *, decimals: int, writing: Writing, separator: str, shift: int
) -> Callable[[Decimal], str] | None:
    """The usual formats with one digit at least before the point, ``0``, ``#,##0.00`` and the like, by Python's own."""
    if not places:
        return None
    inner = "".join(each.text for each in tokens[places[0] : places[-1] + 1])
    if inner.removesuffix("." + "0" * decimals if decimals else "") not in ("0", "#,##0"):
        return None
    if any(token.kind in ("point", "exponent") for token in tokens[places[-1] + 1 :]):
        return None
    before = "".join(token.text for token in tokens[: places[0]] if token.kind != "comma")
    after = "".join(token.text for token in tokens[places[-1] + 1 :] if token.kind != "comma")
    code, signs = (",f" if separator else "f"), str.maketrans({",": separator, ".": writing.decimal})
    step = Decimal(1).scaleb(-decimals)

    def show(number: Decimal) -> str:
        shown = format((number.scaleb(shift) if shift else number).quantize(step, ROUND_HALF_UP), code)
        return f"{before}{shown.translate(signs)}{after}"

    return show


def fraction(tokens: list[Token]) -> Callable[[Decimal], str]:
    """``# ?/?`` shows 1.5 as 1 1/2, ``?/4`` as 6/4."""
    at = next(at for at, token in enumerate(tokens) if token.kind == "fraction")
    over, _, under = tokens[at].text.partition("/")
    split, fixed = " " in over, int(under) if under.strip("0#?") else 0
    most = 10 ** min(len(under), 4) - 1

    def show(number: Decimal) -> str:
        whole = int(number) if split else 0
        part = number - whole
        top, bottom = (int((part * fixed).quantize(1, ROUND_HALF_UP)), fixed) if fixed else _nearest(part, most)
        if split and top == bottom:
            whole, top = whole + 1, 0
        shown = f"{top}/{bottom}" if top or not split else ""
        if split and (whole or not top):
            shown = f"{whole} {shown}".strip()
        return "".join(shown if place == at else each.text for place, each in enumerate(tokens))

    return show


def _shift(tokens: list[Token], commas: list[int], whole: list[int], places: list[int], point: int) -> int:
    """Powers of ten: a percent sign is two, a comma behind the last digit or just before the point is minus three."""
    ends = {places[-1] if places else -1, whole[-1] if whole and point < len(tokens) else -1}
    scaling = 0
    for end in ends - {-1}:
        behind = end + 1
        while behind in commas:
            behind, scaling = behind + 1, scaling + 1
    return 2 * sum(token.kind == "percent" for token in tokens) - 3 * scaling


def _scientific(number: Decimal, places: int, step: Decimal) -> tuple[Decimal, int]:
    """The number and its power of ten, which is a multiple of the places before the point."""
    power = number.adjusted() if number else 0
    power -= power % places
    if number.scaleb(-power).quantize(step, ROUND_HALF_UP) >= 10**places:
        power += places
    return number.scaleb(-power), power


def _before_point(tokens: list[Token], places: list[int], digits: str, separator: str) -> dict[int, str]:
    """What stands at each place before the point: one digit, and at the first place all that are left."""
    shown: dict[int, str] = {}
    left, done = digits, 0
    for at in reversed(places):
        taken = left if at == places[0] else left[-1:]
        left = left[: len(left) - len(taken)]
        text = ""
        for digit in reversed(taken):
            text = digit + (separator if done and done % 3 == 0 else "") + text
            done += 1
        shown[at] = text or (" " if tokens[at].text == "?" else "")
    return shown


def _nearest(number: Decimal, most: int) -> tuple[int, int]:
    from fractions import Fraction  # noqa: PLC0415 - few workbooks have fractions

    found = Fraction(number).limit_denominator(most)
    return found.numerator, found.denominator
