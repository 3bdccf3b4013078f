"""Outcomes of claims: what became of a claimed message, written only while the claim is the message's latest."""

from datetime import datetime, timedelta
from uuid import UUID

from hidra.domain.message import (
    DELIVERED_ALREADY,
    NOT_REGISTERED,
    SENDER_LOST_DETAIL,
    Message,
    MessageStatus,
    fail,
)
from hidra.store import unregistered
from hidra.store.claims import Claim
from hidra.store.counters import change
from hidra.store.daily_limits import take_back
from hidra.store.db import Tx

# A retry that no longer counts must not be sent: the earlier message was delivered while this one was claimed.
# A message that was claimed before it was judged was not counted as a first contact.
_COUNTED_AS = """%(claimed_at)s::timestamptz as counted_at, first_contact and exists (
        select from hidra.campaign_runs r where r.id = run_id and r.judged_at < %(claimed_at)s::timestamptz
    ) as first_contact"""
_RELEASED = f"""update hidra.campaign_messages
    set status = case when counted then 'pending' else 'skipped' end::hidra.message_status,
        error_code = case when not counted then '{DELIVERED_ALREADY}' else error_code end,
        attempts = attempts - 1, claimed_at = null
    where id = %(message_id)s and claimed_at = %(claimed_at)s and status = 'sending'
    returning evolution_config_id, {_COUNTED_AS}"""  # noqa: S608
RELEASE = take_back(_RELEASED)
_RETRIED_LATER = f"""update hidra.campaign_messages
    set status = case when counted then 'pending' else 'skipped' end::hidra.message_status,
        claimed_at = null, attempts = attempts - %(uncounted)s, not_before = clock_timestamp() + %(wait)s,
        error_code = case when counted then %(code)s else '{DELIVERED_ALREADY}' end, error_detail = %(detail)s
    where id = %(message_id)s and claimed_at = %(claimed_at)s and status in ('sending', 'unknown')
    returning evolution_config_id, {_COUNTED_AS}"""  # noqa: S608
RETRY_LATER = take_back(_RETRIED_LATER, only="not %(arrived)s")
# Of a message that failed without having arrived at the Evolution server.
TAKE_BACK = take_back(
    f"select evolution_config_id, {_COUNTED_AS} from hidra.campaign_messages where id = %(message_id)s"  # noqa: S608
)
MARK_UNKNOWN = """
update hidra.campaign_messages
set status = 'unknown', sent_at = %(sent_at)s, error_code = %(code)s, error_detail = %(detail)s
where id = %(message_id)s and claimed_at = %(claimed_at)s and status = 'sending'
"""
MARK_SENT = """
update hidra.campaign_messages
set status = 'sent', sent_at = %(sent_at)s, provider_message_id = %(provider_message_id)s,
    error_code = null, error_detail = null
where id = %(message_id)s and claimed_at = %(claimed_at)s and status in ('sending', 'unknown')
"""
RECENTLY_UNKNOWN = """
select count(*) from hidra.campaign_messages
where run_id = %(run_id)s and status = 'unknown' and claimed_at > clock_timestamp() - %(within)s::interval
"""
MARK_SENDER_LOST = """
update hidra.campaign_messages set status = 'unknown', error_code = 'sender_lost',
    error_detail = %(detail)s
where status = 'sending' and claimed_at < clock_timestamp() - %(older_than)s::interval
returning id
"""


def release(tx: Tx, claim: Claim) -> None:
    """Undoes a claim that was not posted; it counts as no attempt."""
    tx.run(RELEASE, message_id=claim.message_id, claimed_at=claim.claimed_at)


def retry_later(
    tx: Tx, claim: Claim, *, wait: timedelta, counted: bool, code: str, detail: str, arrived: bool = True
) -> None:
    """Lets a message that was surely not sent wait for another attempt, with the reason for its owner.

    ``arrived``: it may have come to the Evolution server, so it stays counted in the connection's day.
    """
    tx.run(
        RETRY_LATER,
        message_id=claim.message_id,
        claimed_at=claim.claimed_at,
        wait=wait,
        uncounted=0 if counted else 1,
        code=code,
        detail=detail,
        arrived=arrived,
    )


def mark_unknown(tx: Tx, claim: Claim, *, sent_at: datetime, code: str, detail: str) -> None:
    """Records that the outcome is in doubt: the message is looked up, never posted again."""
    tx.run(
        MARK_UNKNOWN,
        message_id=claim.message_id,
        claimed_at=claim.claimed_at,
        sent_at=sent_at,
        code=code,
        detail=detail,
    )


def recently_unknown(tx: Tx, *, run_id: UUID, within: timedelta) -> int:
    """Returns how many messages of the run, claimed within that time, are in doubt."""
    found: int = tx.value(RECENTLY_UNKNOWN, run_id=run_id, within=within)
    return found


def mark_sent(tx: Tx, claim: Claim, *, sent_at: datetime, provider_message_id: str) -> None:
    """Records that Evolution accepted the message. Moves no counter: it counts as pending until it is delivered.

    The contact, if it is marked as not on WhatsApp, is locked before the message.
    """
    unregistered.clear(tx, {claim.message_id: sent_at})
    tx.run(
        MARK_SENT,
        message_id=claim.message_id,
        claimed_at=claim.claimed_at,
        sent_at=sent_at,
        provider_message_id=provider_message_id,
    )


def mark_failed(tx: Tx, claim: Claim, *, code: str, detail: str, at: datetime, arrived: bool = True) -> None:
    """Records that the recipient cannot be reached, with the reason; ``arrived`` as in ``retry_later``.

    A phone that is not on WhatsApp marks its contact, which is locked before the counters and the message.
    """
    if code in NOT_REGISTERED:
        unregistered.mark(tx, user_id=claim.user_id, phone=claim.phone, at=at)

    ours = False

    def rule(message: Message) -> Message:
        nonlocal ours
        open_ = message.status in (MessageStatus.SENDING, MessageStatus.UNKNOWN)
        ours = open_ and message.claimed_at == claim.claimed_at
        return fail(message, code=code, detail=detail, at=at) if ours else message

    change(tx, [claim.message_id], rule)
    if ours and not arrived:
        tx.run(TAKE_BACK, message_id=claim.message_id, claimed_at=claim.claimed_at)


def mark_sender_lost(tx: Tx, *, older_than: timedelta) -> int:
    """Moves messages in sending for longer, whose sender must be lost, to unknown; returns their number."""
    return len(tx.values(MARK_SENDER_LOST, older_than=older_than, detail=SENDER_LOST_DETAIL))
