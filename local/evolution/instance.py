"""An instance: one connection to WhatsApp and what Evolution shows of it.

Source: Evolution API 2.3.7, instance.controller.ts.
"""

from dataclasses import dataclass, field
from typing import Any

from local.evolution.contacts import Contacts
from local.evolution.messages import MessageStore
from local.evolution.webhook_config import WebhookConfig

BAILEYS = "WHATSAPP-BAILEYS"
CLOUD = "WHATSAPP-BUSINESS"


@dataclass(slots=True, eq=False)
class Instance:
    """One connection. `sender` is the own address once a phone scanned the code, which the Cloud API never needs."""

    name: str
    id: str
    integration: str
    token: str
    number: str | None
    business_id: str | None
    created_at: str
    settings: dict[str, Any]
    state: str = "close"
    sender: str | None = None
    connected_once: bool = False
    codes: int = 0
    webhook: WebhookConfig | None = None
    disconnection: tuple[int, str, str] | None = None
    messages: MessageStore = field(default_factory=MessageStore)
    contacts: Contacts = field(default_factory=Contacts)

    @property
    def cloud(self) -> bool:
        """True for Meta's Cloud API, false for the web client."""
        return self.integration == CLOUD

    def state_json(self) -> dict[str, Any]:
        """The body of connectionState."""
        return {"instance": {"instanceName": self.name, "state": self.state}}

    def row(self) -> dict[str, Any]:
        """One object of fetchInstances, its token in clear as Evolution's is."""
        code, detail, at = self.disconnection or (None, None, None)
        return {
            "id": self.id,
            "name": self.name,
            "connectionStatus": self.state,
            "ownerJid": self.sender,
            "profileName": "Loja" if self.sender else None,
            "profilePicUrl": None,
            "integration": self.integration,
            "number": self.number,
            "businessId": self.business_id,
            "token": self.token,
            "clientName": "evolution_simulator",
            "disconnectionReasonCode": code,
            "disconnectionObject": detail,
            "disconnectionAt": at,
            "createdAt": self.created_at,
            "updatedAt": self.created_at,
            "Chatwoot": None,
            "Proxy": None,
            "Rabbitmq": None,
            "Nats": None,
            "Sqs": None,
            "Websocket": None,
            "Setting": self.settings | {"instanceId": self.id},
            "_count": {"Message": len(self.messages), "Contact": len(self.contacts), "Chat": 0},
        }

    def webhook_json(self) -> dict[str, Any] | None:
        """The body of /webhook/find."""
        return self.webhook.row(self.id) if self.webhook else None
