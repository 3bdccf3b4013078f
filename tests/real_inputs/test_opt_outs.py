"""What people really answer, in the shapes in which WhatsApp and Evolution deliver it."""

import random
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import Databases
from tests.real_inputs.inbox import FIRST_JID, NOW, PROVIDER_ID, Inbox

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "text",
    [
        *(
            pytest.param(text, id=f"O01-{text}")
            for text in ("Sair, obrigado!", "Stop. Thank you", "Sair obg", "Sair pfvr")
        ),
        *(
            pytest.param(text, id=f"O02-{text}")
            for text in ("PARE", "SAIR PARAR", "não quero mais receber", "me tira da lista", "salir")
        ),
        "Bom dia, pode me tirar da lista?",
    ],
)
def test_a_request_to_opt_out_skips_the_pending_message(databases: Databases, text: str) -> None:
    inbox = Inbox(databases)
    inbox.reply(text)
    assert (inbox.opted_out, inbox.statuses) == (True, ["skipped", "pending"])
    inbox.world.assert_exact()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, id=f"O03-{text}")
        for text in ("Nao quero sair", "quero cancelar meu pedido", "sair hoje à noite?")
    ],
)
def test_a_message_that_a_person_should_read_does_not_opt_out(databases: Databases, text: str) -> None:
    inbox = Inbox(databases)
    inbox.reply(text)
    assert (inbox.opted_out, inbox.statuses) == (False, ["pending", "pending"])


@pytest.mark.parametrize(
    ("key", "opted_out", "hidden"),
    [
        pytest.param({"remoteJid": "98765@lid", "remoteJidAlt": FIRST_JID}, True, 0, id="O04-remoteJidAlt"),
        pytest.param({"remoteJid": "98765@lid", "senderPn": FIRST_JID}, True, 0, id="O04-senderPn"),
        pytest.param({"remoteJid": FIRST_JID, "remoteJidAlt": "98765@lid"}, True, 0, id="O04-lid-behind-phone"),
        pytest.param({"remoteJid": "98765@lid"}, False, 1, id="O04-alone"),
    ],
)
def test_a_hidden_sender_opts_out_or_is_counted(
    databases: Databases, key: dict[str, str], opted_out: bool, hidden: int
) -> None:
    inbox = Inbox(databases)
    inbox.reply("SAIR", key={"fromMe": False, "id": "3A01"} | key)
    assert (inbox.opted_out, inbox.hidden) == (opted_out, hidden)


QUOTED = {"stanzaId": PROVIDER_ID, "quotedMessage": {"conversation": "SAIR"}}
GROUP = "120363000000000000@g.us"


@pytest.mark.parametrize(
    ("message", "opted_out"),
    [
        pytest.param(message, opted_out, id=f"O05-{name}")
        for name, message, opted_out in [
            ("button", {"buttonsResponseMessage": {"selectedButtonId": "1", "selectedDisplayText": "Sair"}}, True),
            ("template", {"templateButtonReplyMessage": {"selectedId": "1", "selectedDisplayText": "Parar promoções"}}, True),
            ("list", {"listResponseMessage": {"title": "SAIR", "singleSelectReply": {"selectedRowId": "9"}}}, True),
            (
                "flow",
                {"interactiveResponseMessage": {"nativeFlowResponseMessage": {"paramsJson": '{"display_text": "Sair"}'}}},
                True,
            ),
            ("ephemeral", {"ephemeralMessage": {"message": {"extendedTextMessage": {"text": "sair"}}}}, True),
            ("view-once", {"viewOnceMessageV2": {"message": {"imageMessage": {"caption": "SAIR"}}}}, True),
            ("caption", {"videoMessage": {"caption": "Sair"}}, True),
            ("quoting", {"extendedTextMessage": {"text": "SAIR", "contextInfo": QUOTED}}, True),
            ("quoted", {"extendedTextMessage": {"text": "o que é isso?", "contextInfo": QUOTED}}, False),
            ("caption-with-more", {"imageMessage": {"caption": "Sair daqui é difícil"}}, False),
            ("list-id-only", {"listResponseMessage": {"title": "Horários", "singleSelectReply": {"selectedRowId": "SAIR"}}}, False),
            ("reaction", {"reactionMessage": {"text": "SAIR", "key": {"id": PROVIDER_ID}}}, False),
            ("audio", {"audioMessage": {"url": "https://mmg.example/SAIR", "seconds": 3}}, False),
            ("sticker", {"stickerMessage": {}}, False),
            ("poll", {"pollUpdateMessage": {"vote": {"encPayload": "SAIR"}}}, False),
            ("contact", {"contactMessage": {"displayName": "SAIR", "vcard": "BEGIN:VCARD"}}, False),
        ]
    ],
)  # fmt: skip
def test_only_the_senders_own_text_opts_out(databases: Databases, message: dict[str, Any], opted_out: bool) -> None:
    inbox = Inbox(databases)
    inbox.reply(message)
    assert inbox.opted_out == opted_out


@pytest.mark.parametrize(
    "key",
    [
        pytest.param({"remoteJid": GROUP, "participant": FIRST_JID}, id="O05-group"),
        pytest.param(
            {"remoteJid": GROUP, "participantAlt": FIRST_JID, "senderPn": FIRST_JID}, id="O05-group-with-phone"
        ),
        pytest.param({"remoteJid": "status@broadcast", "participant": FIRST_JID}, id="O05-status"),
        pytest.param({"remoteJid": "120363000000000001@newsletter"}, id="O05-newsletter"),
        pytest.param({"remoteJid": FIRST_JID, "fromMe": True}, id="O05-fromMe"),
    ],
)
def test_a_text_outside_the_chat_with_the_recipient_does_not_opt_out(databases: Databases, key: dict[str, Any]) -> None:
    inbox = Inbox(databases)
    inbox.reply("SAIR", key={"fromMe": False, "id": "3A01"} | key)
    assert (inbox.opted_out, inbox.hidden) == (False, 0)


@pytest.mark.parametrize("days", [2, 50, 90, 800])
def test_an_older_opt_in_does_not_lift_an_opt_out_however_old_it_is(databases: Databases, days: int) -> None:
    """O09: of times more than 60 days ago, the time of receipt was taken."""
    inbox = Inbox(databases)
    inbox.reply("SAIR", ago=DAY)
    inbox.reply("VOLTAR", ago=days * DAY)
    assert inbox.opted_out


def test_an_older_opt_out_does_not_replace_an_opt_in_however_old_it_is(databases: Databases) -> None:
    inbox = Inbox(databases)
    inbox.reply("SAIR", ago=2 * DAY)
    inbox.reply("VOLTAR", ago=DAY)
    inbox.reply("SAIR", ago=400 * DAY)
    assert not inbox.opted_out


def test_an_old_opt_out_that_is_the_only_request_holds(databases: Databases) -> None:
    inbox = Inbox(databases)
    inbox.reply("SAIR", ago=400 * DAY)
    assert inbox.opted_out


@pytest.mark.parametrize("unit", [1, 1_000])
@pytest.mark.parametrize("kind", [int, float, str, lambda value: {"low": value & 0xFFFFFFFF, "high": value >> 32}])
def test_the_order_of_requests_is_that_of_whatsapps_times_in_any_spelling(
    databases: Databases, unit: int, kind: Any
) -> None:
    inbox = Inbox(databases)
    for text, ago in (("VOLTAR", DAY), ("SAIR", 90 * DAY)):
        inbox.reply(text, messageTimestamp=kind(int((NOW - ago).timestamp()) * unit))
    assert not inbox.opted_out
    inbox.reply("SAIR", messageTimestamp=kind(int(NOW.timestamp()) * unit))
    assert inbox.opted_out


@pytest.mark.parametrize("future", [timedelta(hours=1), 365 * DAY, 40_000 * DAY])
def test_a_time_in_the_future_does_not_outlast_a_later_request(databases: Databases, future: timedelta) -> None:
    inbox = Inbox(databases)
    inbox.reply("SAIR", ago=DAY)
    inbox.reply("VOLTAR", ago=-future)
    assert not inbox.opted_out
    inbox.reply("SAIR", ago=timedelta(seconds=-60), received_at=NOW + timedelta(seconds=60))
    assert inbox.opted_out


@pytest.mark.parametrize("timestamp", [0, None, "", "ontem", -1, {}])
def test_a_request_without_a_time_counts_as_sent_when_it_was_received(databases: Databases, timestamp: Any) -> None:
    inbox = Inbox(databases)
    inbox.reply("SAIR", ago=DAY)
    inbox.reply("VOLTAR", messageTimestamp=timestamp)
    assert not inbox.opted_out


@pytest.mark.parametrize("seed", range(12))
def test_the_request_with_the_latest_own_time_holds_in_any_order_of_receipt(databases: Databases, seed: int) -> None:
    """Times from seconds to years apart, each request received up to three times and up to months late."""
    draw = random.Random(seed)
    inbox = Inbox(databases)
    ages = sorted({draw.choice((1, 60, 3_600, 86_400, 8_640_000)) * draw.randint(2, 30) for _ in range(5)})
    said = [(draw.choice(("SAIR", "VOLTAR")), timedelta(seconds=age)) for age in ages]
    received = [request for request in said for _ in range(draw.randint(1, 3))]
    draw.shuffle(received)
    for text, ago in received:
        late = timedelta(seconds=draw.choice((0, 5, 1_200, 86_400 * 200)))
        inbox.reply(text, ago=ago, received_at=NOW + late)
    assert inbox.opted_out == (said[0][0] == "SAIR")
