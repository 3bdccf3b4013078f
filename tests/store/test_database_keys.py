"""What ``migrate`` says to keys that the database does not belong to: a stack that was made anew has other ones."""

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest

from hidra.errors import Rejected
from hidra.gateways import vault
from hidra.store import database_keys
from local.database import Database as Server
from tests.conftest import PHONE_HASH_SECRET, Databases

OTHER = b"of a stack that was made anew"


@pytest.fixture
def url(databases: Databases, server: Server) -> Iterator[str]:
    """The owner's; afterwards the database belongs to the key of all tests again."""
    yield server.url_of(databases.settings["DATABASE_NAME"])
    databases.owner.execute("update hidra.identity set key_check = null")
    database_keys.keep_hash_key(server.url_of(databases.settings["DATABASE_NAME"]), PHONE_HASH_SECRET)


def key_check(databases: Databases) -> bytes | None:
    found = databases.owner.execute("select key_check from hidra.identity").fetchone()
    assert found is not None
    return found[0]


HASHED = {
    "an opt-out": "insert into hidra.opt_outs (user_id, phone_hash, source) values (%s, 'hash', 'api')",
    "a contact": "insert into hidra.contacts (user_id, phone, phone_hash) values (%s, '+5511987654321', 'hash')",
}


@pytest.mark.parametrize("row", HASHED)
def test_another_key_is_refused_where_a_phone_is_hashed_and_the_words_say_what_to_do(
    databases: Databases, user: UUID, url: str, row: str
) -> None:
    databases.owner.execute(HASHED[row], [user])  # type: ignore[call-overload]  # a constant
    before = key_check(databases)
    with pytest.raises(Rejected, match=r"no opt-out would be found.*PhoneHashSecretArn") as refused:
        database_keys.keep_hash_key(url, OTHER)
    assert refused.value.code == "identity-key"
    assert key_check(databases) == before
    database_keys.keep_hash_key(url, PHONE_HASH_SECRET)


def test_a_database_without_a_hash_takes_the_key_of_a_deploy_after_one_that_failed(
    databases: Databases, url: str
) -> None:
    before = key_check(databases)
    database_keys.keep_hash_key(url, OTHER)
    assert key_check(databases) not in (None, before)


def test_a_database_of_before_the_check_takes_the_first_key_and_then_no_other(
    databases: Databases, user: UUID, url: str
) -> None:
    databases.owner.execute("update hidra.identity set key_check = null")
    databases.owner.execute(HASHED["an opt-out"], [user])
    database_keys.keep_hash_key(url, OTHER)
    with pytest.raises(Rejected):
        database_keys.keep_hash_key(url, PHONE_HASH_SECRET)


def test_every_table_with_hashes_is_asked_for_some(databases: Databases) -> None:
    rows = databases.owner.execute(
        "select table_name from information_schema.columns join information_schema.tables using (table_schema, table_name)"
        " where table_schema = 'hidra' and table_type = 'BASE TABLE' and column_name in ('phone_hash', 'lid_hash')"
    ).fetchall()
    assert len(rows) >= 7
    assert [table for (table,) in rows if f"hidra.{table}" not in database_keys.HASHES] == []


def a_key() -> str:
    return vault.new_private_key()


def public(**private: str) -> dict[str, str]:
    return vault.public_keys(private)


def seal(owner: psycopg.Connection, user: UUID, keys: dict[str, str]) -> None:
    sealed = vault.seal(keys, "api-key", user_id=user, base_url="https://evolution.example")
    owner.execute(
        "insert into hidra.evolution_api_config (user_id, base_url, instance_name, api_key_encrypted)"
        " values (%s, 'https://evolution.example', 'loja', %s)",
        [user, sealed],
    )


def kept(databases: Databases) -> dict[str, str]:
    return dict(databases.owner.execute("select id, public_key from hidra.vault_keys").fetchall())


@pytest.mark.parametrize("other", ["another key of that id", "no key of that id"])
def test_vault_keys_that_cannot_open_what_is_sealed_are_refused_in_words(
    databases: Databases, user: UUID, url: str, other: str
) -> None:
    first = public(k1=a_key())
    database_keys.keep_vault_keys(url, first, vault.header)
    seal(databases.owner, user, first)
    anew = public(k1=a_key()) if other.startswith("another") else public(k2=a_key())
    with pytest.raises(Rejected, match=f"key k1.*{other}.*VaultSecretArn") as refused:
        database_keys.keep_vault_keys(url, anew, vault.header)
    assert refused.value.code == "vault-key"
    assert kept(databases) == first
    database_keys.keep_vault_keys(url, first | public(k2=a_key()), vault.header)  # a rotation keeps the old one


def test_vault_keys_that_nothing_is_sealed_to_may_go(databases: Databases, user: UUID, url: str) -> None:
    old, new = public(k1=a_key()), public(k2=a_key())
    database_keys.keep_vault_keys(url, old | new, vault.header)
    seal(databases.owner, user, old | new)  # to k2, which sorts last
    database_keys.keep_vault_keys(url, new, vault.header)
    assert kept(databases) == new


def test_the_public_half_belongs_to_the_private_one() -> None:
    private = a_key()
    sealed = vault.seal(public(k1=private), "api-key", user_id=UUID(int=1), base_url="https://evolution.example")
    opened = vault.open_sealed({"k1": private}, sealed, user_id=UUID(int=1), base_url="https://evolution.example")
    assert opened == "api-key"
