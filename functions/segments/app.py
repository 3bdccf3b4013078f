"""Segments and their members over HTTP."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel, Field

from hidra.entry.fields import LEFT_OUT, Description, Name
from hidra.entry.filters import FilterPart, read
from hidra.entry.http import Body, answers, lambda_handler, resolver
from hidra.entry.paging import Cursor, Limit, after, cursor_behind, next_cursor
from hidra.entry.tenant import Page, instant, known_caller, no_content
from hidra.gateways.aws import read_json_secret
from hidra.services import fill_segment
from hidra.settings import DATABASE_SETTINGS, require
from hidra.store import contacts, segments
from hidra.store.contacts import Contact
from hidra.store.db import Database, Tx
from hidra.store.segments import Segment

ENV = require(*DATABASE_SETTINGS)
db = Database(ENV, read_json_secret)
app = resolver()
handler = lambda_handler(app)


REST = Field(max_length=500, description="`next_cursor` of the same request before, to go on from there.")


class SegmentIn(Body):
    name: Name
    description: Description | None = None


class SegmentChange(Body):
    """What is absent stays; only ``description`` may be null."""

    name: Annotated[Name, LEFT_OUT]
    description: Annotated[Description | None, LEFT_OUT]


class Members(Body):
    contact_ids: Annotated[list[UUID], Field(min_length=1, max_length=1_000)]


class FilterWanted(Body):
    """``all``, ``any`` and ``not`` nest up to 4 deep, over up to 50 conditions in all."""

    filter: FilterPart


class FillWanted(FilterWanted):
    cursor: Annotated[str | None, REST] = None


class FilterFits(BaseModel):
    """How many contacts fit, and the first five of them."""

    contacts: int
    examples: list[Contact]


class OtherSegments(Body):
    segment_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    cursor: Annotated[str | None, REST] = None


class MembersAdded(BaseModel):
    """``added`` leaves out those that were in the segment already."""

    added: int
    total_contacts: int


class MembersMerged(MembersAdded):
    """With ``next_cursor`` there is more to do than one request may take: send it again, with that as ``cursor``."""

    next_cursor: str | None


class MembersRemoved(BaseModel):
    """``removed`` leaves out those that were not in the segment. ``next_cursor`` as when members are added."""

    removed: int
    total_contacts: int
    next_cursor: str | None


@app.post("/v1/segments", summary="Create a segment", status_code=HTTPStatus.CREATED)
def create_segment(body: SegmentIn) -> Segment:
    user_id = me()
    return db.as_user(
        user_id, lambda tx: segments.create(tx, user_id=user_id, name=body.name, description=body.description)
    )


@app.get("/v1/segments", summary="List segments, the newest first")
def list_segments(limit: Limit = 50, cursor: Cursor = None) -> Page[Segment]:
    user_id = me()
    after_at, after_id = after(cursor, instant, UUID)
    rows = db.as_user(
        user_id, lambda tx: segments.page(tx, user_id=user_id, after_at=after_at, after_id=after_id, limit=limit)
    )
    return Page(items=rows, next_cursor=next_cursor(rows, limit, lambda row: (row.created_at, row.id)))


@app.get("/v1/segments/<segment_id>", summary="Show a segment")
def get_segment(segment_id: UUID) -> Segment:
    user_id = me()
    return db.as_user(user_id, lambda tx: segments.get(tx, user_id=user_id, segment_id=segment_id))


@app.patch("/v1/segments/<segment_id>", summary="Change a segment")
def change_segment(segment_id: UUID, body: SegmentChange) -> Segment:
    user_id = me()
    return db.as_user(
        user_id,
        lambda tx: segments.update(
            tx,
            user_id=user_id,
            segment_id=segment_id,
            name=body.name,
            description=body.description,
            set_description="description" in body.model_fields_set,
        ),
    )


@app.delete(
    "/v1/segments/<segment_id>",
    summary="Delete a segment that no campaign uses",
    responses=answers(204, conflict=["segment-in-use"]),
)
def delete_segment(segment_id: UUID) -> Response[Any]:
    user_id = me()
    db.as_user(user_id, lambda tx: segments.delete(tx, user_id=user_id, segment_id=segment_id))
    return no_content()


@app.get("/v1/segments/<segment_id>/contacts", summary="List a segment's contacts")
def list_members(segment_id: UUID, limit: Limit = 50, cursor: Cursor = None) -> Page[Contact]:
    user_id = me()
    (after_id,) = after(cursor, UUID)

    def work(tx: Tx) -> list[Contact]:
        segments.get(tx, user_id=user_id, segment_id=segment_id)
        return contacts.members(tx, user_id=user_id, segment_id=segment_id, after_id=after_id, limit=limit)

    rows = db.as_user(user_id, work)
    return Page(items=rows, next_cursor=next_cursor(rows, limit, lambda row: (row.id,)))


@app.post(
    "/v1/segments/<segment_id>/contacts",
    summary="Put contacts into a segment",
    responses=answers(rejected=["unknown-contacts"]),
)
def add_members(segment_id: UUID, body: Members) -> MembersAdded:
    added, segment = fill_segment.add_contacts(db, me(), segment_id, body.contact_ids)
    return MembersAdded(added=added, total_contacts=segment.total_contacts)


@app.delete(
    "/v1/segments/<segment_id>/contacts/<contact_id>",
    summary="Take a contact out of a segment",
    responses=answers(204),
)
def remove_member(segment_id: UUID, contact_id: UUID) -> Response[Any]:
    user_id = me()
    db.as_user(user_id, lambda tx: segments.remove(tx, user_id=user_id, segment_id=segment_id, contact_id=contact_id))
    return no_content()


@app.post(
    "/v1/segments/preview-filter",
    summary="Count the contacts that a filter fits, and show some",
    responses=answers(rejected=["wrong-filter"]),
)
def preview_filter(body: FilterWanted) -> FilterFits:
    user_id = me()
    wanted = read(body.filter, now=datetime.now(UTC))
    return db.as_user(
        user_id,
        lambda tx: FilterFits(
            contacts=segments.count(tx, user_id=user_id, wanted=wanted),
            examples=segments.examples(tx, user_id=user_id, wanted=wanted, limit=5),
        ),
    )


@app.post(
    "/v1/segments/<segment_id>/fill",
    summary="Put all contacts that a filter fits into a segment",
    responses=answers(rejected=["wrong-filter", "invalid-cursor"]),
)
def fill(segment_id: UUID, body: FillWanted) -> MembersMerged:
    wanted = read(body.filter, now=datetime.now(UTC))
    (rest_after,) = after(body.cursor, UUID)
    return merged(fill_segment.add_matching(db, me(), segment_id, wanted, after=rest_after))


@app.post(
    "/v1/segments/<segment_id>/merge",
    summary="Put the contacts of other segments into a segment",
    responses=answers(rejected=["unknown-segment", "invalid-cursor"]),
)
def merge(segment_id: UUID, body: OtherSegments) -> MembersMerged:
    (rest_after,) = after(body.cursor, UUID)
    return merged(fill_segment.merge(db, me(), segment_id, body.segment_ids, after=rest_after))


@app.post(
    "/v1/segments/<segment_id>/subtract",
    summary="Take the contacts of other segments out of a segment",
    responses=answers(rejected=["unknown-segment", "invalid-cursor"]),
)
def subtract(segment_id: UUID, body: OtherSegments) -> MembersRemoved:
    (rest_after,) = after(body.cursor, UUID)
    done = fill_segment.subtract(db, me(), segment_id, body.segment_ids, after=rest_after)
    return MembersRemoved(
        removed=done.members, total_contacts=done.segment.total_contacts, next_cursor=cursor_behind(done.rest_after)
    )


def merged(done: fill_segment.Changed) -> MembersMerged:
    return MembersMerged(
        added=done.members, total_contacts=done.segment.total_contacts, next_cursor=cursor_behind(done.rest_after)
    )


def me() -> UUID:
    return known_caller(app, db).user_id
