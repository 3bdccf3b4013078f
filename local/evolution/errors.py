"""Evolution's error envelopes, with the four shapes that their `message` has."""

from typing import Any

_NAMES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    500: "Internal Server Error",
}


class Refused(Exception):
    """An answer other than success, carried to the middleware that writes it."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body


def envelope(status: int, message: Any, error: str | None = None) -> Refused:
    """`{"status", "error", "response": {"message"}}`. Source: Evolution API 2.3.7, src/main.ts, src/exceptions."""
    return Refused(status, {"status": status, "error": error or _NAMES[status], "response": {"message": message}})


def unauthorized() -> Refused:
    """401: `message` is a plain string."""
    return envelope(401, "Unauthorized")


def bad_request(*messages: Any) -> Refused:
    """400 from a controller or service: `message` is a list of what was thrown."""
    return envelope(400, list(messages))


def schema_error(*messages: str) -> Refused:
    """400 from the JSON schema: a list of lists. Source: Evolution API 2.3.7, src/api/abstract/abstract.router.ts."""
    return envelope(400, [list(messages)])


def not_found(message: str) -> Refused:
    """404: a list with one string."""
    return envelope(404, [message])


def broken_envelope(*messages: Any) -> Refused:
    """The one of /chat/whatsappNumbers, without `response`."""
    return Refused(400, {"status": 400, "error": "Bad Request", "message": list(messages)})
