import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from hidra.domain.connection_error import ConnectionErrorCode, ConnectionFault
from hidra.domain.delivery import ConnectionEvent, ReplyEvent, StatusEvent, from_record, to_record
from hidra.domain.message import MessageStatus
from hidra.domain.reply import DEFAULT, Intent
from hidra.domain.webhook import events_of
from hidra.domain.webhook_key import (
    REGISTERED_AFTER,
    REREAD_AFTER,
    current_key_id,
    jwt_key,
    known_everywhere,
)
from hidra.domain.whatsapp_message import text_of

CONNECTION = UUID("00000000-0000-4000-8000-00000000000c")
NOW = datetime(2026, 11, 22, 14, 12, 11, 828, tzinfo=UTC)
SENT_AT = datetime(2026, 11, 22, 14, 12, 9, tzinfo=UTC)  # in whole seconds
COMMON = {"connection_id": str(CONNECTION), "instance": "loja", "received_at": "2026-11-22T14:12:11.000828+00:00"}


def reduced(event: str, data: Any) -> list[dict[str, Any]]:
    """The stream records of a webhook, which the recorder reads as the very events that were written."""
    body = {
        "event": event,
        "instance": "loja",
        "data": data,
        "destination": "https://hidra.example/webhooks",
        "date_time": "2026-11-22T11:12:11.828Z",
        "sender": "551140000000@s.whatsapp.net",
        "server_url": "https://evo.example",
        "apikey": "EAAG-a-token",
    }
    events = events_of(body, CONNECTION, NOW)
    records = [to_record(found) for found in events]
    assert "EAAG" not in json.dumps(records)
    assert all(record.items() >= COMMON.items() for record in records)
    assert [from_record(record) for record in json.loads(json.dumps(records))] == events
    return records


def update(status: Any, **more: Any) -> dict[str, Any]:
    jid = "5511987651111@s.whatsapp.net"
    return {"keyId": "3EB0A1", "messageId": "cmwr1", "remoteJid": jid, "fromMe": True, "status": status} | more


def upsert(message: Any, **key: Any) -> dict[str, Any]:
    return {
        "key": {"remoteJid": "5511987651111@s.whatsapp.net", "fromMe": False, "id": "3A01"} | key,
        "pushName": "Ana",
        "message": message,
        "messageTimestamp": 1795356729,
    }


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("SERVER_ACK", "sent"), ("DELIVERY_ACK", "delivered"), ("READ", "read"), ("PLAYED", "read"), ("ERROR", "failed"),
        ("SENT", "sent"), ("DELIVERED", "delivered"), ("FAILED", "failed"), ("delivered", "delivered"),
    ],
)  # fmt: skip
def test_a_status_has_whatsapps_id_and_comes_in_either_vocabulary(word: str, status: str) -> None:
    [record] = reduced("messages.update", update(word))
    assert record == COMMON | {"kind": "status", "provider_message_id": "3EB0A1", "status": status}
    assert from_record(record) == StatusEvent(CONNECTION, "3EB0A1", MessageStatus(status), NOW, "loja")


def test_a_record_of_an_earlier_version_is_an_event_without_an_instance() -> None:
    [record] = reduced("messages.update", update("READ"))
    del record["instance"]
    assert from_record(record) == StatusEvent(CONNECTION, "3EB0A1", MessageStatus.READ, NOW)


@pytest.mark.parametrize(
    "data",
    [
        update("PENDING"), update("DELETED"), update(None), update(3), update("READ", keyId=None), update("READ", keyId=""),
        update("READ", keyId="a\0b"), update("READ", keyId="ç"), update("READ", keyId="x" * 301), None, {}, [], "x", [None],
    ],
)  # fmt: skip
def test_a_status_without_id_or_known_word_is_dropped(data: Any) -> None:
    assert reduced("messages.update", data) == []


def test_a_list_of_statuses_is_as_many_records() -> None:
    records = reduced("messages.update", [update("READ"), update("SENT", keyId="wamid.B=="), update("PENDING")])
    assert [record["provider_message_id"] for record in records] == ["3EB0A1", "wamid.B=="]


def test_a_replys_phone_has_the_ninth_digit() -> None:
    [record] = reduced("messages.upsert", upsert({"conversation": "SAIR"}, remoteJid="553187651111@s.whatsapp.net"))
    assert record == COMMON | {
        "kind": "reply", "phone": "+5531987651111", "lid": None, "quoted_id": None, "text": "SAIR",
        "sent": 1795356729, "written": True,
    }  # fmt: skip
    assert from_record(record) == ReplyEvent(
        CONNECTION, "+5531987651111", "SAIR", NOW, sent_at=SENT_AT, instance="loja"
    )


@pytest.mark.parametrize(
    ("key", "phone", "lid"),
    [
        ({"remoteJid": "123@lid", "remoteJidAlt": "5511987651111@s.whatsapp.net"}, "+5511987651111", "123"),
        ({"remoteJid": "5511987651111:12@s.whatsapp.net", "remoteJidAlt": "123:2@lid"}, "+5511987651111", "123"),
        ({"remoteJid": "123@lid", "senderPn": "5511987651111@s.whatsapp.net"}, "+5511987651111", "123"),
        ({"remoteJid": "123@lid", "participantAlt": "5511987651111@s.whatsapp.net"}, "+5511987651111", "123"),
        ({"remoteJid": "5511987651111@s.whatsapp.net", "senderLid": "123@lid"}, "+5511987651111", "123"),
        ({"remoteJid": "123@lid"}, None, "123"),
    ],
)
def test_a_hidden_phone_is_found_in_other_fields(key: dict[str, str], phone: str | None, lid: str) -> None:
    [record] = reduced("messages.upsert", upsert({"conversation": "oi"}, **key))
    assert (record["phone"], record["lid"]) == (phone, lid)


@pytest.mark.parametrize(
    "data",
    [
        upsert({"conversation": "SAIR"}, fromMe=True),
        upsert({"conversation": "SAIR"}, remoteJid="120363000000000000@g.us"),
        upsert({"conversation": "SAIR"}, remoteJid="120363000000000000@g.us", remoteJidAlt="5511987651111@s.whatsapp.net"),
        upsert({"conversation": "SAIR"}, remoteJid="status@broadcast"),
        upsert({"conversation": "SAIR"}, remoteJid="120363@newsletter"),
        upsert({"conversation": "SAIR"}, remoteJid="0@s.whatsapp.net"),
        upsert({"conversation": "SAIR"}, remoteJid=None),
        upsert({"reactionMessage": {"text": "👍", "key": {"id": "3EB0A1"}}}),
        upsert({"protocolMessage": {"type": 0, "key": {"id": "3A00"}}}),
        upsert({"pollUpdateMessage": {"vote": {}}}),
        upsert({"conversation": ""}),
        upsert(None),
        {"message": {"conversation": "SAIR"}},
        None,
    ],
)  # fmt: skip
def test_what_is_no_message_of_a_person_to_us_is_dropped(data: Any) -> None:
    assert reduced("messages.upsert", data) == []


@pytest.mark.parametrize(
    "message",
    [
        {"imageMessage": {"url": "https://mmg.example", "caption": ""}},
        {"audioMessage": {"seconds": 3, "ptt": True}},
        {"stickerMessage": {}},
        {"ephemeralMessage": {"message": {"viewOnceMessageV2": {"message": {"videoMessage": {}}}}}},
        {"locationMessage": {"degreesLatitude": -23.5}},
    ],
)
def test_a_picture_or_a_voice_note_is_a_reply_of_which_nothing_is_kept(message: dict[str, Any]) -> None:
    [record] = reduced("messages.upsert", upsert(message))
    assert (record["text"], record["written"]) == ("", True)


def test_a_reply_of_an_earlier_version_is_written_if_it_has_a_text() -> None:
    for text, written in (("oi", True), ("", False)):
        [record] = reduced("messages.upsert", upsert({"conversation": "oi"}))
        del record["written"]
        reply = from_record(record | {"text": text})
        assert isinstance(reply, ReplyEvent)
        assert reply.written == written


@pytest.mark.parametrize(
    "message",
    [
        {"conversation": "Parar"},
        {"extendedTextMessage": {"text": "Parar"}},
        {"ephemeralMessage": {"message": {"extendedTextMessage": {"text": "Parar"}}}},
        {"ephemeralMessage": {"message": {"viewOnceMessageV2": {"message": {"imageMessage": {"caption": "Parar"}}}}}},
        {"documentWithCaptionMessage": {"message": {"documentMessage": {"caption": "Parar"}}}},
        {"imageMessage": {"caption": "Parar", "url": "https://mmg.example"}},
        {"videoMessage": {"caption": "Parar"}},
        {"buttonsResponseMessage": {"selectedButtonId": "1", "selectedDisplayText": "Parar"}},
        {"templateButtonReplyMessage": {"selectedId": "1", "selectedDisplayText": "Parar"}},
        {"listResponseMessage": {"title": "Parar", "singleSelectReply": {"selectedRowId": "1"}}},
        {"listResponseMessage": {"description": "Parar", "singleSelectReply": {"selectedRowId": "1"}}},
        {"interactiveResponseMessage": {"body": {"text": "Parar"}}},
        {
            "interactiveResponseMessage": {
                "nativeFlowResponseMessage": {"paramsJson": '{"id": "1", "display_text": "Parar"}'}
            }
        },
        {"viewOnceMessageV2Extension": {"message": {"extendedTextMessage": {"text": "Parar"}}}},
        {"deviceSentMessage": {"message": {"conversation": "Parar"}}},
        {"editedMessage": {"message": {"protocolMessage": {"type": 14, "editedMessage": {"conversation": "Parar"}}}}},
        {"protocolMessage": {"type": 14, "editedMessage": {"extendedTextMessage": {"text": "Parar"}}}},
    ],
)
def test_a_text_is_found_wherever_whatsapp_puts_it(message: dict[str, Any]) -> None:
    [record] = reduced("messages.upsert", upsert(message))
    assert DEFAULT.intent(record["text"]) is Intent.OPT_OUT


def test_the_cloud_apis_quick_reply_is_its_title_and_quotes_what_it_answers() -> None:
    quoted = {"stanzaId": "wamid.Q=="}
    data = upsert({"conversation": "Parar promoções", "contextInfo": quoted}, id="wamid.in1")
    [record] = reduced("messages.upsert", data | {"contextInfo": quoted, "messageType": "buttonMessage"})
    assert (record["text"], record["quoted_id"]) == ("Parar promoções", "wamid.Q==")
    nested = upsert({"extendedTextMessage": {"text": "oi", "contextInfo": quoted}})
    assert reduced("messages.upsert", nested)[0]["quoted_id"] == "wamid.Q=="


@pytest.mark.parametrize(
    "message",
    [
        {"buttonsResponseMessage": {"selectedDisplayText": "x", "contextInfo": {"stanzaId": "3EB0A1"}}},
        {"templateButtonReplyMessage": {"selectedDisplayText": "x", "contextInfo": {"stanzaId": "3EB0A1"}}},
        {"ephemeralMessage": {"message": {"imageMessage": {"caption": "x", "contextInfo": {"stanzaId": "3EB0A1"}}}}},
    ],
)
def test_the_quoted_message_is_found_with_every_kind_of_reply(message: dict[str, Any]) -> None:
    [record] = reduced("messages.upsert", upsert(message, remoteJid="123@lid"))
    assert record["quoted_id"] == "3EB0A1"
    reply = from_record(record)
    assert isinstance(reply, ReplyEvent)
    assert (reply.phone, reply.lid, reply.quoted_id) == (None, "123", "3EB0A1")


def test_a_message_without_text_still_shows_the_phone_of_a_hidden_id() -> None:
    reaction = {"reactionMessage": {"text": "👍", "key": {"id": "3EB0A1"}}}
    data = upsert(reaction, remoteJid="123@lid", remoteJidAlt="5511987651111@s.whatsapp.net")
    [record] = reduced("messages.upsert", data)
    assert (record["phone"], record["lid"], record["text"], record["written"]) == ("+5511987651111", "123", "", False)


@pytest.mark.parametrize(
    "broken", [{}, {"paramsJson": None}, {"paramsJson": "{"}, {"paramsJson": "[" * 9000}, {"paramsJson": "3"}]
)
def test_a_flow_without_a_title_has_no_text(broken: dict[str, Any]) -> None:
    assert text_of({"interactiveResponseMessage": {"nativeFlowResponseMessage": broken}}) is None


@pytest.mark.parametrize(
    ("timestamp", "requested_at"),
    [
        (int(NOW.timestamp()) - 60, NOW.replace(microsecond=0) - timedelta(seconds=60)),
        (str(int(NOW.timestamp())), NOW.replace(microsecond=0)),
        ({"low": int(NOW.timestamp()), "high": 0, "unsigned": True}, NOW.replace(microsecond=0)),
        (int(NOW.timestamp()) * 1_000, NOW.replace(microsecond=0)),
        (str(int(NOW.timestamp()) * 1_000), NOW.replace(microsecond=0)),
        ({"low": 1795356731000 & 0xFFFFFFFF, "high": 1795356731000 >> 32}, NOW.replace(microsecond=0)),
        (float(int(NOW.timestamp())), NOW.replace(microsecond=0)),
        (int(NOW.timestamp()) - 400 * 86_400, NOW.replace(microsecond=0) - timedelta(days=400)),
        (1, datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)), (1.5, datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)),
        (int(NOW.timestamp()) + 1, NOW.replace(microsecond=0) + timedelta(seconds=1)),
        (int(NOW.timestamp()) + 2, NOW), (int(NOW.timestamp()) + 3600, NOW), (0, NOW), (-5, NOW), (None, NOW), ("x", NOW), ("9" * 300, NOW), (10**30, NOW), (10**4000, NOW), (-(10**4000), NOW),
        ({}, NOW), (True, NOW), ({"low": True}, NOW), ({"low": 2**40, "high": 0}, NOW), (float("nan"), NOW), ("1e9", NOW),
    ],
)  # fmt: skip
def test_a_reply_has_whatsapps_time_if_it_has_one_that_is_not_in_the_future(
    timestamp: Any, requested_at: datetime
) -> None:
    [record] = reduced("messages.upsert", upsert({"conversation": "SAIR"}) | {"messageTimestamp": timestamp})
    reply = from_record(json.loads(json.dumps(record)))
    assert isinstance(reply, ReplyEvent)
    assert reply.requested_at == requested_at


def test_a_text_is_shortened_and_stripped_of_what_no_database_holds() -> None:
    [record] = reduced("messages.upsert", upsert({"conversation": "a\0\ud83dé" + "x" * 2000}))
    assert record["text"] == "aé" + "x" * 998


@pytest.mark.parametrize(
    ("event", "data", "status", "reason", "code"),
    [
        ("connection.update", {"state": "connecting", "statusReason": 200}, "connecting", None, None),
        ("connection.update", {"state": "open", "statusReason": 200, "wuid": "551140000000@s.whatsapp.net"}, "connected", None, None),
        ("connection.update", {"state": "close", "statusReason": 403}, "disconnected", "banned", "banned"),
        ("connection.update", {"state": "close", "statusReason": 515}, "disconnected", "start the session again", "session-restart"),
        ("connection.update", {"state": "close"}, "disconnected", None, None),
        ("connection.update", {"state": "refused", "statusReason": 428}, "error", "QR", "code-not-scanned"),
        ("status.instance", {"status": "closed", "disconnectionReasonCode": 401}, "disconnected", "logged", "logged-out"),
        ("logout.instance", None, "disconnected", "logged out", "logged-out"),
        ("remove.instance", None, "error", "deleted", "instance-removed"),
    ],
)  # fmt: skip
def test_a_connections_events_have_our_words(
    event: str, data: Any, status: str, reason: str | None, code: str | None
) -> None:
    [record] = reduced(event, data)
    assert (record["kind"], record["status"], record.get("code")) == ("connection", status, code)
    assert (record["reason"] is None) if reason is None else (reason in record["reason"])


@pytest.mark.parametrize("code", [{}, {"code": "brand-new"}])
def test_a_reason_of_another_version_keeps_its_sentence_under_the_code_unknown(code: dict[str, str]) -> None:
    """A record of the version before has no code; one of a later version may have a code that this one does not know."""
    [record] = reduced("logout.instance", None)
    del record["code"]
    event = from_record(record | code)
    assert isinstance(event, ConnectionEvent)
    assert event.reason == ConnectionFault(ConnectionErrorCode.UNKNOWN, record["reason"])


@pytest.mark.parametrize(
    "event", ["send.message", "qrcode.updated", "messages.delete", "contacts.update", "", None, [], 3]
)
def test_any_other_event_is_dropped(event: Any) -> None:
    assert reduced(event, update("READ") | upsert({"conversation": "SAIR"})) == []


def test_an_unknown_state_is_dropped() -> None:
    assert reduced("connection.update", {"state": "dancing"}) == []
    assert reduced("connection.update", None) == []


def test_a_message_without_text_has_none() -> None:
    assert text_of({"reactionMessage": {"text": "👍"}}) is None
    assert text_of(None) is None


def test_the_key_differs_by_master_connection_and_instance() -> None:
    other = UUID("00000000-0000-4000-8000-00000000000d")
    keys = {jwt_key(m, c, i) for m in ("m1", "m2") for c in (CONNECTION, other) for i in ("loja", "loja2")}
    assert len(keys) == 8
    assert all(len(key) == 64 for key in keys)
    assert jwt_key("m1", CONNECTION, "loja") == jwt_key("m1", CONNECTION, "loja")


def test_new_registrations_use_the_lexically_last_key() -> None:
    assert current_key_id({"v1": "a", "v2": "b"}) == "v2"


ADDED = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = {"v1": "a", "v2": "b"}


@pytest.mark.parametrize(
    ("age", "before", "known"),
    [
        (REGISTERED_AFTER, {"v1": "a"}, {"v1", "v2"}),
        (REGISTERED_AFTER / 2, {"v1": "a"}, {"v1"}),
        (REGISTERED_AFTER / 2, {"v1": "a", "v2": "another"}, {"v1"}),
        (REGISTERED_AFTER / 2, {"v0": "x"}, set()),
        (timedelta(0), None, {"v1", "v2"}),
        (-timedelta(seconds=5), {"v1": "a"}, {"v1"}),
    ],
    ids=["old", "a key was added", "a key was replaced", "all were replaced", "the first version", "clocks differ"],
)
def test_a_new_key_is_registered_once_every_process_can_know_it(
    age: timedelta, before: dict[str, str] | None, known: set[str]
) -> None:
    assert known_everywhere(KEYS, since=ADDED, before=before, now=ADDED + age).keys() == known


def test_keys_are_registered_long_after_processes_read_unknown_ones_again() -> None:
    assert REGISTERED_AFTER >= 10 * REREAD_AFTER
