"""Short sentences of chats: how two spellings of one are the same, and patterns that a whole message is made of."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

QUESTION = "?"
_REPEATED = re.compile(r"([^\W\d_])\1+")
_TOKEN = re.compile(r"[^\W_]+|\?")

type Tokens = tuple[str, ...]


def tokens(text: str) -> Tokens:
    """Returns the words of a text in plain letters and digits, and a token ``?`` for each group of question marks.

    Case, accents, invisible characters, emoji and all other punctuation are dropped; a repeated letter counts once
    ("saiiir", "STOPP").
    """
    plain = text if text.isascii() else "".join(map(_plain, unicodedata.normalize("NFKD", text)))
    words = _TOKEN.findall(_REPEATED.sub(r"\1", plain.casefold()))
    return tuple(word for at, word in enumerate(words) if word != QUESTION or words[at - 1 : at] != [QUESTION])


def _plain(letter: str) -> str:
    category = unicodedata.category(letter)
    if category[0] in "LN" or letter == QUESTION:
        return letter
    return "" if category[0] == "M" or category == "Cf" else " "


@dataclass(frozen=True)
class _Part:
    """One of several sequences of words; ``optional``: or none of them."""

    choices: Collection[Tokens]
    optional: bool = False


@dataclass(frozen=True)
class Pattern:
    """A sequence of parts."""

    parts: tuple[_Part, ...]

    @property
    def first_words(self) -> set[str]:
        """The words that it can begin with."""
        found: set[str] = set()
        for part in self.parts:
            found |= {choice[0] for choice in part.choices}
            if not part.optional:
                break
        return found

    def ends(self, words: Tokens, start: int) -> set[int]:
        """Returns where the pattern can end if it begins at ``start``."""
        at = {start}
        for part in self.parts:
            reached = {
                begin + len(choice)
                for begin in at
                for choice in part.choices
                if words[begin : begin + len(choice)] == choice
            }
            at = reached | at if part.optional else reached
            if not at:
                break
        return at


def literal(words: Tokens) -> Pattern:
    """Returns the pattern of exactly these words, whether or not a question mark follows."""
    return Pattern((_Part((words,)), _Part(((QUESTION,),), optional=True)))


def compiler(names: Mapping[str, str]) -> Callable[[str], Pattern]:
    """Returns the function that reads patterns.

    A pattern is written as parts with spaces between. A part is one or more choices with ``|`` between: words with
    ``_`` between, or ``<name>`` for the choices of that name (written with commas between). ``?`` behind a part makes
    it optional; the part ``?`` is a question mark.
    """
    named = {name: frozenset(map(tokens, text.split(","))) for name, text in names.items()}

    def choices(text: str) -> frozenset[Tokens]:
        return named[text[1:-1]] if text.startswith("<") else frozenset({tokens(text.replace("_", " "))})

    def part(text: str) -> _Part:
        optional = len(text) > 1 and text.endswith("?")
        text = text[:-1] if optional else text
        return _Part(frozenset().union(*map(choices, text.split("|"))), optional)

    return lambda pattern: Pattern(tuple(part(text) for text in pattern.split()))


class Patterns:
    """A set of patterns, by the words that they begin with."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._by_first: dict[str, list[Pattern]] = {}
        for pattern in patterns:
            for word in pattern.first_words:
                self._by_first.setdefault(word, []).append(pattern)

    def ends(self, words: Tokens, start: int) -> set[int]:
        """Returns where one of the patterns can end if it begins at ``start``."""
        beginning = self._by_first.get(words[start], ()) if start < len(words) else ()
        return {end for pattern in beginning for end in pattern.ends(words, start)}


NONE = Patterns(())


def consists_of(words: Tokens, wanted: Sequence[Patterns], *, around: Patterns, behind: Patterns = NONE) -> bool:
    """Whether the words are nothing but wanted patterns, at least one, and patterns that may stand beside them.

    Args:
        around: may stand before, between and behind the wanted ones.
        behind: may stand behind the first of the wanted ones only.
    """
    open_, seen = {(0, False)}, set()
    while open_:
        at, found = state = open_.pop()
        if found and at == len(words):
            return True
        seen.add(state)
        reached = {(end, True) for patterns in wanted for end in patterns.ends(words, at)}
        reached |= {(end, found) for end in around.ends(words, at)}
        if found:
            reached |= {(end, True) for end in behind.ends(words, at)}
        open_ |= reached - seen
    return False
