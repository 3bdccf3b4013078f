"""Consent in the cells of a file: the legal basis itself, or yes and no as people write them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from hidra.domain.consent import LegalBasis
from hidra.domain.contact import MAX_VALUE
from hidra.domain.imports.column_names import words
from hidra.domain.imports.column_words import word_set

type Consent = dict[str, str | None]

_YES = word_set(
    "sim s x 1 true verdadeiro yes y si ok on checked marcado aceito aceita aceitou autorizo autoriza autorizou "
    "autorizado autorizada concordo concorda concordou concedido optin permitido permite subscribed confirmado "
    "consentiu"
)
_NO = word_set(
    "nao n 0 false falso no off nunca recusado recusou recusa negado negou optout unsubscribed desmarcado pendente"
)
_FILLERS = word_set("eu receber mensagens mensagem contato whatsapp marketing out in opt o a")
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
    if text in ("✓", "✔", "☑", "✅"):
        return True
    if text in ("-", "–", "✗", "✘", "☐", "❌"):
        return False
    said = words(text.removesuffix(".0"))
    if not said:
        return None
    if said[0] in _NO or said[:2] == ("opt", "out"):
        return False if _NO.union(_YES, _FILLERS).issuperset(said) else None
    return True if _YES.intersection(said) and _YES.union(_FILLERS).issuperset(said) else None


@dataclass(frozen=True)
class ConsentRules:
    """``default`` is the consent of rows without one of their own, and completes a yes.

    ``values`` are the user's own texts, as ``folded`` writes them; None: no consent.
    """

    default: Consent | None = None
    values: Mapping[str, str | None] = field(default_factory=dict)

    @classmethod
    def of(cls, option: Mapping[str, Any] | None) -> "ConsentRules":
        """The rules of an import's option ``consent``; an import of an earlier version has none."""
        given = option or {}
        default = {key: given.get(key) for key in ("basis", "source", "at")} if given.get("basis") else None
        return cls(default, {folded(text): basis for text, basis in (given.get("values") or {}).items()})

    def read(self, basis: str, source: str, at: str) -> Consent | str | None:
        """A row's consent, None if it has none, or the reason why the row is rejected."""
        if not (basis or source or at):
            return self.default
        if len(basis) > MAX_VALUE or len(source) > MAX_VALUE:
            return "value_too_long"
        moment = _moment(at) if at else None
        if at and moment is None:
            return "invalid_consent"
        found = self._basis(basis)
        if found is None:
            return None
        if not found:
            return "invalid_consent"
        own = self.default if self.default and (not basis or answer(basis)) else {}
        return {"basis": found, "source": source or own.get("source"), "at": moment or own.get("at")}

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
        return (usual or LegalBasis.CONSENT.value) if said else None


def folded(text: str) -> str:
    """The text without case, accents and signs; a text of signs only as it is."""
    return " ".join(words(text)) or text.strip()


def _moment(text: str) -> str | None:
    """The instant of ISO 8601 or a Brazilian date, with or without a time of day; without a zone it is UTC."""
    readers: tuple[Callable[[str], datetime], ...] = (
        datetime.fromisoformat,
        lambda given: datetime.strptime(given, "%d/%m/%Y").replace(tzinfo=UTC),
        lambda given: datetime.strptime(given, "%d/%m/%Y %H:%M").replace(tzinfo=UTC),
        lambda given: datetime.strptime(given, "%d/%m/%Y %H:%M:%S").replace(tzinfo=UTC),
    )
    for read in readers:
        try:
            found = read(text)
            found = found if found.tzinfo else found.replace(tzinfo=UTC)
            return found.astimezone(UTC).isoformat().replace("+00:00", "Z")
        except (ValueError, OverflowError):
            continue
    return None
