"""Examples of imports and exports."""

from typing import Any

from local.openapi.examples.story import CAMPAIGN, NOON, SEGMENT, USER

_IMPORT_CONSENT = {"basis": "consent", "source": "formulário do site", "at": None, "values": {"Aguardando": None}}

_IMPORT = {
    "id": "2d4f6b8a-0c1e-4a3b-9d5f-7e6c8b9a0d1f",
    "segment_id": SEGMENT,
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
    "created_at": NOON,
    "started_at": "2030-01-31T12:00:40Z",
    "ended_at": None,
}

EXAMPLES: dict[str, Any] = {
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
            "fields": {"key": f"imports/{USER}/2d4f6b8a-0c1e-4a3b-9d5f-7e6c8b9a0d1f", "Content-Type": "text/csv"},
            "expires_in_seconds": 3600,
            "max_bytes": 2147483648,
        },
    },
    "Export": {
        "id": "4b8e2c6d-1f0a-4c3b-9e7d-5a6f8c9b0d2e",
        "kind": "recipients",
        "format": "csv",
        "delimiter": ";",
        "campaign_id": CAMPAIGN,
        "recipient_status": "failed",
        "segment_id": None,
        "status": "running",
        "failure_code": None,
        "failure_reason": None,
        "rows": 64000,
        "rows_expected": 91250,
        "bytes": 17203110,
        "created_at": NOON,
        "started_at": "2030-01-31T12:00:02Z",
        "ended_at": None,
        "expires_at": "2030-02-07T12:00:00Z",
    },
    "ExportIn": {
        "kind": "recipients",
        "format": "csv",
        "delimiter": ";",
        "campaign_id": CAMPAIGN,
        "status": "failed",
    },
    "FileLink": {
        "url": "https://hidra-importbucket.s3.sa-east-1.amazonaws.com/exports/…",
        "expires_at": "2030-01-31T12:15:00Z",
    },
    "RejectsLink": {
        "url": "https://hidra-importbucket.s3.sa-east-1.amazonaws.com/rejects/…",
        "expires_in_seconds": 600,
        "examples": [{"line": 5, "reason": "no_phone", "row": "Zé;;Natal;Sim;4"}],
    },
}
