"""The user who calls: admitted by the deployment's rules, and known in core.users."""

from collections.abc import Callable, Mapping
from uuid import UUID

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from hidra.entry.http import Caller, caller
from hidra.errors import Forbidden
from hidra.store import users
from hidra.store.db import Database, Tx

ANY_GROUP = "*"
_known: set[UUID] = set()


def user_of(app: APIGatewayHttpResolver, db: Callable[[], Database], env: Mapping[str, str]) -> Callable[[], UUID]:
    """A function that returns the id of the user who sent the present request; errors as in ``known_caller``.

    ``db`` is called for each request: a test replaces a function's database after its import.
    """
    return lambda: known_caller(app, db(), env).user_id


def known_caller(app: APIGatewayHttpResolver, db: Database, env: Mapping[str, str]) -> Caller:
    """The caller, who is in the allowed group and whose user exists in core.users.

    The group is checked in each token, the database is asked once for each user and process.

    Args:
        env: the settings TENANT_SETTINGS. ALLOWED_GROUP is a group's name, or ANY_GROUP: every user of the issuer.

    Raises:
        Forbidden: the token names no allowed group. Or core.users does not have its user, and users are not created:
            the deployment refuses unknown ones, or core.users belongs to the platform around Hidra.
    """
    found = caller(app, groups_claim=env["GROUPS_CLAIM"])
    if env["ALLOWED_GROUP"] not in (ANY_GROUP, *found.groups):
        raise Forbidden(
            "The token's user is not in the group that may use this deployment. Use the token of a member.",
            code="not-in-group",
        )
    if found.user_id not in _known:
        if not db.as_user(found.user_id, lambda tx: _exists(tx, found, create=env["UNKNOWN_USERS"] == "create")):
            raise Forbidden(
                "The token's subject is not a user of this deployment. Use a token of one of its users.",
                code="unknown-user",
            )
        _known.add(found.user_id)
    return found


def _exists(tx: Tx, found: Caller, *, create: bool) -> bool:
    return users.ensure(tx, email=found.email, name=found.name) if create else users.exists(tx)
