"""A page of recipients reads about as many rows as it shows, whatever its filter and however often it is asked for."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from hidra.domain.message import MessageStatus as S
from hidra.store import freeze, recipients
from hidra.store.db import Tx
from tests.conftest import Databases
from tests.store.world import World

# One message in a thousand was not delivered; the first run was retried, so most of its failures do not count.
MANY = """
insert into hidra.campaign_messages (user_id, campaign_id, run_id, contact_id, phone, phone_hash, status, sent_at,
    delivered_at, failed_at, replied_at, error_code, counted)
select %(user_id)s, %(campaign_id)s, %(run_id)s, md5(%(run_id)s::text || n)::uuid, '+55' || n, n::text::bytea,
    case when n %% 1000 = 1 then %(rare)s else %(common)s end::hidra.message_status, now(), now(), now(),
    case when n %% 150 = 2 then now() end,
    case when n %% 1000 = 1 then 'rare' else %(code)s end, n %% 1000 = 1 or %(counted)s
from generate_series(1, 3000) n
"""


@pytest.fixture
def world(fresh_database: Databases) -> World:
    """A campaign with runs of 3,000 messages: delivered, failed and retried, failed."""
    world = World.make(fresh_database, recipients=1)
    for common, code, counted in (("delivered", None, True), ("failed", "retried", False), ("failed", "again", True)):
        run_id = uuid4()
        fresh_database.owner.execute(
            "insert into hidra.campaign_runs (id, user_id, campaign_id, initiated_by, body, ended_at)"
            " values (%s, %s, %s, %s, 'x', now())",
            [run_id, world.user_id, world.campaign_id, world.user_id],
        )
        ids = {"user_id": world.user_id, "campaign_id": world.campaign_id, "run_id": run_id}
        fresh_database.owner.execute(MANY, {**ids, "rare": "sent", "common": common, "code": code, "counted": counted})
    fresh_database.owner.execute("vacuum analyze hidra.campaign_messages")
    return world


FILTERS: dict[str, dict[str, Any]] = {
    "everyone": {},
    "a rare status": {"status": S.SENT},
    "a status that no message has": {"status": S.UNKNOWN},
    "failures, most of which do not count": {"status": S.FAILED},
    "a rare reason": {"error_code": "rare"},
    "a reason that does not count": {"error_code": "retried"},
    "a reason with another status": {"status": S.SENT, "error_code": "again"},
    "those that replied": {"replied": True},
    "those that replied, with a status that none has": {"replied": True, "status": S.UNKNOWN},
}


def reads(tx: Tx) -> tuple[int, int]:
    """Scans of the table without an index, and rows read by its indexes, both in this transaction."""
    scans = tx.value("select pg_stat_get_xact_numscans('hidra.campaign_messages'::regclass)")
    rows = tx.value(
        "select sum(pg_stat_get_xact_tuples_returned(indexrelid)) from pg_index"
        " where indrelid = 'hidra.campaign_messages'::regclass"
    )
    return scans, int(rows)


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
def test_a_page_reads_by_an_index_for_its_filter_from_the_first_to_the_twelfth_call(world: World, mode: str) -> None:
    """psycopg prepares at the sixth use, and PostgreSQL may choose a plan for all parameters five uses later."""
    runs = [None, *(row["id"] for row in world.rows("select id from hidra.campaign_runs"))]
    for wanted in FILTERS.values():
        for run_id in runs:

            def work(tx: Tx, wanted: Any = wanted, run_id: UUID | None = run_id) -> tuple[int, int, int]:
                tx.value("select set_config('plan_cache_mode', %(mode)s, true)", mode=mode)
                before = reads(tx)
                found = {
                    "status": None,
                    "error_code": None,
                    "replied": False,
                    "contact_ids": None,
                    "after_id": None,
                    "limit": 10,
                } | wanted
                rows = recipients.recipients(tx, campaign_id=world.campaign_id, run_id=run_id, **found)
                after = reads(tx)
                return after[0] - before[0], after[1] - before[1], len(rows)

            for _ in range(12):
                scans, read, shown = world.databases.http.as_user(world.user_id, work)
                assert (scans, read <= 150) == (0, True), (wanted, run_id, read, shown)


def test_a_retry_is_asked_for_without_reading_the_whole_campaign(world: World) -> None:
    world.databases.owner.execute("update hidra.campaign_messages set counted = false where status = 'failed'")
    world.databases.owner.execute("vacuum analyze hidra.campaign_messages")

    def work(tx: Tx) -> tuple[bool, int]:
        before = reads(tx)[1]
        return freeze.any_failed(tx, campaign_id=world.campaign_id), reads(tx)[1] - before

    assert world.databases.http.as_user(world.user_id, work) == (False, 0)


def test_a_phone_is_looked_up_by_its_hash(world: World) -> None:
    def work(tx: Tx) -> tuple[int, int]:
        before = reads(tx)
        recipients.with_phone(tx, campaign_id=world.campaign_id, phone="+557", phone_hash=b"7")
        after = reads(tx)
        return after[0] - before[0], after[1] - before[1]

    for _ in range(12):
        scans, read = world.databases.http.as_user(world.user_id, work)
        assert (scans, read) == (0, 3)


def test_every_statement_of_a_tenant_is_planned_with_its_parameters_and_none_of_a_worker(databases: Databases) -> None:
    mode = lambda tx: tx.value("show plan_cache_mode")  # noqa: E731
    assert databases.http.as_user(uuid4(), mode) == "force_custom_plan"
    assert databases.http.as_admin(mode) == "force_custom_plan"
    assert databases.jobs.as_worker(mode) == "auto"
