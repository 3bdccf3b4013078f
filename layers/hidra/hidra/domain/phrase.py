"""Short sentences of chats: how two spellings of one are the same, and patterns that a whole message is made of."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

QUESTION = "?"
BREAK = ","
_REPEATED = re.compile(r"([^\W\d_])\1+")
_TOKEN = re.compile(r"[^\W_]+|[\W_]+")
# A hyphen within a word and the signs of bold or quoted text separate nothing.
_BREAK = re.compile(r"[.,;:!/\n]|(?<!\S)-+(?!\S)")
_SPELLINGS = {
    spelling: word
    for word, spellings in {
        "quero": "qro kero qero",
        "nao": "naum",
        "voce": "vc",
        "voces": "vcs",
        "para": "pra",
        "mensagem": "msg mensagen mesagem messagem mensage mgs",
        "mensagens": "msgs mensages mesagens messagens",
        "numero": "nr",
        "whatsapp": "whats zap wpp watsap whatsap",
        "muito": "mt mto mta mtu",
        "obrigado": "obrigada obg obgd obgda obgado brigado brigada brigadao obrigadao",
        "thanks": "tks thks thx tnx ty",
        "favor": "pfv pfvr pfvo pf",
        "please": "pls plz plis",
        "tudo": "td",
        "valeu": "vlw",
        "falou": "flw",
    }.items()
    for spelling in spellings.split()
}

type Tokens = tuple[str, ...]


def tokens(text: str) -> Tokens:
    """Returns the words of a text in plain letters and digits, and a token ``?`` for each group of question marks.

    Case, accents, invisible characters, emoji and all other punctuation are dropped; a repeated letter counts once
    ("saiiir", "STOPP"); an abbreviation of chats is its word ("msg").
    """
    return tuple(token for token in tokens_and_breaks(text) if token != BREAK)


def tokens_and_breaks(text: str) -> Tokens:
    """Returns the tokens of a text, with a token ``,`` where a sign, an emoji or a new line separates two of them."""
    plain = text if text.isascii() else "".join(map(_plain, unicodedata.normalize("NFKD", text)))
    found = _TOKEN.findall(_REPEATED.sub(r"\1", plain.casefold()))
    return tuple(_SPELLINGS.get(token, token) for token in map(_token, found) if token)


def _token(found: str) -> str:
    """Returns a word as it is, and for what stands between two words ``?``, ``,`` or nothing."""
    if found[0].isalnum():
        return found
    if QUESTION in found:
        return QUESTION
    return BREAK if _BREAK.search(found) else ""


def _plain(letter: str) -> str:
    category = unicodedata.category(letter)
    if category[0] in "LN" or letter.isascii():
        return letter
    if category == "Pd":
        return "-"
    if category == "So" or letter == "¿":
        return BREAK
    return "" if category[0] == "M" or category == "Cf" else " "


@dataclass(frozen=True)
class _Part:
    """One of several sequences of words; ``optional``: or none of them."""

    choices: frozenset[Tokens]
    optional: bool = False

    @cached_property
    def first_words(self) -> set[str]:
        return {choice[0] for choice in self.choices}

    @cached_property
    def lengths(self) -> set[int]:
        return set(map(len, self.choices))


@dataclass(frozen=True)
class Pattern:
    """A sequence of parts."""

    parts: tuple[_Part, ...]

    @property
    def first_words(self) -> set[str]:
        """The words that it can begin with."""
        found: set[str] = set()
        for part in self.parts:
            found |= part.first_words
            if not part.optional:
                break
        return found

    def ends(self, words: Tokens, start: int) -> set[int]:
        """Returns where the pattern can end if it begins at ``start``."""
        at = {start}
        for part in self.parts:
            reached = {
                begin + length
                for begin in at
                for length in part.lengths
                if begin + length <= len(words) and words[begin : begin + length] in part.choices
            }
            at = reached | at if part.optional else reached
            if not at:
                break
        return at


_OPTIONAL_QUESTION = _Part(frozenset({(QUESTION,)}), optional=True)


def literal(words: Tokens) -> Pattern:
    """Returns the pattern of exactly these words, whether or not a question mark follows."""
    return Pattern((_Part(frozenset({words})), _OPTIONAL_QUESTION))


def compiler(names: Mapping[str, str]) -> Callable[[str], Pattern]:
    """Returns the function that reads patterns.

    A pattern is written as parts with spaces between. A part is one or more choices with ``|`` between: words with
    ``_`` between, or ``<name>`` for the choices of that name (written with commas between). ``?`` behind a part makes
    it optional; the part ``?`` is a question mark.
    """
    named = {name: frozenset(map(tokens, text.split(","))) for name, text in names.items()}

    def choices(text: str) -> frozenset[Tokens]:
        return named[text[1:-1]] if text.startswith("<") else frozenset({tokens(text.replace("_", " "))})

    @cache
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
