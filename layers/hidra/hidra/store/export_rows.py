"""The lists that exports write, page by page by their keys: each page is a short transaction of its own.

A worker reads them, so each statement names the user.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from hidra.domain.export import ExportKind
from hidra.errors import Rejected
from hidra.store import contacts
from hidra.store.contacts import Contact
from hidra.store.db import Tx
from hidra.store.exports import RunningExport
from hidra.store.opt_outs import OptOutRow
from hidra.store.pages import AFTER_ID
from hidra.store.recipients import RECIPIENT_COLUMNS, STATUSES, Recipient

# A worker's plans may be the same for all parameters; these pages have skewed ones.
CUSTOM_PLANS = "select set_config('plan_cache_mode', 'force_custom_plan', true)"
# By contact over all runs, as metrics count them: a recipient whose retry counts meanwhile stays one row. Each status
# is one range of an index.
RECIPIENTS = f"""
select {RECIPIENT_COLUMNS}
from (
    select m.run_id, m.contact_id
    from hidra.campaign_runs r cross join unnest({STATUSES}) s (status)
    cross join lateral (
        select m.run_id, m.contact_id from hidra.campaign_messages m
        where m.run_id = r.id and m.status = s.status and m.counted and m.contact_id > {AFTER_ID}
        order by m.run_id, m.status, m.counted, m.contact_id limit %(limit)s
    ) m
    where r.user_id = %(user_id)s and r.campaign_id = %(campaign_id)s
    order by m.contact_id limit %(limit)s
) listed
join hidra.campaign_messages m on m.run_id = listed.run_id and m.contact_id = listed.contact_id
left join hidra.contacts c on c.user_id = m.user_id and c.id = m.contact_id
where m.user_id = %(user_id)s
order by m.contact_id
"""  # noqa: S608 - made of constants
OPT_OUTS = """
select o.phone_hash, o.at, o.reason, o.source, c.phone
from (
    select user_id, phone_hash, at, reason, source from hidra.opt_outs
    where user_id = %(user_id)s and phone_hash > coalesce(%(after_hash)s::bytea, '')
    order by phone_hash limit %(limit)s
) o
left join hidra.contacts c on c.user_id = o.user_id and c.phone_hash = o.phone_hash
order by o.phone_hash
"""
COUNT_RECIPIENTS = f"""
select count(*)
from hidra.campaign_runs r
join hidra.campaign_messages m on m.run_id = r.id and m.counted and m.status = any({STATUSES})
where r.user_id = %(user_id)s and r.campaign_id = %(campaign_id)s
"""  # noqa: S608 - made of constants
COUNT_MEMBERS = """
select total_contacts from hidra.contact_segments where user_id = %(user_id)s and id = %(segment_id)s
"""
COUNT_CONTACTS = "select count(*) from hidra.contacts where user_id = %(user_id)s"
COUNT_OPT_OUTS = "select count(*) from hidra.opt_outs where user_id = %(user_id)s"
SUBJECT_EXISTS = """
select case
    when %(segment_id)s::uuid is not null then exists (
        select from hidra.contact_segments where user_id = %(user_id)s and id = %(segment_id)s::uuid)
    when %(campaign_id)s::uuid is not null then exists (
        select from hidra.campaigns where user_id = %(user_id)s and id = %(campaign_id)s::uuid)
    else true end
"""


@dataclass(frozen=True)
class ListPage:
    """``cursor``: the last row's key. ``over``: the list has no further row."""

    rows: Sequence[Contact | Recipient | OptOutRow]
    cursor: str | None
    over: bool


def page(tx: Tx, export: RunningExport, *, cursor: str | None, limit: int) -> ListPage:
    """The next rows of the export's list.

    Raises:
        Rejected: the list is over because its segment or campaign was deleted.
    """
    tx.run(CUSTOM_PLANS)
    rows, last = _rows(tx, export, cursor, limit)
    over = len(rows) < limit
    if over and not tx.value(
        SUBJECT_EXISTS, user_id=export.user_id, segment_id=export.segment_id, campaign_id=export.campaign_id
    ):
        raise Rejected("What was exported has been deleted meanwhile. Create another export.", code="gone")
    return ListPage(rows, last, over)


def _rows(
    tx: Tx, export: RunningExport, cursor: str | None, limit: int
) -> tuple[Sequence[Contact | Recipient | OptOutRow], str | None]:
    user_id = export.user_id
    if export.kind is ExportKind.OPT_OUTS:
        after_hash = bytes.fromhex(cursor) if cursor else None
        opt_outs = tx.rows(OptOutRow, OPT_OUTS, user_id=user_id, after_hash=after_hash, limit=limit)
        return opt_outs, opt_outs[-1].phone_hash.hex() if opt_outs else cursor
    after_id = UUID(cursor) if cursor else None
    if export.kind is ExportKind.RECIPIENTS:
        recipients = tx.rows(
            Recipient,
            RECIPIENTS,
            user_id=user_id,
            campaign_id=export.campaign_id,
            statuses=[export.message_status] if export.message_status else None,
            after_id=after_id,
            limit=limit,
        )
        return recipients, str(recipients[-1].contact_id) if recipients else cursor
    statement = contacts.LIST if export.segment_id is None else contacts.MEMBERS
    people = tx.rows(Contact, statement, user_id=user_id, segment_id=export.segment_id, after_id=after_id, limit=limit)
    return people, str(people[-1].id) if people else cursor


def count(tx: Tx, export: RunningExport) -> int:
    """How many rows the list has now."""
    user_id = export.user_id
    if export.kind is ExportKind.OPT_OUTS:
        found = tx.value(COUNT_OPT_OUTS, user_id=user_id)
    elif export.kind is ExportKind.RECIPIENTS:
        statuses = [export.message_status] if export.message_status else None
        found = tx.value(COUNT_RECIPIENTS, user_id=user_id, campaign_id=export.campaign_id, statuses=statuses)
    elif export.segment_id is not None:
        found = tx.value(COUNT_MEMBERS, user_id=user_id, segment_id=export.segment_id)
    else:
        found = tx.value(COUNT_CONTACTS, user_id=user_id)
    return int(found or 0)
