"""Placeholders such as ``{{nome}}`` in a message's text."""

import re
from collections.abc import Mapping, Sequence

from hidra.errors import Field, Rejected

PLACEHOLDER = re.compile(r"\{\{\s*(\w{1,64})\s*\}\}")

# A contact's own columns, by the names that people give them; an attribute of the same name comes first.
CONTACT_FIELDS = {"name": "name", "nome": "name", "phone": "phone", "telefone": "phone"}


def placeholders(body: str) -> list[str]:
    """The names between double braces, each once, in the order of their first appearance."""
    return list(dict.fromkeys(PLACEHOLDER.findall(body)))


def check(body: str, variables: Sequence[str]) -> None:
    """Holds the declared variables against the body's placeholders.

    Raises:
        Rejected: naming each that is declared and not used or used and not declared, or braces that are no placeholder.
    """
    found = placeholders(body)
    wrong = [
        Field("variables", f"{name!r} is declared but does not appear in the body")
        for name in variables
        if name not in found
    ]
    wrong += [
        Field("variables", f"{name!r} appears in the body but is not declared")
        for name in found
        if name not in variables
    ]
    if len(set(variables)) != len(variables):
        wrong.append(Field("variables", "a variable is declared twice"))
    rest = PLACEHOLDER.sub("", body)
    if "{{" in rest or "}}" in rest:
        wrong.append(Field("body", "double braces must enclose one name of letters, digits and underscores"))
    if wrong:
        raise Rejected(
            "The template's variables do not equal the placeholders in its body.",
            code="template-variables",
            fields=wrong,
        )


def render(body: str, values: Mapping[str, str]) -> str:
    """The text for one recipient. Values are inserted as they are: braces inside them are not read again.

    Raises:
        Rejected: naming every placeholder without a value; a blank one is none.
    """
    missing = [name for name in placeholders(body) if not values.get(name, "").strip()]
    if missing:
        raise Rejected(
            "Some variables have no value.",
            code="unresolved-variables",
            fields=[Field(f"variables.{name}", "has no value") for name in missing],
        )
    return PLACEHOLDER.sub(lambda match: values[match[1]], body)
