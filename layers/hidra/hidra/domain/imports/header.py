"""The header of a file: what its columns mean, and whether they fit."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hidra.domain.contact import MAX_ATTRIBUTE_NAME, MAX_ATTRIBUTES
from hidra.domain.export import CONTACT_COLUMNS
from hidra.domain.formula import unguarded
from hidra.domain.imports import column_words as known
from hidra.domain.imports.column_names import clean, words
from hidra.domain.imports.columns import (
    ATTRIBUTE,
    CONSENT,
    MAX_COLUMNS,
    NAME,
    NO_SAMPLE,
    PHONE,
    Cells,
    Columns,
    PhoneCells,
    Sample,
    is_number,
    mostly,
    understood,
)
from hidra.domain.imports.file_warning import FileWarning, listed
from hidra.domain.text import NUL
from hidra.errors import Rejected


def columns(header: Sequence[str], mapping: Mapping[str, str | None], sample: Sample = NO_SAMPLE) -> Columns:
    """What each column means.

    The mapping decides first: column's name → phone, phone.area_code, phone.country_code, name, consent.*, an
    attribute's name, or None to leave it out. Several columns may be the phone, or together the name. If it names no
    phone, the columns with a usual name for a phone are, the best name first; likewise for the name. All others are
    attributes. A CSV that Hidra exported is read as it was written.

    Raises:
        Rejected: the header does not fit.
    """
    if len(header) > MAX_COLUMNS:
        raise Rejected(
            f"The file has {len(header)} columns; at most {MAX_COLUMNS} are allowed. "
            "Remove columns and create a new import.",
            code="too_many_columns",
        )
    if any(NUL in name for name in header):
        raise Rejected(
            "The file's first line holds the character NUL: the file is not text, or is in another encoding. "
            "Create a new import and name the encoding.",
            code="no_text",
        )
    if not mapping and tuple(header[: len(CONTACT_COLUMNS)]) == CONTACT_COLUMNS:
        return _exported(header[len(CONTACT_COLUMNS) :])
    names = [clean(unguarded(name)) for name in header]
    chosen = _chosen(names, mapping)
    found = understood(names, chosen, sample)
    if not found.phones:
        raise Rejected(_no_phone(names, chosen, Cells(sample.rows)), code="no_phone_column")
    return _limited(_named(found, names, chosen), chosen, sample)


def _exported(attributes: Sequence[str]) -> Columns:
    """The columns of a CSV that Hidra exported: the contact's own, without id and times, then its attributes."""
    own = {PHONE, NAME, *CONSENT}
    roles = [name if name in own else "" for name in CONTACT_COLUMNS]
    roles += [ATTRIBUTE + unguarded(name) for name in attributes]
    return Columns(tuple(roles), (PhoneCells(roles.index(PHONE)),), ((roles.index(NAME),),))


def _chosen(names: Sequence[str], mapping: Mapping[str, str | None]) -> dict[int, str | None]:
    chosen: dict[int, str | None] = {}
    for name, role in mapping.items():
        exact = [at for at, each in enumerate(names) if each == clean(name)]
        alike = exact or [at for at, each in enumerate(names) if words(each) == words(name) != ()]
        if not alike:
            raise Rejected(
                f"The file has no column {name[:100]!r}, which the mapping names. Create a new import and "
                "correct the mapping or the file's first line.",
                code="unknown_column",
            )
        chosen |= {at: role for at in alike if exact or at not in chosen}
    return chosen


def _named(found: Columns, names: Sequence[str], chosen: Mapping[int, str | None]) -> Columns:
    """With different names for the attributes of columns without a mapping, none too long."""
    roles, short, repeated = list(found.roles), [], []
    taken = {roles[at] for at in chosen}
    for at, role in enumerate(found.roles):
        if at in chosen or not role.startswith(ATTRIBUTE):
            continue
        name = names[at][:MAX_ATTRIBUTE_NAME].strip()
        if name != names[at]:
            short.append(name)
        plain, number = name, 1
        while ATTRIBUTE + name in taken:
            number += 1
            name = f"{plain[: MAX_ATTRIBUTE_NAME - 4]} {number}"
        if number > 1:
            repeated.append(name)
        roles[at] = ATTRIBUTE + name
        taken.add(roles[at])
    warnings = list(found.warnings)
    if repeated:
        warnings.append(
            FileWarning(
                "repeated_columns",
                f"Several columns have the same name. The further ones are the attributes {listed(repeated)}.",
            )
        )
    if short:
        warnings.append(
            FileWarning(
                "column_names_shortened",
                f"An attribute's name has at most {MAX_ATTRIBUTE_NAME} characters. Longer columns' names were cut: "
                f"{listed(short)}.",
            )
        )
    return replace(found, roles=tuple(roles), warnings=tuple(warnings))


def _limited(found: Columns, chosen: Mapping[int, str | None], sample: Sample) -> Columns:
    """With as many attributes as a contact may have: mapped columns first, then columns with text in the sample."""
    at_of: dict[str, list[int]] = {}
    for at, role in enumerate(found.roles):
        if role.startswith(ATTRIBUTE):
            at_of.setdefault(role, []).append(at)
    if len(at_of) <= MAX_ATTRIBUTES:
        return found
    cells = Cells(sample.rows)
    filled = {role: any(cells.of(at) for at in places) for role, places in at_of.items()}
    order = sorted(at_of, key=lambda role: (not any(at in chosen for at in at_of[role]), not filled[role]))
    dropped = set(order[MAX_ATTRIBUTES:])
    if not sample.rows:
        filled = dict.fromkeys(at_of, True)
    warnings = list(found.warnings)
    if lost := [role.removeprefix(ATTRIBUTE) for role in at_of if role in dropped and filled[role]]:
        warnings.append(
            FileWarning(
                "attributes_not_imported",
                f"A contact has at most {MAX_ATTRIBUTES} attributes. These columns were not imported: {listed(lost)}. "
                "To choose others, create a new import and map columns to null.",
            )
        )
    unread = [role.removeprefix(ATTRIBUTE) for role in at_of if role in dropped and not filled[role]]
    if unread and not sample.whole:
        warnings.append(
            FileWarning(
                "empty_columns_not_imported",
                f"Columns that are empty in the first {len(sample.rows)} rows were not imported: {listed(unread)}. "
                "If later rows fill one of them, create a new import and map it to an attribute's name.",
            )
        )
    roles = tuple("" if role in dropped else role for role in found.roles)
    return replace(found, roles=roles, warnings=tuple(warnings))


def _no_phone(names: Sequence[str], chosen: Mapping[int, str | None], cells: Cells) -> str:
    other = known.NEVER | known.CODE
    likely = [
        name
        for at, name in enumerate(names)
        if name and at not in chosen and not other.intersection(words(name)) and mostly(cells.of(at), is_number)
    ]
    if any(is_number(name) for name in names):
        return (
            "No column is the phone: the file's first line seems to be a row. Write the columns' names into the first "
            "line and create a new import."
        )
    if likely:
        return (
            f"No column is the phone by its name; {listed(likely, 3)} may hold phones. Create a new import and map one "
            "of the columns to phone."
        )
    return "No column is the phone. Create a new import and map one of the columns to phone."
