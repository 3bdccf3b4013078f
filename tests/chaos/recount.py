"""A plain recount of everything that is shown of a tenant's campaigns, and of what was done and said to get there."""

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
class Truth:
    """What the outside knows: every word that was recorded, and every post with its answer."""

    said: Sequence[StatusEvent]
    posts: Sequence[tuple[int, str]]


def check(world: World, campaigns: Sequence[UUID], truth: Truth) -> None:
    """Everything that is shown equals a recount of the rows, and the rows what was done and said, by nobody at work."""
    rows = check_shown(world, campaigns)
    _check_words(world, rows, truth.said)
    _check_posts(truth.posts, {row["id"]: row["status"] for row in rows})


def check_shown(world: World, campaigns: Sequence[UUID]) -> list[dict[str, Any]]:
    """Everything that is shown equals a recount of the rows, which is true after each commit; gives the rows."""
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
    """The campaign's counters and its timeline as they are shown, and its messages."""
    counting = [row for row in rows if row["counted"]]
    everybody = {row["contact_id"] for row in rows}
    assert len(counting) == len(everybody) == RECIPIENTS, "everybody counts once"
    assert {row["contact_id"] for row in counting} == everybody
    number: Counter[str] = Counter()
    points: dict[datetime, list[int]] = {}
    for row in counting:
        if row["status"] in ("delivered", "read"):
            number["delivered"] += 1
            late = (row["delivered_at"] - row["sent_at"]) / timedelta(microseconds=1)
            number["delivery_ms_total"] += int(max(late, 0)) // 1000
            points.setdefault(row["delivered_at"].replace(second=0, microsecond=0), [0, 0])[0] += 1
        elif row["status"] == "failed":
            number["failed"] += 1
            points.setdefault(row["failed_at"].replace(second=0, microsecond=0), [0, 0])[1] += 1
        else:
            number["skipped" if row["status"] == "skipped" else "pending"] += 1
    names = ("delivered", "failed", "pending", "skipped", "delivery_ms_total")
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
    }


def _check_words(world: World, rows: list[dict[str, Any]], words: Sequence[StatusEvent]) -> None:
    """Whatever was said of a message whose id is known has reached it, in whatever order it came."""
    erased = any(row["phone"] is None for row in rows)
    for row in rows:
        name = row["provider_message_id"]
        if erased and name not in (None, f"m{row['id']}"):
            continue  # this id was an erased message's, and what was said of that one is forgotten
        if name is None:
            assert row["phone"] is None or row["status"] not in ("sent", "delivered", "read")
            continue
        said = {word: [] for word in ("sent", "failed", "delivered", "read")}
        for event in words:
            if event.provider_message_id == name:
                said[event.status.value].append(event.received_at)
        highest = [word for word in ("read", "delivered", "failed") if said[word]]
        assert row["status"] == (highest[0] if highest else "sent")
        assert row["read_at"] == min(said["read"], default=None)
        assert row["delivered_at"] == min(said["delivered"] + said["read"], default=None)
        assert row["failed_at"] == min(said["failed"], default=None)
        assert row["acked_at"] == min((at for times in said.values() for at in times), default=None)
    assert not world.rows(
        "select from hidra.delivery_events_unmatched u join hidra.campaign_messages m"
        " on m.evolution_config_id = u.evolution_config_id and m.provider_message_id = u.provider_message_id"
        " where u.evolution_config_id = %s",
        world.connection_id,
    ), "words wait for a message that is known"


def _check_posts(posts: Sequence[tuple[int, str]], states: dict[int, str]) -> None:
    """Nobody is posted to again unless the message surely was not sent, nor counts as one who was not posted to."""
    once: set[int] = set()
    for message_id, answer in posts:
        assert message_id not in once, "posted twice"
        if answer not in ("busy", "no media"):
            once.add(message_id)
            assert states[message_id] not in ("pending", "skipped")
