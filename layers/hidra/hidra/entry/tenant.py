"""What the functions of tenants' entities share: the caller is a known user, lists come in pages."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from pydantic import BaseModel

from hidra.entry.http import Caller, caller
from hidra.errors import Forbidden
from hidra.store import users
from hidra.store.db import Database

_known: set[UUID] = set()


class Page[T](BaseModel):
    """One page of a list; with ``next_cursor`` as ``cursor`` the next request gives what follows."""

    items: list[T]
    next_cursor: str | None


def known_caller(app: APIGatewayHttpResolver, db: Database, *, groups_claim: str = "") -> Caller:
    """Who sent the request, known in core.users; the database is asked once a process and user.

    Raises:
        Forbidden: core.users belongs to the platform around Hidra and does not have this user.
    """
    who = caller(app, groups_claim=groups_claim)
    if who.user_id not in _known:
        if not db.as_user(
            who.user_id, lambda tx: users.ensure(tx, user_id=who.user_id, email=who.email, name=who.name)
        ):
            raise Forbidden("The token's subject is not a user here.", code="unknown-user")
        _known.add(who.user_id)
    return who


def instant(text: str) -> datetime:
    """A time in a cursor.

    Raises:
        ValueError: it is none, or of no zone, or PostgreSQL's client could not hand it back.
    """
    value = datetime.fromisoformat(text)
    try:
        if value.tzinfo is not None:
            return value.astimezone(UTC)
    except OverflowError:
        pass
    raise ValueError(text)


def no_content() -> Response[Any]:
    """The answer of a deletion."""
    return Response(status_code=204, body="")
