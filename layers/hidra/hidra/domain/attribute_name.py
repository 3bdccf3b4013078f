"""The names of attributes: which of a contact's attributes a template or a filter means by a name."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher

# White space and control characters, what looks like a space, hyphens and dashes, the underscore, and what no
# placeholder can contain.
_SEPARATORS = (
    *((first, last) for first, last in ((0x01, 0x20), (0x7F, 0xA0), (0x2000, 0x200A), (0x2010, 0x2015))),
    *((code, code) for code in (0x115F, 0x1160, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x2212, 0x2800, 0x3000)),
    *((code, code) for code in (0x3164, 0xFFA0, 0x1D159, *map(ord, "-_|{}"))),
)
# Unicode's blocks of combining diacritical marks, and characters without a shape (DerivedCoreProperties.txt,
# Default_Ignorable_Code_Point). Other marks are letters of their scripts.
_DROPPED = (
    *((0xAD, 0xAD), (0x300, 0x36F), (0x61C, 0x61C), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x1AB0, 0x1AFF)),
    *((0x1DC0, 0x1DFF), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x20D0, 0x20FF), (0xFE00, 0xFE0F)),
    *((0xFE20, 0xFE2F), (0xFEFF, 0xFEFF), (0xFFF0, 0xFFFB), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A)),
    (0xE0000, 0xE0FFF),
)
# Two folded names are similar from this ratio on: nme and nome have 0.86, cidade and idade 0.91, nome and pontos 0.4.
_SIMILAR = 0.7
_HINTS = 5  # names that are compared with all others
# Latin, Greek, Cyrillic and Armenian. Not str.lower, which lowers a letter by its neighbours.
_LAST_WITH_CASE = 0x58F


def _codes(ranges: Iterable[tuple[int, int]]) -> list[int]:
    return [code for first, last in ranges for code in range(first, last + 1)]


_FOLDED: Mapping[int, str | None] = {
    **{code: chr(code).lower() for code in range(_LAST_WITH_CASE + 1)},
    ord("ς"): "σ",
    **dict.fromkeys(_codes(_SEPARATORS), " "),
    **dict.fromkeys(_codes(_DROPPED)),
}


def fold(name: str) -> str:
    """What two spellings of a name have in common; ``hidra.fold_attribute_name`` is the same rule in SQL.

    Case, accents, composition and invisible characters do not matter; spaces, hyphens, underscores and ``| { }`` are
    one space, and none at the ends. A name of these alone is "_".
    """
    words = unicodedata.normalize("NFKD", name).translate(_FOLDED).split(" ")
    return " ".join(filter(None, words)) or "_"


def similar(names: Sequence[str], others: Sequence[str]) -> dict[str, str]:
    """For each of the first few names the most similar other one, if one is similar; of equals the first."""
    folded = {other: fold(other) for other in others}
    found = {}
    for name in names[:_HINTS]:
        matcher = SequenceMatcher(autojunk=False)
        matcher.set_seq2(fold(name))
        best = _SIMILAR
        for other, text in folded.items():
            matcher.set_seq1(text)
            if matcher.real_quick_ratio() >= best and matcher.quick_ratio() >= best:
                ratio = matcher.ratio()
                if ratio > best or (ratio == best and name not in found):
                    best, found[name] = ratio, other
    return found
