"""Numbers for dashboards over HTTP: read as they stand, nothing is added up for a request."""

from typing import Annotated
from uuid import UUID

from aws_lambda_powertools.event_handler.openapi.params import Query

from hidra.entry.fields import Instant
from hidra.entry.http import answers, lambda_handler, resolver
from hidra.entry.paging import Cursor, Limit, after, next_cursor
from hidra.entry.tenant import Page, instant, known_caller
from hidra.errors import Forbidden
from hidra.gateways.aws import read_json_secret
from hidra.settings import DATABASE_SETTINGS, require
from hidra.store import metrics
from hidra.store.db import Database, Tx
from hidra.store.metrics import CampaignMetrics, Overview, Point

ENV = require(*DATABASE_SETTINGS, "ADMIN_GROUP", "GROUPS_CLAIM")
db = Database(ENV, read_json_secret)
app = resolver()
handler = lambda_handler(app)

# A minute each: by default a day and more in one answer.
Points = Annotated[int, Query(ge=1, le=10_000, description="How many at most.")]


@app.get("/v1/metrics/overview", operation_id="get_overview", summary="Show the sums over your campaigns")
def overview() -> Overview:
    user_id = me()
    return db.as_user(user_id, lambda tx: metrics.overview(tx, user_id=user_id))


@app.get(
    "/v1/campaigns/<campaign_id>/metrics", operation_id="get_campaign_metrics", summary="Show a campaign's counters"
)
def campaign_metrics(campaign_id: UUID) -> CampaignMetrics:
    user_id = me()
    return db.as_user(user_id, lambda tx: metrics.campaign(tx, user_id=user_id, campaign_id=campaign_id))


@app.get(
    "/v1/campaigns/<campaign_id>/timeline",
    operation_id="list_timeline",
    summary="List what happened in each minute, oldest first",
)
def timeline(
    campaign_id: UUID,
    since: Annotated[Instant | None, Query(alias="from", description="The first minute.")] = None,
    until: Annotated[Instant | None, Query(alias="to", description="The minute behind the last.")] = None,
    limit: Points = 2_000,
    cursor: Cursor = None,
) -> Page[Point]:
    user_id = me()
    (behind,) = after(cursor, instant)

    def work(tx: Tx) -> list[Point]:
        metrics.campaign(tx, user_id=user_id, campaign_id=campaign_id)
        return metrics.timeline(
            tx, user_id=user_id, campaign_id=campaign_id, since=since, until=until, after=behind, limit=limit
        )

    rows = db.as_user(user_id, work)
    return Page(items=rows, next_cursor=next_cursor(rows, limit, lambda row: (row.timestamp,)))


@app.get(
    "/v1/admin/metrics/overview",
    operation_id="list_overviews",
    summary="List the sums of every owner, for admins",
    responses=answers(forbidden=["not-admin"]),
)
def every_overview(limit: Limit = 50, cursor: Cursor = None) -> Page[Overview]:
    who = known_caller(app, db, groups_claim=ENV["GROUPS_CLAIM"])
    if ENV["ADMIN_GROUP"] not in who.groups:
        raise Forbidden("Only admins may see this.", code="not-admin")
    (after_id,) = after(cursor, UUID)
    rows = db.as_admin(lambda tx: metrics.every_overview(tx, after_id=after_id, limit=limit))
    return Page(items=rows, next_cursor=next_cursor(rows, limit, lambda row: (row.owner_id,)))


def me() -> UUID:
    return known_caller(app, db).user_id
