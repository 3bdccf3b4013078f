"""Whether a reply is a request to opt out, or to opt in again."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hidra.domain.courtesy_phrases import (
    BEFORE_ITS_OBJECT,
    BEFORE_ITS_OBJECT_IN_A_QUESTION,
    BEHIND_OPT_OUT,
    BESIDE_OPT_IN,
    BESIDE_OPT_OUT,
    GREETING_QUESTIONS,
    NO_INTEREST,
    NO_THANKS,
)
from hidra.domain.opt_out_phrases import REQUESTS
from hidra.domain.phrase import BREAK, QUESTION, Patterns, Tokens, consists_of, literal, tokens, tokens_and_breaks
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
_COURTESY = tuple(map(tokens, ("por favor", "favor", "obrigado")))
_NEGATIONS = frozenset({"nao", "no", "n", "not", "nunca", "nem", "don"})
_INFINITIVE = re.compile(r"\w+[aei]r(me|se)?")


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
        Case, accents, emoji and repeated letters do not matter; other words do. A question mark does, except behind a
        single word and behind a polite request ("pode me tirar da lista?"). Other punctuation matters only between a
        request and the refusal or greeting before it. A request to opt in stands beside no refusal and no question.
        """
        marked = tokens_and_breaks(text)
        words = tuple(word for word in marked if word != BREAK)
        if not words or len(words) > LONGEST or self._is_talked_about(marked):
            return None
        if any(
            consists_of(words, wanted, around=BESIDE_OPT_OUT, behind=BEHIND_OPT_OUT)
            for wanted in ((self.opt_out, REQUESTS), (self.negations,))
        ):
            return Intent.OPT_OUT
        if consists_of(words, (self.opt_in,), around=BESIDE_OPT_IN) and not _asks(words):
            return Intent.OPT_IN
        return None

    def _is_talked_about(self, marked: Tokens) -> bool:
        """Whether the words beside a request make it an object or deny it ("que tal sair?", "sair? não, obrigado")."""
        for start in range(len(marked)):
            ends = {end for found in (self.opt_out, self.opt_in, REQUESTS) for end in found.ends(marked, start)}
            if ends and (_is_object(marked, start) or any(_is_denied(marked, start, end) for end in ends)):
                return True
        return False


def _is_object(marked: Tokens, start: int) -> bool:
    """Whether the request at ``start`` is an infinitive, and an object of the words before it.

    It is so only where no sign separates them: "não me interessa. Sair" is a refusal and a request.
    """
    if not _INFINITIVE.fullmatch(marked[start]):
        return False
    asked = next((mark for mark in marked[start:] if mark in (BREAK, QUESTION)), BREAK) == QUESTION
    return _stands_before(start, BEFORE_ITS_OBJECT, marked) or (
        asked and _stands_before(start, BEFORE_ITS_OBJECT_IN_A_QUESTION, marked)
    )


def _is_denied(marked: Tokens, start: int, end: int) -> bool:
    """Whether a refusal answers the request as a question, or "não, obrigado" follows it without a sign.

    "Pode me tirar da lista? Não tenho interesse" gives a reason; "sair? Não tenho interesse" is an answer.
    """
    behind = tuple(word for word in marked[end:] if word != BREAK)
    if marked[end - 1] != QUESTION:
        return marked[end : end + 1] in (("nao",), ("n",)) and bool(NO_THANKS.ends(behind, 0))
    begins = start == 0 or marked[start - 1] in (BREAK, QUESTION)
    refusals = (NO_THANKS, NO_INTEREST) if begins and _INFINITIVE.fullmatch(marked[start]) else (NO_THANKS,)
    return any(refusal.ends(behind, 0) for refusal in refusals)


def _stands_before(at: int, patterns: Patterns, words: Tokens) -> bool:
    return any(at in patterns.ends(words, start) for start in range(at))


def _asks(words: Tokens) -> bool:
    """Whether the message ends as a question, or one stands anywhere but behind a greeting ("tudo bem?")."""
    return words[-1] == QUESTION or any(
        word == QUESTION and not _stands_before(at + 1, GREETING_QUESTIONS, words) for at, word in enumerate(words)
    )


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
