"""One slice of an import, set off by the file's arrival on S3 or by the slice before."""

import json
import time
from functools import partial
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext

from hidra.entry.batch import each_record
from hidra.gateways import uploads
from hidra.gateways.aws import hash_secret, read_json_secret
from hidra.gateways.queues import nudge_import
from hidra.services.import_contacts import File, run_slice
from hidra.settings import DATABASE_SETTINGS, require
from hidra.store.db import Database
from hidra.telemetry import logger

ENV = require(*DATABASE_SETTINGS, "PHONE_HASH_SECRET", "IMPORT_BUCKET", "IMPORT_QUEUE_URL")
SLICE_SECONDS = 60
db = Database(ENV, read_json_secret)
phone_hash_secret = partial(hash_secret, ENV["PHONE_HASH_SECRET"])


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    return each_record(event, work)


def work(body: str) -> None:
    message = json.loads(body)
    if "import_id" in message:
        one_slice(UUID(message["user_id"]), UUID(message["import_id"]))
    for record in message.get("Records", ()):  # none in the test event that S3 sends when it is set up
        _, user_id, import_id = unquote_plus(record["s3"]["object"]["key"]).split("/")
        one_slice(UUID(user_id), UUID(import_id))


def one_slice(user_id: UUID, import_id: UUID) -> None:
    end = time.monotonic() + SLICE_SECONDS
    key = uploads.import_key(user_id, import_id)
    run_slice(
        import_id,
        db=db,
        find=lambda: find(key),
        keep_rejects=lambda made: uploads.put(
            ENV["IMPORT_BUCKET"], uploads.rejects_key(user_id, import_id), made, content_type="text/csv; charset=utf-8"
        ),
        go_on=lambda: nudge_import(ENV["IMPORT_QUEUE_URL"], user_id=user_id, import_id=import_id),
        secret=phone_hash_secret(),
        time_is_over=lambda: time.monotonic() >= end,
    )


def find(key: str) -> File | None:
    arrived = uploads.find(ENV["IMPORT_BUCKET"], key)
    if arrived is None:
        return None
    return File(arrived.size, arrived.etag, partial(uploads.read, ENV["IMPORT_BUCKET"], key, arrived))
