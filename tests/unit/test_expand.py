"""From the SAM template to what the emulator understands."""

from typing import Any

import pytest

from local import expand
from local.processes import LocalError
from tests.conftest import ROOT

DOCS = {"GET /docs", "GET /openapi.json"}


def expanded(**values: str) -> expand.Expanded:
    template = expand.load(ROOT / "template.yaml")
    return expand.expand(template, dict.fromkeys(expand.sources(template), "s3://code/key"), values)


def routes(found: expand.Expanded) -> set[str]:
    kinds = found.template["Resources"].values()
    return {it["Properties"]["RouteKey"] for it in kinds if it["Type"] == "AWS::ApiGatewayV2::Route"}


def test_a_conditional_function_has_its_routes_only_where_the_parameter_says_so() -> None:
    with_docs, without = expanded(ApiDocs="true"), expanded(ApiDocs="false")
    assert routes(with_docs) - routes(without) == DOCS
    assert routes(expanded()) == routes(without)
    assert (with_docs.routes, without.routes) == (len(routes(with_docs)), len(routes(without)))


def test_a_route_under_a_condition_that_is_not_a_comparison_is_refused() -> None:
    template: dict[str, Any] = expand.load(ROOT / "template.yaml")
    template["Conditions"]["HasApiDocs"] = {"Fn::Not": [{"Condition": "InVpc"}]}
    with pytest.raises(LocalError, match="HasApiDocs"):
        expand.expand(template, dict.fromkeys(expand.sources(template), "s3://code/key"), {})
