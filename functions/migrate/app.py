"""Migrates the database at each deploy that changes the schema or the keys, as a CloudFormation custom resource."""

import json
import os
from pathlib import Path
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hidra.domain.connection_need import connections_needed
from hidra.gateways import custom_resource, vault
from hidra.gateways.aws import read_json_secret, read_secret
from hidra.settings import DATABASE_PLACE, require
from hidra.store import database_keys, schema
from hidra.telemetry import logger

ENV = require(
    *DATABASE_PLACE,
    "OWNER_SECRET",
    "HTTP_LOGIN_SECRET",
    "JOBS_LOGIN_SECRET",
    "PHONE_HASH_SECRET",
    "VAULT_PUBLIC_KEYS",
    "SENDER_CONCURRENCY",
)
MIGRATIONS = Path(os.environ.get("LAMBDA_TASK_ROOT", Path(__file__).parent)) / "sql" / "migrations"


@logger.inject_lambda_context
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    """Migrates; answers CloudFormation if the event is its, else the caller. Deleting the stack deletes no data."""
    if "ResponseURL" not in event:
        return migrate()
    return custom_resource.answer(
        event, lambda: {"Warning": migrate()["warning"] or "none"}, resource_id="hidra-schema"
    )


def migrate() -> dict[str, Any]:
    """Applies the migrations, compares the keys, then creates the logins.

    Returns:
        ``applied``: a line for each migration applied; ``warning``: what the operator should change, or "".
    """
    url = schema.owner_url(ENV, read_json_secret(ENV["OWNER_SECRET"]))
    lines = schema.migrate(url, MIGRATIONS).splitlines()
    database_keys.keep_hash_key(url, read_secret(ENV["PHONE_HASH_SECRET"]).encode())
    database_keys.keep_vault_keys(url, json.loads(ENV["VAULT_PUBLIC_KEYS"]), vault.header)
    schema.ensure_login(url, read_json_secret(ENV["HTTP_LOGIN_SECRET"]), schema.HTTP_ROLES)
    schema.ensure_login(url, read_json_secret(ENV["JOBS_LOGIN_SECRET"]), schema.JOBS_ROLES)
    needed = connections_needed(int(ENV["SENDER_CONCURRENCY"]))
    warning = "" if ENV["DATABASE_POOLER"] == "true" else schema.connection_warning(url, needed)
    if warning:
        logger.warning("the server may run out of connections", reason=warning)
    return {"applied": [line for line in lines if line.startswith("Applied")], "warning": warning}
