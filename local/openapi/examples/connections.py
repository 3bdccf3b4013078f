"""Examples of connections and their webhooks."""

from typing import Any

from local.openapi.examples.story import CONNECTION, NOON

_CONNECTION_IN = {
    "base_url": "https://evolution.example.com.br",
    "instance_name": "loja",
    "integration": "baileys",
    "max_messages_per_minute": 60,
    "max_concurrent_sends": 1,
    "jitter": 0.25,
    "send_window": None,
    "max_messages_per_day": 500,
    "max_first_contacts_per_day": 50,
    "warm_up": {"since": "2030-01-30", "limits": [20, 40, 80, 160, 320]},
    "time_zone": "America/Sao_Paulo",
}

_STATUS_BACKFILL = {
    "cause": "silence",
    "detected_at": NOON,
    "sent_from": "2030-01-30T12:00:00Z",
    "started_at": NOON,
    "messages_total": 3600,
    "messages_checked": 400,
    "messages_updated": 391,
    "completed_at": None,
}

EXAMPLES: dict[str, Any] = {
    "Connection": {
        **_CONNECTION_IN,
        "id": CONNECTION,
        "status": "connected",
        "error_message": None,
        "error_code": None,
        "connected_at": NOON,
        "last_health_check_at": NOON,
        "last_webhook_at": NOON,
        "last_status_at": NOON,
        "today": {
            "begins_at": "2030-01-31T03:00:00Z",
            "ends_at": "2030-02-01T03:00:00Z",
            "messages": 12,
            "message_limit": 40,
            "first_contacts": 9,
            "first_contact_limit": 50,
        },
        "created_at": NOON,
        "warnings": [
            {
                "code": "instance-shared",
                "message": "Another connection used this Evolution instance first and receives its webhooks, so"
                " deliveries, replies and opt-outs do not reach this connection. Save it with an instance of its own,"
                " or delete the other connection; the next check then sets the webhook.",
            }
        ],
        "status_backfill": _STATUS_BACKFILL,
    },
    "ConnectionIn": {**_CONNECTION_IN, "api_key": "troque-por-sua-chave"},
    "StatusBackfillIn": {"hours": 24},
    "ConnectionLink": {"state": "connecting", "qr_code": None, "pairing_code": "WZYEH1YY", "message": None},
    "Webhook": {
        "event": "messages.update",
        "instance": "loja",
        "data": {"keyId": "3EB0C431C26A1916E07E", "status": "DELIVERY_ACK"},
    },
    "WebhookAccepted": {"accepted": 1},
}
