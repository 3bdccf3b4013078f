"""Message templates. Editing one touches no campaign that has started: runs freeze their text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hidra.domain.content import MediaType
from hidra.errors import Conflict, HidraError, NotFound
from hidra.store.db import Tx

IN_USE: Mapping[str, HidraError] = {
    "campaigns_template_fk": Conflict("A campaign uses this template.", code="template-in-use")
}

INSERT = """
insert into hidra.message_templates (user_id, title, body, variables, media_url, media_type, file_name)
values (%(user_id)s, %(title)s, %(body)s, %(variables)s, %(media_url)s, %(media_type)s, %(file_name)s)
returning id, title, body, variables, media_url, media_type, file_name, created_at
"""
GET = """
select id, title, body, variables, media_url, media_type, file_name, created_at
from hidra.message_templates where user_id = %(user_id)s and id = %(template_id)s
"""
LOCK = """
select id, title, body, variables, media_url, media_type, file_name, created_at
from hidra.message_templates where user_id = %(user_id)s and id = %(template_id)s
for no key update
"""
LIST = """
select id, title, body, variables, media_url, media_type, file_name, created_at from hidra.message_templates
where user_id = %(user_id)s
  and (created_at, id) < (
    coalesce(%(after_at)s::timestamptz, 'infinity'),
    coalesce(%(after_id)s::uuid, '00000000-0000-0000-0000-000000000000')
  )
order by created_at desc, id desc limit %(limit)s
"""
UPDATE = """
update hidra.message_templates
set title = %(title)s, body = %(body)s, variables = %(variables)s, media_url = %(media_url)s,
    media_type = %(media_type)s, file_name = %(file_name)s
where user_id = %(user_id)s and id = %(template_id)s
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
    user_id: UUID,
    title: str,
    body: str,
    variables: Sequence[str],
    media_url: str | None,
    media_type: MediaType | None,
    file_name: str | None,
) -> Template:
    template = tx.row(
        Template,
        INSERT,
        user_id=user_id,
        title=title,
        body=body,
        variables=list(variables),
        media_url=media_url,
        media_type=media_type,
        file_name=file_name,
    )
    assert template is not None
    return template


def get(tx: Tx, *, user_id: UUID, template_id: UUID) -> Template:
    """
    Raises:
        NotFound: the user has no such template.
    """
    return _found(tx.row(Template, GET, user_id=user_id, template_id=template_id))


def lock(tx: Tx, *, user_id: UUID, template_id: UUID) -> Template:
    """The template, which nobody else changes before this transaction ends.

    Raises:
        NotFound: the user has no such template.
    """
    return _found(tx.row(Template, LOCK, user_id=user_id, template_id=template_id))


def page(tx: Tx, *, user_id: UUID, after_at: datetime | None, after_id: UUID | None, limit: int) -> list[Template]:
    """The newest first, from behind the given one on."""
    return tx.rows(Template, LIST, user_id=user_id, after_at=after_at, after_id=after_id, limit=limit)


def save(tx: Tx, template: Template, *, user_id: UUID) -> None:
    """Writes a template that was locked and changed."""
    tx.run(
        UPDATE,
        user_id=user_id,
        template_id=template.id,
        title=template.title,
        body=template.body,
        variables=template.variables,
        media_url=template.media_url,
        media_type=template.media_type,
        file_name=template.file_name,
    )


def delete(tx: Tx, *, user_id: UUID, template_id: UUID) -> None:
    """To be run with ``IN_USE`` as refusals.

    Raises:
        NotFound: the user has no such template.
    """
    if not tx.value(DELETE, user_id=user_id, template_id=template_id):
        raise _missing()


def _found(template: Template | None) -> Template:
    if template is None:
        raise _missing()
    return template


def _missing() -> NotFound:
    return NotFound("There is no such template.")
