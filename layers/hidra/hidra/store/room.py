"""Room on a connection: how many requests it has open, and whether its server leaves them unanswered."""

from datetime import timedelta
from typing import LiteralString
from uuid import UUID

from hidra.domain.pacing import PERMIT_AHEAD_SECONDS, SLOW_AFTER_SECONDS
from hidra.store.db import Tx

# More than any deployment has places: a share that limits nothing.
WHOLE = 1_000_000_000


def open_requests(connection_id: LiteralString) -> LiteralString:
    """The requests that a connection has open, those outside campaigns too.

    One older than a sender lives has no sender any more.
    """
    return f"""
    select claimed_at from hidra.campaign_messages
    where evolution_config_id = {connection_id} and status = 'sending'
        and claimed_at > clock_timestamp() - %(sender_timeout)s::interval
    union all
    select claimed_at from hidra.direct_sends
    where evolution_config_id = {connection_id} and ended_at is null
        and claimed_at > clock_timestamp() - %(sender_timeout)s::interval
"""  # noqa: S608 - made of constants


_OPEN = open_requests("%(connection_id)s")
# Whether a connection, whose max_concurrent_sends is in scope, has room for one more request.
ROOM = f"((select count(*) from ({_OPEN}) o) < least(max_concurrent_sends, %(share)s))"  # noqa: S608 - of constants
# Whether a connection gets no permits: a request has been open for long, or as many as its share for longer than a
# permit is ahead of its slot, so that there will hardly be room then.
SLOW = f"""(
    select count(*) filter (where o.claimed_at <= clock_timestamp() - interval '{SLOW_AFTER_SECONDS} s') > 0
        or count(*) filter (where o.claimed_at <= clock_timestamp() - interval '{PERMIT_AHEAD_SECONDS} s') >= %(share)s
    from ({_OPEN}) o
)"""  # noqa: S608 - made of constants
HAS_ROOM = f"""
select {ROOM} and not {SLOW} from hidra.evolution_api_config where id = %(connection_id)s
"""  # noqa: S608 - made of constants


def has_room(tx: Tx, *, connection_id: UUID, sender_timeout: timedelta) -> bool:
    """Whether the connection's open requests would let a ticket be used now, without regard to its share."""
    return tx.value(HAS_ROOM, connection_id=connection_id, sender_timeout=sender_timeout, share=WHOLE) is True
