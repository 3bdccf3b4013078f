"""The text and the media of a template, with values in place of its placeholders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from hidra.domain.content import Content, Media
from hidra.domain.template import WHATSAPP_CHARACTERS, chosen, placeholders, render, render_draft
from hidra.errors import Field, Rejected
from hidra.store import contacts, templates
from hidra.store.db import Database, Tx
from hidra.store.templates import Template


@dataclass(frozen=True)
class DraftText:
    """The text for one contact; ``missing``: the placeholders that stay in it, because the contact has no value."""

    contact_id: UUID
    text: str
    missing: list[str]


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
        found = contacts.values(tx, contact_ids=[contact_id], variables=placeholders(template.body))
        return template, found.get(contact_id)

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


def render_body(db: Database, user_id: UUID, body: str, contact_ids: Sequence[UUID]) -> list[DraftText]:
    """A text that is no template yet, as each of the contacts would get it, in their order.

    Raises:
        Rejected: some of the contacts are not the user's.
    """
    names = placeholders(body)
    found = db.as_user(user_id, lambda tx: contacts.values(tx, contact_ids=contact_ids, variables=names))
    wrong = [
        Field(f"contact_ids.{at}", "is not one of your contacts")
        for at, each in enumerate(contact_ids)
        if each not in found
    ]
    if wrong:
        raise Rejected("Some of the ids are not your contacts.", code="unknown-contacts", fields=wrong)
    return [DraftText(each, *render_draft(body, found[each])) for each in contact_ids]
