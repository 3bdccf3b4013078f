"""The versions of Evolution API that the simulator plays, and what differs between them as far as Hidra meets it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Version:
    """A version of Evolution API.

    Attributes:
        number: what `GET /` answers.
        takes_message_id: a Baileys message gets the `messageId` of its request (src/api/dto/sendMessage.dto.ts).
        logs_out_twice: logging out a closed instance succeeds.
        names_instance: webhooks carry the header `X-Instance-Name`.
        shows_phones: a sender with a hidden address comes with the phone in `remoteJid`, the `@lid` in `remoteJidAlt`.
        closes_after_timeout: the close code 408 ends the connection; before, Baileys reconnects.
        events: those that /webhook/set takes beside those of 2.3.7.
    """

    number: str
    takes_message_id: bool = False
    logs_out_twice: bool = False
    names_instance: bool = False
    shows_phones: bool = False
    closes_after_timeout: bool = False
    events: tuple[str, ...] = ()


V2_3_7 = Version("2.3.7")
V2_4_0 = Version(
    "2.4.0",
    takes_message_id=True,
    logs_out_twice=True,
    names_instance=True,
    shows_phones=True,
    closes_after_timeout=True,
    events=("MESSAGING_HISTORY_SET",),
)
VERSIONS = {version.number: version for version in (V2_3_7, V2_4_0)}
