"""Problem documents (RFC 9457): their schema, the meaning of each code, and the codes of every route of a shape."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from hidra.entry.http import PROBLEM_TYPE

PROBLEM_JSON = "application/problem+json"

CODES = {
    "api-key-required": "A first connection, or one to another server, needs the API key; nothing was saved. Send"
    " api_key.",
    "base-url": "The address of the server is not valid; nothing was saved. `errors` says why.",
    "campaign-starting": "The campaign is being started. Try again in a few seconds.",
    "campaign-status": "The action does not fit the campaign's status, which the detail names; nothing was changed.",
    "conflict": "The change contradicts other data; nothing was saved.",
    "connection-busy": "The connection's pace is used up; nothing was sent. Try again in a minute.",
    "connection-distrusted": "Until WhatsApp acknowledges a message, or a slow server answers one in time, the"
    " connection sends one in five minutes; nothing was sent. Try again in five minutes.",
    "connection-not-usable": "The Evolution connection is not connected; nothing was sent. Check the connection.",
    "empty-search": "The search has no letter and no digit. Search for a name or a phone.",
    "erased-phone": "Some phones belong to persons who were erased; nothing was saved. Remove those that `errors`"
    " names.",
    "evolution-unavailable": "The Evolution server did not answer as needed; the detail says why. Try again later.",
    "export-ended": "The export has ended, as the detail says; there is nothing to cancel.",
    "export-not-completed": "The export waits or runs; its file is available once it is completed.",
    "export-running": "Another export of this kind waits or runs; nothing was created. Wait until it ends, or cancel"
    " it.",
    "export-without-file": "The export failed, was canceled, or lost its file to an erasure or its age. Create another"
    " export.",
    "external-id-reused": "This external_id belongs to a campaign that was created by a different request; nothing was"
    " created. Use another external_id.",
    "forbidden": "The token's subject is not a user's id. Use a token whose sub is a UUID.",
    "import-ended": "The import has ended, as the detail says; there is nothing to cancel.",
    "import-not-completed": "The import has not ended; its rejected rows are available after that.",
    "internal": "Hidra failed to process the request. Try again later.",
    "invalid-cursor": "The cursor is not valid. Use next_cursor of the previous page, or no cursor for the first.",
    "invalid-phone": "Some phones are not valid; nothing was saved. Correct those that `errors` names.",
    "invalid-request": "The request is not valid. Correct the fields in `errors`.",
    "locked": "Another request is changing the same data; nothing was saved. Try again in a few seconds.",
    "malformed-json": "The body is not valid JSON. Correct it.",
    "message-under-way": "A message to this person is being sent; nothing was erased. Try again in a minute.",
    "no-connection": "There is no connection to an Evolution server. Save one first.",
    "no-file": "An import with source evolution has no file; nothing was created. Remove the fields that `errors`"
    " names.",
    "no-rejects": "The import rejected no row.",
    "not-admin": "Only admins may see this. Use the token of a user in the admin group.",
    "not-in-group": "The token's user is not in the group that may use this deployment. Use the token of a member.",
    "not-found": "There is nothing with this id, or it belongs to another user.",
    "nothing-failed": "The campaign has no failed message that can be sent again.",
    "nothing-to-send": "No recipient would get the message; nothing was changed. `reasons` counts why, `similar_names`"
    " names attributes that placeholders may mean. Change the text, the contacts or what the campaign skips.",
    "one-segment": "The request has both segment_id and segment_name; nothing was created. Send one of them.",
    "opt-out-words": "Some of these words cannot be used; nothing was saved. `errors` says why.",
    "opted-out": "This phone has opted out; nothing was sent.",
    "phone-taken": "Another contact has this phone; nothing was saved.",
    "request-too-large": "The body has more than 5,000,000 bytes. Send it in several requests.",
    "segment-empty": "The segment has no contacts. Add contacts first.",
    "segment-in-use": "Campaigns use this segment; it was not deleted. Change or delete the drafts that use it; a"
    " campaign that has started keeps it. `campaigns` names up to five.",
    "segment-too-large": "The segment has more than 2,000,000 contacts; nothing was changed. Split it.",
    "template-content": "The text and the media do not fit together; nothing was saved. `errors` says why.",
    "template-in-use": "Campaigns use this template; it was not deleted. Change or delete the drafts that use it; a"
    " campaign that has started keeps it.",
    "template-variables": "The variables are not exactly the placeholders in the body; nothing was saved. Correct"
    " either.",
    "text-too-long": "With its values the text is too long for the connection or for WhatsApp; nothing was sent."
    " Shorten the values or the template.",
    "too-slow": "The request takes too long for the database; nothing was saved. Ask for less at once, or try again"
    " later.",
    "too-many-attributes": "A contact holds at most 50 attributes; nothing was saved. Remove some.",
    "too-many-columns": "The contacts have more attributes than a CSV has columns; nothing was created. Use format"
    " jsonl.",
    "too-fast": "This connection sends more events than it causes in any campaign. Send it again in a few seconds.",
    "too-many-events": "The body has more than 500 events.",
    "too-many-imports": "Ten of your imports wait for their file or run; nothing was created. Wait until one ends, or"
    " cancel one.",
    "unauthorized": "The webhook's signature is not valid.",
    "unfit": "The database cannot hold a value of this request; nothing was saved. Shorten or correct it.",
    "unavailable": "Hidra cannot process the request at this moment. Try again in a few seconds.",
    "unknown-parameter": "The query has parameters that this route does not know; the detail names those that it takes."
    " Remove or correct those that `errors` names.",
    "unknown-campaign": "There is no campaign with this id; nothing was created. Use the id of one of your campaigns.",
    "unknown-contact": "There is no contact with this id. Use the id of one of your contacts.",
    "unknown-contacts": "Some of the ids are not your contacts; nothing was changed. Remove those that `errors` names.",
    "unknown-segment": "There is no segment with this id; nothing was saved. Use the id of one of your segments.",
    "unknown-template": "There is no template with this id; nothing was saved. Use the id of one of your templates.",
    "unknown-user": "The token's subject is not a user of this deployment. Use a token of one of its users.",
    "unresolved-variables": "Some variables have no value. Send a value for those that `errors` names.",
    "webhook-too-large": "The body has more than 2,000,000 characters.",
    "wrong-fields": "The fields of the export do not fit together; nothing was created. Correct those that `errors`"
    " names.",
    "wrong-filter": "The filter is not valid. Correct it as `errors` says.",
    "wrong-times": "Times are past, contradict each other or do not exist, or a zone is unknown; nothing was changed.",
}

_WITH_FIELDS = {
    "api-key-required": ("api_key", "is required"),
    "base-url": ("base_url", "must begin with https://, because http sends the API key unencrypted"),
    "erased-phone": ("contacts.3.phone", "belongs to a person who was erased"),
    "empty-search": ("search", "has neither letters nor digits"),
    "one-segment": ("segment_name", "must be absent with segment_id"),
    "invalid-cursor": ("cursor", "is not a next_cursor of this list"),
    "invalid-phone": ("phone", "is not a phone number"),
    "invalid-request": ("name", "Field required"),
    "no-file": ("mapping", "must be absent with source evolution"),
    "opt-out-words": ("opt_in_words.0", "is also an opt-out word"),
    "template-content": ("media_type", "is needed with media_url"),
    "template-variables": ("variables", "must equal the placeholders in the body"),
    "too-many-attributes": ("attributes", "would be too many, with those that the contact has"),
    "unknown-parameter": (
        "run",
        "is not a parameter of this route, which takes contact_id, country, cursor, error_code,"
        " limit, phone, run_id, status",
    ),
    "too-many-columns": ("format", "must be jsonl"),
    "unknown-campaign": ("campaign_id", "is not one of your campaigns"),
    "unknown-contact": ("contact_id", "is not one of your contacts"),
    "unknown-contacts": ("contact_ids.0", "is not one of your contacts"),
    "unknown-segment": ("segment_id", "is not one of your segments"),
    "unknown-template": ("template_id", "is not one of your templates"),
    "text-too-long": ("variables", "make the text too long"),
    "unresolved-variables": ("variables.nome", "has no value"),
    "wrong-fields": ("campaign_id", "must be absent unless kind is recipients"),
    "wrong-filter": ("filter", "uses an op that phone does not support"),
    "wrong-times": ("scheduled_at", "is past"),
}

_MORE: dict[str, dict[str, Any]] = {
    "nothing-to-send": {
        "recipients": 4996,
        "reasons": {"unresolved_variable": 4990, "opted_out": 6},
        "similar_names": {"nme": "nome"},
    },
    "segment-too-large": {"limit": 2_000_000},
    "segment-in-use": {
        "campaigns": [{"id": "9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d", "name": "Pontos de janeiro"}],
    },
}

SCHEMAS: dict[str, Any] = {
    "Problem": {
        "type": "object",
        "title": "Problem",
        "description": "An error (RFC 9457). `type` is stable and for programs; the rest is for people.",
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
                "description": "The wrong fields, if any.",
                "items": {"$ref": "#/components/schemas/ProblemField"},
            },
            "campaigns": {
                "type": "array",
                "description": "The campaigns that prevent the change, if any; up to five.",
                "items": {"$ref": "#/components/schemas/ProblemCampaign"},
            },
            "recipients": {"type": "integer", "description": "How many recipients the campaign would have."},
            "reasons": {
                "type": "object",
                "description": "Why recipients would not get the message, each `error_code` with their number.",
                "additionalProperties": {"type": "integer"},
            },
            "similar_names": {
                "type": "object",
                "description": "Placeholders that name no attribute, each with an attribute of a similar name.",
                "additionalProperties": {"type": "string"},
            },
            "limit": {"type": "integer", "description": "The limit that was exceeded."},
        },
    },
    "ProblemField": {
        "type": "object",
        "title": "ProblemField",
        "description": "One wrong field of a request.",
        "required": ["field", "message"],
        "properties": {
            "field": {"type": "string", "description": "The field's path, as in `contacts.3.phone`."},
            "message": {"type": "string"},
        },
    },
    "ProblemCampaign": {
        "type": "object",
        "title": "ProblemCampaign",
        "description": "A campaign that prevents the change.",
        "required": ["id", "name"],
        "properties": {"id": {"type": "string", "format": "uuid"}, "name": {"type": "string"}},
    },
    "Unauthorized": {
        "type": "object",
        "title": "Unauthorized",
        "description": "The answer of the gateway in front of the API.",
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
    """A route's answers that are errors: those of every route of its shape, and those that it names itself."""
    parameters = operation.get("parameters", [])
    in_query = {parameter["name"] for parameter in parameters if parameter["in"] == "query"}
    usual: dict[int, list[str]] = {
        403: ["forbidden", "not-in-group", "unknown-user"],
        500: ["internal"],
        503: ["unavailable", "too-slow"],
    }
    if "requestBody" in operation:
        usual[400] = ["malformed-json"]
        usual[413] = ["request-too-large"]
    if any(parameter["in"] == "path" for parameter in parameters):
        usual[404] = ["not-found"]
    if method != "GET":
        usual[409] = ["conflict"]
        usual[503].append("locked")
    usual[422] = ["unknown-parameter"]
    if "requestBody" in operation or in_query:
        usual[422] = ["invalid-request", "unfit", "unknown-parameter"]
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
    "TooLarge": (413, ("request-too-large",)),
    "Forbidden": (403, ("forbidden", "not-in-group", "unknown-user")),
    "NotFound": (404, ("not-found",)),
    "Conflict": (409, ("conflict",)),
    "Invalid": (422, ("invalid-request", "unfit")),
    "InvalidOrCursor": (422, ("invalid-request", "unfit", "invalid-cursor")),
    "Internal": (500, ("internal",)),
    "Unavailable": (503, ("unavailable", "too-slow")),
    "UnavailableOrLocked": (503, ("unavailable", "too-slow", "locked")),
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
