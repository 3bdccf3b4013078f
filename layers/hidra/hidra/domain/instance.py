"""What Evolution tells about an instance, and what is wrong with how connections use it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from hidra.domain.connection import ConnectionWarning
from hidra.domain.connection_error import ConnectionErrorCode, ConnectionFault

# Evolution's words for its integrations (src/api/types/wa.types.ts). EVOLUTION, the third one, does not reach WhatsApp.
INTEGRATIONS = {"WHATSAPP-BAILEYS": "baileys", "WHATSAPP-BUSINESS": "cloud_api"}
NO_WHATSAPP = ConnectionFault(
    ConnectionErrorCode.NO_WHATSAPP,
    "This instance does not reach WhatsApp: its integration in Evolution is EVOLUTION. Save the connection with an"
    " instance of WhatsApp.",
)
# Evolution's logout closes a Cloud API instance in memory only, and its connect answers nothing for it
# (whatsapp.business.service.ts, connectToWhatsapp).
CLOUD_CLOSED = ConnectionFault(
    ConnectionErrorCode.CLOUD_API_CLOSED,
    "This Cloud API instance was logged out in Evolution, and there is no code to scan for it. Restart the Evolution"
    " server: it then opens the instance again.",
)


@dataclass(frozen=True)
class InstanceFacts:
    """What ``fetchInstances`` tells.

    ``integration`` is Evolution's word, ``number`` the phone number id of a Cloud API instance, ``close_code`` why
    WhatsApp last closed the instance. ``number_used_twice``: another instance of the server has the number too.
    """

    id: str
    integration: str | None = None
    number: str | None = None
    close_code: int | None = None
    number_used_twice: bool = False


@dataclass(frozen=True)
class OtherConnection:
    """Another connection, of any user, with what the last check found on its instance."""

    connection_id: UUID
    base_url: str
    evolution_instance_id: str
    evolution_number: str | None


def on_same_instance(facts: InstanceFacts, others: Iterable[OtherConnection]) -> frozenset[UUID]:
    """Returns the connections that use this instance too. Each has shown that it has a key: a check found the id."""
    return frozenset(other.connection_id for other in others if other.evolution_instance_id == facts.id)


def warnings_of(
    facts: InstanceFacts, *, base_url: str, saved: str, others: Iterable[OtherConnection], shared: bool, receives: bool
) -> Iterator[ConnectionWarning]:
    """What the owner of a connection should know about its instance; says nothing about other users.

    Args:
        saved: the integration that the user saved.
        others: all other connections.
        shared: another connection uses the instance too.
        receives: the instance's webhook is this connection's.
    """
    found = INTEGRATIONS.get(facts.integration or "")
    if found is not None and found != saved:
        yield ConnectionWarning(
            "integration-corrected",
            f"The connection was saved as {saved}, but the instance is {facts.integration} in Evolution, so Hidra uses"
            f" {found}. Save the connection with integration {found} to remove this warning.",
        )
    if shared and receives:
        yield ConnectionWarning(
            "instance-shared",
            "Another connection uses the same Evolution instance. This connection receives the webhooks of both, and"
            " both send from one WhatsApp number, each at its own pace. Give each connection an instance of its own. If"
            " you do not know the other connection, change the API key in Evolution.",
        )
    elif shared:
        yield ConnectionWarning(
            "instance-shared",
            "Another connection used this Evolution instance first and receives its webhooks, so deliveries, replies"
            " and opt-outs do not reach this connection. Save it with an instance of its own, or delete the other"
            " connection; the next check then sets the webhook.",
        )
    # Of the same server only: what another server says about a number may be invented.
    if facts.number_used_twice or any(
        facts.number
        and (other.base_url, other.evolution_number) == (base_url, facts.number)
        and other.evolution_instance_id != facts.id
        for other in others
    ):
        yield ConnectionWarning(
            "number-shared",
            "Two instances in Evolution have the same phone number id. Evolution reports all statuses of the number to"
            " only one of them, so the messages of the other stay sent and are never shown as delivered. Delete one of"
            " the two instances.",
        )
