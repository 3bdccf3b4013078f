from hidra.domain.close_reason import close_reason, code_of
from hidra.domain.connection_error import ConnectionErrorCode

# WhiskeySockets/Baileys, src/Types/index.ts, DisconnectReason; 402 and 406: Evolution's whatsapp.baileys.service.ts.
BAILEYS = (401, 403, 408, 411, 428, 440, 500, 503, 515)
EVOLUTION = (402, 406)


def test_every_close_code_has_a_sentence_that_says_what_to_do() -> None:
    sentences = [close_reason(code).message for code in (*BAILEYS, *EVOLUTION)]
    assert len(set(sentences)) == len(sentences)
    for sentence in sentences:
        assert any(word in sentence for word in ("onnect", "restart", "wait"))
        assert not any(character.isdigit() for character in sentence)
        assert sentence.endswith(".")


def test_every_close_code_that_is_known_has_a_code_of_its_own_for_programs() -> None:
    codes = {close_reason(code).code for code in (*BAILEYS, *EVOLUTION)}
    assert len(codes) == len((*BAILEYS, *EVOLUTION))
    assert codes.isdisjoint({ConnectionErrorCode.CLOSED_BY_WHATSAPP, ConnectionErrorCode.UNKNOWN})


def test_an_unknown_code_is_shown_by_its_number_with_what_to_do() -> None:
    reason = close_reason(999)
    assert reason.message.startswith("WhatsApp closed the connection with code 999. Connect again")
    assert reason.code == "closed-by-whatsapp"


def test_a_code_may_be_a_number_or_a_text() -> None:
    assert [code_of(value) for value in (408, "408", None, True, "x", "", 4.0, {}, "9" * 30)] == [
        408, 408, None, None, None, None, None, None, None,
    ]  # fmt: skip
