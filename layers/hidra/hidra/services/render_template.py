"""The text and the media of a template, with values in place of its placeholders."""

from collections.abc import Mapping
from uuid import UUID

from hidra.domain.content import Content, Media
from hidra.domain.template import WHATSAPP_CHARACTERS, chosen, placeholders, render
from hidra.errors import Field, Rejected
from hidra.store import contacts, templates
from hidra.store.db import Database, Tx
from hidra.store.templates import Template


def render_template(
    db: Database, user_id: UUID, template_id: UUID, *, contact_id: UUID | None, values: Mapping[str, str]
) -> Content:
    """Returns the template as a recipient would get it.

    Args:
        contact_id: the contact whose values are put in; None for no contact.
        values: override the contact's, by names that fold alike.

    Raises:
        NotFound: the user has no such template.
        Rejected: the user has no such contact, or variables have no value, and the error names each variable; or the
            values make the text longer than any of WhatsApp's.
    """

    def work(tx: Tx) -> tuple[Template, Mapping[str, str] | None]:
        template = templates.get(tx, template_id=template_id)
        if contact_id is None:
            return template, {}
        return template, contacts.values(tx, contact_id=contact_id, variables=placeholders(template.body))

    template, own = db.as_user(user_id, work)
    if own is None:
        raise Rejected(
            "There is no contact with this id. Use the id of one of your contacts.",
            code="unknown-contact",
            fields=[Field("contact_id", "is not one of your contacts")],
        )
    media = Media.of(template.media_url, template.media_type, template.file_name)
    text = render(template.body, {**own, **chosen(placeholders(template.body), values)})
    if len(text) > WHATSAPP_CHARACTERS:
        raise Rejected(
            f"The text with its values has {len(text):,} characters; WhatsApp accepts at most {WHATSAPP_CHARACTERS:,}."
            " Shorten the values or the template.",
            code="text-too-long",
            fields=[Field("variables", "make the text too long")],
        )
    return Content(text, media)
