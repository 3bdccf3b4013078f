"""Fuzzes the running API: schemathesis makes requests that fit the API's description and requests that do not."""

import json
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import jwt
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi import checks

from hidra.domain.webhook_key import jwt_key
from local.openapi.problems import PROBLEM_JSON
from local.stack import Stack
from tests import openapi_document
from tests.flow.world import Tenant

CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    schemathesis.checks.not_a_server_error,
]
POOL = 10
PHONES = [f"+55119{7_000_0000 + index}" for index in range(60)]


@dataclass
class World:
    """A tenant with resources for every kind of id, and another tenant whose connection the requests may break."""

    stack: Stack
    tenant: Tenant
    other: Tenant
    ids: dict[str, list[str]]
    masters: dict[str, str]

    @classmethod
    def make(cls, stack: Stack) -> "World":
        tenant, other = Tenant.make(stack), Tenant.make(stack)
        post = lambda path, body: tenant.client.call("POST", path, body)  # noqa: E731
        contacts = [{"phone": phone, "name": "Ana", "attributes": {"pontos": 70}} for phone in PHONES]
        saved = post("/v1/contacts", {"contacts": contacts})["contacts"]
        ids = {"contact_id": [row["id"] for row in saved], "segment_id": [], "template_id": [], "campaign_id": []}
        for index in range(POOL):
            segment = post("/v1/segments", {"name": "fuzz"})["id"]
            members = {"contact_ids": ids["contact_id"][index : index + 2]}
            post(f"/v1/segments/{segment}/contacts", members)
            template = post("/v1/templates", {"title": "fuzz", "body": "Oi {{nome}}", "variables": ["nome"]})["id"]
            ids["segment_id"].append(segment)
            ids["template_id"].append(template)
        for index in range(2 * POOL):
            campaign = {
                "name": "fuzz",
                "segment_id": ids["segment_id"][index % POOL],
                "template_id": ids["template_id"][index % POOL],
            }
            ids["campaign_id"].append(post("/v1/campaigns", campaign)["id"])
        post("/v1/opt-outs", {"phones": PHONES[-20:]})
        ids["phone"] = PHONES[-20:]
        ids["connection_id"] = [tenant.client.call("GET", "/v1/evolution-config")["id"]]
        secrets = stack.cloud.client("secretsmanager")
        secret = secrets.get_secret_value(SecretId=stack.cloud.resource("WebhookSecret"))["SecretString"]
        masters = json.loads(secret)
        ids["key_id"] = list(masters)
        return cls(stack, tenant, other, ids, masters)


@dataclass
class Result:
    cases: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    findings: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        found = "\n\n".join(f"{failure}\n{details}" for failure, details in sorted(self.findings.items()))
        return f"{self.cases.total()} cases, answers {dict(sorted(self.statuses.items()))}\n{found}"


def run(world: World, *, examples: int, say: Callable[[str], None] = lambda _: None) -> Result:
    """Makes for every operation so many requests that fit and as many that do not, the same in each run."""
    config = SchemathesisConfig.from_dict(
        {
            "request-timeout": 30,  # as long as API Gateway waits
            "generation": {"with-security-parameters": False},  # each call has the tenant's token
            "checks": {
                "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", "503"]}
            },  # see only_other_servers_are_unavailable
        }
    )
    schema = schemathesis.openapi.from_dict(openapi_document.document(), config=config)
    operations = [found.ok() for found in schema.get_all_operations()]
    result, began = Result(), time.monotonic()
    removing = [operation for operation in operations if operation.method == "delete"]
    for group in ([operation for operation in operations if operation not in removing], removing):
        with ThreadPoolExecutor(2) as threads:  # each starts a process of each function
            for label in threads.map(lambda operation: _all_of(world, operation, examples, result), group):
                say(f"{time.monotonic() - began:6.1f} s  {result.cases.total():5} cases  {label}")
    return result


def _all_of(world: World, operation: Any, examples: int, result: Result) -> str:
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        case_of = operation.as_strategy(generation_mode=mode)

        @settings(
            max_examples=examples,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=case_of, pick=st.integers(0, 2**16))
        def one(case: Case, pick: int) -> None:
            _one(world, case, pick, result)

        try:
            one()
        except Unsatisfiable:  # the operation allows every request
            assert mode is GenerationMode.NEGATIVE, operation.label
    return str(operation.label)


def _one(world: World, case: Case, pick: int, result: Result) -> None:
    label = case.operation.label
    _put_real_ids(world, case, pick)
    tenant = world.other if "/evolution-config" in case.path else world.tenant
    headers = {"Authorization": tenant.client._session.headers["Authorization"]}
    if case.path.startswith("/webhooks"):
        headers = {"Authorization": f"Bearer {_signature(world, case)}"}
    result.cases[label] += 1
    with requests.Session() as session:
        session.trust_env = False
        answer = case.call(base_url=world.stack.api_url, session=session, headers=headers)
        result.statuses[answer.status_code] += 1
        try:
            case.validate_response(
                answer,
                checks=[
                    *CHECKS,
                    its_problem_is_listed,
                    fitting_requests_are_accepted,
                    only_other_servers_are_unavailable,
                ],
                headers=headers,
            )
            if result.cases[label] <= 3 and case.operation.definition.raw.get("security") is None:
                case.validate_response(
                    answer,
                    checks=[checks.ignored_auth],
                    headers=headers,
                    transport_kwargs={"base_url": world.stack.api_url},
                )
        except FailureGroup as group:
            for failure in group.exceptions:
                key = f"{label}  {type(failure).__name__}  {getattr(failure, 'title', '')}  {answer.status_code}"
                body = case.body if isinstance(case.body, dict | list | str | int | float | None) else "-"
                sent = f"{case.path_parameters} {case.query} {case.headers} {body!r:.600}"
                result.findings.setdefault(key, f"{str(failure)[:600]}\n  sent {sent}\n  got {answer.text[:400]}")


def its_problem_is_listed(ctx: Any, response: Any, case: Case) -> None:
    """A problem's code is among those that the operation lists for its status."""
    if response.headers.get("content-type", [""])[0] != PROBLEM_JSON:
        return
    described = openapi_document.response(case.operation.definition.raw, response.status_code)
    code = response.json()["type"].removeprefix("urn:hidra:problem:")
    assert code in described["content"][PROBLEM_JSON]["examples"], f"{response.status_code} {code} is not listed"


def fitting_requests_are_accepted(ctx: Any, response: Any, case: Case) -> None:
    """A request that fits its schema is refused only for a reason that no schema can express, with a code of its own.

    schemathesis' own positive_data_acceptance would require that every text in the place of a phone is a phone.
    """
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code not in (400, 422):
        return
    code = response.json()["type"].removeprefix("urn:hidra:problem:")
    assert code not in ("malformed-json", "invalid-request"), response.json()


def only_other_servers_are_unavailable(ctx: Any, response: Any, case: Case) -> None:
    """A 503 is allowed only for the server at a made-up URL, and for a webhook key that may be newer than the function."""
    if response.status_code == 503:
        code = response.json()["type"].removeprefix("urn:hidra:problem:")
        assert (case.path, code) in {
            ("/v1/evolution-config/check", "evolution-unavailable"),
            ("/v1/evolution-config/connect", "evolution-unavailable"),
            ("/webhooks/evolution/{connection_id}/{key_id}", "unavailable"),
        }, response.json()


def _put_real_ids(world: World, case: Case, pick: int) -> None:
    """Puts existing ids into half of the requests, because random ids give only 404."""
    if pick % 2:
        return
    path = case.meta.components.get(ParameterLocation.PATH) if case.meta else None
    if case.path_parameters and path is not None and path.mode.is_positive:
        for name in case.path_parameters:
            if name in world.ids:
                case.path_parameters[name] = world.ids[name][pick // 2 % len(world.ids[name])]
    body = case.meta.components.get(ParameterLocation.BODY) if case.meta else None
    if isinstance(case.body, dict) and body is not None and body.mode.is_positive:
        for name in ("segment_id", "template_id", "contact_id"):
            if isinstance(case.body.get(name), str):
                case.body[name] = world.ids[name][pick // 4 % POOL]
        if "contact_ids" in case.body:
            case.body["contact_ids"] = world.ids["contact_id"][:3]


def _signature(world: World, case: Case) -> str:
    instance = case.body.get("instance") if isinstance(case.body, dict) else None
    path = case.path_parameters or {}
    try:
        key = jwt_key(world.masters[path["key_id"]], UUID(str(path["connection_id"])), str(instance))
    except (KeyError, ValueError):
        key = uuid4().hex * 2
    now = int(time.time())
    return jwt.encode({"iat": now, "exp": now + 600, "app": "evolution", "action": "webhook"}, key, "HS256")
