"""Segments and their members over HTTP."""

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel, Field

from hidra.entry.fields import LEFT_OUT, Description, Name
from hidra.entry.http import Body, answers, lambda_handler, resolver
from hidra.entry.paging import Cursor, Limit, after, next_cursor
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


class SegmentIn(Body):
    name: Name
    description: Description | None = None


class SegmentChange(Body):
    """What is absent stays; only ``description`` may be null."""

    name: Annotated[Name, LEFT_OUT]
    description: Annotated[Description | None, LEFT_OUT]


class Members(Body):
    contact_ids: Annotated[list[UUID], Field(min_length=1, max_length=1_000)]


class MembersAdded(BaseModel):
    """``added`` leaves out those that were in the segment already."""

    added: int
    total_contacts: int


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
    db.as_user(user_id, lambda tx: segments.delete(tx, user_id=user_id, segment_id=segment_id), segments.IN_USE)
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


def me() -> UUID:
    return known_caller(app, db).user_id
