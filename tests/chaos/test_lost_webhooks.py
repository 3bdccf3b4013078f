"""Webhooks that are lost for good: look-ups bring every count to the truth, paced, and only after an lost_webhooks."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import ModuleType

import pytest

from hidra.domain import backfill
from tests import simulator_process
from tests.chaos import lost_webhooks
from tests.conftest import Databases
from tests.functions import test_connection_check as checks

KINDS = (0, 91, 92, 93)  # read, delivered, acknowledged, failed (local/evolution/phones.py)


def phones(number: int) -> list[str]:
    return [f"+55119{80000000 + KINDS[index % 4] * 100 + index}" for index in range(number)]


check_app = checks.app


@pytest.fixture
def simulator() -> Iterator[checks.Simulator]:
    """With Evolution's own patience: ten attempts in about twenty minutes of a clock that stands until it is moved."""
    with simulator_process.simulator("--api-key", checks.KEY, "--virtual-clock", "0") as url:
        yield checks.Simulator(url)


@pytest.fixture
def app(check_app: ModuleType, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    # Nobody listens there, so every webhook is lost.
    monkeypatch.setitem(check_app.ENV, "PUBLIC_URL", "http://127.0.0.1:9")
    return check_app


def test_a_campaign_whose_every_webhook_is_lost_ends_with_every_count_equal(
    app: ModuleType, databases: Databases, simulator: checks.Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipients, each = 24, 10
    monkeypatch.setattr(backfill, "EACH", each)
    tenant = lost_webhooks.Outage(app, databases, simulator, phones(recipients))
    asked = lost_webhooks.lose_a_campaign(tenant, recipients, each=each)

    lost = tenant.webhooks()
    assert len(lost) >= 2 * recipients  # each was sent, and something came of it
    assert {(webhook["state"], len(webhook["attempts"])) for webhook in lost} == {("given_up", 10)}

    truth = tenant.truth()
    assert set(truth.values()) == {"sent", "delivered", "read", "failed"}
    assert tenant.known() == truth
    assert tenant.counts() == lost_webhooks.expected(truth)
    tenant.world.assert_exact()
    assert sorted(asked.ids) == sorted(truth)  # each of them once
    gaps = [later - earlier for (_, earlier), (_, later) in pairwise(asked)]
    assert min(gaps) >= backfill.PAUSE_SECONDS
    repair = tenant.repair
    assert repair
    assert (repair["messages_total"], repair["messages_checked"], repair["messages_updated"]) == (
        recipients,
        recipients,
        recipients,
    )
    assert tenant.world.metrics()["average_delivery_ms"] == 0  # and not an hour

    # What comes late after all tells nothing that is not known.
    before = (tenant.world.messages(), tenant.counts(), tenant.world.timeline())
    for provider_id, status in tenant.told():
        tenant.hear(provider_id, status, datetime.now(UTC) + timedelta(hours=3))
    assert (tenant.world.messages(), tenant.counts(), tenant.world.timeline()) == before
    with lost_webhooks.Asked.counted() as again:
        for minutes in (200, 205, 400):
            tenant.check(timedelta(minutes=minutes))
    # The webhook that is heard again ends the outage: once more those that may have grown, and nobody after that.
    assert sorted(again.ids) == sorted(one for one, state in truth.items() if state in ("sent", "delivered"))
    assert (tenant.world.messages(), tenant.counts(), tenant.world.timeline()) == before
