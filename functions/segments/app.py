"""Segments and their members over HTTP."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from aws_lambda_powertools.event_handler import Response
from pydantic import Field, StringConstraints

from hidra.entry.fields import LEFT_OUT, Description, Name
from hidra.entry.filters import FilterPart, read
from hidra.entry.http import Answer, Body, answers, lambda_handler, no_content, resolver
from hidra.entry.paging import BY_ID, NEWEST_FIRST, Cursor, Limit, Page
from hidra.entry.tenant import user_of
from hidra.gateways.aws import read_json_secret
from hidra.services import fill_segment
from hidra.settings import DATABASE_SETTINGS, TENANT_SETTINGS, require
from hidra.store import contacts, segments
from hidra.store.contacts import Contact
from hidra.store.db import Database, Tx
from hidra.store.segments import Segment

ENV = require(*DATABASE_SETTINGS, *TENANT_SETTINGS)
db = Database(ENV, read_json_secret)
app = resolver()
handler = lambda_handler(app)
me = user_of(app, lambda: db, ENV)

FilterCountry = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]{2}$"),
    Field(description="ISO 3166 code of the country that writes attributes' numbers and dates so."),
]
REST = Field(max_length=500, description="`next_cursor` of the same request before, to continue from there.")


class SegmentIn(Body):
    name: Name
    description: Description | None = None


class SegmentChange(Body):
    """An absent field keeps its value; only ``description`` may be null."""

    name: Annotated[Name, LEFT_OUT]
    description: Annotated[Description | None, LEFT_OUT]


class SegmentMembers(Body):
    contact_ids: Annotated[list[UUID], Field(min_length=1, max_length=1_000)]


class FilterWanted(Body):
    """``all``, ``any`` and ``not`` nest up to 4 deep, with at most 50 conditions in total.

    ``country`` is the one whose way of writing numbers and dates the texts of attributes follow.
    """

    filter: FilterPart
    country: FilterCountry = "BR"


class SegmentFill(FilterWanted):
    cursor: Annotated[str | None, REST] = None


class FilterMatches(Answer):
    """How many contacts match, and the first five of them."""

    contacts: int
    examples: list[Contact]


class OtherSegments(Body):
    segment_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    cursor: Annotated[str | None, REST] = None


class SegmentMembersAdded(Answer):
    """``added`` does not count contacts that were in the segment already."""

    added: int
    total_contacts: int


class SegmentMembersMerged(SegmentMembersAdded):
    """``next_cursor`` not null: not all is done yet. Send the request again, with that as ``cursor``."""

    next_cursor: str | None


class SegmentMembersRemoved(Answer):
    """``removed`` does not count contacts that were not in the segment.

    ``next_cursor`` not null: not all is done yet. Send the request again, with that as ``cursor``.
    """

    removed: int
    total_contacts: int
    next_cursor: str | None


@app.post("/v1/segments", summary="Create a segment", status_code=HTTPStatus.CREATED)
def create_segment(body: SegmentIn) -> Segment:
    return db.as_user(me(), lambda tx: segments.create(tx, name=body.name, description=body.description))


@app.get("/v1/segments", summary="List segments, the newest first")
def list_segments(limit: Limit = 50, cursor: Cursor = None) -> Page[Segment]:
    after_at, after_id = NEWEST_FIRST.after(cursor)
    rows = db.as_user(me(), lambda tx: segments.page(tx, after_at=after_at, after_id=after_id, limit=limit))
    return NEWEST_FIRST.page(rows, limit)


@app.get("/v1/segments/<segment_id>", summary="Show a segment")
def get_segment(segment_id: UUID) -> Segment:
    return db.as_user(me(), lambda tx: segments.get(tx, segment_id=segment_id))


@app.patch("/v1/segments/<segment_id>", summary="Change a segment")
def change_segment(segment_id: UUID, body: SegmentChange) -> Segment:
    return db.as_user(
        me(),
        lambda tx: segments.update(
            tx,
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
    db.as_user(me(), lambda tx: segments.delete(tx, segment_id=segment_id))
    return no_content()


@app.get("/v1/segments/<segment_id>/contacts", summary="List a segment's contacts")
def list_members(segment_id: UUID, limit: Limit = 50, cursor: Cursor = None) -> Page[Contact]:
    (after_id,) = BY_ID.after(cursor)

    def work(tx: Tx) -> list[Contact]:
        segments.get(tx, segment_id=segment_id)
        return contacts.members(tx, segment_id=segment_id, after_id=after_id, limit=limit)

    return BY_ID.page(db.as_user(me(), work), limit)


@app.post(
    "/v1/segments/<segment_id>/contacts",
    summary="Add contacts to a segment",
    responses=answers(rejected=["unknown-contacts"]),
)
def add_members(segment_id: UUID, body: SegmentMembers) -> SegmentMembersAdded:
    added, segment = fill_segment.add_contacts(db, me(), segment_id, body.contact_ids)
    return SegmentMembersAdded(added=added, total_contacts=segment.total_contacts)


@app.delete(
    "/v1/segments/<segment_id>/contacts/<contact_id>",
    summary="Remove a contact from a segment",
    responses=answers(204),
)
def remove_member(segment_id: UUID, contact_id: UUID) -> Response[Any]:
    db.as_user(me(), lambda tx: segments.remove(tx, segment_id=segment_id, contact_id=contact_id))
    return no_content()


@app.post(
    "/v1/segments/preview-filter",
    summary="Count the contacts that match a filter, and show some",
    responses=answers(rejected=["wrong-filter"]),
)
def preview_filter(body: FilterWanted) -> FilterMatches:
    wanted = read(body.filter, now=datetime.now(UTC), country=body.country)
    return db.as_user(
        me(),
        lambda tx: FilterMatches(
            contacts=segments.count(tx, wanted=wanted), examples=segments.examples(tx, wanted=wanted, limit=5)
        ),
    )


@app.post(
    "/v1/segments/<segment_id>/fill",
    summary="Add all contacts that match a filter to a segment",
    responses=answers(rejected=["wrong-filter", "invalid-cursor"]),
)
def fill(segment_id: UUID, body: SegmentFill) -> SegmentMembersMerged:
    wanted = read(body.filter, now=datetime.now(UTC), country=body.country)
    (rest_after,) = BY_ID.after(body.cursor)
    return merged(fill_segment.add_matching(db, me(), segment_id, wanted, after=rest_after))


@app.post(
    "/v1/segments/<segment_id>/merge",
    summary="Add the contacts of other segments to a segment",
    responses=answers(rejected=["unknown-segment", "invalid-cursor"]),
)
def merge(segment_id: UUID, body: OtherSegments) -> SegmentMembersMerged:
    (rest_after,) = BY_ID.after(body.cursor)
    return merged(fill_segment.merge(db, me(), segment_id, body.segment_ids, after=rest_after))


@app.post(
    "/v1/segments/<segment_id>/subtract",
    summary="Remove the contacts of other segments from a segment",
    responses=answers(rejected=["unknown-segment", "invalid-cursor"]),
)
def subtract(segment_id: UUID, body: OtherSegments) -> SegmentMembersRemoved:
    (rest_after,) = BY_ID.after(body.cursor)
    done = fill_segment.subtract(db, me(), segment_id, body.segment_ids, after=rest_after)
    return SegmentMembersRemoved(
        removed=done.members, total_contacts=done.segment.total_contacts, next_cursor=rest(done)
    )


def merged(done: fill_segment.Changed) -> SegmentMembersMerged:
    return SegmentMembersMerged(added=done.members, total_contacts=done.segment.total_contacts, next_cursor=rest(done))


def rest(done: fill_segment.Changed) -> str | None:
    return BY_ID.cursor(done.rest_after) if done.rest_after else None
