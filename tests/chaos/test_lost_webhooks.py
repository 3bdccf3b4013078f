"""Webhooks that are lost for good: lookups make every count exact, at a pace, and only after an outage."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import ModuleType

import pytest

from hidra.domain import backfill
from tests import simulator_process
from tests.chaos import lost_webhooks
from tests.conftest import Databases
from tests.functions import checks

KINDS = (0, 91, 92, 93)  # read, delivered, acknowledged, failed (local/evolution/phones.py)


def phones(number: int) -> list[str]:
    return [f"+55119{80000000 + KINDS[index % 4] * 100 + index}" for index in range(number)]


check_app = checks.app


@pytest.fixture
def simulator() -> Iterator[checks.Simulator]:
    """Posts each webhook ten times in about twenty minutes, as Evolution does, on a clock that only tests move."""
    with simulator_process.simulator("--api-key", checks.KEY, "--virtual-clock", "0") as url:
        yield checks.Simulator(url)


@pytest.fixture
def app(check_app: ModuleType, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    # No server listens there, so every webhook is lost.
    monkeypatch.setitem(check_app.ENV, "PUBLIC_URL", "http://127.0.0.1:9")
    return check_app


def test_a_campaign_whose_webhooks_are_all_lost_ends_with_exact_counts(
    app: ModuleType, databases: Databases, simulator: checks.Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipients, each = 24, 10
    monkeypatch.setattr(backfill, "EACH", each)
    tenant = lost_webhooks.SilentTenant(app, databases, simulator, phones(recipients))
    lookups = lost_webhooks.backfill_a_campaign(tenant, recipients, each=each)

    lost = tenant.webhooks()
    assert len(lost) >= 2 * recipients  # at least two statuses of each message
    assert {(webhook["state"], len(webhook["attempts"])) for webhook in lost} == {("given_up", 10)}

    final = tenant.final_statuses()
    assert set(final.values()) == {"sent", "delivered", "read", "failed"}
    assert tenant.recorded_statuses() == final
    assert tenant.counts() == lost_webhooks.expected_counts(final)
    tenant.world.assert_exact()
    assert sorted(lookups.ids) == sorted(final)  # each of them once
    gaps = [later - earlier for (_, earlier), (_, later) in pairwise(lookups)]
    assert min(gaps) >= backfill.PAUSE_SECONDS
    progress = tenant.backfill
    assert progress
    assert (progress["messages_total"], progress["messages_checked"], progress["messages_updated"]) == (
        recipients,
        recipients,
        recipients,
    )
    assert tenant.world.metrics()["average_delivery_ms"] == 0  # not an hour

    # Webhooks that arrive after all change nothing.
    before = (tenant.world.messages(), tenant.counts(), tenant.world.timeline())
    for provider_id, status in tenant.simulator_statuses():
        tenant.receive(provider_id, status, datetime.now(UTC) + timedelta(hours=3))
    assert (tenant.world.messages(), tenant.counts(), tenant.world.timeline()) == before
    with lost_webhooks.Lookups.recorded() as again:
        for minutes in (200, 205, 400):
            tenant.check(timedelta(minutes=minutes))
    # The webhook that arrived ends the outage: the check looks up messages without a final status once more, then none.
    assert sorted(again.ids) == sorted(one for one, state in final.items() if state in ("sent", "delivered"))
    assert (tenant.world.messages(), tenant.counts(), tenant.world.timeline()) == before
