"""Each user's choices: the words that opt out and in by reply, and the confirmation of an opt-out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from hidra.store.db import Tx

GET = """
select opt_out_words, opt_in_words, confirmation from hidra.opt_out_settings where user_id = %(user_id)s
"""
SAVE = """
insert into hidra.opt_out_settings (user_id, opt_out_words, opt_in_words, confirmation)
values (%(user_id)s, %(opt_out_words)s, %(opt_in_words)s, %(confirmation)s)
on conflict (user_id) do update
set opt_out_words = excluded.opt_out_words, opt_in_words = excluded.opt_in_words,
    confirmation = excluded.confirmation, updated_at = now()
"""
OF_CONNECTIONS = """
select k.id as connection_id, k.user_id, s.opt_out_words, s.opt_in_words, s.confirmation is not null as confirms
from hidra.evolution_api_config k left join hidra.opt_out_settings s on s.user_id = k.user_id
where k.id = any(%(connection_ids)s)
"""


@dataclass(frozen=True)
class StoredOptOutSettings:
    opt_out_words: list[str]
    opt_in_words: list[str]
    confirmation: str | None


@dataclass(frozen=True)
class ReplySettings:
    """How replies to a connection are read; the words are None where the user chose none."""

    connection_id: UUID
    user_id: UUID
    opt_out_words: list[str] | None
    opt_in_words: list[str] | None
    confirms: bool


def get(tx: Tx) -> StoredOptOutSettings | None:
    """Returns the user's choices; None if there are none."""
    return tx.row(StoredOptOutSettings, GET)


def save(tx: Tx, *, opt_out_words: Sequence[str], opt_in_words: Sequence[str], confirmation: str | None) -> None:
    tx.run(
        SAVE,
        opt_out_words=list(opt_out_words),
        opt_in_words=list(opt_in_words),
        confirmation=confirmation,
    )


def of_connections(tx: Tx, connection_ids: Iterable[UUID]) -> dict[UUID, ReplySettings]:
    """Returns the settings for each of the connections that still exists."""
    rows = tx.rows(ReplySettings, OF_CONNECTIONS, connection_ids=list(connection_ids))
    return {row.connection_id: row for row in rows}
