"""Whether a reply is a request to opt out, or to opt in again."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hidra.errors import Field, Rejected

MAX_WORDS = 30
# They hold for every user: a recipient that once read "responda SAIR" can opt out so after any change of the settings.
ALWAYS = ("SAIR", "PARAR", "STOP")
OPT_OUT_WORDS = (*ALWAYS, "CANCELAR", "DESCADASTRAR", "REMOVER")
OPT_IN_WORDS = ("VOLTAR", "QUERO VOLTAR", "REATIVAR", "START")
# Usual answers to "responda SAIR", and the words on Meta's own opt-out button ("Parar promoções"). Each is a whole
# message that means nothing else. "quero cancelar meu pedido" is not among them: a person should read it.
_PHRASES = frozenset(
    {
        "quero sair",
        "quero parar",
        "quero me descadastrar",
        "sair da lista",
        "quero sair da lista",
        "parar mensagens",
        "parar as mensagens",
        "parar promocoes",
        "parar de receber",
        "parar de enviar",
        "cancelar inscricao",
        "stop promotions",
        "unsubscribe",
    }
)
_COURTESY = ("por favor", "favor", "pfv", "obrigado", "obrigada")


class Intent(StrEnum):
    """What a reply requests."""

    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"


@dataclass(frozen=True)
class Words:
    """The words of one user, in plain letters."""

    opt_out: frozenset[str]
    opt_in: frozenset[str]

    @classmethod
    def of(cls, opt_out_words: Iterable[str], opt_in_words: Iterable[str]) -> "Words":
        """Returns the user's words, and those that hold for every user."""
        out = frozenset(_essence(word) for word in (*ALWAYS, *opt_out_words)) | _PHRASES
        return cls(out, frozenset(_essence(word) for word in opt_in_words) - out)

    def intent(self, text: str) -> Intent | None:
        """Returns what the whole message requests; None if neither, so that a person should read it.

        Case, accents, punctuation, emoji, a "por favor" and repetition ("SAIR SAIR!!!") do not matter; other words do.
        """
        essence = _essence(text)
        if essence in self.opt_out:
            return Intent.OPT_OUT
        return Intent.OPT_IN if essence in self.opt_in else None


def check_words(opt_out_words: Sequence[str], opt_in_words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Returns the user's words as they are stored: upper case, each once, with those that hold for every user.

    Raises:
        Rejected: a word has no letter and no digit, or would mean both.
    """
    opt_out = Words.of(opt_out_words, ()).opt_out
    wrong = [
        Field(f"{name}.{index}", "has no letter or digit")
        for name, words in (("opt_out_words", opt_out_words), ("opt_in_words", opt_in_words))
        for index, word in enumerate(words)
        if not _essence(word)
    ]
    wrong += [
        Field(f"opt_in_words.{index}", "is also an opt-out word")
        for index, word in enumerate(opt_in_words)
        if _essence(word) in opt_out
    ]
    if wrong:
        raise Rejected(
            "Some of these words cannot be used, so nothing was changed. Correct them.",
            code="opt-out-words",
            fields=wrong,
        )
    return _each_once((*ALWAYS, *opt_out_words)), _each_once(opt_in_words)


def _each_once(words: Iterable[str]) -> list[str]:
    found: dict[str, str] = {}
    for word in words:
        found.setdefault(_essence(word), " ".join(word.split()).upper())
    return list(found.values())


def _essence(text: str) -> str:
    """Returns a message in plain letters, without courtesy; a repeated single word once."""
    plain = _plain(text)
    for polite in _COURTESY:
        plain = f" {plain} ".replace(f" {polite} ", " ").strip()
    words = plain.split()
    return words[0] if len(set(words)) == 1 else plain


def _plain(text: str) -> str:
    """Returns lower-case letters and digits: accents and invisible characters dropped, all else a single space."""
    kept = []
    for letter in unicodedata.normalize("NFKD", text):
        category = unicodedata.category(letter)
        if category[0] in "LN":
            kept.append(letter)
        elif category[0] != "M" and category != "Cf":
            kept.append(" ")
    return " ".join("".join(kept).casefold().split())


DEFAULT = Words.of(OPT_OUT_WORDS, OPT_IN_WORDS)
