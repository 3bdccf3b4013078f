"""The functions against the real database, as any user."""

import base64
import json
import os
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType
from uuid import UUID, uuid4

import pytest
from botocore.loaders import JSONFileLoader
from nacl.public import PrivateKey

from hidra.gateways import aws_api
from tests.conftest import Databases
from tests.functions import workers
from tests.functions.api import Api
from tests.functions.workers import Aws

PHONE_HASH_SECRET = workers.PHONE_HASH_SECRET.encode()

# The settings that the HTTP functions require at import. Tests replace db and the gateways, so no value is used.
for name in (
    "DATABASE_HOST",
    "DATABASE_PORT",
    "DATABASE_NAME",
    "DATABASE_SSLMODE",
    "DATABASE_ROOT_CERTIFICATES",
    "DATABASE_POOLER",
    "DATABASE_SECRET",
    "PHONE_HASH_SECRET",
    "CAMPAIGN_QUEUE_URL",
    "CONNECTION_CHECK_FUNCTION",
    "MESSAGE_SENDER_FUNCTION",
    "IMPORT_BUCKET",
    "IMPORT_QUEUE_URL",
    "EXPORT_BUCKET",
    "EXPORT_QUEUE_URL",
):
    os.environ.setdefault(name, "none")
# The same in every copy of this module that pytest may load.
VAULT_KEY = PrivateKey(bytes(range(32)))
os.environ.setdefault("VAULT_PUBLIC_KEYS", json.dumps({"v1": base64.b64encode(bytes(VAULT_KEY.public_key)).decode()}))
os.environ.setdefault("ALLOW_PRIVATE_ADDRESSES", "false")
os.environ.setdefault("SENDER_CONCURRENCY", "50")
os.environ.setdefault("CONNECTION_SHARE", "100")
os.environ.setdefault("ADMIN_GROUP", "admin")
os.environ.setdefault("GROUPS_CLAIM", "cognito:groups")
os.environ.setdefault("ALLOWED_GROUP", "*")
os.environ.setdefault("UNKNOWN_USERS", "create")

_LOAD = JSONFileLoader.load_file


@pytest.fixture(autouse=True)
def aws_is_left_as_found() -> Iterator[None]:
    """Two replacements that are undone in the wrong order would leave one of them to the tests that follow."""
    before = aws_api.call, aws_api.invoke
    yield
    assert (aws_api.call, aws_api.invoke) == before


@cache
def _description(path: str) -> object:
    return _LOAD(JSONFileLoader(), path)


# Each test that moto answers has a session of its own, which would parse the same descriptions of AWS anew.
JSONFileLoader.load_file = lambda _, path: _description(path)


class Nudges(list[tuple[UUID, UUID]]):
    """``delays``: for how many seconds each is delayed."""

    def __init__(self) -> None:
        super().__init__()
        self.delays: list[int] = []

    def __call__(self, *, user_id: UUID, campaign_id: UUID, seconds: int = 0) -> None:
        self.append((user_id, campaign_id))
        self.delays.append(seconds)


@pytest.fixture
def nudges() -> Nudges:
    """The nudges sent, as (user id, campaign id)."""
    return Nudges()


@pytest.fixture
def load_function(databases: Databases, monkeypatch: pytest.MonkeyPatch, nudges: Nudges) -> Callable[[str], ModuleType]:
    def load(name: str) -> ModuleType:
        module = workers.use(name, monkeypatch)
        monkeypatch.setattr(module, "db", databases.http)
        if name in ("contacts", "campaigns", "recipients"):
            monkeypatch.setattr(module, "phone_hash_secret", lambda: PHONE_HASH_SECRET)
        if name in ("campaigns", "connections"):
            monkeypatch.setattr(module, "nudge", nudges)
        return module

    return load


@pytest.fixture
def call(load_function: Callable[[str], ModuleType], user: UUID) -> Callable[..., Api]:
    """``call("contacts")`` is the function as the tenant ``user`` reaches it, or as ``user_id``."""

    def call(name: str, user_id: UUID = user, **claims: str) -> Api:
        return Api(load_function(name), user_id, claims)

    return call


@pytest.fixture
def on_aws() -> Iterator[Aws]:
    """AWS with a bucket for files. A module that needs none has a fixture of its own."""
    with Aws.with_bucket() as running:
        yield running


@pytest.fixture
def stranger(databases: Databases) -> UUID:
    """Another tenant."""
    user_id = uuid4()
    databases.owner.execute("insert into core.users (id) values (%s)", [user_id])
    return user_id
