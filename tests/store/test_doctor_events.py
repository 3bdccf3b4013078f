"""The doctor's count of events that belong to no message of ours, on a real database."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from local.doctor import running
from tests.conftest import Databases

USER, CONNECTION = uuid4(), uuid4()
LONG_AGO = datetime.now(UTC) - timedelta(hours=1)


def count(databases: Databases) -> tuple[int, bool]:
    """How many messages with unmatched events there are, and whether one of them waits."""
    messages, oldest, _ = databases.owner.execute(running.EVENTS).fetchone() or (0, None, 0)
    return messages, oldest is not None


@pytest.fixture
def owner(databases: Databases) -> psycopg.Connection:
    databases.owner.execute("insert into core.users (id) values (%s)", [USER])
    databases.owner.execute(
        "insert into hidra.evolution_api_config (id, user_id, base_url, instance_name, api_key_encrypted)"
        " values (%s, %s, 'https://evo.example', 'main', '')",
        [CONNECTION, USER],
    )
    return databases.owner


def event(owner: psycopg.Connection, message: str, status: str = "delivered") -> None:
    owner.execute(
        "insert into hidra.delivery_events_unmatched values (%s, %s, %s, %s, %s)",
        [USER, CONNECTION, message, status, LONG_AGO + timedelta(seconds=2)],
    )


def direct(owner: psycopg.Connection, kind: str, message: str | None) -> None:
    owner.execute(
        "insert into hidra.direct_sends (user_id, evolution_config_id, kind, phone_hash, claimed_at, ended_at,"
        " provider_message_id) values (%s, %s, %s, %s, %s, %s, %s)",
        [USER, CONNECTION, kind, b"", LONG_AGO, LONG_AGO + timedelta(seconds=1), message],
    )


@pytest.mark.parametrize("kind", ["trial", "confirmation"])
def test_our_own_direct_sends_are_no_other_programs_messages(
    kind: str, databases: Databases, owner: psycopg.Connection
) -> None:
    event(owner, "OURS")
    event(owner, "OURS", "read")
    assert count(databases) == (1, True)
    direct(owner, kind, "OURS")
    assert count(databases) == (0, False)
    event(owner, "FOREIGN")
    assert count(databases) == (1, True)


def test_a_direct_send_whose_outcome_is_unknown_explains_one_message(
    databases: Databases, owner: psycopg.Connection
) -> None:
    direct(owner, "trial", None)
    event(owner, "PERHAPS OURS")
    assert count(databases) == (0, False)
    event(owner, "FOREIGN")
    assert count(databases) == (1, True)
