"""The circuit of a connection: what closes it, and what opens it where no answer and no state does.

A connection is distrusted from a stop on (``connection_health.stop``, or nothing acknowledged, below) until a message
that was claimed later is acknowledged. Claims respect it (``claims.claim``), passes issue one ticket for each probe.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from uuid import UUID

from hidra.domain.circuit import NOT_ACKNOWLEDGED, PATIENCE, UNACKNOWLEDGED
from hidra.domain.message import Evidence, MessageStatus
from hidra.store.db import Tx

LAG = timedelta(seconds=15)  # while all is well an acknowledgement is noted that seldom

# Of a connection k.
DISTRUSTED = "coalesce(k.distrusted_since >= k.acknowledged_until, false)"

# Writes nothing, and locks nothing, where neither the lag nor the circuit asks for it. What stopped for want of this
# very acknowledgement needs no check to be connected again.
ACKNOWLEDGE = f"""
with acknowledged as (
    select m.evolution_config_id as id, max(m.claimed_at) as claimed_at
    from hidra.campaign_messages m where m.id = any(%(message_ids)s) group by m.evolution_config_id
), due as (
    select k.id, a.claimed_at, {DISTRUSTED} and a.claimed_at > k.distrusted_since as closes,
        k.error_message is not distinct from k.distrust_reason as ours
    from hidra.evolution_api_config k join acknowledged a on a.id = k.id
    where a.claimed_at > k.acknowledged_until + %(lag)s or {DISTRUSTED} and a.claimed_at > k.distrusted_since
    order by k.id for update of k
)
update hidra.evolution_api_config k
set acknowledged_until = greatest(k.acknowledged_until, due.claimed_at),
    error_message = case when not (closes and ours) then k.error_message end,
    status = case when closes and ours and k.status = 'error' then 'connected' else k.status end,
    status_at = case
        when closes and ours and k.status = 'error' then greatest(k.status_at, clock_timestamp()) else k.status_at
    end
from due where k.id = due.id
"""  # noqa: S608 - made of constants
# Evolution answers for the Cloud API only after Meta has taken the message; for Baileys once it is in the socket.
ACCEPTED = """
select true from hidra.evolution_api_config where id = %(connection_id)s and integration = 'cloud_api'
"""
# Beyond the lag nothing was acknowledged, or it would have been noted. An acknowledgement of any of those that were
# waited for closes the circuit again, so it is open since the last one.
STOP_UNACKNOWLEDGED = f"""
update hidra.evolution_api_config k
set status = 'error', error_message = %(message)s, status_at = greatest(k.status_at, clock_timestamp()),
    distrusted_since = k.acknowledged_until, distrust_reason = %(message)s
where k.id = %(connection_id)s and k.integration = 'baileys' and k.status = 'connected' and not {DISTRUSTED}
    and exists (
        select from hidra.campaign_messages m
        where m.evolution_config_id = k.id and m.status = 'sent' and m.acked_at is null
            and m.claimed_at > k.acknowledged_until + %(lag)s::interval
            and m.claimed_at < clock_timestamp() - %(patience)s::interval
        order by m.claimed_at offset %(before)s limit 1
    )
"""  # noqa: S608 - made of constants


def acknowledged(tx: Tx, evidence: Mapping[int, Iterable[Evidence]]) -> None:
    """Notes that messages were acknowledged, by their ids; to be called before their counters are locked.

    A refusal acknowledges nothing: whoever comes next may fare the same.
    """
    told = [id for id, items in evidence.items() if any(item.status is not MessageStatus.FAILED for item in items)]
    if told:
        _acknowledge(tx, told)


def accepted(tx: Tx, *, connection_id: UUID, message_id: int) -> None:
    """Weighs that Evolution took this message on a connection where nothing was acknowledged of late."""
    if tx.value(ACCEPTED, connection_id=connection_id):
        _acknowledge(tx, [message_id])
    else:
        tx.run(
            STOP_UNACKNOWLEDGED,
            connection_id=connection_id,
            message=NOT_ACKNOWLEDGED,
            lag=LAG,
            patience=PATIENCE,
            before=UNACKNOWLEDGED - 1,
        )


def _acknowledge(tx: Tx, message_ids: list[int]) -> None:
    tx.run(ACKNOWLEDGE, message_ids=message_ids, lag=LAG)
