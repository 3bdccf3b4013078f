from hidra.domain.close_reason import close_reason, code_of

# WhiskeySockets/Baileys, src/Types/index.ts, DisconnectReason; 402 and 406: Evolution's whatsapp.baileys.service.ts.
BAILEYS = (401, 403, 408, 411, 428, 440, 500, 503, 515)
EVOLUTION = (402, 406)


def test_every_close_code_has_a_sentence_that_says_what_to_do() -> None:
    sentences = [close_reason(code) for code in (*BAILEYS, *EVOLUTION)]
    assert len(set(sentences)) == len(sentences)
    for sentence in sentences:
        assert any(word in sentence for word in ("onnect", "restart", "wait"))
        assert not any(character.isdigit() for character in sentence)
        assert sentence.endswith(".")


def test_an_unknown_code_is_shown_by_its_number_with_what_to_do() -> None:
    assert close_reason(999).startswith("WhatsApp closed the connection with code 999. Connect again")


def test_a_code_may_be_a_number_or_a_text() -> None:
    assert [code_of(value) for value in (408, "408", None, True, "x", "", 4.0, {}, "9" * 30)] == [
        408, 408, None, None, None, None, None, None, None,
    ]  # fmt: skip
