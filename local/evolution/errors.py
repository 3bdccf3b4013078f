"""Evolution's error envelopes, with the four shapes of their `message`."""

from typing import Any

_NAMES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    500: "Internal Server Error",
}


class ErrorResponse(Exception):
    """An answer other than success, carried to the middleware that writes it."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body


def envelope(status: int, message: Any, error: str | None = None) -> ErrorResponse:
    """`{"status", "error", "response": {"message"}}`. Source: Evolution API 2.3.7, src/main.ts, src/exceptions."""
    return ErrorResponse(status, {"status": status, "error": error or _NAMES[status], "response": {"message": message}})


def unauthorized() -> ErrorResponse:
    """401: `message` is a plain string."""
    return envelope(401, "Unauthorized")


def bad_request(*messages: Any) -> ErrorResponse:
    """400 from a controller or service: `message` is a list of the errors thrown."""
    return envelope(400, list(messages))


def schema_error(*messages: str) -> ErrorResponse:
    """400 from the JSON schema: a list of lists. Source: Evolution API 2.3.7, src/api/abstract/abstract.router.ts."""
    return envelope(400, [list(messages)])


def not_found(message: str) -> ErrorResponse:
    """404: a list with one string."""
    return envelope(404, [message])


def bad_request_without_response(*messages: Any) -> ErrorResponse:
    """400 of /chat/whatsappNumbers: `message` stands beside `error`, without `response`."""
    return ErrorResponse(400, {"status": 400, "error": "Bad Request", "message": list(messages)})
