"""Problem documents (RFC 9457): their schema, what each code means, and what every route of a shape may answer."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from hidra.entry.http import PROBLEM_TYPE

PROBLEM_JSON = "application/problem+json"

CODES = {
    "api-key-required": "A first connection, or one to another server, needs the API key.",
    "base-url": "The server's address is not valid; `errors` says what is wrong with it.",
    "campaign-starting": "The campaign is being started; try again in a moment.",
    "campaign-status": "The action does not fit the campaign's status; the detail names both.",
    "conflict": "The change contradicts other data.",
    "connection-busy": "The connection's pace is used up at the moment; try again in a minute.",
    "connection-not-usable": "The Evolution connection is not connected; nothing was sent.",
    "empty-search": "There is neither a letter nor a digit to search for.",
    "erased-phone": "Some persons were erased and are not to come back; nothing was saved. `errors` names each.",
    "evolution-unavailable": "The Evolution server did not do it; the detail says why.",
    "external-id-reused": "This external_id was used for another request.",
    "forbidden": "The token's subject is not a user's id.",
    "import-ended": "The import has come to its end, which the detail names; there is nothing to cancel any more.",
    "import-not-completed": "The import has not come to its end; its rejects are made then.",
    "internal": "Something went wrong on our side.",
    "invalid-cursor": "The cursor is none that this list gave.",
    "invalid-phone": "Some phone numbers are not valid; nothing was saved. `errors` names each.",
    "invalid-request": "The request does not fit its schema. `errors` names each wrong field.",
    "locked": "Somebody else is changing this; try again in a moment.",
    "malformed-json": "The body is not valid JSON.",
    "message-under-way": "A message to this person is on its way; nothing was erased. Try again in a minute.",
    "no-connection": "Save the connection to an Evolution server first.",
    "no-file": "With source evolution there is no file to be described; `errors` names what must be absent.",
    "no-rejects": "No row was refused.",
    "not-admin": "Only admins may see this.",
    "not-found": "There is no such thing, or it belongs to somebody else.",
    "nothing-failed": "No recipient of this campaign can be tried again.",
    "one-segment": "An import goes into an existing segment or a new one, not both.",
    "opt-out-words": "Some of these words cannot be used, so nothing was changed. `errors` names each.",
    "opted-out": "This phone has opted out; nothing was sent.",
    "phone-taken": "Another contact has this phone.",
    "segment-empty": "The segment has no contacts.",
    "segment-in-use": "Campaigns use this segment; `campaigns` names up to five.",
    "template-content": "The text and the media do not fit together; `errors` says what does not.",
    "template-in-use": "A campaign uses this template.",
    "template-variables": "The variables must be exactly the placeholders in the body.",
    "too-many-attributes": "With those that the contact has, there would be too many attributes; nothing was saved.",
    "unauthorized": "The webhook's signature is not valid.",
    "unavailable": "Nothing was changed; try again in a moment.",
    "unknown-contact": "There is no such contact.",
    "unknown-contacts": "Some contacts do not exist; none was added.",
    "unknown-segment": "There is no such segment.",
    "unknown-template": "There is no such template.",
    "unknown-user": "The token's subject is not a user here.",
    "unresolved-variables": "Some variables have no value. `errors` names each.",
    "wrong-filter": "The filter asks what its field cannot be asked; `errors` says where.",
    "wrong-times": "The times are past, or do not fit each other.",
}

_WITH_FIELDS = {
    "api-key-required": ("api_key", "is required"),
    "base-url": ("base_url", "must begin with https://, because http sends the API key unencrypted"),
    "erased-phone": ("contacts.3.phone", "belongs to a person who was erased"),
    "empty-search": ("search", "has neither letters nor digits"),
    "one-segment": ("segment_name", "must be absent with segment_id"),
    "invalid-cursor": ("cursor", "is none that this list gave"),
    "invalid-phone": ("phone", "is not a phone number"),
    "invalid-request": ("name", "Field required"),
    "no-file": ("mapping", "must be absent with source evolution"),
    "opt-out-words": ("opt_in_words.0", "is also an opt-out word"),
    "template-content": ("media_type", "is needed with media_url"),
    "template-variables": ("variables", "must equal the placeholders in the body"),
    "too-many-attributes": ("attributes", "would make too many, with those that the contact has"),
    "unknown-contact": ("contact_id", "is not one of your contacts"),
    "unknown-contacts": ("contact_ids.0", "is not one of your contacts"),
    "unknown-segment": ("segment_id", "is not one of your segments"),
    "unknown-template": ("template_id", "is not one of your templates"),
    "unresolved-variables": ("variables.nome", "has no value"),
    "wrong-filter": ("filter", "cannot ask that of phone"),
    "wrong-times": ("scheduled_at", "is past"),
}

_MORE = {
    "segment-in-use": {
        "campaigns": [{"id": "9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d", "name": "Pontos de janeiro"}],
    },
}

SCHEMAS: dict[str, Any] = {
    "Problem": {
        "type": "object",
        "title": "Problem",
        "description": "What went wrong (RFC 9457). `type` is stable: let programs read it, and people the rest.",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {
                "type": "string",
                "pattern": f"^{PROBLEM_TYPE}[a-z0-9-]+$",
                "examples": [f"{PROBLEM_TYPE}conflict"],
            },
            "title": {"type": "string", "description": "The status in words."},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string", "description": "A sentence for people."},
            "errors": {
                "type": "array",
                "description": "The wrong fields, where some are.",
                "items": {"$ref": "#/components/schemas/ProblemField"},
            },
            "campaigns": {
                "type": "array",
                "description": "Campaigns that stand in the way, where some do; up to five.",
                "items": {"$ref": "#/components/schemas/ProblemCampaign"},
            },
        },
    },
    "ProblemField": {
        "type": "object",
        "title": "ProblemField",
        "description": "One wrong field of a request.",
        "required": ["field", "message"],
        "properties": {
            "field": {"type": "string", "description": "Its place, as in `contacts.3.phone`."},
            "message": {"type": "string"},
        },
    },
    "ProblemCampaign": {
        "type": "object",
        "title": "ProblemCampaign",
        "description": "A campaign that stands in the way.",
        "required": ["id", "name"],
        "properties": {"id": {"type": "string", "format": "uuid"}, "name": {"type": "string"}},
    },
    "Unauthorized": {
        "type": "object",
        "title": "Unauthorized",
        "description": "What the gateway in front of the API says of a token.",
        "required": ["message"],
        "properties": {"message": {"type": "string"}},
    },
}


def example(code: str, status: int) -> dict[str, Any]:
    value = {
        "type": PROBLEM_TYPE + code,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": CODES[code].replace("`", ""),
    }
    if code in _WITH_FIELDS:
        field, message = _WITH_FIELDS[code]
        value["errors"] = [{"field": field, "message": message}]
    value |= _MORE.get(code, {})
    return {"summary": CODES[code], "value": value}


def response(status: int, codes: Sequence[str]) -> dict[str, Any]:
    return {
        "description": HTTPStatus(status).phrase + ": " + ", ".join(f"`{code}`" for code in codes),
        "content": {
            PROBLEM_JSON: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {code: example(code, status) for code in codes},
            }
        },
    }


def responses(operation: Mapping[str, Any], method: str, named: Mapping[int, Sequence[str]]) -> dict[str, Any]:
    """The answers of a route that are no success: what its shape brings, and what it names itself."""
    parameters = operation.get("parameters", [])
    in_query = {parameter["name"] for parameter in parameters if parameter["in"] == "query"}
    usual: dict[int, list[str]] = {403: ["forbidden", "unknown-user"], 500: ["internal"], 503: ["unavailable"]}
    if "requestBody" in operation:
        usual[400] = ["malformed-json"]
    if any(parameter["in"] == "path" for parameter in parameters):
        usual[404] = ["not-found"]
    if method != "GET":
        usual[409] = ["conflict"]
        usual[503].append("locked")
    if "requestBody" in operation or in_query:
        usual[422] = ["invalid-request"]
    if "cursor" in in_query:
        usual[422].append("invalid-cursor")
    found = {
        status: tuple(dict.fromkeys([*usual.get(status, ()), *named.get(status, ())])) for status in {*usual, *named}
    }
    shared = {
        str(status): {"$ref": f"#/components/responses/{name}"}
        for name, (status, codes) in _SHARED.items()
        if found.get(status) == codes
    }
    own = {str(status): response(status, codes) for status, codes in found.items()}
    return {"401": {"$ref": "#/components/responses/Unauthorized"}, **own, **shared}


# The same on most routes: written once.
_SHARED = {
    "Malformed": (400, ("malformed-json",)),
    "Forbidden": (403, ("forbidden", "unknown-user")),
    "NotFound": (404, ("not-found",)),
    "Conflict": (409, ("conflict",)),
    "Invalid": (422, ("invalid-request",)),
    "InvalidOrCursor": (422, ("invalid-request", "invalid-cursor")),
    "Internal": (500, ("internal",)),
    "Unavailable": (503, ("unavailable",)),
    "UnavailableOrLocked": (503, ("unavailable", "locked")),
}
RESPONSES: dict[str, Any] = {
    "Unauthorized": {
        "description": "The token is missing, expired, or of another issuer.",
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/Unauthorized"},
                "example": {"message": "Unauthorized"},
            }
        },
    },
    **{name: response(status, codes) for name, (status, codes) in _SHARED.items()},
}
