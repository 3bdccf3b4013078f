"""Migrations as CloudFormation and people ask for them: fresh databases, a server on loopback where S3 takes the answer."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
import pytest
import requests

from hidra.errors import Unavailable
from hidra.gateways import vault
from hidra.store.db import Database
from local.database import Database as PostgreSQL
from tests.conftest import MIGRATIONS, PHONE_HASH_SECRET, Databases
from tests.functions.api import CONTEXT, load
from tests.functions.workers import Aws, Logs, Server, use
from tests.store.world import World

LOGINS = {
    name: {"username": f"test_migrate_{name}", "password": f"password-of-{name}"} for name in ("http", "jobs")
}  # fmt: skip


@pytest.fixture
def on_aws() -> Iterator[Aws]:
    with Aws.running() as running:
        for name, login in LOGINS.items():
            running.secret(name, login)
        running.secret("phones", PHONE_HASH_SECRET.decode())
        yield running


@pytest.fixture
def s3() -> Iterator[Server]:
    with Server.running() as server:
        yield server


@pytest.fixture
def owner_url(server: PostgreSQL) -> Iterator[str]:
    """A database in which nothing was ever done."""
    url = server.create()
    yield url
    server.drop(urlsplit(url).path.lstrip("/"))


@pytest.fixture(autouse=True)
def logs(owner_url: str) -> Iterator[Logs]:
    with Logs.captured() as logs:
        yield logs
    logs.assert_free_of(str(urlsplit(owner_url).password), "password-of-")


def point_to(app: ModuleType, on_aws: Aws, url: str) -> None:
    where = urlsplit(url)
    on_aws.secret("owner", {"username": where.username, "password": where.password})
    app.ENV.update(DATABASE_PORT=str(where.port), DATABASE_NAME=where.path.lstrip("/"))


@pytest.fixture
def migrate(owner_url: str, on_aws: Aws, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    app = use(
        "migrate",
        monkeypatch,
        DATABASE_HOST="127.0.0.1",
        DATABASE_SSLMODE="disable",
        DATABASE_ROOT_CERTIFICATES="rds",
        OWNER_SECRET="owner",
        HTTP_LOGIN_SECRET="http",
        JOBS_LOGIN_SECRET="jobs",
        PHONE_HASH_SECRET="phones",
        VAULT_PUBLIC_KEYS=json.dumps({"k1": "first"}),
        SENDER_CONCURRENCY="50",
        DATABASE_POOLER="false",
    )
    monkeypatch.setattr(app, "MIGRATIONS", MIGRATIONS)
    point_to(app, on_aws, owner_url)
    return app


def request_of(s3: Server, kind: str = "Create") -> dict[str, Any]:
    """The event of events/, to be answered at the server on loopback."""
    event = load("migrate_create")
    place = urlsplit(event["ResponseURL"])
    more = {} if kind == "Create" else {"PhysicalResourceId": "hidra-schema"}
    return event | {"RequestType": kind, "ResponseURL": f"{s3.url}{place.path}?{place.query}"} | more


def answer(s3: Server) -> dict[str, Any]:
    [request] = s3.requests
    event = load("migrate_create")
    place = urlsplit(event["ResponseURL"])
    assert (request.method, request.path) == ("PUT", f"{place.path}?{place.query}")
    assert int(request.headers["content-length"]) <= 4096  # CloudFormation reads no more
    for name in ("StackId", "RequestId", "LogicalResourceId"):
        assert request.json[name] == event[name]
    assert request.json["PhysicalResourceId"] == "hidra-schema"
    return request.json


def tables(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("select count(*) from pg_tables where schemaname in ('core', 'hidra')").fetchone()
    assert row is not None
    return int(row[0])


def log_in(migrate: ModuleType, name: str, password: str | None = None) -> Database:
    login = LOGINS[name] if password is None else {**LOGINS[name], "password": password}
    return Database({**migrate.ENV, "DATABASE_SECRET": ""}, lambda _: login)


def test_a_deploy_migrates_and_creates_logins_that_work(
    migrate: ModuleType, on_aws: Aws, s3: Server, owner_url: str
) -> None:
    assert migrate.handler(request_of(s3), CONTEXT) == {"status": "SUCCESS"}
    assert answer(s3)["Status"] == "SUCCESS"
    assert tables(owner_url) > 10
    jobs, http = log_in(migrate, "jobs"), log_in(migrate, "http")
    assert jobs.as_worker(lambda tx: tx.value("select count(*) from hidra.campaigns")) == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        http.as_worker(lambda tx: tx.value("select 1"))
    jobs.close()
    http.close()


def test_the_answer_has_no_content_type_for_its_address_is_signed_without(migrate: ModuleType, s3: Server) -> None:
    migrate.handler(request_of(s3, "Delete"), CONTEXT)
    [request] = s3.requests
    assert "content-type" not in request.headers


def test_an_update_sets_passwords_that_changed_and_keeps_the_data(
    migrate: ModuleType, on_aws: Aws, s3: Server, databases: Databases, server: PostgreSQL
) -> None:
    point_to(migrate, on_aws, server.url_of(databases.settings["DATABASE_NAME"]))
    world = World.make(databases)
    world.advance()
    before = (world.campaign(), world.messages(), world.metrics())
    migrate.migrate()
    on_aws.secret("jobs", {**LOGINS["jobs"], "password": "password-of-tomorrow"})
    migrate.handler(request_of(s3, "Update"), CONTEXT)
    assert answer(s3)["Status"] == "SUCCESS"
    assert (world.campaign(), world.messages(), world.metrics()) == before
    with pytest.raises(Unavailable):
        log_in(migrate, "jobs").as_worker(lambda tx: tx.value("select 1"))
    jobs = log_in(migrate, "jobs", "password-of-tomorrow")
    assert jobs.as_worker(lambda tx: tx.value("select count(*) from hidra.campaign_messages")) == 3
    jobs.close()


def test_deleting_the_stack_deletes_nothing(
    migrate: ModuleType, on_aws: Aws, s3: Server, databases: Databases, server: PostgreSQL
) -> None:
    url = server.url_of(databases.settings["DATABASE_NAME"])
    point_to(migrate, on_aws, url)
    world = World.make(databases)
    world.advance()
    before = (tables(url), world.campaign(), world.messages(), world.metrics())
    assert migrate.handler(request_of(s3, "Delete"), CONTEXT) == {"status": "SUCCESS"}
    assert answer(s3)["Status"] == "SUCCESS"
    assert (tables(url), world.campaign(), world.messages(), world.metrics()) == before


def test_deleting_a_stack_whose_database_and_secrets_are_gone_succeeds(
    migrate: ModuleType, on_aws: Aws, s3: Server, owner_url: str
) -> None:
    on_aws.lose_secret("owner")
    migrate.ENV["DATABASE_PORT"] = "1"
    migrate.handler(request_of(s3, "Delete"), CONTEXT)
    assert answer(s3)["Status"] == "SUCCESS"
    assert tables(owner_url) == 0


def test_a_migration_that_fails_fails_the_deploy_with_its_words_and_leaves_nothing_behind(
    migrate: ModuleType, s3: Server, logs: Logs, *, owner_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "0001_half.sql").write_text(
        "-- migrate:up\ncreate table hidra.half (id int);\nselect * from nowhere;\n-- migrate:down\n"
    )
    monkeypatch.setattr(migrate, "MIGRATIONS", tmp_path)
    assert migrate.handler(request_of(s3), CONTEXT) == {"status": "FAILED"}
    said = answer(s3)
    assert said["Status"] == "FAILED"
    assert 'relation "nowhere" does not exist' in said["Reason"]
    assert str(urlsplit(owner_url).password) not in said["Reason"]
    with psycopg.connect(owner_url) as connection:
        assert connection.execute("select to_regclass('hidra.half')").fetchone() == (None,)
    assert len(logs.named("the custom resource failed")) == 1


def test_every_failure_is_reported_to_cloudformation_in_a_form_that_it_can_read(
    migrate: ModuleType, s3: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down() -> None:
        raise RuntimeError("ç" * 5_000)

    monkeypatch.setattr(migrate, "migrate", break_down)
    migrate.handler(request_of(s3), CONTEXT)
    assert answer(s3)["Status"] == "FAILED"


def test_a_stack_made_anew_on_the_same_database_is_refused_and_leaves_the_logins_of_the_other_one(
    migrate: ModuleType, on_aws: Aws, s3: Server, databases: Databases, server: PostgreSQL
) -> None:
    url = server.url_of(databases.settings["DATABASE_NAME"])
    point_to(migrate, on_aws, url)
    migrate.migrate()
    World.make(databases)  # with contacts
    on_aws.secret("phones", "of a stack that was made anew")
    on_aws.secret("jobs", {**LOGINS["jobs"], "password": "password-of-the-new-stack"})
    assert migrate.handler(request_of(s3), CONTEXT) == {"status": "FAILED"}
    assert "PhoneHashSecretArn" in answer(s3)["Reason"]
    jobs = log_in(migrate, "jobs")
    assert jobs.as_worker(lambda tx: tx.value("select 1")) == 1
    jobs.close()


def test_another_key_of_the_vault_is_refused_while_api_keys_need_the_old_one(
    migrate: ModuleType, on_aws: Aws, s3: Server, databases: Databases, server: PostgreSQL, *, user: UUID
) -> None:
    point_to(migrate, on_aws, server.url_of(databases.settings["DATABASE_NAME"]))
    migrate.migrate()
    databases.owner.execute(
        "insert into hidra.evolution_api_config (user_id, base_url, instance_name, api_key_encrypted)"
        " values (%s, 'https://evolution.example', 'loja', %s)",
        [user, vault.header("k1") + b"sealed"],
    )
    migrate.ENV["VAULT_PUBLIC_KEYS"] = json.dumps({"k1": "second"})
    assert migrate.handler(request_of(s3, "Update"), CONTEXT) == {"status": "FAILED"}
    assert "VaultSecretArn" in answer(s3)["Reason"]


@pytest.mark.parametrize(("senders", "warns"), [("50", False), ("119", False), ("130", True)])
def test_a_server_that_allows_too_few_connections_is_warned_of(
    migrate: ModuleType, owner_url: str, s3: Server, logs: Logs, *, senders: str, warns: bool
) -> None:
    """The server of the tests allows 300, of which it keeps 3 for superusers."""
    migrate.ENV["SENDER_CONCURRENCY"] = senders
    migrate.handler(request_of(s3), CONTEXT)
    said = answer(s3)
    assert said["Status"] == "SUCCESS"
    wanted = 2 * int(senders) + 58
    assert (
        said["Data"]["Warning"].startswith(f"This deployment may open {wanted} connections, and the server allows 297:")
        == warns
    )
    assert (said["Data"]["Warning"] == "none") is not warns
    assert bool(logs.named("the server may run out of connections")) == warns
    migrate.ENV["DATABASE_POOLER"] = "true"
    assert migrate.migrate()["warning"] == ""


def test_the_owners_secret_may_lead_past_a_pooler(migrate: ModuleType, on_aws: Aws, owner_url: str) -> None:
    where = urlsplit(owner_url)
    owner = {"username": where.username, "password": where.password, "host": "127.0.0.1", "port": where.port}
    on_aws.secret("owner", owner)
    migrate.ENV.update(DATABASE_HOST="pooler.example", DATABASE_PORT="1")
    assert migrate.migrate()["applied"]


def test_a_secret_that_cannot_be_read_fails_the_deploy(
    migrate: ModuleType, on_aws: Aws, s3: Server, owner_url: str
) -> None:
    on_aws.lose_secret("owner")
    migrate.handler(request_of(s3), CONTEXT)
    assert answer(s3)["Status"] == "FAILED"
    assert tables(owner_url) == 0


def test_an_answer_that_is_not_accepted_is_an_error_so_that_lambda_retries(migrate: ModuleType, s3: Server) -> None:
    s3.answer = (403, {})
    with pytest.raises(requests.HTTPError):
        migrate.handler(request_of(s3, "Delete"), CONTEXT)


def test_a_direct_invocation_returns_the_applied_migrations(migrate: ModuleType, owner_url: str) -> None:
    applied = migrate.handler(load("migrate_invoke"), CONTEXT)["applied"]
    names = sorted(path.name for path in MIGRATIONS.glob("*.sql"))
    assert [any(name in line for name in names) for line in applied] == [True] * len(names)
    assert tables(owner_url) > 10
    assert migrate.handler(load("migrate_invoke"), CONTEXT) == {"applied": [], "warning": ""}


def test_a_direct_invocation_raises_a_failure(migrate: ModuleType, on_aws: Aws) -> None:
    on_aws.lose_secret("http")
    with pytest.raises(Unavailable):
        migrate.handler(load("migrate_invoke"), CONTEXT)
