"""Examples of templates."""

from typing import Any

from local.openapi.examples.story import CONTACT, NOON, TEMPLATE, TEXT

_BODY = "Olá {{nome}}! Você já tem {{pontos}} pontos. Responda SAIR para não receber mais."

EXAMPLES: dict[str, Any] = {
    "DraftPreviewIn": {"body": "Olá {{nome}}! Você tem {{pontos}} pontos.", "contact_ids": [CONTACT]},
    "DraftPreview": {
        "variables": ["nome", "pontos"],
        "warnings": [],
        "texts": [
            {"contact_id": CONTACT, "text": "Olá Ana! Você tem {{pontos}} pontos.", "missing": ["pontos"]},
        ],
    },
    "Preview": {
        "text": TEXT,
        "media_url": "https://loja.example.com.br/pontos.png",
        "media_type": "image",
        "file_name": None,
        "warnings": [],
    },
    "PreviewIn": {"variables": {"nome": "Ana", "pontos": "70"}},
    "Template": {
        "id": TEMPLATE,
        "title": "Pontos",
        "body": _BODY,
        "variables": ["nome", "pontos"],
        "media_url": "https://loja.example.com.br/pontos.png",
        "media_type": "image",
        "file_name": None,
        "created_at": NOON,
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
}
