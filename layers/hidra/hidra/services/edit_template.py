"""Changes templates."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from hidra.domain.template import check
from hidra.store import templates
from hidra.store.db import Database, Tx
from hidra.store.templates import Template


def change(
    db: Database, user_id: UUID, template_id: UUID, changes: Mapping[str, Any], *, allow_private: bool
) -> Template:
    """Returns the template with the changed fields; text, media and variables must still fit together.

    A media_url of None also removes media_type and file_name; a media_type that is not "document" removes file_name.
    A new media_url may name a private address only if ``allow_private``.

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
            allow_private=allow_private or "media_url" not in changes,
        )
        templates.save(tx, template)
        return template

    return db.as_user(user_id, work)
