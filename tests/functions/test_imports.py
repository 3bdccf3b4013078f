"""What each function loads at its start: imports are most of a cold start (boto3 alone costs some 200 ms)."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

# Powertools tells the bare package botocore its name; what costs is the session.
HEAVY = {"boto3", "botocore.session", "jwt", "nacl", "phonenumbers", "psycopg", "pydantic", "requests", "tenacity"}
ENTITY = {"psycopg", "pydantic", "tenacity"}
LOADS = {
    "api_docs": set(),
    "campaign_advance": {"psycopg", "tenacity"},
    "campaign_clock": {"psycopg", "tenacity"},
    "campaigns": ENTITY,
    "connection_check": {"nacl", "psycopg", "requests", "tenacity"},
    "console": set(),
    "contact_import": {"psycopg", "tenacity"},
    "contacts": ENTITY,
    "delivery_recorder": {"psycopg", "tenacity"},
    "connections": ENTITY | {"nacl"},
    "evolution_webhook": {"jwt"},
    "exports": ENTITY,
    "imports": ENTITY,
    "list_export": {"psycopg", "tenacity"},
    "message_sender": {"nacl", "psycopg", "requests", "tenacity"},
    "metrics": ENTITY,
    "recipients": ENTITY,
    "metrics_rebuild": {"psycopg", "tenacity"},
    "migrate": {"nacl", "psycopg", "requests", "tenacity"},
    "segments": ENTITY,
    "templates": ENTITY,
    "vault_keys": {"nacl", "requests"},
}
USES_BOTO3 = {
    "connection_check",
    "contact_import",
    "exports",
    "imports",
    "list_export",
}  # later, and only for files in S3
LOADED = "import json, runpy, sys; runpy.run_path(sys.argv[1], run_name='app'); print(json.dumps(sorted(sys.modules)))"


def test_every_function_is_listed() -> None:
    assert set(LOADS) == {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}


@pytest.mark.parametrize("name", sorted(LOADS))
def test_a_function_loads_no_heavy_library_that_it_does_not_need(name: str) -> None:
    path = ROOT / "functions" / name / "app.py"
    names = "DATABASE_HOST DATABASE_PORT DATABASE_NAME DATABASE_SSLMODE DATABASE_SECRET OWNER_SECRET HTTP_LOGIN_SECRET"
    names += " JOBS_LOGIN_SECRET VAULT_SECRET VAULT_PUBLIC_KEYS WEBHOOK_SECRET PHONE_HASH_SECRET CAMPAIGN_QUEUE_URL"
    names += " SEND_QUEUE_URL DELIVERY_STREAM PUBLIC_URL ALLOW_PRIVATE_ADDRESSES ADMIN_GROUP GROUPS_CLAIM ALLOWED_GROUP"
    names += " UNKNOWN_USERS SENDER_CONCURRENCY CONNECTION_SHARE CONNECTION_CHECK_FUNCTION MESSAGE_SENDER_FUNCTION SENDER_LOST_AFTER_SECONDS IMPORT_BUCKET IMPORT_QUEUE_URL"
    names += " EXPORT_BUCKET EXPORT_QUEUE_URL"
    names += " JWT_ISSUER JWT_AUDIENCE CLIENT_ID API_TOKEN SCOPES LOGOUT UPLOADS_ORIGIN"
    settings = {"POWERTOOLS_SERVICE_NAME": name} | dict.fromkeys(names.split(), "1")
    settings["VAULT_PUBLIC_KEYS"] = "{}"
    settings["DATABASE_ROOT_CERTIFICATES"] = settings["DATABASE_POOLER"] = settings["SENDER_CONCURRENCY"] = "1"
    done = subprocess.run(
        [sys.executable, "-c", LOADED, path],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "layers" / "hidra"), **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert HEAVY & loaded == LOADS[name]
    assert ("hidra.gateways.uploads" in loaded) == (name in USES_BOTO3)


def test_only_files_in_s3_need_boto3() -> None:
    sources = [*(ROOT / "layers" / "hidra" / "hidra").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    found = {path.relative_to(ROOT).as_posix() for path in sources if {"boto3", "botocore"} & imported(path)}
    assert found == {f"layers/hidra/hidra/gateways/{name}.py" for name in ("multipart", "uploads")}


def imported(path: Path) -> set[str]:
    """The packages that a module imports anywhere in it."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in names}
