"""Consent in the cells of a file: the legal basis itself, or yes and no as people write them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from hidra.domain.consent import LegalBasis
from hidra.domain.contact import MAX_VALUE
from hidra.domain.imports.column_names import clean, words
from hidra.domain.imports.column_words import word_set
from hidra.domain.imports.no_answer import no_answer

type Consent = dict[str, str | None]

_YES = word_set(
    "sim s x 1 true verdadeiro yes y si ok on checked marcado aceito aceita aceitou autorizo autoriza autorizou "
    "autorizado autorizada concordo concorda concordou concedido optin permitido permite subscribed confirmado "
    "consentiu quero agree agreed accept accepts accepted allow allowed granted"
)
_NO = word_set(
    "nao n 0 false falso no off nunca recusado recusou recusa negado negou optout unsubscribed desmarcado pendente "
    "declined denied refused"
)
_FILLERS = word_set("eu i receber mensagens mensagem contato whatsapp marketing double o a")
# A column's name with one of these denies. With one of the others it asks: "Aceita? (sim ou não)".
_DENIALS = word_set("optout nao not unsubscribed unsubscribe descadastrado descadastrados recusado recusou negado dnc")
_ASKS = word_set("sim s yes y si ou or")
_DATE = re.compile(
    r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})"
    r"(?:(?:T|,? +)(?:(?:às|as|at|-|–) +)?(\d{1,2})[:h](\d{2})(?::(\d{2})(?:\.\d+)?)?(?: *([ap])\.?m\.?)?)?",
    re.ASCII | re.IGNORECASE,
)
_MONTHS, _NOON = 12, 12
_FIRST_YEAR_OF_1900 = 50  # of years with two digits
_PORTUGUESE = {
    "consentimento": LegalBasis.CONSENT,
    "obrigacao legal": LegalBasis.LEGAL_OBLIGATION,
    "politica publica": LegalBasis.PUBLIC_POLICY,
    "politicas publicas": LegalBasis.PUBLIC_POLICY,
    "pesquisa": LegalBasis.RESEARCH,
    "contrato": LegalBasis.CONTRACT,
    "execucao de contrato": LegalBasis.CONTRACT,
    "processo judicial": LegalBasis.LEGAL_PROCEEDINGS,
    "protecao da vida": LegalBasis.PROTECTION_OF_LIFE,
    "tutela da saude": LegalBasis.HEALTH_PROTECTION,
    "legitimo interesse": LegalBasis.LEGITIMATE_INTEREST,
    "interesse legitimo": LegalBasis.LEGITIMATE_INTEREST,
    "protecao do credito": LegalBasis.CREDIT_PROTECTION,
}
_BASES = {" ".join(words(basis.value)): basis for basis in LegalBasis} | _PORTUGUESE


def answer(text: str) -> bool | None:
    """Whether a text says yes or no; None for any other."""
    text = clean(text)
    if text in ("✓", "✔", "☑", "✅"):
        return True
    if text in ("-", "–", "✗", "✘", "☐", "❌"):
        return False
    said = words(text.removesuffix(".0"))
    if not said:
        return None
    if said[0] in _NO or "optout" in said:
        return False if _NO.union(_YES, _FILLERS).issuperset(said) else None
    return True if _YES.intersection(said) and _YES.union(_FILLERS).issuperset(said) else None


def denies(name: str) -> bool:
    """Whether a yes in a column of this name is no consent: "WhatsApp opt-out", "Não receber"."""
    said = words(name)
    return not _DENIALS.isdisjoint(said) and _ASKS.isdisjoint(said)


@dataclass(frozen=True)
class ConsentRules:
    """``default`` is the consent of rows without one of their own, and completes a yes.

    ``values`` are the user's own texts, as ``folded`` writes them; None: no consent. ``denied``: the column's name
    denies, so neither yes nor no is consent. ``month_first``: 02/03/2024 is in February.
    """

    default: Consent | None = None
    values: Mapping[str, str | None] = field(default_factory=dict)
    denied: bool = False
    month_first: bool = False

    @classmethod
    def of(
        cls,
        option: Mapping[str, Any] | None,
        mapping: Mapping[str, str | None] | None = None,
        *,
        month_first: bool = False,
    ) -> "ConsentRules":
        """The rules of an import's option ``consent``; an import of an earlier version has none."""
        given = option or {}
        return cls(
            default={key: given.get(key) for key in ("basis", "source", "at")} if given.get("basis") else None,
            values={folded(text): basis for text, basis in (given.get("values") or {}).items()},
            denied=any(role == "consent.basis" and denies(name) for name, role in (mapping or {}).items()),
            month_first=month_first,
        )

    def read(self, basis: str, source: str, at: str) -> Consent | str | None:
        """A row's consent, None if it has none, or the reason why the row is rejected."""
        if len(basis) > MAX_VALUE or len(source) > MAX_VALUE:
            return "value_too_long"
        basis, source, at = self._without_no_answer(basis), *("" if no_answer(each) else each for each in (source, at))
        if not (basis or source or at):
            return self.default
        moment = _moment(at, month_first=self.month_first) if at else None
        if at and moment is None:
            return "invalid_consent"
        found = self._basis(basis)
        if found is None:
            return None
        if not found:
            return "invalid_consent"
        own = self.default if self.default and (not basis or answer(basis)) else {}
        return {"basis": found, "source": source or own.get("source"), "at": moment or own.get("at")}

    def _without_no_answer(self, basis: str) -> str:
        known = folded(basis) in self.values or answer(basis) is not None
        return "" if not known and no_answer(basis) else basis

    def _basis(self, text: str) -> str | None:
        """The basis; None if the text denies it; empty if the text says neither."""
        usual = (self.default or {}).get("basis")
        if not text:
            return usual or ""
        plain = folded(text)
        if plain in self.values:
            return self.values[plain]
        if plain in _BASES:
            return _BASES[plain].value
        said = answer(text)
        if said is None:
            return ""
        return (usual or LegalBasis.CONSENT.value) if said and not self.denied else None


def folded(text: str) -> str:
    """The text without case, accents and signs; a text of signs only as it is."""
    return " ".join(words(text)) or text.strip()


def _moment(text: str, *, month_first: bool) -> str | None:
    """The instant of a date, with or without a time of day; without a zone it is UTC.

    Day and month are told apart as by ``hidra.instant`` in SQL.

    Args:
        month_first: of two numbers that may both be the month, the first is it.
    """
    try:
        found = _written(text, month_first=month_first) or datetime.fromisoformat(text)
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return None


def _written(text: str, *, month_first: bool) -> datetime | None:
    """The time of a date in numbers whose year is last; None for any other text."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    if len(found[4]) == len("26"):
        year += 2000 if year < _FIRST_YEAR_OF_1900 else 1900
    month, day = (first, second) if (month_first and first <= _MONTHS) or second > _MONTHS else (second, first)
    hours, minutes, seconds = (int(each or 0) for each in found.group(5, 6, 7))
    if found[8]:
        if not 1 <= hours <= _NOON:
            raise ValueError
        hours = hours % _NOON + _NOON * (found[8].lower() == "p")
    return datetime(year, month, day, hours, minutes, seconds, tzinfo=UTC)
