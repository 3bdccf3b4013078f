"""Metrics for dashboards over HTTP: counters that are kept up to date, never summed for a request."""

from typing import Annotated
from uuid import UUID

from aws_lambda_powertools.event_handler.openapi.params import Query

from hidra.entry.fields import Instant
from hidra.entry.http import answers, lambda_handler, resolver
from hidra.entry.paging import Cursor, Limit, Order, Page, instant
from hidra.entry.tenant import known_caller, user_of
from hidra.errors import Forbidden
from hidra.gateways.aws import read_json_secret
from hidra.settings import DATABASE_SETTINGS, TENANT_SETTINGS, require
from hidra.store import metrics
from hidra.store.db import Database, Tx
from hidra.store.metrics import CampaignMetrics, Overview, Point

ENV = require(*DATABASE_SETTINGS, *TENANT_SETTINGS, "ADMIN_GROUP")
db = Database(ENV, read_json_secret)
app = resolver()
handler = lambda_handler(app)
me = user_of(app, lambda: db, ENV)

# A point is a minute: by default an answer holds more than a day.
Points = Annotated[int, Query(ge=1, le=10_000, description="The page's maximum length.")]
BY_MINUTE = Order(timestamp=instant)
BY_OWNER = Order(owner_id=UUID)


@app.get("/v1/metrics/overview", operation_id="get_overview", summary="Show the sums over your campaigns")
def overview() -> Overview:
    user_id = me()
    return db.as_user(user_id, lambda tx: metrics.overview(tx, user_id=user_id))


@app.get(
    "/v1/campaigns/<campaign_id>/metrics", operation_id="get_campaign_metrics", summary="Show a campaign's counters"
)
def campaign_metrics(campaign_id: UUID) -> CampaignMetrics:
    return db.as_user(me(), lambda tx: metrics.campaign(tx, campaign_id=campaign_id))


@app.get(
    "/v1/campaigns/<campaign_id>/timeline",
    operation_id="list_timeline",
    summary="List the messages delivered and failed in each minute, oldest first",
)
def timeline(
    campaign_id: UUID,
    since: Annotated[Instant | None, Query(alias="from", description="The first minute.")] = None,
    until: Annotated[Instant | None, Query(alias="to", description="The minute after the last.")] = None,
    limit: Points = 2_000,
    cursor: Cursor = None,
) -> Page[Point]:
    (after,) = BY_MINUTE.after(cursor)

    def work(tx: Tx) -> list[Point]:
        metrics.campaign(tx, campaign_id=campaign_id)
        return metrics.timeline(tx, campaign_id=campaign_id, since=since, until=until, after=after, limit=limit)

    return BY_MINUTE.page(db.as_user(me(), work), limit)


@app.get(
    "/v1/admin/metrics/overview",
    operation_id="list_overviews",
    summary="List the sums of every owner, for admins",
    responses=answers(forbidden=["not-admin"]),
)
def every_overview(limit: Limit = 50, cursor: Cursor = None) -> Page[Overview]:
    caller = known_caller(app, db, ENV)
    if ENV["ADMIN_GROUP"] not in caller.groups:
        raise Forbidden("Only admins may see this. Use the token of a user in the admin group.", code="not-admin")
    (after_id,) = BY_OWNER.after(cursor)
    return BY_OWNER.page(db.as_admin(lambda tx: metrics.every_overview(tx, after_id=after_id, limit=limit)), limit)
