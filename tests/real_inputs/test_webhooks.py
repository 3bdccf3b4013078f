"""Reports on messages and connections, in the shapes in which Evolution sends them."""

from typing import Any

import pytest

from tests.conftest import Databases
from tests.real_inputs.inbox import FIRST_JID, PROVIDER_ID, Inbox


def update(status: Any, **more: Any) -> dict[str, Any]:
    return {"keyId": PROVIDER_ID, "messageId": "cm1", "remoteJid": FIRST_JID, "fromMe": True, "status": status} | more


@pytest.mark.parametrize(
    ("data", "status"),
    [
        pytest.param(update("DELETED"), "sent", id="W01-DELETED"),
        pytest.param(update("PENDING"), "sent", id="W01-PENDING"),
        pytest.param(update("EDITED"), "sent", id="W01-unknown-word"),
        pytest.param(update(None), "sent", id="W01-null"),
        pytest.param(update(4), "sent", id="W01-number"),
        pytest.param(update("READ", keyId="3EB0FF"), "sent", id="W01-another-id"),
        pytest.param(update("READ", keyId="cm1"), "sent", id="W01-evolutions-own-id"),
        pytest.param(update("delivery_ack"), "delivered", id="W01-lower-case"),
        pytest.param([update("SERVER_ACK"), update("READ")], "read", id="W01-list"),
        pytest.param([update("READ"), update("DELIVERY_ACK"), None], "read", id="W01-list-backwards"),
        pytest.param(update("DELIVERED", fromMe=False, participant=FIRST_JID), "delivered", id="W01-fromMe-false"),
        pytest.param(update("READ", remoteJid="98765@lid"), "read", id="W01-lid"),
        pytest.param(update("DELIVERY_ACK"), "delivered", id="W01-without-SERVER_ACK"),
        pytest.param(update("PLAYED"), "read", id="W01-PLAYED"),
        pytest.param(update("FAILED", errors=[{"code": 131026, "title": "x"}]), "failed", id="W02-FAILED"),
        pytest.param(update("ERROR"), "failed", id="W02-ERROR"),
    ],
)
def test_a_report_is_matched_by_whatsapps_id_and_unknown_words_are_ignored(
    databases: Databases, data: Any, status: str
) -> None:
    inbox = Inbox(databases)
    inbox.send_to_the_first()
    inbox.receive("messages.update", data)
    assert inbox.statuses == [status, "pending"]
    inbox.world.assert_exact()


@pytest.mark.parametrize(
    ("data", "status", "reason", "code"),
    [
        pytest.param(
            {"state": "close", "statusReason": 428}, "disconnected", "was closed", "connection-closed", id="W02-428"
        ),
        pytest.param(
            {"state": "close", "statusReason": 515},
            "disconnected",
            "start the session again",
            "session-restart",
            id="W02-515",
        ),
        pytest.param({"state": "close", "statusReason": 401}, "disconnected", "logged", "logged-out", id="W02-401"),
        pytest.param({"state": "close", "statusReason": 403}, "disconnected", "banned", "banned", id="W02-403"),
        pytest.param({"state": "connecting", "statusReason": 200}, "connecting", None, None, id="W02-connecting"),
        pytest.param({"state": "open", "statusReason": 200}, "connected", None, None, id="W02-open"),
        pytest.param({"state": "refused", "statusReason": 428}, "error", "QR", "code-not-scanned", id="W02-refused"),
        pytest.param({"state": None}, "connected", None, None, id="W02-no-state"),
    ],
)
def test_a_connections_state_is_shown_with_its_reason(
    databases: Databases, data: dict[str, Any], status: str, reason: str | None, code: str | None
) -> None:
    inbox = Inbox(databases)
    inbox.receive("connection.update", {"instance": "main"} | data)
    found = inbox.world.one("select status, error_message, error_code from hidra.evolution_api_config")
    assert (found["status"], found["error_code"]) == (status, code)
    assert found["error_message"] is None if reason is None else reason in found["error_message"]


@pytest.mark.parametrize("text", ["SAIR", "oi"])
def test_a_message_typed_on_the_tenants_own_phone_changes_nothing(databases: Databases, text: str) -> None:
    """W02: Evolution reports it as messages.upsert with fromMe."""
    inbox = Inbox(databases)
    inbox.reply(text, key={"remoteJid": FIRST_JID, "fromMe": True, "id": "3A01"})
    assert (inbox.opted_out, inbox.statuses) == (False, ["pending", "pending"])
