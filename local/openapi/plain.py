"""The routes of the functions that have no resolver to describe them: Evolution's webhook, and the docs themselves."""

from typing import Any

from local.openapi import problems

SIGNATURE = "evolutionSignature"
SECURITY_SCHEMES = {
    SIGNATURE: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "HS256 with a key of this connection alone, made by Evolution from the `jwt_key` it was given.",
    }
}

SCHEMAS: dict[str, Any] = {
    "Webhook": {
        "type": "object",
        "title": "Webhook",
        "description": "An event of Evolution API 2.3.7. What does not matter here is not kept.",
        "required": ["instance"],
        "properties": {
            "event": {
                "description": "Its name; one that is not known is accepted and forgotten.",
                "examples": ["messages.update"],
            },
            "instance": {"type": "string", "description": "The instance's name, which the signature covers."},
            "data": {"description": "The event's content, an object or a list of them."},
        },
    },
    "WebhookAccepted": {
        "type": "object",
        "title": "WebhookAccepted",
        "description": "How many records of the event were kept.",
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
    "description": "The ETag that you have.",
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
            "304": {"description": "What you have is what there is.", "headers": _CACHED},
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
            "operationId": "take_evolution_webhook",
            "summary": "Take what Evolution tells of messages, replies and the connection",
            "description": "Registered at the Evolution server by Hidra itself. On a 5xx, Evolution tries again.",
            "tags": ["webhooks"],
            "security": [{SIGNATURE: []}],
            "parameters": [
                _parameter("connection_id", {"type": "string", "format": "uuid"}, "The connection."),
                _parameter("key_id", {"type": "string"}, "The master key that the signature's key is made from."),
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
                    for status, code in ((400, "malformed-json"), (401, "unauthorized"), (404, "not-found"))
                },
                "500": {
                    "description": "Something went wrong on our side, as the gateway tells it.",
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
