"""Changing a template and seeing what it makes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from hidra.domain.content import Content, Media
from hidra.domain.template import check, placeholders, render
from hidra.errors import Field, Rejected
from hidra.store import contacts, templates
from hidra.store.db import Database, Tx
from hidra.store.templates import Template


def change(db: Database, user_id: UUID, template_id: UUID, changes: Mapping[str, Any]) -> Template:
    """The template with the changed fields, which as a whole must still fit together.

    What only belongs to a part that goes, goes with it: the type and name of media, the name of a document.

    Raises:
        NotFound: the user has no such template.
        Rejected: text, media and variables would not fit together.
    """
    if changes.get("media_url", "stays") is None:
        changes = {"media_type": None, **changes}
    if changes.get("media_type", "document") != "document":
        changes = {"file_name": None, **changes}

    def work(tx: Tx) -> Template:
        template = replace(templates.lock(tx, user_id=user_id, template_id=template_id), **changes)
        check(
            template.body,
            template.variables,
            media_url=template.media_url,
            media_type=template.media_type,
            file_name=template.file_name,
        )
        templates.save(tx, template, user_id=user_id)
        return template

    return db.as_user(user_id, work)


def preview(
    db: Database, user_id: UUID, template_id: UUID, *, contact_id: UUID | None, values: Mapping[str, str]
) -> Content:
    """What somebody would get with the contact's values, if one is named, and the given ones above them.

    Raises:
        NotFound: the user has no such template.
        Rejected: the user has no such contact, or naming each variable that has no value.
    """

    def work(tx: Tx) -> tuple[Template, Mapping[str, str] | None]:
        template = templates.get(tx, user_id=user_id, template_id=template_id)
        if contact_id is None:
            return template, {}
        names = placeholders(template.body)
        return template, contacts.values(tx, user_id=user_id, contact_id=contact_id, variables=names)

    template, own = db.as_user(user_id, work)
    if own is None:
        raise Rejected(
            "There is no such contact.",
            code="unknown-contact",
            fields=[Field("contact_id", "is not one of your contacts")],
        )
    media = Media.of(template.media_url, template.media_type, template.file_name)
    return Content(render(template.body, {**own, **values}), media)
