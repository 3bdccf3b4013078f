"""Asking for an import, into a segment that is there, a new one, or none."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from hidra.domain.campaign import ContactImportSource
from hidra.errors import Field, NotFound, Rejected
from hidra.store import imports, segments
from hidra.store.db import Database, Tx
from hidra.store.imports import Import


def request_import(
    db: Database,
    user_id: UUID,
    *,
    segment_id: UUID | None,
    segment_name: str | None,
    format: str,
    options: Mapping[str, Any],
) -> Import:
    """The import, waiting for its file.

    Raises:
        Rejected: the user has no such segment.
    """
    source = ContactImportSource.API if format == "jsonl" else ContactImportSource.CSV

    def work(tx: Tx) -> Import:
        target = segment_id
        if segment_name is not None:
            target = segments.create(tx, user_id=user_id, name=segment_name, description=None, source=source).id
        elif segment_id is not None:
            try:
                segments.get(tx, user_id=user_id, segment_id=segment_id)
            except NotFound:
                raise Rejected(
                    "There is no such segment.",
                    code="unknown-segment",
                    fields=[Field("segment_id", "is not one of your segments")],
                ) from None
        return imports.create(
            tx,
            user_id=user_id,
            segment_id=target,
            source=source,
            format=format,
            options={**options, "segment": target is not None},
        )

    return db.as_user(user_id, work)
