"""From the SAM template to what the emulator understands."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from local import expand
from local.emulator import Cloud
from local.processes import LocalError
from tests.conftest import ROOT

DOCS = {"GET /docs", "GET /openapi.json"}


def code(source: expand.Transformed, key: str = "key") -> dict[str, tuple[str, str]]:
    return dict.fromkeys(expand.sources(source.template), ("code", key))


def expanded(**values: str) -> expand.Expanded:
    source = expand.transformed(ROOT / "template.yaml")
    return expand.expand(source, code(source), values)


def routes(found: expand.Expanded) -> set[str]:
    kinds = found.template["Resources"].values()
    return {it["Properties"]["RouteKey"] for it in kinds if it["Type"] == "AWS::ApiGatewayV2::Route"}


def test_a_conditional_function_has_its_routes_only_where_the_parameter_says_so() -> None:
    with_docs, without = expanded(ApiDocs="true"), expanded(ApiDocs="false")
    assert routes(with_docs) - routes(without) == DOCS
    assert routes(expanded()) == routes(without)
    assert (with_docs.routes, without.routes) == (len(routes(with_docs)), len(routes(without)))


def test_only_pages_of_the_named_origins_may_call_the_api() -> None:
    def cors(**values: str) -> Any:
        [api] = [
            it for it in expanded(**values).template["Resources"].values() if it["Type"] == "AWS::ApiGatewayV2::Api"
        ]
        return api["Properties"].get("CorsConfiguration")

    assert cors() is None
    named = cors(CorsOrigins="https://a.example,http://localhost:5173")
    assert named["allowOrigins"] == ["https://a.example", "http://localhost:5173"]
    assert named["allowHeaders"] == ["authorization", "content-type"]
    assert named.get("allowCredentials") is None


def test_a_route_under_a_condition_that_is_not_a_comparison_is_refused() -> None:
    source = expand.transformed(ROOT / "template.yaml")
    source.template["Conditions"]["HasApiDocs"] = {"Fn::Not": [{"Condition": "InVpc"}]}
    with pytest.raises(LocalError, match="HasApiDocs"):
        expand.expand(source, code(source), {})


def test_code_is_at_its_place_and_changed_code_is_another_version() -> None:
    def versions(key: str) -> set[str]:
        source = expand.transformed(ROOT / "template.yaml")
        plain = expand.expand(source, code(source, key), {}).template
        kinds = ("AWS::Lambda::LayerVersion", "AWS::Lambda::Version")
        assert "hidra-placeholder" not in json.dumps(plain)
        return {name for name, it in plain["Resources"].items() if it["Type"] in kinds}

    assert len(versions("one")) == 2
    assert versions("one") == versions("one")
    assert not versions("one") & versions("two")


def test_a_secret_is_generated_once_and_serves_again() -> None:
    def values(generated: dict[str, str]) -> dict[str, str]:
        source = expand.transformed(ROOT / "template.yaml")
        plain = expand.expand(source, code(source), {"LoginPrefix": "here"}, generated).template
        secrets = {
            name: it["Properties"]
            for name, it in plain["Resources"].items()
            if "SecretString" in it.get("Properties", {})
        }
        return {name: it["SecretString"] for name, it in secrets.items()}

    generated: dict[str, str] = {}
    first = values(generated)
    assert set(generated) == {"HttpLoginSecret", "JobsLoginSecret", "WebhookSecret", "PhoneHashSecret", "VaultSecret"}
    assert values(generated) == first
    assert json.loads(first["HttpLoginSecret"])["username"] == "here_http"
    assert len(json.loads(first["HttpLoginSecret"])["password"]) == 40
    assert values({})["PhoneHashSecret"] != first["PhoneHashSecret"]


def test_the_users_aws_profile_and_files_do_not_reach_the_emulator(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text("[[ no configuration\n")
    monkeypatch.setenv("AWS_PROFILE", "missing")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert Cloud("http://127.0.0.1:1").client("s3").meta.endpoint_url == "http://127.0.0.1:1"
    transformed = expand.transform(expand.load(ROOT / "template.yaml"))
    assert transformed["Resources"]
    assert os.environ["AWS_PROFILE"] == "missing"
