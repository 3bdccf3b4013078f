"""The HTTP edge: the caller, request bodies, and errors as problem documents (RFC 9457)."""

import json
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ConfigDict

from hidra import errors
from hidra.entry.compression import gzipped, takes_gzip
from hidra.entry.sizes import MAX_BODY_BYTES, fitting
from hidra.telemetry import logger

# Errors of fields that no schema can express: zones and times that do not exist.
WRONG_TIMES = {"time_zone", "no_length", "local_time"}
STATUS = {
    errors.Malformed: HTTPStatus.BAD_REQUEST,
    errors.TooLarge: HTTPStatus.CONTENT_TOO_LARGE,
    errors.Rejected: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
PROBLEM_TYPE = "urn:hidra:problem:"
COMPRESSED_FROM = 4_096  # bytes of an answer
# A validator is built when a request first needs it: of all models, a cold start needs two or three.
_LATER = True
_LIST = re.compile(r"\[(.*)\]", re.DOTALL)
_SHOWN_OF_NAME = 100  # characters of an unknown parameter's name
# Characters of a wrong field's place and message, which may repeat what the client sent.
_SHOWN_OF_PLACE, _SHOWN_OF_MESSAGE = 200, 500
_SHOWN_FIELDS = 1_000  # as many as one request may have contacts
# The alarm of the API counts log lines with ``fault`` (ApiFaults in template.yaml), and API Gateway's 5xx not at all.
# Problems of status 503 that a tenant can cause alone: with a dead server, two requests at once, or a heavy one.
CAUSED_BY_TENANTS = {"evolution-unavailable", "locked", "too-slow"}


class Body(BaseModel):
    """A request's JSON: an unknown field is an error, text is stripped, types are not guessed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, strict=False, frozen=True, defer_build=_LATER)


class Answer(BaseModel):
    """What a route answers."""

    model_config = ConfigDict(defer_build=_LATER)


@dataclass(frozen=True)
class Caller:
    """The sender of the request, as the verified token says."""

    user_id: UUID
    email: str | None
    name: str | None
    groups: frozenset[str]


def resolver() -> APIGatewayHttpResolver:
    """A function's routes; requests and answers are validated, every error becomes a problem document."""
    app = APIGatewayHttpResolver(enable_validation=True, json_body_deserializer=_read_json)
    app.use(middlewares=[_check_parameters])

    @app.exception_handler(RequestValidationError)
    def invalid(error: RequestValidationError) -> Response[Any]:
        found = error.errors()
        if any(item["loc"][0] == "response" for item in found):
            return broken()
        if any(item["type"] == "json_invalid" for item in found):
            return malformed()
        if any(item["loc"][0] == "path" for item in found):
            return problem(errors.NotFound("There is nothing with this id."))
        if wrong := _wrong_parameters(app):
            return problem(wrong)
        return problem(
            errors.Rejected(
                "The request is not valid. Correct the fields in errors.",
                code="wrong-times" if {item["type"] for item in found} <= WRONG_TIMES else None,
                fields=[_field(item) for item in found],
            )
        )

    @app.exception_handler(UnicodeDecodeError)
    def no_text(_: UnicodeDecodeError) -> Response[Any]:
        return malformed()

    @app.exception_handler(errors.HidraError)
    def known(error: errors.HidraError) -> Response[Any]:
        return problem(error)

    @app.exception_handler(Exception)
    def unknown(_: Exception) -> Response[Any]:
        return broken()

    def malformed() -> Response[Any]:
        return problem(errors.Malformed("The body is not valid JSON. Correct it."))

    def broken() -> Response[Any]:
        logger.exception("request failed", fault=True)
        return _document(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "internal",
            "Hidra failed to process the request. Try again later.",
            (),
            {},
        )

    @app.not_found
    def no_route(_: NotFoundError) -> Response[Any]:
        return problem(errors.NotFound("There is no such route. See the API's description for its routes."))

    return app


def lambda_handler(app: APIGatewayHttpResolver) -> Callable[[dict[str, Any], LambdaContext], dict[str, Any]]:
    """The function's entry point, with the request's id in every log line."""

    @logger.inject_lambda_context(clear_state=True)
    def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        # A body is JSON, whatever content type the client sends; Powertools would read it as a form, or fail.
        event = {**event, "headers": {**event.get("headers", {}), "content-type": "application/json"}}
        if _body_bytes(event) > MAX_BODY_BYTES:
            return _too_large()
        answer = app.resolve(event, context)
        if not isinstance(answer["body"], str):  # Powertools writes out application/json, not application/problem+json
            answer["body"] = json.dumps(answer["body"])
        return _compressed(event, answer)

    return handler


def answers(
    *statuses: int,
    rejected: Sequence[str] = (),
    forbidden: Sequence[str] = (),
    not_found: Sequence[str] = (),
    conflict: Sequence[str] = (),
    unavailable: Sequence[str] = (),
) -> dict[int, Any]:
    """A route's ``responses``, for the API's description: ``answers(201, rejected=["unknown-segment"])``.

    Args:
        statuses: of success; without any, the route's ``status_code``.
        rejected, forbidden, not_found, conflict, unavailable: the problem codes that only this route has. Those that
            every route of its shape has (malformed JSON, unknown id, ...) are added by ``local/openapi``.
    """
    problems = {
        errors.Rejected: rejected,
        errors.Forbidden: forbidden,
        errors.NotFound: not_found,
        errors.Conflict: conflict,
        errors.Unavailable: unavailable,
    }
    named = {STATUS[kind].value: {"problems": tuple(codes)} for kind, codes in problems.items() if codes}
    return {status: {} for status in statuses} | named


def caller(app: APIGatewayHttpResolver, *, groups_claim: str = "") -> Caller:
    """The token's subject, checked by API Gateway's JWT authorizer.

    Raises:
        Forbidden: the token has no subject that is a UUID.
    """
    claims: Mapping[str, Any] = app.current_event.request_context.authorizer.jwt_claim or {}
    try:
        user_id = UUID(str(claims.get("sub", "")))
    except ValueError:
        raise errors.Forbidden("The token's subject is not a user's id. Use a token whose sub is a UUID.") from None
    return Caller(user_id, claims.get("email"), claims.get("name"), _groups(claims, groups_claim))


def problem(error: errors.HidraError) -> Response[Any]:
    """An error as a problem document."""
    status = next(STATUS[cls] for cls in type(error).__mro__ if cls in STATUS)
    if isinstance(error, errors.Unavailable) and not _caused_by_tenant(error):
        logger.error("the API is unavailable", reason=str(error), fault=True)
    return _document(status, error.code, str(error), error.fields, error.more)


def _caused_by_tenant(error: errors.Unavailable) -> bool:
    # Unanswered: connection_check waits for the tenant's server, and has an alarm of its own.
    return error.code in CAUSED_BY_TENANTS or isinstance(error, errors.Unanswered)


def no_content() -> Response[Any]:
    """The answer to a deletion."""
    return Response(status_code=HTTPStatus.NO_CONTENT.value, body="")


def _document(
    status: HTTPStatus, code: str, detail: str, fields: tuple[errors.Field, ...], more: Mapping[str, Any]
) -> Response[Any]:
    body: dict[str, Any] = {
        **more,
        "type": PROBLEM_TYPE + code,
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
    }
    if fields:
        wrong = [
            {"field": _shown(item.field, _SHOWN_OF_PLACE), "message": _shown(item.message, _SHOWN_OF_MESSAGE)}
            for item in fields[:_SHOWN_FIELDS]
        ]
        body["errors"] = fitting(wrong, to_json=lambda item: item)
        if len(body["errors"]) < len(fields):
            body["detail"] += f" It has {len(fields):,} wrong fields; errors names the first {len(body['errors']):,}."
    return Response(status_code=status.value, content_type="application/problem+json", body=body)


def _shown(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _body_bytes(event: Mapping[str, Any]) -> int:
    """The bytes of a body as Lambda received it: of Base64, a third more than the client sent."""
    body = event.get("body") or ""
    return len(body) if len(body) > MAX_BODY_BYTES or body.isascii() else len(body.encode(errors="surrogatepass"))


def _too_large() -> dict[str, Any]:
    """The answer to a request whose body is not even parsed."""
    answer = problem(errors.TooLarge(f"The body has more than {MAX_BODY_BYTES:,} bytes. Send it in several requests."))
    return {
        "statusCode": answer.status_code,
        "headers": {"Content-Type": answer.content_type},
        "body": json.dumps(answer.body),
        "isBase64Encoded": False,
    }


def _compressed(event: Mapping[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """The answer; a long one is compressed for a client that takes that."""
    if len(answer["body"]) < COMPRESSED_FROM or not takes_gzip(event["headers"].get("accept-encoding", "")):
        return answer
    headers = {**answer["headers"], "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    body = b64encode(gzipped(answer["body"].encode())).decode()
    return {**answer, "headers": headers, "body": body, "isBase64Encoded": True}


def _check_parameters(app: APIGatewayHttpResolver, next_middleware: NextMiddleware) -> Response[Any]:
    error = _wrong_parameters(app)
    return problem(error) if error else next_middleware(app)


def _wrong_parameters(app: APIGatewayHttpResolver) -> errors.Rejected | None:
    """The error of a query with an unknown parameter, whose answer would be one to another question, or a repeated one.

    API Gateway joins the values of a repeated parameter with commas, so they are counted in the raw query.
    """
    known = {field.alias for field in app.context["_route"].dependant.query_params}
    event = app.current_event
    given = Counter(name for name, _ in parse_qsl(event.raw_query_string or "", keep_blank_values=True))
    given.update(dict.fromkeys((event.query_string_parameters or {}).keys() - given.keys(), 1))
    unknown = [name[:_SHOWN_OF_NAME] for name in given if name not in known]
    if unknown:
        takes = f"takes {', '.join(sorted(known))}" if known else "takes none"
        return errors.Rejected(
            f"The query has parameters that this route does not know; it {takes}. Remove or correct them.",
            code="unknown-parameter",
            fields=[errors.Field(name, f"is not a parameter of this route, which {takes}") for name in unknown],
        )
    repeated = [name for name, times in given.items() if times > 1]
    if repeated:
        return errors.Rejected(
            "The query has a parameter more than once. Send it once.",
            fields=[errors.Field(name, f"is sent {given[name]} times, and may be sent once") for name in repeated],
        )
    return None


def _read_json(text: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):  # a number of 5,000 digits, 100,000 brackets
        raise json.JSONDecodeError("not JSON", "", 0) from None
    # Powertools would read the first item of a list as the whole body.
    return tuple(value) if isinstance(value, list) else value


def _field(item: Mapping[str, Any]) -> errors.Field:
    # A part in angle brackets is the tag of a union's member, not a place in the request.
    place = ".".join(str(part) for part in item["loc"][1:] if not str(part).startswith("<")) or str(item["loc"][0])
    return errors.Field(place, str(item["msg"]))


def _groups(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    """The groups of a claim that is a list, a list's text, or one group's name.

    API Gateway's HTTP API passes ["site admin", "ops"] on as the text "[site admin ops]". Only Cognito's groups have no
    white space in their names (API reference of Cognito, "CreateGroup"); of another issuer such a text gives no group.
    """
    claim = claims.get(name)
    if isinstance(claim, list):
        return frozenset(map(str, claim))
    if not isinstance(claim, str):
        return frozenset()
    listed = _LIST.fullmatch(claim)
    groups = listed[1].split() if listed else [claim]
    if len(groups) > 1 and not str(claims.get("iss", "")).startswith("https://cognito-idp."):
        logger.warning("the groups of a token cannot be told apart", claim=name, words=len(groups))
        return frozenset()
    return frozenset(groups)
