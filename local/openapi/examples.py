"""An example of each request and answer, all of one story; a test validates them against their schemas."""

from typing import Any

_USER = "7c1f8f0e-5a54-4b0e-9d58-0c6a3f2f7b11"
_CONNECTION = "0b6f5d0a-3a0e-4a53-8f6a-2f6f0c9be001"
_SEGMENT = "3d1c2b1a-9f8e-4d7c-8b6a-5f4e3d2c1b0a"
_TEMPLATE = "5e2d3c4b-8a7f-4e6d-9c5b-4a3f2e1d0c9b"
_EXCLUDED = "3f4e5d6c-7b8a-4998-8a6b-5c4d3e2f1a0b"
_CAMPAIGN = "9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d"
_CONTACT = "1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9"
_RUN = "6b5a4c3d-2e1f-4098-8765-43210fedcba9"
_BODY = "Olá {{nome}}! Você já tem {{pontos}} pontos. Responda SAIR para não receber mais."
_TEXT = "Olá Ana! Você já tem 70 pontos. Responda SAIR para não receber mais."
_NOON = "2030-01-31T12:00:00Z"

_CAMPAIGN_IN = {
    "name": "Pontos de janeiro",
    "description": "Saldo de pontos para clientes de São Paulo",
    "segment_id": _SEGMENT,
    "template_id": _TEMPLATE,
    "external_id": "pontos-2030-01",
    "max_messages_per_minute": 20,
    "labels": ["fidelidade"],
    "exclude_segment_ids": [_EXCLUDED],
    "not_contacted_for_days": 7,
    "skip_not_on_whatsapp_days": 90,
    "channel": "whatsapp",
}
_CONSENT = {"basis": "consent", "source": "Formulário do site", "at": "2029-11-05T14:10:00Z"}
_CONTACT_SHOWN = {
    "id": _CONTACT,
    "phone": "+5511987654321",
    "name": "Ana Silva",
    "attributes": {"cidade": "São Paulo", "pontos": 70},
    "consent": _CONSENT,
    "not_on_whatsapp_at": None,
    "created_at": _NOON,
    "updated_at": _NOON,
}
_CONNECTION_IN = {
    "base_url": "https://evolution.example.com.br",
    "instance_name": "loja",
    "integration": "baileys",
    "max_messages_per_minute": 60,
    "max_concurrent_sends": 1,
}

_IMPORT_CONSENT = {"basis": "consent", "source": "formulário do site", "at": None, "values": {"Aguardando": None}}
_IMPORT = {
    "id": "2d4f6b8a-0c1e-4a3b-9d5f-7e6c8b9a0d1f",
    "segment_id": _SEGMENT,
    "segment_name": "Clientes 2030",
    "source": "file",
    "format": "csv",
    "mapping": {"Telefone": "phone", "Aceite": "consent.basis", "Código": None},
    "delimiter": "detect",
    "encoding": "detect",
    "old_numbers": False,
    "country": "BR",
    "consent": _IMPORT_CONSENT,
    "status": "running",
    "failure_code": None,
    "failure_reason": None,
    "bytes_total": 48210344,
    "bytes_read": 16777216,
    "rows_read": 341200,
    "created": 310012,
    "updated": 4105,
    "unchanged": 18870,
    "rejected": 8213,
    "rejected_by_reason": {"invalid_phone": 8090, "no_phone": 123},
    "warnings": [
        {
            "code": "lines_above_header",
            "message": "Line 3 was read as the columns' names. What is above it, from line 1 on, was not imported.",
        }
    ],
    "rows_per_second": 21325.0,
    "remaining_seconds": 30,
    "created_at": _NOON,
    "started_at": "2030-01-31T12:00:40Z",
    "ended_at": None,
}
_FILTER = {
    "filter": {
        "all": [
            {"field": "attributes.cidade", "op": "in", "value": ["São Paulo", "Santos"]},
            {"field": "attributes.pontos", "op": "gte", "value": 50},
            {"not": {"field": "last_contacted", "op": "after", "value": "2030-01-01T00:00:00-03:00"}},
        ]
    }
}
_OPT_OUT_SETTINGS = {
    "opt_out_words": ["SAIR", "PARAR", "STOP", "CANCELAR", "DESCADASTRAR"],
    "opt_in_words": ["VOLTAR"],
    "confirmation": "Pronto, você não recebe mais nossas mensagens. Para voltar, responda VOLTAR.",
}
_STATUS_BACKFILL = {
    "cause": "silence",
    "detected_at": _NOON,
    "sent_from": "2030-01-30T12:00:00Z",
    "started_at": _NOON,
    "messages_total": 3600,
    "messages_checked": 400,
    "messages_updated": 391,
    "completed_at": None,
}

_CAMPAIGN_SHOWN = {
    **_CAMPAIGN_IN,
    "id": _CAMPAIGN,
    "status": "scheduled",
    "evolution_config_id": _CONNECTION,
    "scheduled_at": _NOON,
    "not_after": None,
    "started_at": None,
    "completed_at": None,
    "blocked_code": None,
    "blocked_params": {},
    "blocked_reason": None,
    "created_at": "2030-01-30T18:20:00Z",
}
_CAMPAIGN_METRICS = {
    "campaign_id": _CAMPAIGN,
    "total_messages": 500,
    "delivered": 471,
    "failed": 9,
    "pending": 12,
    "skipped": 8,
    "average_delivery_ms": 1840,
    "delivery_ms_total": 866640,
    "last_updated_at": _NOON,
}

EXAMPLES: dict[str, Any] = {
    "Campaign": _CAMPAIGN_SHOWN,
    "CampaignChange": {"name": "Pontos de fevereiro", "max_messages_per_minute": 15},
    "CampaignIn": _CAMPAIGN_IN,
    "CampaignMetrics": _CAMPAIGN_METRICS,
    "Contact": _CONTACT_SHOWN,
    "ContactChange": {"name": "Ana Souza", "attributes": {"pontos": 90, "cidade": None}},
    "ContactsIn": {
        "contacts": [
            {
                "phone": "+55 11 98765-4321",
                "name": "Ana Silva",
                "attributes": {"cidade": "São Paulo", "pontos": 70},
                "consent": _CONSENT,
            }
        ],
        "segment_id": _SEGMENT,
        "country": "BR",
    },
    "ContactsSaved": {
        "created": 1,
        "updated": 0,
        "contacts": [{"id": _CONTACT, "phone": "+5511987654321", "name": "Ana Silva", "created": True}],
    },
    "DuplicateIn": {"name": "Pontos de fevereiro"},
    "Erased": {"contact": True, "messages": 3, "skipped_messages": 1, "direct_messages": 0},
    "Connection": {
        **_CONNECTION_IN,
        "id": _CONNECTION,
        "status": "connected",
        "error_message": None,
        "connected_at": _NOON,
        "last_health_check_at": _NOON,
        "last_webhook_at": _NOON,
        "last_status_at": _NOON,
        "created_at": _NOON,
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
    "ListedCampaign": {**_CAMPAIGN_SHOWN, "metrics": _CAMPAIGN_METRICS},
    "StatusBackfillIn": {"hours": 24},
    "ConnectionLink": {"state": "connecting", "qr_code": None, "pairing_code": "WZYEH1YY", "message": None},
    "Import": _IMPORT,
    "ImportIn": {
        "source": "file",
        "segment_name": "Clientes 2030",
        "format": "csv",
        "mapping": {"Telefone": "phone", "Aceite": "consent.basis", "Código": None},
        "country": "BR",
        "consent": {key: value for key, value in _IMPORT_CONSENT.items() if key != "at"},
        "delimiter": "detect",
        "encoding": "detect",
        "old_numbers": False,
    },
    "DraftPreviewIn": {"body": "Olá {{nome}}! Você tem {{pontos}} pontos.", "contact_ids": [_CONTACT]},
    "DraftPreview": {
        "variables": ["nome", "pontos"],
        "warnings": [],
        "texts": [
            {"contact_id": _CONTACT, "text": "Olá Ana! Você tem {{pontos}} pontos.", "missing": ["pontos"]},
        ],
    },
    "ImportPreviewIn": {
        "format": "csv",
        "mapping": {"Cidade": "cidade"},
        "content": "Tm9tZTtDZWx1bGFyO0NpZGFkZQ0KQW5hOygxMSkgOTg3NjUtNDMyMTtSZWNpZmUNCg==",
        "whole": True,
    },
    "ImportPreview": {
        "encoding": "utf-8",
        "delimiter": ";",
        "columns": [
            {"name": "Nome", "role": "name", "attribute": None},
            {"name": "Celular", "role": "phone", "attribute": None},
            {"name": "Cidade", "role": "attribute", "attribute": "cidade"},
        ],
        "rows": [
            {
                "line": 2,
                "cells": ["Ana", "(11) 98765-4321", "Recife"],
                "phone": "+5511987654321",
                "name": "Ana",
                "attributes": {"cidade": "Recife"},
                "consent": None,
                "reject_reason": None,
            }
        ],
        "rejects": [],
        "rows_read": 1,
        "rejected_by_reason": {},
        "warnings": [],
        "failure_code": None,
        "failure_reason": None,
    },
    "ImportRequested": {
        "contact_import": {
            **_IMPORT,
            "status": "waiting",
            "bytes_total": None,
            **dict.fromkeys(("bytes_read", "rows_read", "created", "updated", "unchanged", "rejected"), 0),
            "rejected_by_reason": {},
            "warnings": [],
            "rows_per_second": None,
            "remaining_seconds": None,
            "started_at": None,
        },
        "upload": {
            "url": "https://hidra-importbucket.s3.sa-east-1.amazonaws.com/",
            "fields": {"key": f"imports/{_USER}/2d4f6b8a-0c1e-4a3b-9d5f-7e6c8b9a0d1f", "Content-Type": "text/csv"},
            "expires_in_seconds": 3600,
            "max_bytes": 2147483648,
        },
    },
    "Export": {
        "id": "4b8e2c6d-1f0a-4c3b-9e7d-5a6f8c9b0d2e",
        "kind": "recipients",
        "format": "csv",
        "delimiter": ";",
        "campaign_id": _CAMPAIGN,
        "recipient_status": "failed",
        "segment_id": None,
        "status": "running",
        "failure_code": None,
        "failure_reason": None,
        "rows": 64000,
        "rows_expected": 91250,
        "bytes": 17203110,
        "created_at": _NOON,
        "started_at": "2030-01-31T12:00:02Z",
        "ended_at": None,
        "expires_at": "2030-02-07T12:00:00Z",
    },
    "ExportIn": {
        "kind": "recipients",
        "format": "csv",
        "delimiter": ";",
        "campaign_id": _CAMPAIGN,
        "status": "failed",
    },
    "FileLink": {
        "url": "https://hidra-importbucket.s3.sa-east-1.amazonaws.com/exports/…",
        "expires_at": "2030-01-31T12:15:00Z",
    },
    "RejectsLink": {
        "url": "https://hidra-importbucket.s3.sa-east-1.amazonaws.com/rejects/…",
        "expires_in_seconds": 600,
    },
    "FilterMatches": {"contacts": 312, "examples": [_CONTACT_SHOWN]},
    "FilterWanted": _FILTER,
    "OptOutSettings": {**_OPT_OUT_SETTINGS, "hidden_senders": 0},
    "OptOutSettingsIn": _OPT_OUT_SETTINGS,
    "OptOut": {"phone": "+5511987654321", "at": _NOON, "reason": "Pediu por telefone", "source": "api"},
    "OptOutsIn": {"phones": ["+55 11 98765-4321"], "reason": "Pediu por telefone", "country": "BR"},
    "OptOutResult": {"opted_out": 1, "skipped_messages": 2},
    "OtherSegments": {"segment_ids": ["4e2d3c2b-0a9f-4e8d-9c7b-6a5f4e3d2c1b"]},
    "Overview": {
        "owner_id": _USER,
        "total_campaigns": 8,
        "running_campaigns": 1,
        "scheduled_campaigns": 1,
        "delivered_messages": 1420,
        "failed_messages": 23,
        "pending_messages": 57,
        "skipped_messages": 8,
        "draft_campaigns": 2,
        "paused_campaigns": 0,
        "completed_campaigns": 3,
        "failed_campaigns": 0,
        "canceled_campaigns": 1,
    },
    "Person": {
        "phone": "+5511987654321",
        "contact": _CONTACT_SHOWN,
        "segments": [{"id": _SEGMENT, "name": "Clientes de São Paulo"}],
        "opt_out": None,
        "direct_messages": [],
        "messages": [
            {
                "campaign_id": _CAMPAIGN,
                "campaign_name": "Pontos de janeiro",
                "run_id": _RUN,
                "phone": "+5511987654321",
                "text": _TEXT,
                "variables": {"nome": "Ana", "pontos": "70"},
                "media_url": None,
                "media_type": None,
                "file_name": None,
                "status": "delivered",
                "attempts": 1,
                "provider_message_id": "3EB0C431C26A1916E07E",
                "claimed_at": "2030-01-31T12:00:03.050Z",
                "sent_at": "2030-01-31T12:00:03.120Z",
                "acked_at": "2030-01-31T12:00:03.480Z",
                "delivered_at": "2030-01-31T12:00:05.010Z",
                "read_at": None,
                "failed_at": None,
                "error_code": None,
                "error_detail": None,
            }
        ],
        "next_cursor": None,
    },
    "PersonIn": {"phone": "+55 11 98765-4321", "country": "BR"},
    "Preflight": {
        "recipients": 500,
        "will_receive": 480,
        "will_not": [
            {
                "reason": "opted_out",
                "recipients": 8,
                "examples": [{"contact_id": _CONTACT, "phone": "+5511987654321", "detail": None}],
            },
            {
                "reason": "contacted_recently",
                "recipients": 12,
                "examples": [{"contact_id": _CONTACT, "phone": "+5511987654321", "detail": None}],
            },
        ],
        "expected_duration_seconds": 1476,
        "expected_end": "2030-01-31T12:24:36Z",
        "warnings": [
            {
                "code": "connection-not-connected",
                "message": "The connection is connecting: nothing is sent until it is connected.",
            }
        ],
    },
    "Preview": {
        "text": _TEXT,
        "media_url": "https://loja.example.com.br/pontos.png",
        "media_type": "image",
        "file_name": None,
        "warnings": [],
    },
    "PreviewIn": {"variables": {"nome": "Ana", "pontos": "70"}},
    "Recipient": {
        "contact_id": _CONTACT,
        "name": "Ana Silva",
        "phone": "+5511987654321",
        "run_id": _RUN,
        "counted": True,
        "status": "delivered",
        "attempts": 1,
        "provider_message_id": "3EB0C431C26A1916E07E",
        "sent_at": "2030-01-31T12:00:03.120Z",
        "acked_at": "2030-01-31T12:00:03.480Z",
        "delivered_at": "2030-01-31T12:00:05.010Z",
        "read_at": None,
        "failed_at": None,
        "error_code": None,
        "error_detail": None,
    },
    "RecipientsSummary": {
        "run_id": None,
        "total": 500,
        "delivered": 470,
        "failed": 12,
        "pending": 10,
        "skipped": 8,
        "counts": [
            {"status": "sent", "error_code": None, "recipients": 10},
            {"status": "delivered", "error_code": None, "recipients": 170},
            {"status": "read", "error_code": None, "recipients": 300},
            {"status": "failed", "error_code": "not_on_whatsapp", "recipients": 12},
            {"status": "skipped", "error_code": "opted_out", "recipients": 8},
        ],
    },
    "Run": {
        "id": _RUN,
        "status": "completed",
        "initiated_by": _USER,
        "started_at": _NOON,
        "ended_at": "2030-01-31T12:25:41Z",
        "body": "Olá {{nome}}! Você tem {{pontos}} pontos. Responda SAIR para não receber mais.",
        "media_url": None,
        "media_type": None,
        "file_name": None,
        "summary": {
            "total": 500,
            "delivered": 470,
            "failed": 12,
            "pending": 10,
            "skipped": 8,
            "kind": "first_send",
            "counted": {"total": 488, "delivered": 470, "failed": 0, "pending": 10, "skipped": 8},
        },
    },
    "ScheduleIn": {"scheduled_at": "2030-01-31T09:00:00-03:00", "not_after": "2030-01-31T18:00:00-03:00"},
    "Segment": {
        "id": _SEGMENT,
        "name": "Clientes de São Paulo",
        "description": "Compraram nos últimos 12 meses",
        "import_source": "manual",
        "total_contacts": 500,
        "created_at": _NOON,
    },
    "SegmentChange": {"name": "Clientes da capital"},
    "SegmentIn": {"name": "Clientes de São Paulo", "description": "Compraram nos últimos 12 meses"},
    "SegmentMembers": {"contact_ids": [_CONTACT]},
    "SegmentFill": _FILTER,
    "SegmentMembersMerged": {"added": 312, "total_contacts": 812, "next_cursor": None},
    "SegmentMembersRemoved": {"removed": 12, "total_contacts": 488, "next_cursor": None},
    "SegmentMembersAdded": {"added": 1, "total_contacts": 501},
    "Template": {
        "id": _TEMPLATE,
        "title": "Pontos",
        "body": _BODY,
        "variables": ["nome", "pontos"],
        "media_url": "https://loja.example.com.br/pontos.png",
        "media_type": "image",
        "file_name": None,
        "created_at": _NOON,
        "warnings": [],
    },
    "TemplateChange": {"title": "Saldo de pontos"},
    "TemplateIn": {
        "title": "Pontos",
        "body": _BODY,
        "variables": ["nome", "pontos"],
        "media_url": "https://loja.example.com.br/pontos.png",
        "media_type": "image",
    },
    "TrialResult": {
        "outcome": "sent",
        "text": _TEXT,
        "provider_message_id": "3EB0C767D097B7C6A1F2",
        "error_code": None,
        "error_detail": None,
    },
    "TrialIn": {"phone": "+55 11 98765-4321", "contact_id": _CONTACT, "variables": {"pontos": "70"}},
    "TimelinePoint": {"timestamp": _NOON, "delivered": 18, "failed": 1},
    "Webhook": {
        "event": "messages.update",
        "instance": "loja",
        "data": {"keyId": "3EB0C431C26A1916E07E", "status": "DELIVERY_ACK"},
    },
    "WebhookAccepted": {"accepted": 1},
}
