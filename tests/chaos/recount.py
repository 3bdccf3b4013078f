"""A plain recount of everything that is shown of a tenant's campaigns, and of the statuses and posts behind it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hidra.domain.delivery import StatusEvent
from tests.chaos.schedules import RECIPIENTS
from tests.store.world import World


@dataclass(frozen=True)
class Outside:
    """Every status that was recorded, and every post as (message, answer)."""

    statuses: Sequence[StatusEvent]
    posts: Sequence[tuple[int, str]]


def check(world: World, campaigns: Sequence[UUID], outside: Outside) -> None:
    """Everything that is shown equals a recount of the rows, and the rows follow from statuses and posts.

    Only while no transaction is open.
    """
    rows = check_shown(world, campaigns)
    _check_statuses(world, rows, outside.statuses)
    _check_posts(outside.posts, {row["id"]: row["status"] for row in rows})


def check_shown(world: World, campaigns: Sequence[UUID]) -> list[dict[str, Any]]:
    """Everything that is shown equals a recount of the rows, which holds after each commit; returns the rows."""
    rows = world.rows("select * from hidra.campaign_messages where user_id = %s order by id", world.user_id)
    metrics = world.rows("select * from hidra.campaign_metrics where campaign_id = any(%s)", campaigns)
    points = world.rows("select * from hidra.campaign_timeline_points where campaign_id = any(%s)", campaigns)
    assert len(metrics) == len(campaigns)
    for shown in metrics:
        _check_campaign(shown, *(_of(shown["campaign_id"], each) for each in (points, rows)))
    _check_view(world, rows)
    return rows


def _of(campaign_id: UUID, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row["campaign_id"] == campaign_id]


def _check_campaign(shown: dict[str, Any], line: list[dict[str, Any]], rows: list[dict[str, Any]]) -> None:
    """The campaign's counters and timeline as they are shown equal a recount of its messages."""
    counting = [row for row in rows if row["counted"]]
    contacts = {row["contact_id"] for row in rows}
    assert len(counting) == len(contacts) == RECIPIENTS, "not every recipient counts once"
    assert {row["contact_id"] for row in counting} == contacts
    number: Counter[str] = Counter()
    points: dict[datetime, list[int]] = {}
    for row in counting:
        number["replied"] += row["replied_at"] is not None
        if row["status"] in ("delivered", "read"):
            number["delivered"] += 1
            number["read"] += row["status"] == "read"
            late = (row["delivered_at"] - row["sent_at"]) / timedelta(microseconds=1)
            number["delivery_ms_total"] += int(max(late, 0)) // 1000
            points.setdefault(row["delivered_at"].replace(second=0, microsecond=0), [0, 0])[0] += 1
        elif row["status"] == "failed":
            number["failed"] += 1
            points.setdefault(row["failed_at"].replace(second=0, microsecond=0), [0, 0])[1] += 1
        else:
            number["skipped" if row["status"] == "skipped" else "pending"] += 1
    names = ("delivered", "failed", "pending", "skipped", "read", "replied", "delivery_ms_total")
    assert {name: shown[name] for name in names} == {name: number[name] for name in names}
    assert shown["total_messages"] == RECIPIENTS
    average = number["delivery_ms_total"] // number["delivered"] if number["delivered"] else None
    assert shown["average_delivery_ms"] == average
    assert {row["timestamp"]: [row["delivered"], row["failed"]] for row in line} == points


def _check_view(world: World, rows: list[dict[str, Any]]) -> None:
    user_id = world.user_id
    [view] = world.rows("select * from hidra.campaign_owner_metrics_view where owner_id = %s", user_id)
    states = Counter(row["status"] for row in rows if row["counted"])
    campaigns = Counter(
        row["status"] for row in world.rows("select status from hidra.campaigns where user_id = %s", user_id)
    )
    assert view == {
        "owner_id": user_id,
        "total_campaigns": 2,
        "running_campaigns": campaigns["running"],
        "scheduled_campaigns": campaigns["scheduled"],
        "delivered_messages": states["delivered"] + states["read"],
        "failed_messages": states["failed"],
        "pending_messages": sum(states[name] for name in ("pending", "sending", "unknown", "sent")),
        "skipped_messages": states["skipped"],
        "read_messages": states["read"],
        "replied_messages": sum(row["counted"] and row["replied_at"] is not None for row in rows),
        **{f"{name}_campaigns": campaigns[name] for name in ("draft", "paused", "completed", "failed", "canceled")},
    }


def _check_statuses(world: World, rows: list[dict[str, Any]], statuses: Sequence[StatusEvent]) -> None:
    """Every status of a message whose id is known has reached it, in any order of arrival."""
    erased = any(row["phone"] is None for row in rows)
    for row in rows:
        name = row["provider_message_id"]
        if erased and name not in (None, f"m{row['id']}"):
            continue  # the id of an erased message; the statuses of that message are forgotten
        if name is None:
            assert row["phone"] is None or row["status"] not in ("sent", "delivered", "read")
            continue
        times = {status: [] for status in ("sent", "failed", "delivered", "read")}
        for event in statuses:
            if event.provider_message_id == name:
                times[event.status.value].append(event.received_at)
        highest = [status for status in ("read", "delivered", "failed") if times[status]]
        assert row["status"] == (highest[0] if highest else "sent")
        assert row["read_at"] == min(times["read"], default=None)
        assert row["delivered_at"] == min(times["delivered"] + times["read"], default=None)
        assert row["failed_at"] == min(times["failed"], default=None)
        assert row["acked_at"] == min((at for each in times.values() for at in each), default=None)
    assert not world.rows(
        "select from hidra.delivery_events_unmatched u join hidra.campaign_messages m"
        " on m.evolution_config_id = u.evolution_config_id and m.provider_message_id = u.provider_message_id"
        " where u.evolution_config_id = %s",
        world.connection_id,
    ), "unmatched events of known messages are left"


def _check_posts(posts: Sequence[tuple[int, str]], states: dict[int, str]) -> None:
    """A message is posted again only if it was surely not sent, and a posted message is neither pending nor skipped."""
    once: set[int] = set()
    for message_id, answer in posts:
        assert message_id not in once, "posted twice"
        if answer not in ("busy", "no media"):
            once.add(message_id)
            assert states[message_id] not in ("pending", "skipped")
