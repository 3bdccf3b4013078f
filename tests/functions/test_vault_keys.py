"""The keys that seal API keys, as CloudFormation asks for them: a server on loopback where S3 takes the answer."""

import base64
import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from hidra.gateways import aws_api, vault
from tests.functions.api import CONTEXT, load
from tests.functions.workers import Aws, Logs, Server, use

USER, SERVER = UUID(int=1), "https://evolution.example"


@pytest.fixture
def on_aws() -> Iterator[Aws]:
    with Aws.running() as running:
        running.client("secretsmanager").create_secret(Name="vault")  # without a value, as the template makes it
        yield running


@pytest.fixture
def s3() -> Iterator[Server]:
    with Server.running() as server:
        yield server


@pytest.fixture(autouse=True)
def logs(on_aws: Aws) -> Iterator[Logs]:
    """No private key is logged."""
    with Logs.captured() as logs:
        yield logs
    logs.assert_free_of(*private(on_aws).values())


@pytest.fixture
def vault_keys(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return use("vault_keys", monkeypatch, VAULT_SECRET="vault")


def private(on_aws: Aws) -> dict[str, str]:
    client = on_aws.client("secretsmanager")
    try:
        text = client.get_secret_value(SecretId="vault")["SecretString"]
    except client.exceptions.ResourceNotFoundException:
        return {}
    try:
        return dict(json.loads(text))
    except ValueError:
        return {"": text}


def ask(function: ModuleType, s3: Server, kind: str = "Create", key_id: str = "") -> dict[str, Any]:
    """The answer that CloudFormation gets."""
    event = load("vault_keys_create")
    place = urlsplit(event["ResponseURL"])
    event["ResourceProperties"]["KeyId"] = key_id
    request_id = f"8a1b6c2e-0000-4000-8000-{len(s3.requests):012}"
    event |= {"RequestType": kind, "ResponseURL": f"{s3.url}{place.path}?{place.query}", "RequestId": request_id}
    function.handler(event, CONTEXT)
    said = s3.requests[-1].json
    assert said["PhysicalResourceId"] == "hidra-vault-keys"
    assert (said["RequestId"], said["LogicalResourceId"]) == (request_id, "VaultKeys")
    return said


def public(said: dict[str, Any]) -> dict[str, str]:
    assert said["Status"] == "SUCCESS", said["Reason"]
    return dict(json.loads(said["Data"]["PublicKeys"]))


def test_an_empty_secret_gets_a_key_and_only_its_public_half_is_given_back(
    vault_keys: ModuleType, on_aws: Aws, s3: Server
) -> None:
    said = ask(vault_keys, s3)
    made = private(on_aws)
    assert public(said).keys() == made.keys() == {"k1"}
    sealed = vault.seal(public(said), "api-key", user_id=USER, base_url=SERVER)
    assert vault.open_sealed(made, sealed, user_id=USER, base_url=SERVER) == "api-key"
    assert made["k1"] not in json.dumps(said)


def test_keys_are_made_once(vault_keys: ModuleType, on_aws: Aws, s3: Server) -> None:
    first = public(ask(vault_keys, s3))
    made = private(on_aws)
    assert public(ask(vault_keys, s3, "Update")) == public(ask(vault_keys, s3)) == first
    assert private(on_aws) == made


def test_keys_that_are_given_are_used_as_they_are(vault_keys: ModuleType, on_aws: Aws, s3: Server) -> None:
    mine = {"a": vault.new_private_key(), "v2": vault.new_private_key()}
    on_aws.secret("vault", mine)
    assert public(ask(vault_keys, s3)) == vault.public_keys(mine)
    assert private(on_aws) == mine


def test_a_rotation_adds_a_key_that_seals_and_keeps_the_old_ones(
    vault_keys: ModuleType, on_aws: Aws, s3: Server
) -> None:
    old = public(ask(vault_keys, s3))
    before = private(on_aws)
    new = public(ask(vault_keys, s3, "Update", "k2"))
    assert new == {**old, "k2": new["k2"]}
    assert private(on_aws) == {**before, "k2": private(on_aws)["k2"]}
    sealed = vault.seal(new, "api-key", user_id=USER, base_url=SERVER)
    assert sealed.startswith(vault.header("k2"))
    assert public(ask(vault_keys, s3, "Update", "k2")) == new


def test_a_new_key_that_would_never_seal_is_refused(vault_keys: ModuleType, on_aws: Aws, s3: Server) -> None:
    on_aws.secret("vault", {"v1": vault.new_private_key()})
    before = private(on_aws)
    said = ask(vault_keys, s3, "Update", "k2")
    assert (said["Status"], "v1 sorts after it" in said["Reason"]) == ("FAILED", True)
    assert private(on_aws) == before


def test_deleting_the_stack_deletes_no_key(vault_keys: ModuleType, on_aws: Aws, s3: Server) -> None:
    ask(vault_keys, s3)
    made = private(on_aws)
    assert ask(vault_keys, s3, "Delete")["Status"] == "SUCCESS"
    assert private(on_aws) == made
    on_aws.lose_secret("vault")
    assert ask(vault_keys, s3, "Delete")["Status"] == "SUCCESS"


@pytest.mark.parametrize(
    "text",
    ["hunter2", '["k1"]', '{"k1": "short"}', '{"k-1": "' + base64.b64encode(bytes(32)).decode() + '"}', '{"k1": 5}'],
)
def test_a_secret_of_another_kind_is_refused_and_not_repeated(
    vault_keys: ModuleType, on_aws: Aws, s3: Server, text: str
) -> None:
    on_aws.secret("vault", text)
    said = ask(vault_keys, s3)
    assert said["Status"] == "FAILED"
    assert "must be a JSON object" in said["Reason"]
    assert text not in json.dumps(said)
    assert on_aws.client("secretsmanager").get_secret_value(SecretId="vault")["SecretString"] == text
    on_aws.secret("vault", {})


def test_a_secret_that_cannot_be_read_or_written_makes_no_key(
    vault_keys: ModuleType, on_aws: Aws, s3: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def refused(service: str, operation: str, parameters: Any) -> Any:
        asked.append(operation)
        raise aws_api.Refused(service, aws_api._Answer(400, {"x-amzn-errortype": "AccessDeniedException"}, b""))

    with monkeypatch.context() as patch:
        patch.setattr(aws_api, "call", refused)
        assert ask(vault_keys, s3)["Status"] == "FAILED"
    assert asked == ["GetSecretValue"]
    assert private(on_aws) == {}
    on_aws.lose_secret("vault")
    assert ask(vault_keys, s3)["Status"] == "FAILED"
