"""Filters over what files bring: texts, in the import's country's way of writing."""

from typing import Any
from uuid import UUID

import pytest

from tests.conftest import Databases
from tests.real_inputs.made_workbooks import rows_of
from tests.store.importing import Importing


def field(op: str, value: Any, name: str = "pontos") -> dict[str, Any]:
    return {"field": f"attributes.{name}", "op": op, "value": value}


def matching(databases: Databases, call: Any, value: Any, wanted: Any, **body: Any) -> int:
    """How many contacts match if a CSV brought one with this value."""
    content = f'telefone;pontos\n11987654321;"{value}"\n'.encode()
    segments = call("segments")
    assert Importing.make(databases, segments.user_id, content).finish()["created"] == 1
    answer = segments.post("/v1/segments/preview-filter", {"filter": wanted, **body})
    assert answer.status == 200
    count: int = answer.json["contacts"]
    assert len(answer.json["examples"]) == count
    return count


@pytest.mark.parametrize(
    ("value", "wanted", "country", "count"),
    [
        pytest.param("70", field("gte", 50), None, 1, id="C17"),
        pytest.param("7", field("gte", 50), None, 0, id="C17-below"),
        pytest.param("setenta", field("gte", 50), None, 0, id="C17-no-number"),
        pytest.param("", field("gte", 50), None, 0, id="C17-empty"),
        pytest.param("1.234,50", field("gt", 1234), None, 1, id="C17-grouped"),
        pytest.param("1.234", field("gt", 1000), "BR", 1, id="C17-point-in-Brazil"),
        pytest.param("1.234", field("gt", 1000), "US", 0, id="C17-point-in-the-States"),
        pytest.param("1,234.50", field("gt", 1234), "US", 1, id="C17-grouped-in-the-States"),
        pytest.param("R$ 70,00", field("eq", 70), None, 1, id="C17-money"),
        pytest.param("15%", field("lt", 20), None, 1, id="C17-percent"),
        pytest.param("70", field("eq", 70), None, 1, id="C17-equal"),
        pytest.param("70,0", field("in", [1, 70]), None, 1, id="C17-one-of"),
        pytest.param("70", field("ne", 70), None, 0, id="C17-not-equal"),
        pytest.param("70", field("eq", "70"), None, 1, id="C17-text"),
        pytest.param("70,0", field("eq", "70"), None, 0, id="C17-other-text"),
        pytest.param("VERDADEIRO", field("eq", True), None, 1, id="C17-true"),
        pytest.param("false", field("eq", True), None, 0, id="C17-false"),
        pytest.param("05/02/2026", field("before", "2026-03-01T00:00:00Z"), None, 1, id="C17-day-first"),
        pytest.param("05/02/2026", field("before", "2026-03-01T00:00:00Z"), "US", 0, id="C17-month-first"),
        pytest.param("2026-02-05", field("gte", "2026-02-05T00:00:00Z"), None, 1, id="C17-iso"),
        pytest.param("5-fev-26", field("after", "2026-02-04T00:00:00Z"), None, 1, id="C17-month-by-name"),
        pytest.param("05/02/2020", field("older_than_days", 365), None, 1, id="C17-older"),
    ],
)
def test_a_filter_finds_the_number_or_the_date_that_a_file_brought(  # noqa: PLR0917 - the columns of the table
    databases: Databases,
    call: Any,
    value: str,
    wanted: Any,
    country: str | None,
    count: int,
) -> None:
    body = {"country": country} if country else {}
    assert matching(databases, call, value, wanted, **body) == count


def test_what_a_workbook_shows_is_found_and_fills_a_segment(databases: Databases, user: UUID, call: Any) -> None:
    content = rows_of(
        ["telefone", "valor", "vence"],
        [11987654321, (1234.5, '"R$ "#,##0.00'), (46058, "dd/mm/yyyy")],
        [11987654322, (12.5, '"R$ "#,##0.00'), (46088, "dd/mm/yyyy")],
    )
    assert Importing.make(databases, user, content, format="xlsx").finish()["created"] == 2
    segments = call("segments")
    path = "/v1/segments/" + segments.post("/v1/segments", {"name": "s"}).json["id"]
    for wanted in (field("gt", 1000, "valor"), field("before", "2026-02-06T00:00:00Z", "vence")):
        assert segments.post("/v1/segments/preview-filter", {"filter": wanted}).json["contacts"] == 1
    assert segments.post(f"{path}/fill", {"filter": field("gt", 10, "valor"), "country": "BR"}).json["added"] == 2


def test_a_country_that_is_none_is_refused(call: Any) -> None:
    answer = call("segments").post("/v1/segments/preview-filter", {"filter": field("gte", 5), "country": "Brasil"})
    assert (answer.status, answer.fields) == (422, ["country"])
