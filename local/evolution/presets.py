"""Faults by name, each with the exact bytes of its author: Evolution API 2.3.7 (2.4.0: the licence), nginx, Meta.

A script names a fault and may change it: {"fault": "cut_after", "times": 3}. A name alone, "cut_after", works too.
"""

from collections.abc import Mapping
from typing import Any

from local.evolution import faults
from local.evolution.errors import ErrorResponse, bad_request, envelope, unauthorized
from local.evolution.faults import AnyFault, Fault

_AN_HOUR = 3600.0
_DOCS = "https://docs.evolutionfoundation.com.br/licensing"
_MANAGER = "http://localhost:8080/manager/login"
_LICENSE = {
    "error": "service not activated",
    "code": "LICENSE_REQUIRED",
    "register_url": _MANAGER,
    "instance_id": "5f3c2d3e-6a3c-4b0e-9a57-0d7b4a1c9f10",
    "docs_url": _DOCS,
    "message": f"This Evolution API instance is not activated. Open {_MANAGER} to activate, or set "
    f"AUTHENTICATION_API_KEY in your .env with a valid licensing key. Docs: {_DOCS}",
}
"""Source: Evolution API 2.4.0, src/licensing/runtime.ts, gateMiddleware."""
_META_500 = {
    "message": "An unknown error has occurred.",
    "type": "OAuthException",
    "code": 1,
    "fbtrace_id": "A0619ab3d524c2ed9d812",
}
_META_FAILED = {
    "message": "(#131000) Something went wrong",
    "type": "OAuthException",
    "code": 131000,
    "error_data": {"messaging_product": "whatsapp", "details": "Message failed to send due to an unknown error."},
    "fbtrace_id": "A0619ab3d524c2ed9d813",
}
_REASONS = {
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
}


def page(status: int) -> str:
    """The page that nginx writes. Source: nginx, src/http/ngx_http_special_response.c, with server_tokens off."""
    title = f"{status} {_REASONS[status]}"
    return (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
        "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )


def _answers(error: ErrorResponse, **more: Any) -> dict[str, Any]:
    return {"status": error.status, "body": error.body} | more


def _proxy(status: int, **more: Any) -> dict[str, Any]:
    return {"status": status, "body": page(status)} | more


def _webhooks(**more: Any) -> dict[str, Any]:
    return {"scope": "webhooks"} | more


def _phone(**more: Any) -> dict[str, Any]:
    return {"scope": "phones", "phone": more}


_READING = "Cannot read properties of undefined (reading '{}')"
_UPDATES = ("messages.update",)

PRESETS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "timeout": ("accepted, then no answer for an hour", {"cut": "after", "hold_seconds": _AN_HOUR}),
    "timeout_unsent": ("not accepted, no answer for an hour", {"cut": "before", "hold_seconds": _AN_HOUR}),
    "cut_before": ("the connection is cut before the message was accepted", {"cut": "before"}),
    "cut_during": ("accepted, the connection is cut in the middle of the answer", {"cut": "during"}),
    "cut_after": ("accepted, the connection is cut instead of the answer", {"cut": "after"}),
    "slow": ("accepted, the answer comes 5 s later", {"status": None, "hold_seconds": 5.0}),
    "internal_error": ("500 of Evolution, not accepted", _answers(envelope(500, "Internal Server Error"))),
    "error_page": ("500 page of a proxy, not accepted", _proxy(500)),
    "bad_gateway": ("502 page of a proxy, not accepted", _proxy(502)),
    "service_unavailable": ("503 page of a proxy, not accepted", _proxy(503)),
    "gateway_timeout": ("504 page of a proxy that timed out: accepted", _proxy(504, accepted=True)),
    "too_many_requests": ("429 page of a proxy, not accepted", _proxy(429)),
    "connection_closed": ("500 Connection Closed of the number check", _answers(envelope(500, "Connection Closed"))),
    "connection_closed_sending": (
        "400 Error: Connection Closed of the send, not accepted",
        _answers(bad_request("Error: Connection Closed")),
    ),
    "timed_out": ("500 Timed Out of the number check", _answers(envelope(500, "Timed Out"))),
    "timed_out_sending": (
        "400 Error: Timed Out of the send, accepted nevertheless",
        _answers(bad_request("Error: Timed Out"), accepted=True),
    ),
    "no_sessions": (
        "400 SessionError: No sessions of the encryption, not accepted",
        _answers(bad_request("SessionError: No sessions")),
    ),
    "rate_overlimit": ("500 rate-overlimit of the number check", _answers(envelope(500, "rate-overlimit"))),
    "never_connected": ("500 TypeError onWhatsApp", _answers(envelope(500, _READING.format("onWhatsApp")))),
    "meta_unreachable": (
        "400 TypeError message: Meta hung up or answered no JSON",
        _answers(bad_request(f"TypeError: {_READING.format('message')}")),
    ),
    "meta_failed": ("201 with Meta's error 131000: not sent", {"status": 201, "body": _META_FAILED}),
    "no_key": ("201 with Meta's error 1 and without a key", {"status": 201, "body": _META_500}),
    "unauthorized": ("401, as with a wrong key", _answers(unauthorized(), scope="all")),
    "license_required": ("503 LICENSE_REQUIRED on every route", {"status": 503, "body": _LICENSE, "scope": "all"}),
    "logged_out": ("the phone logs out (401) at once, or at a send", {"status": None, "disconnect": 401, "times": 1}),
    "banned": ("WhatsApp bans the number (403) at once, or at a send", {"status": None, "disconnect": 403, "times": 1}),
    "unacknowledged": ("accepted, then no status ever", _phone(statuses=[])),
    "early": ("webhooks are posted before the HTTP answer", _phone(early=True)),
    "overtaken": ("the webhooks of a message arrive last first", _phone(overtake=True)),
    "duplicated": ("every webhook twice", _webhooks(copies=2)),
    "lost": ("webhooks are never posted", _webhooks(lost=True)),
    "delayed": ("webhooks are posted 30 s late", _webhooks(delay_seconds=30.0)),
    "reordered": ("webhooks are posted up to 3 s late, so in any order", _webhooks(delay_seconds=[0.0, 3.0])),
    "expired_token": ("webhooks with a token 900 s old, as of a late retry", _webhooks(token_age_seconds=900.0)),
    "answer_lost": ("the receiver's answer is lost, so Evolution posts again", _webhooks(answers_lost=1)),
    "unreachable": ("the first 8 attempts reach no receiver, for 15 min and more", _webhooks(unreachable=8)),
    "lid": ("messages.update from an @lid address", _webhooks(lid=True, events=_UPDATES)),
    "lid_reply": (
        "replies from an @lid address, their number hidden",
        _webhooks(lid=True, events=("messages.upsert",)),
    ),
}


def described() -> str:
    """The names with their descriptions, a line for each."""
    return "\n".join(f"  {name:<25}  {text}" for name, (text, _) in PRESETS.items())


def parse(script: Mapping[str, Any] | str) -> AnyFault:
    """A fault from a name, a name with changes or all of its fields.

    Raises:
        ValueError, TypeError: the script makes no sense.
    """
    given = {"fault": script} if isinstance(script, str) else dict(script)
    name = given.pop("fault", None)
    if name is None:
        return faults.parse(given)
    if name not in PRESETS:
        raise ValueError(f"fault is one of {', '.join(PRESETS)}")
    return faults.parse({"name": name} | dict(PRESETS[name][1]) | given)


def parse_answer(script: Mapping[str, Any] | str) -> Fault:
    """The same for a fault that spoils an answer."""
    fault = parse(script)
    if not isinstance(fault, Fault):
        raise ValueError(f"{fault.name} does not replace an answer")
    return fault
