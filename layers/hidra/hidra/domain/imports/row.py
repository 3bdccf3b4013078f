"""What one row of a file says about a contact, or why the row is rejected."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from hidra.domain.consent import LegalBasis
from hidra.domain.contact import (
    MAX_ATTRIBUTE_NAME,
    MAX_ATTRIBUTES,
    MAX_NAME,
    MAX_PHONE,
    MAX_VALUE,
    Value,
    fits,
)
from hidra.domain.imports.layout import CONSENT, NAME, PHONE, role
from hidra.domain.numbering_plan import PhoneProblem
from hidra.domain.text import storable

_BASES = frozenset(basis.value for basis in LegalBasis)


class ContactRow(NamedTuple):
    phone: str
    name: str | None
    attributes: dict[str, Value]
    consent: dict[str, str | None] | None


# Returns a row, or the reason why it is rejected.
type Reader = Callable[[Any], ContactRow | str]
# Returns the E.164 number of a text, or what is wrong with it.
type PhoneReader = Callable[[str], str | PhoneProblem]


def of_cells(columns: Sequence[str], parse_phone: PhoneReader) -> Reader:
    """Returns a reader of a delimited row's cells. An empty cell changes nothing in the contact."""
    width = len(columns)
    phone_at = columns.index(PHONE)
    name_at = columns.index(NAME) if NAME in columns else None
    prefix = len("attribute:")
    attributes_at = [(at, each[prefix:]) for at, each in enumerate(columns) if each.startswith("attribute:")]
    consent_at = [(columns.index(each), each.split(".")[1]) for each in CONSENT if each in columns]

    def read(cells: Sequence[str]) -> ContactRow | str:
        if len(cells) < width:
            cells = [*cells, *[""] * (width - len(cells))]
        elif len(cells) > width and any(map(str.strip, cells[width:])):
            return "too_many_cells"
        written = cells[phone_at].strip()
        e164 = parse_phone(written) if len(written) <= MAX_PHONE else PhoneProblem.INVALID
        if isinstance(e164, PhoneProblem):
            return e164.value if written else "no_phone"
        attributes: dict[str, Value] = {}
        longest = 0
        for at, key in attributes_at:
            if value := cells[at].strip():
                attributes[key] = value
                longest = max(longest, len(value))
        name = (cells[name_at].strip() or None) if name_at is not None else None
        if longest > MAX_VALUE or (name is not None and len(name) > MAX_NAME):
            return "value_too_long"
        consent = _consent({key: cells[at] for at, key in consent_at}) if consent_at else None
        return consent if isinstance(consent, str) else ContactRow(e164, name, attributes, consent)

    return read


def of_object(mapping: Mapping[str, str | None], parse_phone: PhoneReader) -> Reader:
    """Returns a reader of a JSON object: ``phone``, ``name``, ``attributes`` and ``consent`` as the API takes them;
    other keys are columns. Null changes nothing in the contact."""

    def read(value: Mapping[str, Any]) -> ContactRow | str:
        found: dict[str, Any] = {}
        for key, each in value.items():
            if key in ("attributes", "consent") and key not in mapping:
                if not isinstance(each, Mapping | None):
                    return "invalid_value"
                inner = "attribute:" if key == "attributes" else "consent."
                found.update({inner + name: item for name, item in (each or {}).items() if item is not None})
            elif (column := role(key, mapping)) and each is not None:
                found[column] = each
        attributes: dict[str, Value] = {}
        texts: dict[str, str] = {}
        for key, each in found.items():
            if key.startswith("attribute:"):
                if reason := _unfit(key[len("attribute:") :], each):
                    return reason
                attributes[key[len("attribute:") :]] = each
            elif not isinstance(each, str) or not storable(each):
                if key != PHONE or not isinstance(each, int) or isinstance(each, bool):
                    return "invalid_value"
                texts[key] = str(each) if abs(each) < 10**20 else ""
            else:
                texts[key] = each
        if len(attributes) > MAX_ATTRIBUTES:
            return "too_many_attributes"
        row = read_texts([texts.get(column, "") for column in fixed])
        return row if isinstance(row, str) else ContactRow(row.phone, row.name, attributes, row.consent)

    fixed = (PHONE, NAME, *CONSENT)
    read_texts = of_cells(fixed, parse_phone)
    return read


def _unfit(key: str, value: Any) -> str | None:
    if not key.strip() or len(key) > MAX_ATTRIBUTE_NAME or not storable(key):
        return "invalid_value"
    if fits(value):
        return None
    return "value_too_long" if isinstance(value, str) and len(value) > MAX_VALUE else "invalid_value"


def _consent(given: Mapping[str, str]) -> dict[str, str | None] | str | None:
    texts = {key: text.strip() for key, text in given.items()}
    if not any(texts.values()):
        return None
    if any(len(text) > MAX_VALUE for text in texts.values()):
        return "value_too_long"
    basis, at = texts.get("basis", "").lower(), texts.get("at", "")
    moment = _moment(at)
    if basis not in _BASES or (at and moment is None):
        return "invalid_consent"
    return {"basis": basis, "source": texts.get("source") or None, "at": moment}


def _moment(text: str) -> str | None:
    """The instant of ISO 8601 or a Brazilian date, with or without a time of day; without a zone it is UTC."""
    for read in (
        datetime.fromisoformat,
        lambda given: datetime.strptime(given, "%d/%m/%Y").replace(tzinfo=UTC),
        lambda given: datetime.strptime(given, "%d/%m/%Y %H:%M").replace(tzinfo=UTC),
        lambda given: datetime.strptime(given, "%d/%m/%Y %H:%M:%S").replace(tzinfo=UTC),
    ):
        try:
            found = read(text)
            found = found if found.tzinfo else found.replace(tzinfo=UTC)
            return found.astimezone(UTC).isoformat().replace("+00:00", "Z")
        except (ValueError, OverflowError):
            continue
    return None
