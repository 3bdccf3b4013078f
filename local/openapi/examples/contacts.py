"""Examples of contacts, segments, filters and opt-outs."""

from typing import Any

from local.openapi.examples.story import CAMPAIGN, CONTACT, NOON, RUN, SEGMENT, TEXT

_CONSENT = {"basis": "consent", "source": "Formulário do site", "at": "2029-11-05T14:10:00Z"}

_CONTACT_SHOWN = {
    "id": CONTACT,
    "phone": "+5511987654321",
    "name": "Ana Silva",
    "attributes": {"cidade": "São Paulo", "pontos": 70},
    "consent": _CONSENT,
    "not_on_whatsapp_at": None,
    "created_at": NOON,
    "updated_at": NOON,
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

EXAMPLES: dict[str, Any] = {
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
        "segment_id": SEGMENT,
        "country": "BR",
    },
    "ContactsSaved": {
        "created": 1,
        "updated": 0,
        "contacts": [{"id": CONTACT, "phone": "+5511987654321", "name": "Ana Silva", "created": True}],
    },
    "Erased": {"contact": True, "messages": 3, "skipped_messages": 1, "direct_messages": 0},
    "FilterMatches": {"contacts": 312, "examples": [_CONTACT_SHOWN]},
    "FilterWanted": _FILTER,
    "OptOutSettings": {**_OPT_OUT_SETTINGS, "hidden_senders": 0},
    "OptOutSettingsIn": _OPT_OUT_SETTINGS,
    "OptOut": {"phone": "+5511987654321", "at": NOON, "reason": "Pediu por telefone", "source": "api"},
    "OptOutsIn": {"phones": ["+55 11 98765-4321"], "reason": "Pediu por telefone", "country": "BR"},
    "OptOutResult": {"opted_out": 1, "skipped_messages": 2},
    "OtherSegments": {"segment_ids": ["4e2d3c2b-0a9f-4e8d-9c7b-6a5f4e3d2c1b"]},
    "Person": {
        "phone": "+5511987654321",
        "contact": _CONTACT_SHOWN,
        "segments": [{"id": SEGMENT, "name": "Clientes de São Paulo"}],
        "opt_out": None,
        "direct_messages": [],
        "messages": [
            {
                "campaign_id": CAMPAIGN,
                "campaign_name": "Pontos de janeiro",
                "run_id": RUN,
                "phone": "+5511987654321",
                "text": TEXT,
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
                "replied_at": None,
                "error_code": None,
                "error_detail": None,
            }
        ],
        "next_cursor": None,
    },
    "PersonIn": {"phone": "+55 11 98765-4321", "country": "BR"},
    "Segment": {
        "id": SEGMENT,
        "name": "Clientes de São Paulo",
        "description": "Compraram nos últimos 12 meses",
        "import_source": "manual",
        "total_contacts": 500,
        "created_at": NOON,
    },
    "SegmentChange": {"name": "Clientes da capital"},
    "SegmentIn": {"name": "Clientes de São Paulo", "description": "Compraram nos últimos 12 meses"},
    "SegmentMembers": {"contact_ids": [CONTACT]},
    "SegmentFill": _FILTER,
    "SegmentMembersMerged": {"added": 312, "total_contacts": 812, "next_cursor": None},
    "SegmentMembersRemoved": {"removed": 12, "total_contacts": 488, "next_cursor": None},
    "SegmentMembersAdded": {"added": 1, "total_contacts": 501},
}
