"""Ids of WhatsApp messages that Hidra chooses, so that a message is found although the answer to its post was lost."""

RANDOM_BYTES = 9


def requested_message_id(random: bytes) -> str:
    """Returns an id in the form in which Baileys makes them: ``3EB0`` and 18 hexadecimal digits in upper case.

    From 2.4 on, Evolution sends a message under the ``messageId`` of its request (src/api/dto/sendMessage.dto.ts,
    Baileys only); 2.3.7 ignores it. The form is that of Baileys' own ids (Utils/generics.ts, generateMessageIDV2), by
    which a phone recognises a message of the web client.

    Args:
        random: RANDOM_BYTES bytes that cannot be guessed: two messages never have the same id.
    """
    return f"3EB0{random.hex().upper()}"
