"""One slice of an import, triggered by the file's arrival on S3 or by the slice before."""

import time
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hidra.domain.imports import files
from hidra.domain.nudge import ImportNudge, read_imports
from hidra.entry.batch import each_record
from hidra.gateways import uploads
from hidra.gateways.aws import hash_secret, read_json_secret
from hidra.gateways.queues import nudge_import
from hidra.services.imports.reading import File
from hidra.services.imports.run_slice import run_slice
from hidra.settings import DATABASE_SETTINGS, require
from hidra.store import identity, import_slices
from hidra.store.db import Database
from hidra.telemetry import logger, measured

ENV = require(*DATABASE_SETTINGS, "PHONE_HASH_SECRET", "IMPORT_BUCKET", "IMPORT_QUEUE_URL")
SLICE_SECONDS = 60
phone_hash_secret = partial(hash_secret, ENV["PHONE_HASH_SECRET"])
db = Database(ENV, read_json_secret, wait_seconds=20, check=identity.checked(phone_hash_secret))


@measured
@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    return each_record(event, work)


def work(body: str) -> None:
    for nudge in read_imports(body):
        one_slice(nudge)


def one_slice(nudge: ImportNudge) -> None:
    end = time.monotonic() + SLICE_SECONDS
    user_id, import_id = nudge.user_id, nudge.import_id
    bucket, rejects_key = ENV["IMPORT_BUCKET"], files.rejects_key(user_id, import_id)
    key, arrived = files.contacts_key(user_id, import_id), nudge.arrived
    if arrived is not None and not db.as_worker(
        lambda tx: import_slices.accept_file(tx, import_id=import_id, version=arrived)
    ):
        uploads.delete(bucket, key, arrived)
        logger.info("a file that its import does not read was deleted", import_id=import_id)
        return
    run_slice(
        import_id,
        db=db,
        find=lambda: find(key, db.as_worker(lambda tx: import_slices.file_version(tx, import_id=import_id))),
        put=lambda made: uploads.put(bucket, rejects_key, made, content_type=files.REJECTS_CONTENT_TYPE),
        queue_next=lambda: nudge_import(ENV["IMPORT_QUEUE_URL"], user_id=user_id, import_id=import_id),
        queue_other=lambda other: nudge_import(ENV["IMPORT_QUEUE_URL"], user_id=user_id, import_id=other),
        secret=phone_hash_secret(),
        time_is_over=lambda: time.monotonic() >= end,
    )


def find(key: str, version: str | None) -> File | None:
    stored = uploads.find(ENV["IMPORT_BUCKET"], key, version)
    if stored is None:
        return None
    return File(stored.size, stored.etag, partial(uploads.read, ENV["IMPORT_BUCKET"], key, stored), stored.version)
