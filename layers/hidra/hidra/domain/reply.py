"""Whether a reply is a request to opt out, or to opt in again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hidra.domain.opt_out_phrases import BEHIND, COURTESY, REQUESTS
from hidra.domain.phrase import QUESTION, Patterns, Tokens, consists_of, literal, tokens
from hidra.errors import Field, Rejected

MAX_WORDS = 30
# They hold for every user: a recipient that once read "responda SAIR" can opt out so after any change of the settings.
# So do the words and sentences of ``opt_out_phrases``.
ALWAYS = ("SAIR", "PARAR", "STOP")
OPT_OUT_WORDS = (*ALWAYS, "CANCELAR", "DESCADASTRAR", "REMOVER")
OPT_IN_WORDS = ("VOLTAR", "QUERO VOLTAR", "REATIVAR", "START")
# A longer message is no short request, whatever it begins with.
LONGEST = 40
# Left out of the user's words: a message of these alone says nothing.
_COURTESY = tuple(map(tokens, ("por favor", "favor", "pfv", "obrigado", "obrigada")))
_NEGATIONS = frozenset({"nao", "no", "n", "not", "nunca", "nem", "don"})


class Intent(StrEnum):
    """What a reply requests."""

    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"


@dataclass(frozen=True)
class Words:
    """The words of one user, beside the requests of ``opt_out_phrases``.

    ``negations``: words such as "não" and "não quero mais" opt out by themselves, but negate a request behind them.
    """

    opt_out: Patterns
    negations: Patterns
    opt_in: Patterns

    @classmethod
    def of(cls, opt_out_words: Iterable[str], opt_in_words: Iterable[str]) -> "Words":
        """Returns the user's words, and those that hold for every user."""
        out = frozenset(_essence(word) for word in (*ALWAYS, *opt_out_words))
        negations = {word for word in out if word and word[0] in _NEGATIONS}
        return cls(_patterns(out - negations), _patterns(negations), _patterns(map(_essence, opt_in_words)))

    def intent(self, text: str) -> Intent | None:
        """Returns what the whole message requests; None if neither, so that a person should read it.

        A message may hold several requests of one kind, and courtesy around them ("Oi, quero sair. SAIR! Obrigado").
        Case, accents, punctuation, emoji and repeated letters do not matter; other words do. A question mark does,
        except behind a single word and behind a polite request ("pode me tirar da lista?").
        """
        words = tokens(text)
        if not words or len(words) > LONGEST:
            return None
        if any(
            consists_of(words, wanted, around=COURTESY, behind=BEHIND)
            for wanted in ((self.opt_out, REQUESTS), (self.negations,))
        ):
            return Intent.OPT_OUT
        return Intent.OPT_IN if consists_of(words, (self.opt_in,), around=COURTESY) else None


def check_words(opt_out_words: Sequence[str], opt_in_words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Returns the user's words as they are stored: upper case, each once, with those that hold for every user.

    Raises:
        Rejected: a word has no letter and no digit, or would mean both.
    """
    known = Words.of(opt_out_words, ())
    wrong = [
        Field(f"{name}.{index}", "has no letter or digit")
        for name, words in (("opt_out_words", opt_out_words), ("opt_in_words", opt_in_words))
        for index, word in enumerate(words)
        if not _essence(word)
    ]
    wrong += [
        Field(f"opt_in_words.{index}", "is also an opt-out word")
        for index, word in enumerate(opt_in_words)
        if known.intent(word) is Intent.OPT_OUT
    ]
    if wrong:
        raise Rejected(
            "Some of these words cannot be used, so nothing was changed. Correct them.",
            code="opt-out-words",
            fields=wrong,
        )
    return _each_once((*ALWAYS, *opt_out_words)), _each_once(opt_in_words)


def _each_once(words: Iterable[str]) -> list[str]:
    found: dict[Tokens, str] = {}
    for word in words:
        found.setdefault(_essence(word), " ".join(word.split()).upper())
    return list(found.values())


def _patterns(wanted: Iterable[Tokens]) -> Patterns:
    return Patterns(literal(word) for word in wanted if word)


def _essence(text: str) -> Tokens:
    """Returns a user's word without courtesy and question marks; a repeated single word once."""
    plain = f" {' '.join(word for word in tokens(text) if word != QUESTION)} "
    for polite in _COURTESY:
        plain = plain.replace(f" {' '.join(polite)} ", " ")
    words = tuple(plain.split())
    return words[:1] if len(set(words)) == 1 else words


DEFAULT = Words.of(OPT_OUT_WORDS, OPT_IN_WORDS)
