"""Changes and previews templates."""

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
    """Returns the template with the changed fields; text, media and variables must still fit together.

    A media_url of None also removes media_type and file_name; a media_type that is not "document" removes file_name.

    Raises:
        NotFound: the user has no such template.
        Rejected: text, media and variables do not fit together.
    """
    if changes.get("media_url", "stays") is None:
        changes = {"media_type": None, **changes}
    if changes.get("media_type", "document") != "document":
        changes = {"file_name": None, **changes}

    def work(tx: Tx) -> Template:
        template = replace(templates.lock(tx, template_id=template_id), **changes)
        check(
            template.body,
            template.variables,
            media_url=template.media_url,
            media_type=template.media_type,
            file_name=template.file_name,
        )
        templates.save(tx, template)
        return template

    return db.as_user(user_id, work)


def preview(
    db: Database, user_id: UUID, template_id: UUID, *, contact_id: UUID | None, values: Mapping[str, str]
) -> Content:
    """Renders the template as a recipient would get it.

    Args:
        contact_id: the contact whose values are put in; None for no contact.
        values: override the contact's.

    Raises:
        NotFound: the user has no such template.
        Rejected: the user has no such contact, or variables have no value; the error names each variable.
    """

    def work(tx: Tx) -> tuple[Template, Mapping[str, str] | None]:
        template = templates.get(tx, template_id=template_id)
        if contact_id is None:
            return template, {}
        names = placeholders(template.body)
        return template, contacts.values(tx, contact_id=contact_id, variables=names)

    template, own = db.as_user(user_id, work)
    if own is None:
        raise Rejected(
            "There is no contact with this id. Use the id of one of your contacts.",
            code="unknown-contact",
            fields=[Field("contact_id", "is not one of your contacts")],
        )
    media = Media.of(template.media_url, template.media_type, template.file_name)
    return Content(render(template.body, {**own, **values}), media)
