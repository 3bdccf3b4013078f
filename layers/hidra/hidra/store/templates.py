"""Message templates. Editing one changes no campaign that has started: runs freeze their text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hidra.domain.content import MediaType
from hidra.errors import Conflict, HidraError
from hidra.store.db import Tx, found
from hidra.store.pages import newest_first

IN_USE: Mapping[str, HidraError] = {
    "campaigns_template_fk": Conflict(
        "Campaigns use this template; it was not deleted. Change or delete the drafts that use it; a campaign that has"
        " started keeps it.",
        code="template-in-use",
    )
}

COLUMNS = "id, title, body, variables, media_url, media_type, file_name, created_at"
INSERT = f"""
insert into hidra.message_templates (user_id, title, body, variables, media_url, media_type, file_name)
values (%(user_id)s, %(title)s, %(body)s, %(variables)s, %(media_url)s, %(media_type)s, %(file_name)s)
returning {COLUMNS}
"""  # noqa: S608 - made of constants
GET = f"""
select {COLUMNS} from hidra.message_templates where user_id = %(user_id)s and id = %(template_id)s
"""  # noqa: S608 - made of constants
LOCK = f"{GET} for no key update"
LIST = f"""
select {COLUMNS} from hidra.message_templates where user_id = %(user_id)s and {newest_first("created_at")}
"""  # noqa: S608 - made of constants
UPDATE = """
update hidra.message_templates
set title = %(title)s, body = %(body)s, variables = %(variables)s, media_url = %(media_url)s,
    media_type = %(media_type)s, file_name = %(file_name)s
where user_id = %(user_id)s and id = %(id)s
"""
DELETE = "delete from hidra.message_templates where user_id = %(user_id)s and id = %(template_id)s returning true"


@dataclass(frozen=True)
class Template:
    id: UUID
    title: str
    body: str
    variables: list[str]
    media_url: str | None
    media_type: MediaType | None
    file_name: str | None
    created_at: datetime


def create(
    tx: Tx,
    *,
    title: str,
    body: str,
    variables: Sequence[str],
    media_url: str | None,
    media_type: MediaType | None,
    file_name: str | None,
) -> Template:
    [template] = tx.rows(
        Template,
        INSERT,
        title=title,
        body=body,
        variables=list(variables),
        media_url=media_url,
        media_type=media_type,
        file_name=file_name,
    )
    return template


def get(tx: Tx, *, template_id: UUID) -> Template:
    """
    Raises:
        NotFound: the user has no such template.
    """
    return found(tx.row(Template, GET, template_id=template_id), "template")


def lock(tx: Tx, *, template_id: UUID) -> Template:
    """The template, locked against other changes until this transaction ends.

    Raises:
        NotFound: the user has no such template.
    """
    return found(tx.row(Template, LOCK, template_id=template_id), "template")


def page(tx: Tx, *, after_at: datetime | None, after_id: UUID | None, limit: int) -> list[Template]:
    """The newest first, after the given one."""
    return tx.rows(Template, LIST, after_at=after_at, after_id=after_id, limit=limit)


def save(tx: Tx, template: Template) -> None:
    """Writes a locked template that was changed."""
    tx.run(UPDATE, **vars(template))


def delete(tx: Tx, *, template_id: UUID) -> None:
    """Run it with ``IN_USE`` as refusals.

    Raises:
        NotFound: the user has no such template.
    """
    found(tx.value(DELETE, template_id=template_id), "template")
