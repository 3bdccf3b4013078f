"""The webhook of an instance: events, address, headers, and the JSON that Evolution shows of it.

Source: Evolution API 2.3.7, src/api/integrations/event/webhook/webhook.controller.ts.
"""

from dataclasses import dataclass, field
from typing import Any

EVENTS = (
    "APPLICATION_STARTUP", "CALL", "CHATS_DELETE", "CHATS_SET", "CHATS_UPDATE", "CHATS_UPSERT", "CONNECTION_UPDATE",
    "CONTACTS_SET", "CONTACTS_UPDATE", "CONTACTS_UPSERT", "GROUP_PARTICIPANTS_UPDATE", "GROUP_UPDATE", "GROUPS_UPSERT",
    "INSTANCE_CREATE", "INSTANCE_DELETE", "LABELS_ASSOCIATION", "LABELS_EDIT", "LOGOUT_INSTANCE", "MESSAGES_DELETE",
    "MESSAGES_EDITED", "MESSAGES_SET", "MESSAGES_UPDATE", "MESSAGES_UPSERT", "PRESENCE_UPDATE", "QRCODE_UPDATED",
    "REMOVE_INSTANCE", "SEND_MESSAGE", "SEND_MESSAGE_UPDATE", "STATUS_INSTANCE", "TYPEBOT_CHANGE_STATUS",
    "TYPEBOT_START",
)  # fmt: skip


@dataclass(slots=True)
class WebhookConfig:
    """Where one instance's events go, as /instance/create or /webhook/set set it."""

    url: str
    row_id: str
    created_at: str
    updated_at: str
    enabled: bool = True
    events: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    by_events: bool = False
    base64: bool = False

    def address(self, event: str) -> str | None:
        """The URL to post an event to, or None if the instance does not subscribe to it."""
        if not self.enabled or event.replace(".", "_").upper() not in self.events:
            return None
        return f"{self.url}/{event.replace('.', '-')}" if self.by_events else self.url

    def created_json(self) -> dict[str, Any]:
        """The `webhook` of create's 201."""
        return {
            "webhookUrl": self.url,
            "webhookHeaders": self.headers,
            "webhookByEvents": self.by_events,
            "webhookBase64": self.base64,
        }

    def row(self, instance_id: str) -> dict[str, Any]:
        """The body of /webhook/set and /webhook/find, headers and key in clear."""
        return {
            "id": self.row_id,
            "url": self.url,
            "headers": self.headers,
            "enabled": self.enabled,
            "events": self.events,
            "webhookByEvents": self.by_events,
            "webhookBase64": self.base64,
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
            "instanceId": instance_id,
        }
