"""Campaign messages in doubt: posted or not, their outcome is unknown until Evolution is asked for them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hidra.domain.content import MediaType
from hidra.store.db import Tx

# Whether the connection of a message m leads to the instance that the message was claimed for: it may have been saved
# with another one since, or deleted.
THERE = """exists (
    select from hidra.evolution_api_config k
    where k.id = m.evolution_config_id and k.deleted_at is null and coalesce(
        hidra.endpoint_hash(k.base_url, k.instance_name) = (
            select e.endpoint_hash from hidra.connection_endpoints e
            where e.evolution_config_id = m.evolution_config_id and e.since <= m.claimed_at
            order by e.since desc limit 1
        ),
        true
    )
)"""
# A part of each connection's messages. Those due to be given up come first, the others at random: so each is looked up
# again and again. No message to a phone with an open request: what that one sends could be mistaken for this one.
UNKNOWN = f"""
select id, connection_id, phone, variables, body, media_type, claimed_at, requested_message_id,
    statement_timestamp() as read_at
from (
    select m.id, m.evolution_config_id as connection_id, m.phone, m.variables, r.body, r.media_type,
        m.claimed_at, m.requested_message_id,
        row_number() over (
            partition by m.evolution_config_id order by (m.claimed_at < %(overdue)s) desc, random()
        ) as place
    from hidra.campaign_messages m
    join hidra.campaign_runs r on r.id = m.run_id
    where m.status = 'unknown' and m.evolution_config_id = any(%(connection_ids)s) and {THERE}
        and not exists (
            select from hidra.campaign_messages s
            where s.evolution_config_id = m.evolution_config_id and s.status = 'sending' and s.phone = m.phone
        )
) u
where place <= %(each)s
order by connection_id, claimed_at, id
"""  # noqa: S608 - made of constants
# A direct send t, claimed near the time of a message m, whose own id is not known: what was found may be this one.
NAMELESS_DIRECT_SEND = """
t.provider_message_id is null
    and t.claimed_at between m.claimed_at - interval '5 min' and m.claimed_at + interval '5 min'
"""
# The same guard as in UNKNOWN, for requests that began while Evolution was asked; and for direct sends of that time
# without an id, or with this id by now. No two campaign messages have the same id: campaign_messages_provider_id.
AMBIGUOUS = f"""
select exists (
    select from hidra.campaign_messages s
    where s.evolution_config_id = %(connection_id)s and s.phone = %(phone)s and s.id <> %(message_id)s
        and (s.status = 'sending' or s.status = 'unknown' and s.claimed_at > %(read_at)s)
) or exists (
    select from hidra.direct_sends t
    join hidra.campaign_messages m on m.id = %(message_id)s and m.phone_hash = t.phone_hash
    where t.evolution_config_id = %(connection_id)s
        and (t.provider_message_id = %(provider_message_id)s or {NAMELESS_DIRECT_SEND})
)
"""  # noqa: S608 - made of constants
ASSIGNED = """
select provider_message_id from hidra.campaign_messages
where evolution_config_id = %(connection_id)s and provider_message_id = any(%(provider_message_ids)s)
union all
select requested_message_id from hidra.campaign_messages
where evolution_config_id = %(connection_id)s and requested_message_id = any(%(provider_message_ids)s)
    and provider_message_id is null
union all
select id from (
    select unnest(array[provider_message_id, requested_message_id]) as id from hidra.direct_sends
    where evolution_config_id = %(connection_id)s
) direct where id = any(%(provider_message_ids)s)
"""
UNREACHABLE = f"""
select m.id from hidra.campaign_messages m
where m.status = 'unknown' and (
    m.claimed_at < %(hopeless)s
    or m.claimed_at < %(overdue)s and (
        not {THERE}
        or exists (
            select from hidra.direct_sends t
            where t.evolution_config_id = m.evolution_config_id and t.phone_hash = m.phone_hash
                and {NAMELESS_DIRECT_SEND}
        )
    )
)
limit %(limit)s
"""  # noqa: S608 - made of constants


@dataclass(frozen=True)
class Unresolved:
    """A message that may have been sent, with what a lookup needs."""

    id: int
    connection_id: UUID
    phone: str
    variables: Mapping[str, str]
    body: str
    media_type: MediaType | None
    claimed_at: datetime
    read_at: datetime  # by the database's clock, as claimed_at is
    requested_message_id: str | None = None


def unknown(tx: Tx, *, connection_ids: Collection[UUID], each: int, overdue: datetime) -> list[Unresolved]:
    """Returns up to ``each`` unresolved messages of each connection, by connection and time.

    Args:
        overdue: messages claimed earlier are preferred.
    """
    return tx.rows(Unresolved, UNKNOWN, connection_ids=list(connection_ids), each=each, overdue=overdue)


def ambiguous(tx: Tx, message: Unresolved, *, provider_message_id: str) -> bool:
    """Whether what was found under this id may be another post to the same phone: a direct send, or one begun since.

    What was found under the id that was asked for is this message.
    """
    if provider_message_id == message.requested_message_id:
        return False
    found = tx.value(
        AMBIGUOUS,
        message_id=message.id,
        connection_id=message.connection_id,
        phone=message.phone,
        read_at=message.read_at,
        provider_message_id=provider_message_id,
    )
    return found is True


def assigned(tx: Tx, *, connection_id: UUID, provider_message_ids: Collection[str]) -> set[str]:
    """Returns those of the provider's ids that belong to a message: as its id, or as the one that it was to get."""
    return set(tx.values(ASSIGNED, connection_id=connection_id, provider_message_ids=list(provider_message_ids)))


def unreachable(tx: Tx, *, overdue: datetime, patience: timedelta, limit: int) -> list[int]:
    """Returns unresolved messages that no lookup can resolve, claimed before ``overdue``:

    - their connection was deleted, or leads to another instance;
    - what a lookup finds may be a direct send whose id is not known;
    - their server has not answered for ``patience`` longer.
    """
    ids: list[int] = tx.values(UNREACHABLE, overdue=overdue, hopeless=overdue - patience, limit=limit)
    return ids
