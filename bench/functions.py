"""The functions as Lambda calls them, with settings that lead to the servers of a benchmark."""

import base64
import importlib
import json
import os
import time
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from uuid import UUID

import jwt
import psycopg
from nacl.public import PrivateKey

from bench.loading import PHONE_HASH_SECRET
from bench.world import HTTP, JOBS, RunningCampaign
from hidra.domain.webhook_key import jwt_key
from hidra.gateways import vault
from local.database import DATABASE
from local.database import Database as Server

EVENTS = Path(__file__).parent.parent / "events"
CONTEXT = SimpleNamespace(
    function_name="function",
    memory_limit_in_mb=1024,
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:function",
    aws_request_id="request",
    get_remaining_time_in_millis=lambda: 300_000,
)
KEY = PrivateKey.generate()
PUBLIC_KEYS = {"v1": base64.b64encode(bytes(KEY.public_key)).decode()}
PRIVATE_KEYS = {"v1": base64.b64encode(bytes(KEY)).decode()}
# What Secrets Manager answers.
SECRETS: dict[str, Any] = {
    "http": HTTP,
    "jobs": JOBS,
    "webhook": {"v1": "master"},
    "vault": PRIVATE_KEYS,
    "phones": PHONE_HASH_SECRET,
}


def settings(aws: str, database: Server | None = None, *, login: str = "http") -> dict[str, str]:
    """The environment of any function: AWS at this URL, its secrets under the names of SECRETS."""
    queues = dict.fromkeys(
        ("CAMPAIGN_QUEUE_URL", "SEND_QUEUE_URL", "IMPORT_QUEUE_URL", "EXPORT_QUEUE_URL"), f"{aws}/queue"
    )
    return {
        "AWS_ENDPOINT_URL": aws,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "Hidra",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_LOG_LEVEL": "ERROR",
        "POWERTOOLS_METRICS_DISABLED": "true",
        "DATABASE_HOST": "127.0.0.1",
        "DATABASE_PORT": str(database.port if database else 1),
        "DATABASE_NAME": DATABASE,
        "DATABASE_SSLMODE": "disable",
        "DATABASE_ROOT_CERTIFICATES": "rds",
        "DATABASE_POOLER": "false",
        "DATABASE_SECRET": login,
        "WEBHOOK_SECRET": "webhook",
        "VAULT_SECRET": "vault",
        "PHONE_HASH_SECRET": "phones",
        "VAULT_PUBLIC_KEYS": json.dumps(PUBLIC_KEYS),
        "DELIVERY_STREAM": "delivery",
        "PUBLIC_URL": "https://hidra.example",
        "ALLOW_PRIVATE_ADDRESSES": "true",
        "SENDER_CONCURRENCY": "50",
        "CONNECTION_SHARE": "100",
        "ADMIN_GROUP": "admin",
        "GROUPS_CLAIM": "cognito:groups",
        "ALLOWED_GROUP": "*",
        "UNKNOWN_USERS": "create",
        "CONNECTION_CHECK_FUNCTION": "connection-check",
        "MESSAGE_SENDER_FUNCTION": "message-sender",
        "IMPORT_BUCKET": "imports",
        "EXPORT_BUCKET": "imports",
        **queues,
    }


def load(name: str, environment: Mapping[str, str]) -> ModuleType:
    """Returns the function's module, imported anew with this environment."""
    os.environ.update(environment)
    # Powertools warns of every invocation that measured nothing.
    warnings.filterwarnings("ignore", message="No application metrics to publish")
    module = importlib.import_module(f"functions.{name}.app")
    return importlib.reload(module)


def event(name: str) -> dict[str, Any]:
    """An event of events/, without the ending."""
    found: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return found


def signed(event: dict[str, Any]) -> dict[str, Any]:
    """The event of a webhook with a signature that SECRETS make valid."""
    connection_id = UUID(event["pathParameters"]["connection_id"])
    instance = json.loads(event["body"])["instance"]
    claims = {"exp": time.time() + 600, "app": "evolution", "action": "webhook"}
    token = jwt.encode(claims, jwt_key(SECRETS["webhook"]["v1"], connection_id, instance), algorithm="HS256")
    event["headers"]["authorization"] = f"Bearer {token}"
    return event


def seal_keys(server: Server, campaigns: Sequence[RunningCampaign], base_url: str) -> None:
    """Gives the connection of each campaign an API key that ``PRIVATE_KEYS`` open."""
    sealed = [
        (vault.seal(PUBLIC_KEYS, "api-key", user_id=at.user_id, base_url=base_url), at.connection_id)
        for at in campaigns
    ]
    with psycopg.connect(server.url, autocommit=True) as owner, owner.cursor() as cursor:
        cursor.executemany("update hidra.evolution_api_config set api_key_encrypted = %s where id = %s", sealed)
