"""The user who calls, known in core.users."""

from collections.abc import Callable
from uuid import UUID

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from hidra.entry.http import Caller, caller
from hidra.errors import Forbidden
from hidra.store import users
from hidra.store.db import Database

_known: set[UUID] = set()


def user_of(app: APIGatewayHttpResolver, db: Callable[[], Database]) -> Callable[[], UUID]:
    """A function that returns the id of the user who sent the present request; errors as in ``known_caller``.

    ``db`` is called for each request: a test replaces a function's database after its import.
    """
    return lambda: known_caller(app, db()).user_id


def known_caller(app: APIGatewayHttpResolver, db: Database, *, groups_claim: str = "") -> Caller:
    """The caller, whose user exists in core.users; the database is asked once for each user and process.

    Raises:
        Forbidden: core.users belongs to the platform around Hidra and does not have this user.
    """
    found = caller(app, groups_claim=groups_claim)
    if found.user_id not in _known:
        if not db.as_user(found.user_id, lambda tx: users.ensure(tx, email=found.email, name=found.name)):
            raise Forbidden(
                "The token's subject is not a user of this deployment. Use a token of one of its users.",
                code="unknown-user",
            )
        _known.add(found.user_id)
    return found
