"""The database's phone hashes, and the functions that make hashes."""

from pathlib import Path
from typing import Any

import psycopg
import pytest

from hidra.domain.phone import IDENTITY_VERSION, key_check, phone_hash, subscriber
from hidra.errors import Unavailable
from hidra.store import identity, schema
from hidra.store.db import Database
from local.database import Database as Server
from tests.conftest import MIGRATIONS, PHONE_HASH_SECRET, ROOT, Databases

ROLES = [("http", "as_user"), ("jobs", "as_worker")]


def checked(databases: Databases, login: str, key: bytes = PHONE_HASH_SECRET) -> Database:
    return Database(
        {**databases.settings, "DATABASE_SECRET": login},
        databases.logins.__getitem__,
        check=identity.checked(lambda: key),
    )


def ask(db: Database, method: str, user: Any) -> Any:
    args = (user,) if method == "as_user" else ()
    return getattr(db, method)(*args, lambda tx: tx.value("select 1"))


@pytest.mark.parametrize(("login", "method"), ROLES)
def test_a_database_of_the_same_version_is_used(databases: Databases, user: Any, login: str, method: str) -> None:
    db = checked(databases, login)
    assert ask(db, method, user) == ask(db, method, user) == 1
    db.close()


@pytest.mark.parametrize(("login", "method"), ROLES)
def test_a_database_of_another_key_is_refused(databases: Databases, user: Any, login: str, method: str) -> None:
    db = checked(databases, login, b"of a stack that was made anew")
    for _ in range(2):
        with pytest.raises(Unavailable, match="Deploy with the parameter PhoneHashSecretArn") as refused:
            ask(db, method, user)
        assert refused.value.code == "identity-key"
    db.close()


def test_a_database_without_a_check_value_is_refused(databases: Databases) -> None:
    """Only a function can meet it that was not deployed after ``migrate``."""
    databases.owner.execute("update hidra.identity set key_check = null")
    db = checked(databases, "jobs")
    try:
        with pytest.raises(Unavailable, match="PhoneHashSecretArn"):
            ask(db, "as_worker", None)
    finally:
        db.close()
        databases.owner.execute("update hidra.identity set key_check = %s", [key_check(PHONE_HASH_SECRET)])


@pytest.mark.parametrize(("login", "method"), ROLES)
@pytest.mark.parametrize("version", [1, IDENTITY_VERSION + 1, None])
def test_a_database_of_another_version_is_refused_until_it_is_replaced(
    fresh_database: Databases, user: Any, login: str, method: str, version: int | None
) -> None:
    owner = fresh_database.owner
    if version is None:
        owner.execute("alter table hidra.identity rename to away")  # as before there were versions
    else:
        owner.execute("update hidra.identity set version = %s", [version])
    db = checked(fresh_database, login)
    for _ in range(2):
        with pytest.raises(Unavailable, match=f"version {version}.* create a new database") as refused:
            ask(db, method, user)
        assert refused.value.code == "identity-version"
    if version is None:
        owner.execute("alter table hidra.away rename to identity")
    owner.execute("update hidra.identity set version = %s", [IDENTITY_VERSION])
    assert ask(db, method, user) == 1
    db.close()


def test_every_function_that_hashes_phones_checks_the_version_and_the_key() -> None:
    for path in Path(ROOT / "functions").glob("*/app.py"):
        text = path.read_text()
        assert ("hash_secret" in text) == ("check=identity.checked(phone_hash_secret)" in text), path


def test_the_version_belongs_to_these_hashes() -> None:
    """If this fails, hashes changed: raise IDENTITY_VERSION, write a migration that sets it, and change this test."""
    made = {
        number: phone_hash(b"k", "u", number).hex()[:12]
        for number in ("+5531987654321", "+525512345678", "+5491123450001")
    }
    assert (IDENTITY_VERSION, made) == (
        2,
        {"+5531987654321": "5a30a577a2b7", "+525512345678": "eaa1ea2aa283", "+5491123450001": "ce50de7760d8"},
    )


SPELLINGS = [
    "+5531987654321",
    "+553133334444",
    "+525512345678",
    "+541123450001",
    "+5491123450001",
    "+5492966412345",
    "+351912345678",
]


def test_the_database_and_the_code_agree_on_who_is_the_same_subscriber(databases: Databases) -> None:
    found = {
        number: databases.owner.execute("select hidra.subscriber(%s)", [number]).fetchone() for number in SPELLINGS
    }
    for one in SPELLINGS:
        for other in SPELLINGS:
            assert (found[one] == found[other]) == (subscriber(one) == subscriber(other)), (one, other)


def test_a_database_with_hashes_of_before_is_not_migrated(server: Server, tmp_path: Path) -> None:
    for path in MIGRATIONS.glob("*.sql"):
        if path.name < "0010":
            (tmp_path / path.name).write_text(path.read_text())
    url = server.create()
    schema.migrate(f"{url}?sslmode=disable", tmp_path)
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("insert into core.users (id) values (gen_random_uuid())")
        owner.execute("insert into hidra.opt_outs (user_id, phone_hash, source) select id, '', 'api' from core.users")
    with pytest.raises(Exception, match="keeps opt-outs under hashes that this version of Hidra cannot find"):
        schema.migrate(f"{url}?sslmode=disable", MIGRATIONS)
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("delete from hidra.opt_outs")
    schema.migrate(f"{url}?sslmode=disable", MIGRATIONS)
