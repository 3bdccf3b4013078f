"""One slice of an export, triggered by its request or by the slice before; and the deletion of what an export left."""

import time
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hidra.domain.export import file_key
from hidra.domain.nudge import ExportNudge
from hidra.entry.batch import each_record
from hidra.gateways.aws import read_json_secret
from hidra.gateways.multipart import Multipart
from hidra.gateways.queues import nudge_export
from hidra.services.exports.run_slice import run_slice
from hidra.settings import DATABASE_SETTINGS, require
from hidra.store.db import Database
from hidra.telemetry import logger, measured

ENV = require(*DATABASE_SETTINGS, "EXPORT_BUCKET", "EXPORT_QUEUE_URL")
SLICE_SECONDS = 60
db = Database(ENV, read_json_secret)


@measured
@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    return each_record(event, one_slice)


def one_slice(body: str) -> None:
    end = time.monotonic() + SLICE_SECONDS
    nudge = ExportNudge.from_json(body)
    user_id, export_id = nudge.user_id, nudge.export_id
    run_slice(
        user_id,
        export_id,
        db=db,
        file=Multipart(ENV["EXPORT_BUCKET"], file_key(user_id, export_id)),
        queue_next=lambda: nudge_export(ENV["EXPORT_QUEUE_URL"], user_id=user_id, export_id=export_id),
        time_is_over=lambda: time.monotonic() >= end,
    )
