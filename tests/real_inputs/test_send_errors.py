"""Evolution's errors to a send, as they were reported, and what becomes of the message and its connection."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hidra.gateways.answers import sort_answer
from hidra.services.send_message import send_message
from hidra.services.turn import Clock
from tests.conftest import Databases
from tests.store.world import World

JID = {"jid": "5511980000000@s.whatsapp.net", "exists": False, "number": "5511980000000"}


def envelope(status: int, message: Any) -> dict[str, Any]:
    return {"status": status, "error": "Bad Request", "response": {"message": message}}


@pytest.mark.parametrize(
    ("status", "body", "message", "connection"),
    [
        pytest.param(400, envelope(400, ["SessionError: No sessions"]), ("pending", "not_encrypted", 1), "connected", id="E01"),
        pytest.param(500, envelope(500, "rate-overlimit"), ("pending", "rate_overlimit", 0), "error", id="E02"),
        pytest.param(400, envelope(400, ["Error: rate-overlimit"]), ("pending", "rate_overlimit", 0), "error", id="E02-sending"),
        pytest.param(400, envelope(400, [JID]), ("failed", "not_on_whatsapp", 1), "connected", id="E03"),
        pytest.param(400, envelope(400, [JID | {"name": "Ana"}]), ("failed", "not_on_whatsapp", 1), "connected", id="E03-name"),
        pytest.param(201, {"message": "(#131000)", "code": 131000}, ("pending", "meta_131000", 1), "connected", id="131000"),
    ],
)  # fmt: skip
def test_an_error_before_the_message_leaves_no_doubt(
    databases: Databases, status: int, body: Any, message: tuple[str, str, int], connection: str
) -> None:
    world = World.make(databases, recipients=1)
    [(ticket, _)] = world.advance()
    seconds = iter(range(100_000))
    send_message(
        ticket,
        db=databases.jobs,
        post=lambda *_: sort_answer(status, body),
        postpone=lambda *_: None,
        nudge=lambda _: None,
        clock=Clock(monotonic=lambda: 0.0, now=lambda: datetime.now(UTC), sleep=lambda _: next(seconds)),
        sender_timeout=timedelta(seconds=120),
        record_within=20.0,
    )
    [found] = world.messages()
    assert (found["status"], found["error_code"], found["attempts"]) == message
    assert world.one("select status from hidra.evolution_api_config")["status"] == connection
    if message[0] == "pending":
        assert found["not_before"] is not None
    world.assert_exact()
