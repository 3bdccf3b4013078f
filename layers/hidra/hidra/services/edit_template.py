"""Changing a template and seeing what it makes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from hidra.domain.template import check, render
from hidra.errors import Field, Rejected
from hidra.store import contacts, templates
from hidra.store.db import Database, Tx
from hidra.store.templates import Template


def change(db: Database, user_id: UUID, template_id: UUID, changes: Mapping[str, Any]) -> Template:
    """The template with the changed fields, which as a whole must still fit together.

    Raises:
        NotFound: the user has no such template.
        Rejected: the variables would not equal the placeholders in the body.
    """

    def work(tx: Tx) -> Template:
        template = replace(templates.lock(tx, user_id=user_id, template_id=template_id), **changes)
        check(template.body, template.variables)
        templates.save(tx, template, user_id=user_id)
        return template

    return db.as_user(user_id, work)


def preview(db: Database, user_id: UUID, template_id: UUID, values: Mapping[str, str]) -> str:
    """
    Raises:
        NotFound: the user has no such template.
        Rejected: naming each variable that has no value.
    """
    template = db.as_user(user_id, lambda tx: templates.get(tx, user_id=user_id, template_id=template_id))
    return render(template.body, values)


def preview_for(db: Database, user_id: UUID, template_id: UUID, contact_id: UUID) -> str:
    """The text as the contact would get it.

    Raises:
        NotFound: the user has no such template.
        Rejected: the user has no such contact, or it has no value for some variable.
    """

    def work(tx: Tx) -> tuple[Template, Mapping[str, str] | None]:
        template = templates.get(tx, user_id=user_id, template_id=template_id)
        return template, contacts.values(tx, user_id=user_id, contact_id=contact_id, variables=template.variables)

    template, values = db.as_user(user_id, work)
    if values is None:
        raise Rejected(
            "There is no such contact.",
            code="unknown-contact",
            fields=[Field("contact_id", "is not one of your contacts")],
        )
    return render(template.body, values)
