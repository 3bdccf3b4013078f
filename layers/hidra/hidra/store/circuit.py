"""The circuit of a connection: what closes it, and how missing acknowledgements and slow answers open it.

It is open for either of two reasons. The connection is distrusted from a stop (``connection_health.stop`` or
STOP_UNACKNOWLEDGED) until a message that was claimed later is acknowledged. Its server is slow from the third slow
answer until a probe is answered in time. Claims respect both (``claims.claim``); passes issue one ticket for each
probe.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from hidra.domain.circuit import (
    LAG,
    NOT_ACKNOWLEDGED,
    PATIENCE,
    SLOW_AFTER,
    SLOW_ANSWERS,
    SLOW_WITHIN,
    UNACKNOWLEDGED,
)
from hidra.domain.message import Evidence, MessageStatus
from hidra.domain.outcome import Outcome, Refused, Sent
from hidra.store.db import Tx

# Of a connection k.
DISTRUSTED = "coalesce(k.distrusted_since >= k.acknowledged_until, false)"
# Of the limit l of a connection.
SLOW = f"coalesce(l.slow_answers >= {SLOW_ANSWERS}, false)"
# Of a connection k and its limit l: whether a claim is a probe.
PROBED_NOW = f"({DISTRUSTED} or {SLOW})"
# Of both: whether a post is allowed, because the circuit is closed or a probe is due. A probe of a distrusted
# connection that was acknowledged does not delay the next one: the connection was trusted in between.
ALLOWED = f"""
(not {SLOW} and (not {DISTRUSTED} or coalesce(l.probed_at <= k.acknowledged_until, true))
    or coalesce(l.probed_at < clock_timestamp() - %(probe_every)s::interval, true))
"""
# When a probe was made that delays the next one.
DELAYING_PROBE = f"case when l.probed_at > k.acknowledged_until or {SLOW} then l.probed_at end"

# Writes and locks nothing unless the lag has passed or the circuit closes. A connection that stopped only because
# acknowledgements were missing is connected again without a check.
_ACKNOWLEDGE = f"""
due as (
    select k.id, a.claimed_at, {DISTRUSTED} and a.claimed_at > k.distrusted_since as closes,
        k.error_message is not distinct from k.distrust_reason as ours
    from hidra.evolution_api_config k join acknowledged a on a.id = k.id
    where a.claimed_at > k.acknowledged_until + %(lag)s or {DISTRUSTED} and a.claimed_at > k.distrusted_since
    order by k.id for update of k
)
update hidra.evolution_api_config k
set acknowledged_until = greatest(k.acknowledged_until, due.claimed_at),
    error_message = case when not (closes and ours) then k.error_message end,
    error_code = case when not (closes and ours) then k.error_code end,
    status = case when closes and ours and k.status = 'error' then 'connected' else k.status end,
    status_at = case
        when closes and ours and k.status = 'error' then greatest(k.status_at, clock_timestamp()) else k.status_at
    end
from due where k.id = due.id
returning closes
"""  # noqa: S608 - made of constants
ACKNOWLEDGE = f"""
with acknowledged as (
    select m.evolution_config_id as id, max(m.claimed_at) as claimed_at
    from hidra.campaign_messages m where m.id = any(%(message_ids)s) group by m.evolution_config_id
), {_ACKNOWLEDGE}
"""  # noqa: S608 - made of constants
# A status of a direct send matches no message of a campaign, so it is kept as unmatched. Only a distrusted connection
# needs it.
ACKNOWLEDGE_DIRECT_SENDS = f"""
with acknowledged as (
    select t.evolution_config_id as id, max(t.claimed_at) as claimed_at
    from unnest(%(connection_ids)s::uuid[], %(provider_ids)s::text[]) as e (connection_id, provider_id)
    join hidra.evolution_api_config k on k.id = e.connection_id and {DISTRUSTED}
    join hidra.direct_sends t on t.evolution_config_id = e.connection_id and t.claimed_at > k.distrusted_since
        and e.provider_id in (t.provider_message_id, t.requested_message_id)
    where exists (
        select from hidra.delivery_events_unmatched u
        where u.evolution_config_id = e.connection_id and u.provider_message_id = e.provider_id and u.status <> 'failed'
    )
    group by t.evolution_config_id
), {_ACKNOWLEDGE}
"""  # noqa: S608 - made of constants
ACKNOWLEDGE_ACCEPTED = f"""
with acknowledged as (
    select k.id, %(claimed_at)s::timestamptz as claimed_at from hidra.evolution_api_config k
    where k.id = %(connection_id)s and k.integration = 'cloud_api'
), {_ACKNOWLEDGE}
"""  # noqa: S608 - made of constants
# For the Cloud API, Evolution answers only after Meta has accepted the message; for Baileys, once it is in the socket.
ACCEPTED = """
select true from hidra.evolution_api_config where id = %(connection_id)s and integration = 'cloud_api'
"""
# An acknowledgement beyond the lag would have been recorded. The circuit opens as of the last recorded acknowledgement,
# so that a late one of any message since then closes it again.
STOP_UNACKNOWLEDGED = f"""
update hidra.evolution_api_config k
set status = 'error', error_message = %(message)s, error_code = %(code)s,
    status_at = greatest(k.status_at, clock_timestamp()),
    distrusted_since = k.acknowledged_until, distrust_reason = %(message)s, distrust_code = %(code)s
where k.id = %(connection_id)s and k.integration = 'baileys' and k.status = 'connected' and not {DISTRUSTED}
    and exists (
        select from hidra.campaign_messages m
        where m.evolution_config_id = k.id and m.status = 'sent' and m.acked_at is null
            and m.claimed_at > k.acknowledged_until + %(lag)s::interval
            and m.claimed_at < clock_timestamp() - %(patience)s::interval
        order by m.claimed_at offset %(before)s limit 1
    )
"""  # noqa: S608 - made of constants
# Locks the limit, so it comes before all other locks. Probes begin anew: the first one is allowed at once.
NOTE_SLOW_ANSWER = f"""
update hidra.pace_limits
set slow_answers = case
        when slow_answers < {SLOW_ANSWERS} and slow_at < clock_timestamp() - %(within)s::interval then 1
        else slow_answers + 1
    end,
    probed_at = case
        when slow_answers = {SLOW_ANSWERS - 1} and slow_at >= clock_timestamp() - %(within)s::interval then null
        else probed_at
    end,
    slow_at = clock_timestamp()
where subject = %(connection_id)s
returning slow_answers
"""  # noqa: S608 - made of constants
NOTE_PROBE_IN_TIME = f"""
update hidra.pace_limits set slow_answers = 0, slow_at = null
where subject = %(connection_id)s and slow_answers >= {SLOW_ANSWERS}
returning true
"""  # noqa: S608 - made of constants
# Claims go by id, of first contacts and of others if they are limited: tried messages are among the first pending ones.
REPEATED = """
select count(*) filter (where first.error_code = %(code)s) >= %(others)s
from (
    (select m.id, m.error_code from hidra.campaign_messages m
    where m.run_id = %(run_id)s and m.status = 'pending' order by m.id limit 50)
    union
    (select m.id, m.error_code from hidra.campaign_messages m
    where m.run_id = %(run_id)s and m.status = 'pending' and m.first_contact order by m.id limit 50)
    union
    (select m.id, m.error_code from hidra.campaign_messages m
    where m.run_id = %(run_id)s and m.status = 'pending' and not m.first_contact order by m.id limit 50)
) first
where exists (
    select from hidra.evolution_api_config k
    where k.id = %(connection_id)s and k.acknowledged_until < clock_timestamp() - %(unacknowledged_for)s::interval
)
"""


def acknowledged(tx: Tx, evidence: Mapping[int, Iterable[Evidence]]) -> None:
    """Records that WhatsApp acknowledged messages, by their ids. Call it before their counters are locked.

    A refusal acknowledges nothing: the next recipient may be refused too.
    """
    ids = [id for id, items in evidence.items() if any(item.status is not MessageStatus.FAILED for item in items)]
    if ids:
        _acknowledge(tx, ids)


def accepted(tx: Tx, *, connection_id: UUID, message_id: int) -> bool:
    """Handles a message that Evolution accepted on a connection without a recent acknowledgement.

    On the Cloud API that is an acknowledgement. On Baileys the connection stops if too many messages have none.
    Returns whether the circuit closed.
    """
    if tx.value(ACCEPTED, connection_id=connection_id):
        return _acknowledge(tx, [message_id])
    tx.run(
        STOP_UNACKNOWLEDGED,
        connection_id=connection_id,
        message=NOT_ACKNOWLEDGED.message,
        code=NOT_ACKNOWLEDGED.code,
        lag=LAG,
        patience=PATIENCE,
        before=UNACKNOWLEDGED - 1,
    )
    return False


def direct_send_accepted(tx: Tx, *, connection_id: UUID, claimed_at: datetime) -> None:
    """Handles a direct send that Evolution accepted as a probe: on the Cloud API that is an acknowledgement."""
    tx.run(ACKNOWLEDGE_ACCEPTED, connection_id=connection_id, claimed_at=claimed_at, lag=LAG)


def direct_sends_acknowledged(tx: Tx, keys: Collection[tuple[UUID, str]]) -> None:
    """Records that WhatsApp acknowledged direct sends, by connection and id, for connections that are distrusted.

    Call it after the commit that keeps a status and after the one that writes a provider's id, as
    ``deliveries.apply_unmatched``.
    """
    wanted = sorted(set(keys))
    tx.run(
        ACKNOWLEDGE_DIRECT_SENDS,
        connection_ids=[key[0] for key in wanted],
        provider_ids=[key[1] for key in wanted],
        lag=LAG,
    )


def answered(tx: Tx, outcome: Outcome, *, connection_id: UUID, took: timedelta, is_probe: bool) -> bool:
    """Handles how long a post took: slow answers open the circuit, and a probe that is answered in time closes it.

    Call it before anything else is locked. Returns whether the circuit opened or closed.
    """
    if took > SLOW_AFTER:
        return bool(tx.value(NOTE_SLOW_ANSWER, connection_id=connection_id, within=SLOW_WITHIN) == SLOW_ANSWERS)
    if is_probe and isinstance(outcome, Sent | Refused):
        return bool(tx.value(NOTE_PROBE_IN_TIME, connection_id=connection_id))
    return False


def repeated(
    tx: Tx, *, run_id: UUID, connection_id: UUID, code: str, others: int, unacknowledged_for: timedelta
) -> bool:
    """Whether so many other recipients wait because of the same error, and no later message was acknowledged."""
    return (
        tx.value(
            REPEATED,
            run_id=run_id,
            connection_id=connection_id,
            code=code,
            others=others,
            unacknowledged_for=unacknowledged_for,
        )
        is True
    )


def _acknowledge(tx: Tx, message_ids: list[int]) -> bool:
    """Returns whether a circuit closed."""
    return any(tx.values(ACKNOWLEDGE, message_ids=message_ids, lag=LAG))
