"""What a person typed where a phone belongs, cut into the numbers that it may hold: which digits, and how they stand.

A word is dropped if it is set apart from digits. Letters that touch digits, and letters and signs that stand in the
place of digits (``9XXXX-XXXX``, ``9****``), spoil their number: a letter is never a key of a keypad.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from hidra.domain.numbering_plan import MAX_DIGITS

COMPLETE = 8  # digits that may be a number without its area code, and not that code alone
_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+|.", re.DOTALL)
# Signs inside a number, and those at which it ends. Google separates the numbers of a cell with " ::: ".
_INSIDE = frozenset(" \t-.()[]{}<>='\"`´")
_BETWEEN = frozenset("/\\|;,:&~\n\r\v\f\x85\u2028\u2029")
# 0XX11 and 0**11: a place for the carrier's code between the trunk 0 and the area code.
_CARRIERS_PLACE = re.compile(r"(?<![0-9])0[\s.()-]*(?:xx|\*\*)(?=[\s.()-]*[0-9])", re.IGNORECASE)
# A spreadsheet's number: with the decimals of an integer, or in groups of thousands. 1198765.0000 is a number with a
# dot before its last four digits; 11987654321.0000 is not.
_DECIMALS = re.compile(r"(?<![0-9.,])([0-9]{10,}[.,]0+|[0-9]{7,9}[.,](?!0000(?![0-9]))0+)(?![0-9])(?![.,][0-9])")
_THOUSANDS = re.compile(r"\s*(?:([0-9]{1,3}(?:,[0-9]{3}){2,})(?:\.0+)?|([0-9]{1,3}(?:\.[0-9]{3}){2,}),0+)\s*")
# A double of Java, or of CSV that a program wrote: 1.1987654321E10. Spreadsheets that round leave decimals out.
_POWER = re.compile(r"(?<![0-9.,])([0-9])[.,]([0-9]+)E\+?([0-9]{1,2})(?![0-9])", re.IGNORECASE)
# An amount or a measurement: 11987654321,5 and 1.198.765.432,10.
_FRACTION = re.compile(
    r"[\s'\"=+]*(?:[0-9]{8,}[.,][0-9]{1,2}|[0-9]{10,}[.,][0-9]{1,7}"
    r"|[0-9]{1,3}(?:(?:\.[0-9]{3}){2,},|(?:,[0-9]{3}){2,}\.)[0-9]{1,3})[\s'\"]*"
)
_DATE = re.compile(
    r"(?<![0-9])(?:0?[1-9]|[12][0-9]|3[01])/[0-9]{1,2}/[0-9]{2,4}(?![0-9])|(?<![0-9])[0-9]{1,2}:[0-9]{2}(?![0-9])"
)
_BETWEEN_TWO = re.compile(r"(?<=\s)(?:[-*\u2022]|[ey])(?=\s)", re.IGNORECASE)
# The address of a person on WhatsApp; of groups, lists, channels and hidden ids the digits are no phone.
_DEVICE = re.compile(r"(?<=[0-9]):[0-9]+(?=@)")
_PERSONAL = re.compile(r"(?<=[0-9])@(?:s\.whatsapp\.net|c\.us)\b", re.IGNORECASE)
# Words before digits without which the number before them is not one person's. In other places they say nothing.
_EXTENSION = frozenset(
    (
        *("ramal", "ramais", "ext", "extension", "extensión", "extensão", "interno", "anexo"),
        *("id", "cod", "cód", "codigo", "código", "localizador", "pin", "senha"),
    )
)
_GLUED_EXTENSION = _EXTENSION | {"r", "x"}
# Words before digits that are no phone, but a document of the person.
_DOCUMENT = frozenset(["cpf", "cnpj", "rg", "cep", "pis", "nis", "nif", "dni", "cuit", "cuil", "curp"])


@dataclass(slots=True)
class Part:
    """Digits of one number, or of a piece of one."""

    plus: bool = False
    groups: list[str] = field(default_factory=list)  # cut where something else stands between two digits
    spoiled: bool = False
    letters: int = 0  # in the place of digits
    loose: int = 0  # letters and signs behind the digits that may stand for more digits
    behind_word: bool = False  # a word stands between it and the digits before it
    extension: bool = False  # it completes the number before it

    @property
    def width(self) -> int:
        """How many digits it has, or would have without letters in their place."""
        return self.letters + sum(map(len, self.groups))


def parts(text: str) -> list[Part]:
    """Returns the parts of the text that have digits, in their order; of a number with a fraction none."""
    text = _CARRIERS_PLACE.sub("0", _PERSONAL.sub("", _DEVICE.sub("", _plain(text))))
    text = _POWER.sub(_whole, text)
    text = _DECIMALS.sub(lambda found: re.split("[.,]", found[1])[0], text)
    if found := _THOUSANDS.fullmatch(text):
        text = re.sub(r"[^0-9]", "", found[1] or found[2])
    if _FRACTION.fullmatch(text):
        return []
    if len(re.sub(r"[^0-9]", "", text)) > MAX_DIGITS:  # more than one number
        text = _BETWEEN_TWO.sub("/", text)
    return _Cutter(_TOKEN.findall(text)).cut()


def joined(pieces: Sequence[Part]) -> Part | None:
    """Returns the parts as one number with signs between its digits, or words before the last eight of them; None if
    they are none."""
    if any(
        piece.spoiled or (at and (piece.plus or (piece.behind_word and piece.width < COMPLETE)))
        for at, piece in enumerate(pieces)
    ):
        return None
    groups = [group for piece in pieces for group in piece.groups]
    return Part(pieces[0].plus, groups, loose=sum(piece.loose for piece in pieces))


def two_parts(part: Part) -> list[list[Part]]:
    """Returns the pairs of parts that the part may be, cut between two of its groups."""
    return [
        [Part(part.plus, part.groups[:at], part.spoiled), Part(False, part.groups[at:], part.spoiled, loose=part.loose)]
        for at in range(1, len(part.groups))
    ]


def has_date(text: str) -> bool:
    """Whether a date or a time stands in the text: their digits are none of a number."""
    return _DATE.search(text) is not None


class _Cutter:
    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens = tokens
        self._found: list[Part] = []
        self._open = False  # the last part may get more digits
        self._plus = self._spoiled = self._word = False  # of the next part
        self._label = ""  # of the next part: the last word before it that says what its digits are

    def cut(self) -> list[Part]:
        for at, token in enumerate(self._tokens):
            if token[0] in "0123456789":
                self._add_digits(token)
            elif token[0].isalpha():
                self._add_word(at, token)
            elif token == "+":  # noqa: S105 - a piece of text
                self._spoiled = self._spoiled or self._plus
                self._open, self._plus = False, True
            elif token in _BETWEEN:
                self._open = self._plus = self._spoiled = False
                self._label = self._label if token == ":" else ""  # noqa: S105 - a piece of text
            elif token not in _INSIDE:
                self._add_sign(at, token)
        return self._found

    def _add_digits(self, digits: str) -> None:
        if not self._open:
            behind = bool(self._found)
            self._found.append(
                Part(
                    self._plus,
                    spoiled=self._spoiled or self._label in _DOCUMENT,
                    behind_word=self._word and behind,
                    extension=self._label in _EXTENSION and behind,
                )
            )
            self._open, self._plus, self._spoiled, self._word, self._label = True, False, False, False, ""
        part = self._found[-1]
        part.spoiled = part.spoiled or part.loose > 0
        part.groups.append(digits)

    def _add_word(self, at: int, word: str) -> None:
        before, after = self._near(at, -1), self._near(at, 1)
        folded = word.lower()
        if folded in _EXTENSION or folded in _DOCUMENT:
            self._label = folded
        one_letter = len(set(folded)) == 1 and folded != "ddd"  # the area code's name
        if self._is_digit(at - 1) or (one_letter and len(word) > 1 and self._open):
            if self._open:
                self._found[-1].spoiled = True
                self._found[-1].letters += len(word)
            return
        if self._is_digit(at + 1) or (one_letter and self._in_place(at, after)):
            self._spoiled = True
            self._open = False
            if folded in _GLUED_EXTENSION:
                self._label = "ramal"
            return
        hangs = self._open and (len(word) == 1 or self._tokens[at - 1] == "-") and before[:1].isdigit()
        if hangs:
            self._found[-1].loose += len(word)
            return
        self._open = self._plus = self._spoiled = False
        self._word = True

    def _add_sign(self, at: int, signs: str) -> None:
        if signs == "@" and self._open and self._is_digit(at - 1):
            self._found[-1].spoiled = True
        elif self._open:
            self._found[-1].loose += 1
        elif any(unicodedata.category(sign) != "So" for sign in signs):
            self._spoiled = True

    def _in_place(self, at: int, after: str) -> bool:
        """Whether a letter stands where the number's first digit might: it is no label (T:) and no initial (T.)."""
        labels = at + 1 < len(self._tokens) and self._tokens[at + 1] in (":", ".")
        return not labels and after[:1].isdigit()

    def _near(self, at: int, step: int) -> str:
        """The next token in a direction that is no sign inside a number; empty if none."""
        at += step
        while 0 <= at < len(self._tokens) and self._tokens[at] in _INSIDE:
            at += step
        return self._tokens[at] if 0 <= at < len(self._tokens) else ""

    def _is_digit(self, at: int) -> bool:
        return 0 <= at < len(self._tokens) and self._tokens[at][0].isdigit()


def _whole(found: re.Match[str]) -> str:
    """The digits of a number with an exponent, or the text as it is if digits behind them are missing."""
    return found[1] + found[2] if int(found[3]) == len(found[2]) else found[0]


def _plain(text: str) -> str:
    """The text with the digits 0 to 9 whatever their script, simple signs, and no invisible characters."""
    if text.isascii():
        return text
    return "".join(map(_plain_sign, unicodedata.normalize("NFC", text)))


def _plain_sign(sign: str) -> str:
    if sign.isascii() or sign.isalpha():
        return sign
    kind = unicodedata.category(sign)
    if kind == "Cf" or kind[0] == "M":
        return ""
    if kind == "Nd":
        return str(unicodedata.decimal(sign))
    if kind in ("Pd", "Zs", "Ps", "Pe", "Pi", "Pf"):
        return {"Pd": "-", "Zs": " ", "Ps": "(", "Pe": ")"}.get(kind, "'")
    return {"\u2212": "-", "\u00b7": ".", "\u2022": "\u2022"}.get(sign) or (
        unicodedata.normalize("NFKC", sign) if kind in ("Po", "Sm") else sign
    )
