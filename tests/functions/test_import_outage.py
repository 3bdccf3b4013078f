"""An import whose database is away for hours: its queue messages die, the clock queues it again, and it ends exactly."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest

from hidra.domain.imports import files
from hidra.errors import Unavailable
from hidra.gateways import uploads
from hidra.store.db import Database
from tests.conftest import Databases
from tests.deployment import template
from tests.functions.api import CONTEXT, load
from tests.functions.workers import BUCKET, PHONE_HASH_SECRET, Aws, failed, from_queue, unreachable, use
from tests.store.importing import Importing, contacts

QUEUE = template()["Resources"]["ImportQueue"]["Properties"]
RECEIVES = QUEUE["RedrivePolicy"]["maxReceiveCount"]
# From a message's first receipt until it is among the dead letters.
PATIENCE = timedelta(seconds=RECEIVES * QUEUE["VisibilityTimeout"])
ROWS = 600
CONTENT = b"phone\nnone\n" + b"".join(b"119%d\n" % (80000000 + n) for n in range(ROWS))


class Leaving:
    """A database that is not reachable after so many transactions."""

    def __init__(self, databases: Databases, transactions: int) -> None:
        self._here, self._away, self._left = databases.jobs, unreachable(databases), transactions

    def as_worker(self, work: Callable[[Any], Any], *args: Any, **params: Any) -> Any:
        self._left -= 1
        return (self._here if self._left >= 0 else self._away).as_worker(work, *args, **params)


@dataclass(frozen=True)
class Functions:
    """contact_import, slice by slice, and the clock, with moto's S3 and SQS between them."""

    importer: ModuleType
    clock: ModuleType
    aws: Aws
    monkeypatch: pytest.MonkeyPatch

    def use(self, db: Database | Leaving) -> None:
        for app in (self.importer, self.clock):
            self.monkeypatch.setattr(app, "db", db)

    def slice(self, body: Any) -> bool:
        """Whether the message is done; otherwise it is delivered again."""
        event = from_queue("contact_import_next_slice", json.dumps(body))
        answer = self.importer.handler(event, CONTEXT)
        assert answer in ({"batchItemFailures": []}, failed(event, 0))
        return not answer["batchItemFailures"]

    def tick(self) -> None:
        self.clock.handler(load("campaign_clock_tick"), CONTEXT)

    def queued(self) -> list[Any]:
        return self.aws.bodies(self.importer.ENV["IMPORT_QUEUE_URL"])


@pytest.fixture
def functions(on_aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Functions:
    urls = {
        name: on_aws.queue(name)
        for name in ("IMPORT_QUEUE_URL", "EXPORT_QUEUE_URL", "CAMPAIGN_QUEUE_URL", "SEND_QUEUE_URL")
    }
    importer = use("contact_import", monkeypatch, IMPORT_BUCKET=BUCKET, **urls)
    monkeypatch.setattr(importer, "phone_hash_secret", PHONE_HASH_SECRET.encode)
    monkeypatch.setattr(importer, "SLICE_SECONDS", 0)
    monkeypatch.setattr("hidra.services.imports.reading.BATCH_BYTES", 1000)
    return Functions(importer, use("campaign_clock", monkeypatch, **urls), on_aws, monkeypatch)


def test_a_message_of_the_import_queue_outlives_an_hour_without_a_database() -> None:
    assert timedelta(hours=1) < PATIENCE


@pytest.mark.parametrize("transactions", [0, 1, 2, 4, 5])
def test_an_import_whose_messages_all_died_without_a_database_is_queued_by_the_clock_and_ends_exactly(
    functions: Functions, databases: Databases, user: UUID, transactions: int
) -> None:
    this = Importing.make(databases, user, CONTENT)
    uploads.s3().put_object(Bucket=BUCKET, Key=files.contacts_key(user, this.id), Body=CONTENT)
    body = {"version": 1, "user_id": str(user), "import_id": str(this.id)}
    functions.use(Leaving(databases, transactions))
    while functions.slice(body):
        body = functions.queued()[-1]
    stood, known = this.row(), len(functions.queued())
    assert not any(functions.slice(body) for _ in range(RECEIVES - 1))
    with pytest.raises(Unavailable):
        functions.tick()
    assert (this.row(), len(functions.queued())) == (stood, known)

    functions.use(databases.jobs)
    databases.owner.execute(
        "update hidra.contact_imports"
        " set created_at = created_at - %(past)s, last_progress_at = last_progress_at - %(past)s,"
        " leased_until = leased_until - %(past)s",
        {"past": PATIENCE},
    )
    functions.tick()
    functions.tick()
    assert functions.queued()[known:] == [body]
    while known < len(functions.queued()):
        assert functions.slice(functions.queued()[known])
        known += 1
    assert this.row()["status"] == "completed"
    assert this.counts() == {"rows_read": ROWS + 1, "created": ROWS, "updated": 0, "unchanged": 0, "rejected": 1}
    assert contacts(databases, user).keys() == {f"+55119{80000000 + n}" for n in range(ROWS)}
