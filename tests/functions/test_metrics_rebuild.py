"""The operators' function against the real database."""

from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from hidra.errors import NotFound, Rejected, Unavailable
from tests.conftest import Databases
from tests.functions.api import CONTEXT, load
from tests.functions.workers import Logs, unreachable, use
from tests.store.world import World

KNOWN = UUID("33333333-3333-4333-8333-333333333333")  # the campaign that events/metrics_rebuild_one.json names


@pytest.fixture(autouse=True)
def logs() -> Iterator[Logs]:
    with Logs.captured() as logs:
        yield logs


@pytest.fixture
def function(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    app = use("metrics_rebuild", monkeypatch)
    monkeypatch.setattr(app, "db", databases.jobs)
    return app


def invoke(function: ModuleType, event: object, *, seconds: float = 300) -> Any:
    context = SimpleNamespace(**vars(CONTEXT), get_remaining_time_in_millis=lambda: int(seconds * 1000))
    return function.handler(event, context)


def spoil(world: World) -> None:
    world.databases.owner.execute("update hidra.campaign_metrics set skipped = 2, total_messages = total_messages + 2")


def test_by_default_it_reports_every_campaign_and_changes_nothing(
    function: ModuleType, databases: Databases, logs: Logs
) -> None:
    world = World.make(databases)
    world.add_campaign(KNOWN)
    world.advance()
    assert invoke(function, load("metrics_rebuild_report")) == {
        "campaigns": 2, "differences": [], "continue_after": None,
    }  # fmt: skip
    spoil(world)
    before = world.metrics()
    answer = invoke(function, load("metrics_rebuild_report"))
    assert (answer["campaigns"], len(answer["differences"])) == (2, 4)
    assert {
        "campaign_id": str(world.campaign_id), "counter": "skipped", "minute": None, "shown": 2, "recounted": 0,
    } in answer["differences"]  # fmt: skip
    assert world.metrics() == before
    assert [line["differences"] for line in logs.named("metrics were recounted")] == [0, 4]


def test_it_repairs_the_one_campaign_it_is_given(function: ModuleType, databases: Databases) -> None:
    world = World.make(databases)
    world.add_campaign(KNOWN)
    spoil(world)
    assert len(invoke(function, load("metrics_rebuild_one"))["differences"]) == 2
    assert invoke(function, load("metrics_rebuild_one"))["differences"] == []
    assert len(invoke(function, {})["differences"]) == 2, "the other one is as it was"


def test_it_stops_before_its_timeout_and_continues_where_it_stopped(function: ModuleType, databases: Databases) -> None:
    world = World.make(databases)
    spoil(world)
    every = sorted([world.campaign_id, world.add_campaign(uuid4())])
    first = invoke(function, {"dry_run": False}, seconds=function.SPARE_SECONDS - 1)
    assert (first["campaigns"], first["continue_after"]) == (1, str(every[0]))
    second = invoke(function, {"dry_run": False, "after": first["continue_after"]}, seconds=function.SPARE_SECONDS - 1)
    assert (second["campaigns"], second["continue_after"]) == (1, None)
    assert invoke(function, {})["differences"] == []


@pytest.mark.parametrize(
    "event", [{"campaign_id": "17"}, {"campaign_id": 17}, {"after": []}, {"dry_run": "false"}, {"dry_run": None}]
)
def test_an_invalid_request_is_refused(function: ModuleType, databases: Databases, event: dict[str, Any]) -> None:
    world = World.make(databases)
    spoil(world)
    with pytest.raises(Rejected):
        invoke(function, event)
    assert len(invoke(function, {})["differences"]) == 2


def test_a_campaign_that_does_not_exist_is_not_found(function: ModuleType) -> None:
    with pytest.raises(NotFound):
        invoke(function, load("metrics_rebuild_one"))


def test_without_a_database_it_says_so(
    function: ModuleType, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(function, "db", unreachable(databases))
    with pytest.raises(Unavailable):
        invoke(function, {})
