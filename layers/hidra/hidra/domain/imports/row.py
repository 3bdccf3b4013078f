"""What one row of a file says about a contact, or why the row is rejected."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from hidra.domain.contact import MAX_ATTRIBUTE_NAME, MAX_ATTRIBUTES, MAX_NAME, MAX_VALUE, Value, fits
from hidra.domain.formula import unguarded
from hidra.domain.imports.column_names import clean
from hidra.domain.imports.columns import ATTRIBUTE, CONSENT, NAME, PHONE, Columns, understood
from hidra.domain.imports.consent_cells import Consent, ConsentRules
from hidra.domain.imports.phone_cells import PhoneParser, phone_reader
from hidra.domain.text import blank, storable

MAX_SHAPES = 1_000  # of JSON objects that are kept
_KEYS_OF_API = (PHONE, NAME)
_CONTACT_OF_API = {
    "id", "phone", "name", "attributes", "consent", "not_on_whatsapp_at", "created_at", "updated_at",
}  # fmt: skip


class ContactRow(NamedTuple):
    phone: str
    name: str | None
    attributes: dict[str, Value]
    consent: Consent | None


# Returns a row, or the reason why it is rejected.
type Reader = Callable[[Any], ContactRow | str]


def of_cells(
    columns: Columns, parse_phone: PhoneParser, consent: ConsentRules, *, text_of: Callable[[str], str] = unguarded
) -> Reader:
    """Returns a reader of a delimited row's cells. An empty cell changes nothing in the contact.

    Args:
        text_of: the text of a cell that begins with an apostrophe; exports write one before what looks like a formula.
    """
    width = len(columns.roles)
    phone_of, name_of = phone_reader(columns.phones, parse_phone), _name_reader(columns.names)
    attributes_at = [
        (at, role.removeprefix(ATTRIBUTE)) for at, role in enumerate(columns.roles) if role.startswith(ATTRIBUTE)
    ]
    consent_at = [columns.roles.index(each) if each in columns.roles else None for each in CONSENT]
    by_row = any(at is not None for at in consent_at)

    def read(cells: Sequence[str]) -> ContactRow | str:
        if len(cells) < width:
            cells = [*cells, *[""] * (width - len(cells))]
        elif len(cells) > width and any(map(str.strip, cells[width:])):
            return "too_many_cells"
        phone = phone_of(cells)
        if phone[0] != "+":
            return phone
        attributes: dict[str, Value] = {}
        longest = 0
        for at, key in attributes_at:
            if value := _shown(cells[at]):
                attributes[key] = value if value[0] != "'" else text_of(value)
                longest = max(longest, len(value))
        name = name_of(cells)
        if name is not None and name[0] == "'":
            name = text_of(name)
        if longest > MAX_VALUE or (name is not None and len(name) > MAX_NAME):
            return "value_too_long"
        given = consent.default
        if by_row:
            read_consent = consent.read(*("" if at is None else text_of(cells[at].strip()) for at in consent_at))
            if isinstance(read_consent, str):
                return read_consent
            given = read_consent
        return ContactRow(phone, name, attributes, given)

    return read


def _shown(cell: str) -> str:
    """The cell without white space at its ends; empty if it shows nothing, as one of a zero-width space."""
    text = cell.strip()
    return text if (text.isascii() and text.isprintable()) or not blank(text) else ""


def _name_reader(names: Sequence[Sequence[int]]) -> Callable[[Sequence[str]], str | None]:
    """Returns a reader of a row's name: the first one with text. One in several columns is joined.

    A backslash at the end is left of a quote that was written wrongly.
    """
    if not names:
        return lambda _: None
    if len(names) == len(names[0]) == 1:
        only = names[0][0]
        return lambda cells: _shown(cells[only]).rstrip("\\") or None

    def read(cells: Sequence[str]) -> str | None:
        for columns in names:
            parts: list[str] = []
            for at in columns:
                part = _shown(cells[at]).rstrip("\\")
                # Some lists write the whole name first, and then the last name once more.
                if part and not (parts and parts[-1].casefold().endswith(f" {part.casefold()}")):
                    parts.append(part)
            if parts:
                return " ".join(parts)
        return None

    return read


class _Shape(NamedTuple):
    """What the keys of a JSON object mean; ``used`` are those of the phone, the name and the consent."""

    roles: tuple[str, ...]
    used: set[int]
    read: Reader


def of_object(mapping: Mapping[str, str | None], parse_phone: PhoneParser, consent: ConsentRules) -> Reader:
    """Returns a reader of a JSON object: ``phone``, ``name``, ``attributes`` and ``consent`` as the API takes them;
    other keys are columns. Null and empty text change nothing in the contact. Of a contact as the API and exports show
    it, id and times are left out."""
    shapes: dict[tuple[tuple[str, ...], tuple[str, ...]], _Shape] = {}

    def shape(keys: tuple[str, ...], of_api: tuple[str, ...]) -> _Shape:
        known = shapes.get((keys, of_api))
        if known is None:
            if len(shapes) >= MAX_SHAPES:
                shapes.clear()
            chosen: dict[int, str | None] = {at: key for at, key in enumerate(keys) if key in (*of_api, *CONSENT)}
            chosen |= {at: mapping[key] for at, key in enumerate(keys) if key in mapping}
            columns = understood([clean(key) for key in keys], chosen)
            texts = tuple(role if not role.startswith(ATTRIBUTE) else "" for role in columns.roles)
            read_texts = of_cells(
                Columns(texts, columns.phones, columns.names), parse_phone, consent, text_of=lambda text: text
            )
            used = {at for each in (*columns.phones, *columns.names) for at in each if at is not None}
            used |= {at for at, role in enumerate(columns.roles) if role in CONSENT}
            known = shapes[keys, of_api] = _Shape(columns.roles, used, read_texts)
        return known

    def read(value: Mapping[str, Any]) -> ContactRow | str:
        if not mapping and value.keys() == _CONTACT_OF_API:
            value = {key: value[key] for key in (PHONE, NAME, "attributes", "consent")}
        inner = {key: value.get(key) or {} for key in ("attributes", "consent") if key not in mapping}
        if not all(isinstance(each, Mapping) for each in inner.values()):
            return "invalid_value"
        # Empty ones have a meaning, too: the mother's phone is none in the place of the person's own that is empty.
        flat = {key: each for key, each in value.items() if key not in inner}
        given = inner.get("consent", {})
        flat |= {role: given[key] for role in CONSENT if given.get(key := role.removeprefix("consent.")) is not None}
        attributes = {name: each for name, each in inner.get("attributes", {}).items() if not _empty(each)}
        columns = shape(tuple(flat), tuple(key for key in _KEYS_OF_API if not _empty(flat.get(key))))
        texts = [""] * len(flat)
        for at, (role, each) in enumerate(zip(columns.roles, flat.values(), strict=True)):
            if _empty(each):
                continue
            if role.startswith(ATTRIBUTE):
                attributes[role.removeprefix(ATTRIBUTE)] = each
            if at in columns.used:
                if (text := _text(each, number=role != NAME)) is None:
                    return "invalid_value"
                texts[at] = text
        for key, item in attributes.items():
            if reason := _unfit(key, item):
                return reason
        if len(attributes) > MAX_ATTRIBUTES:
            return "too_many_attributes"
        row = columns.read(texts)
        return row if isinstance(row, str) else ContactRow(row.phone, row.name, attributes, row.consent)

    return read


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and blank(value))


def _text(value: Any, *, number: bool) -> str | None:
    """The value of a phone, a name or a consent as text; None if it is none of these."""
    match value:
        case str():
            return value if storable(value) else None
        case bool():
            return str(value).lower() if number else None
        case int() | float() if number and abs(value) < 10**20 and value == int(value):
            return str(int(value))
    return "" if number and isinstance(value, int) else None


def _unfit(key: str, value: Any) -> str | None:
    if not key.strip() or len(key) > MAX_ATTRIBUTE_NAME or not storable(key):
        return "invalid_value"
    if fits(value):
        return None
    return "value_too_long" if isinstance(value, str) and len(value) > MAX_VALUE else "invalid_value"
