"""The keys that this database's phone hashes and sealed API keys need. ``migrate`` compares them with those of the
deployment: a stack that is made anew has other secrets, and would honour no opt-out and open no API key.
"""

from collections.abc import Callable, Mapping
from typing import LiteralString

import psycopg
from psycopg.rows import scalar_row, tuple_row

from hidra.domain.phone import key_check
from hidra.errors import Rejected
from hidra.store.identity import OTHER_KEY

KEY_CHECK = "select key_check from hidra.identity for update"
SET_KEY_CHECK = "update hidra.identity set key_check = %(given)s"
# Every table with a keyed hash of a phone or of a hidden id.
HASHES: LiteralString = """
select exists (select from hidra.contacts) or exists (select from hidra.opt_outs)
    or exists (select from hidra.opt_out_requests) or exists (select from hidra.whatsapp_lids)
    or exists (select from hidra.campaign_messages where phone_hash is not null)
    or exists (select from hidra.direct_sends) or exists (select from hidra.opt_out_confirmations)
    or exists (select from hidra.replies_unmatched)
"""
VAULT_KEYS = "select id, public_key from hidra.vault_keys order by id for update"
SEALED_TO: LiteralString = """
select exists (
    select from hidra.evolution_api_config
    where substr(api_key_encrypted, 1, length(%(begins)s::bytea)) = %(begins)s::bytea
)
"""
DELETE_VAULT_KEYS = "delete from hidra.vault_keys where id <> all(%(ids)s::text[])"
SAVE_VAULT_KEYS: LiteralString = """
insert into hidra.vault_keys (id, public_key)
select id, public_key from unnest(%(ids)s::text[], %(public_keys)s::text[]) as given (id, public_key)
on conflict (id) do update set public_key = excluded.public_key
"""


def keep_hash_key(url: str, secret: bytes) -> None:
    """Writes the check value of the key that phones are hashed with, as the database's owner.

    A database without a hash takes any key: that of a first deploy that failed is gone with its stack.

    Raises:
        Rejected: the hashes of this database were made with another key; the words say what to do.
    """
    with psycopg.connect(url, connect_timeout=5) as connection, connection.cursor(row_factory=scalar_row) as cursor:
        known, given = cursor.execute(KEY_CHECK).fetchone(), key_check(secret)
        if known == given:
            return
        if known is not None and cursor.execute(HASHES).fetchone():
            raise Rejected(OTHER_KEY, code="identity-key")
        cursor.execute(SET_KEY_CHECK, {"given": given})


def keep_vault_keys(url: str, public_keys: Mapping[str, str], header: Callable[[str], bytes]) -> None:
    """Writes the public keys of the deployment, as the database's owner.

    Args:
        public_keys: base64 of 32 bytes each, by id.
        header: what an API key that is sealed to the key of this id begins with.

    Raises:
        Rejected: API keys are sealed to a key that the deployment does not have; the words say what to do.
    """
    with psycopg.connect(url, connect_timeout=5) as connection, connection.cursor(row_factory=tuple_row) as cursor:
        for key_id, public_key in cursor.execute(VAULT_KEYS).fetchall():
            needed = cursor.execute(SEALED_TO, {"begins": header(key_id)}).fetchone() == (True,)
            if needed and public_keys.get(key_id) != public_key:
                raise Rejected(
                    f"API keys in this database are sealed to the vault's key {key_id}, and this deployment has "
                    f"{'another key of that id' if key_id in public_keys else 'no key of that id'}: no message could "
                    "be sent. Deploy with the parameter VaultSecretArn, the ARN of the secret that was used before: it "
                    "outlives its stack, with VaultSecret in its name.",
                    code="vault-key",
                )
        given = {"ids": list(public_keys), "public_keys": list(public_keys.values())}
        cursor.execute(DELETE_VAULT_KEYS, given)
        cursor.execute(SAVE_VAULT_KEYS, given)
