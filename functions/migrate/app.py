"""Migrates the database at each deploy that changes the schema, as a CloudFormation custom resource."""

import json
import os
from pathlib import Path
from typing import Any

import requests
from aws_lambda_powertools.utilities.typing import LambdaContext

from hidra.gateways.aws import read_json_secret
from hidra.settings import require
from hidra.store import schema
from hidra.telemetry import logger

ENV = require(
    "DATABASE_HOST",
    "DATABASE_PORT",
    "DATABASE_NAME",
    "DATABASE_SSLMODE",
    "OWNER_SECRET",
    "HTTP_LOGIN_SECRET",
    "JOBS_LOGIN_SECRET",
)
MIGRATIONS = Path(os.environ.get("LAMBDA_TASK_ROOT", Path(__file__).parent)) / "sql" / "migrations"


@logger.inject_lambda_context
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    """Migrates; answers CloudFormation if the event is its, else the caller. Deleting the stack deletes no data."""
    if "ResponseURL" not in event:
        return {"applied": migrate()}
    try:
        if event["RequestType"] != "Delete":
            migrate()
        status, reason = "SUCCESS", ""
    except Exception as error:  # noqa: BLE001
        # CloudFormation must get an answer after any error: without one it waits for an hour.
        logger.exception("migrating failed")
        status, reason = "FAILED", str(error)[:1000]
    answer = {
        "Status": status,
        "Reason": reason or "done",
        "PhysicalResourceId": "hidra-schema",
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
    }
    # As bytes, so that requests adds no Content-Type: some regions sign the address without one and refuse any
    # (https://github.com/binxio/cfn-secret-provider/issues/3).
    body = json.dumps(answer, ensure_ascii=False).encode()
    requests.put(event["ResponseURL"], data=body, timeout=10).raise_for_status()
    return {"status": status}


def migrate() -> list[str]:
    """Applies the migrations, then creates the logins; returns a line for each migration applied."""
    url = schema.owner_url(ENV, read_json_secret(ENV["OWNER_SECRET"]))
    lines = schema.migrate(url, MIGRATIONS).splitlines()
    schema.ensure_login(url, read_json_secret(ENV["HTTP_LOGIN_SECRET"]), schema.HTTP_ROLES)
    schema.ensure_login(url, read_json_secret(ENV["JOBS_LOGIN_SECRET"]), schema.JOBS_ROLES)
    return [line for line in lines if line.startswith("Applied")]
