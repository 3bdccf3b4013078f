"""The routes of functions without a resolver: Evolution's webhook, and the API's description."""

from typing import Any

from local.openapi import problems

SIGNATURE = "evolutionSignature"
SECURITY_SCHEMES = {
    SIGNATURE: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "HS256 with a key of this connection only, which Evolution derives from its `jwt_key`.",
    }
}

SCHEMAS: dict[str, Any] = {
    "Webhook": {
        "type": "object",
        "title": "Webhook",
        "description": "An event of Evolution API 2.3.7. Only the fields that Hidra needs are stored.",
        "required": ["instance"],
        "properties": {
            "event": {
                "description": "The event's name; an unknown one is accepted and ignored.",
                "examples": ["messages.update"],
            },
            "instance": {"type": "string", "description": "The instance's name, which the signature covers."},
            "data": {"description": "The event's content, an object or a list of them."},
        },
    },
    "WebhookAccepted": {
        "type": "object",
        "title": "WebhookAccepted",
        "description": "How many records of the event were accepted.",
        "required": ["accepted"],
        "properties": {"accepted": {"type": "integer", "minimum": 0}},
    },
}


def _parameter(name: str, schema: dict[str, Any], sentence: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "description": sentence, "schema": schema}


_CACHED = {"ETag": {"description": "Of the content.", "schema": {"type": "string"}}}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of the content that you have.",
    "schema": {"type": "string"},
}


def _page(operation_id: str, summary: str, content_type: str, schema: dict[str, Any], example: Any) -> dict[str, Any]:
    return {
        "operationId": operation_id,
        "summary": summary,
        "description": "Only where the deployment's parameter ApiDocs is true.",
        "tags": ["docs"],
        "security": [],
        "parameters": [_IF_NONE_MATCH],
        "responses": {
            "200": {
                "description": "Done.",
                "headers": _CACHED,
                "content": {content_type: {"schema": schema, "example": example}},
            },
            "304": {"description": "Not modified: the content still has your ETag.", "headers": _CACHED},
        },
    }


OPERATIONS: list[tuple[str, str, dict[str, Any]]] = [
    (
        "GET",
        "/openapi.json",
        _page(
            "get_openapi",
            "Show this description",
            "application/json",
            {"type": "object", "required": ["openapi", "info", "paths"]},
            {"openapi": "3.1.0", "info": {"title": "Hidra", "version": "0.1.0"}, "paths": {}},
        ),
    ),
    (
        "GET",
        "/docs",
        _page("get_docs", "Show this description as a page", "text/html", {"type": "string"}, "<!DOCTYPE html>"),
    ),
    (
        "POST",
        "/webhooks/evolution/{connection_id}/{key_id}",
        {
            "operationId": "receive_evolution_webhook",
            "summary": "Receive an event of Evolution about messages, replies or the connection",
            "description": "Hidra registers this webhook at the Evolution server. After a 413, 429 or 5xx,"
            " Evolution tries again.",
            "tags": ["webhooks"],
            "security": [{SIGNATURE: []}],
            "parameters": [
                _parameter("connection_id", {"type": "string", "format": "uuid"}, "The connection."),
                _parameter("key_id", {"type": "string"}, "The master key from which the signature's key is derived."),
            ],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Webhook"}}},
            },
            "responses": {
                "200": {
                    "description": "Done.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/WebhookAccepted"}}},
                },
                **{
                    str(status): problems.response(status, [code])
                    for status, code in (
                        (400, "malformed-json"),
                        (401, "unauthorized"),
                        (404, "not-found"),
                        (413, "webhook-too-large"),
                        (422, "too-many-events"),
                        (429, "too-fast"),
                    )
                },
                "500": {
                    "description": "Hidra failed to process the request; the answer is the gateway's.",
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/Unauthorized"},
                            "example": {"message": "Internal Server Error"},
                        }
                    },
                },
                "503": problems.response(503, ["unavailable"]),
            },
        },
    ),
]
