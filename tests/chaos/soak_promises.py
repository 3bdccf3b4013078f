"""Every promise that the data of a soak shows."""

import json
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import LiteralString, cast
from uuid import UUID

from hidra.domain import template
from hidra.domain.message import OUTCOME_UNKNOWN, PROVIDER_WORDS
from hidra.services.rebuild_metrics import rebuild_metrics
from tests.chaos.simulator import API_KEY
from tests.chaos.soak_audit import Audit, described, subject_of
from tests.chaos.soak_claims import claimed_after_a_stop, claimed_after_an_opt_out, over_limits, unclaimed
from tests.chaos.tenants import CONFIRMATION

_RANK = {"sent": 0, "failed": 1, "delivered": 2, "read": 3}
EXPECTED_ERROR = "hidra.errors.Unavailable"
# What psycopg and libpq print about a connection that was cut, in up to four lines.
CONNECTION_CUT = (
    "error ignored ", "\tThis probably means the server terminated abnormally",
    "\tbefore or while processing the request.", "no connection to the server", "server closed the connection",
)  # fmt: skip
# A campaign that was canceled before it started has no run.
OPEN_RUNS = """
select c.id, c.status::text, r.ended_at from hidra.campaigns c
left join hidra.campaign_runs r on r.campaign_id = c.id
where c.status not in ('completed', 'failed', 'canceled')
    or r.ended_at is null and (r.id is not null or c.status <> 'canceled')
"""
MISCOUNTED = """
select campaign_id, contact_id, count(*) filter (where counted) as counted from hidra.campaign_messages
group by campaign_id, contact_id having count(*) filter (where counted) <> 1
"""
WRONG_TOTALS = """
select campaign_id from hidra.campaign_metrics m
where total_messages <> delivered + failed + pending + skipped
    or total_messages <> (select count(*) from hidra.campaign_messages c where c.campaign_id = m.campaign_id and counted)
"""
OWNED = """
select r.table_name as at, r.column_name as by, t.table_name as target
from information_schema.columns r
join information_schema.columns o
    on o.table_schema = r.table_schema and o.table_name = r.table_name and o.column_name = 'user_id'
join (values ('campaign_id', 'campaigns'), ('run_id', 'campaign_runs'), ('contact_id', 'contacts'),
    ('segment_id', 'contact_segments'), ('template_id', 'message_templates'),
    ('evolution_config_id', 'evolution_api_config')) as t (column_name, table_name) on t.column_name = r.column_name
join information_schema.tables b
    on b.table_schema = r.table_schema and b.table_name = r.table_name and b.table_type = 'BASE TABLE'
where r.table_schema = 'hidra'
"""


def breaches(audit: Audit) -> list[str]:
    """Returns every broken promise, with its first three violations."""
    found = []
    for name, check in CHECKS.items():
        wrong = list(check(audit))
        if wrong:
            found.append(f"{name}: {len(wrong)} times, {wrong[:3]}")
    return found


def sent_twice(audit: Audit) -> Iterator[str]:
    """Yields accepted sends without a row of their own.

    A row is found by its provider id. Two kinds of rows have none and are counted instead: messages given up in doubt by
    campaign and phone, and messages of erased contacts by the campaign's runs.
    """
    rows = {(row["instance"], row["provider_message_id"]): row for row in audit.rows}
    erased = {row["campaign_id"] for row in audit.rows if row["phone"] is None}
    runs = Counter(campaign_id for campaign_id, _ in {(row["campaign_id"], row["run_id"]) for row in audit.rows})
    given_up = Counter(
        (str(row["campaign_id"]), row["phone"][1:])
        for row in audit.rows
        if row["phone"] and row["error_code"] == OUTCOME_UNKNOWN
    )
    without_row: Counter[tuple[str, str]] = Counter()
    for send in audit.campaign_sends:
        if not send["accepted"]:
            continue
        row = rows.pop((send["instance"], send["provider_id"]), None)
        if row is None:
            key = (subject_of(send), send["digits"])
            given_up[key] -= 1
            if given_up[key] >= 0:
                continue
            without_row[key] += 1
            if UUID(key[0]) not in erased or without_row[key] > runs[UUID(key[0])]:
                yield described(send)
        elif (row["phone"], str(row["campaign_id"])) != (f"+{send['digits']}", subject_of(send)):
            yield f"{described(send)} has the id of message {row['id']}"


def unaccounted(audit: Audit) -> Iterator[str]:
    """Yields open runs, recipients that do not count once, unfinished messages and incomplete frozen audiences."""
    for row in audit.select(OPEN_RUNS):
        yield f"campaign {row['id']} is {row['status']}"
    for row in audit.select(MISCOUNTED):
        yield f"contact {row['contact_id']} of campaign {row['campaign_id']} counts {row['counted']} times"
    started = {row["id"] for row in audit.select("select campaign_id as id from hidra.campaign_runs")}
    recipients: dict[UUID, set[UUID]] = defaultdict(set)
    for row in audit.rows:
        recipients[row["campaign_id"]].add(row["contact_id"])
        if row["status"] in ("pending", "sending", "unknown"):
            yield f"message {row['id']} is {row['status']}"
        if row["phone"] and row["provider_message_id"] is None and row["status"] not in ("failed", "skipped"):
            yield f"message {row['id']} is {row['status']} without a provider id"
    for tenant in audit.tenants:
        for campaign_id in started.intersection(tenant.campaigns):
            found, least = len(recipients[campaign_id]), audit.audience[campaign_id] - audit.erased[tenant.user_id]
            if found < least:
                yield f"campaign {campaign_id} has {found} of at least {least} recipients"


def wrong_states(audit: Audit) -> Iterator[str]:
    """A status is at least what webhooks reported, and at most what happened; webhooks may have been lost."""
    sends = {(send["instance"], send["provider_id"]): send for send in audit.campaign_sends if send["accepted"]}
    for row in audit.rows:
        send = sends.get((row["instance"], row["provider_message_id"]))
        if send is None:
            continue
        received = [PROVIDER_WORDS[status["status"]].value for status in send["statuses"] if status["answered_at"]]
        least = max((_RANK[status] for status in received), default=0)
        if not least <= _RANK.get(row["status"], -1) <= _RANK[send["final"]]:
            yield f"message {row['id']} is {row['status']}, webhooks reported {received}, the end is {send['final']}"


def wrong_content(audit: Audit) -> Iterator[str]:
    """The text that is sent is the run's frozen text with the recipient's frozen values."""
    sends = {(send["instance"], send["provider_id"]): send for send in audit.campaign_sends if send["accepted"]}
    for row in audit.rows:
        send = sends.get((row["instance"], row["provider_message_id"]))
        if send is not None and send["text"] != template.render(row["body"], row["variables"]):
            yield f"message {row['id']}"


def wrong_numbers(audit: Audit) -> Iterator[str]:
    for row in audit.select(WRONG_TOTALS):
        yield f"the total of campaign {row['campaign_id']}"
    rebuilt = rebuild_metrics(
        db=audit.cluster.databases.jobs, campaign_id=None, after_id=None, dry_run=True, seconds_left=lambda: 60.0
    )
    for campaign_id, different in rebuilt.differences:
        yield f"campaign {campaign_id} {different.counter}: {different.shown} shown, {different.recounted} recounted"


def crossed_tenants(audit: Audit) -> Iterator[str]:
    for send in audit.campaign_sends:
        tenant = audit.tenant_of[send["instance"]]
        if UUID(subject_of(send)) not in tenant.campaigns or f"+{send['digits']}" not in tenant.phones:
            yield described(send)
    for row in audit.select(OWNED):
        sql = (
            f"select count(*) as number from hidra.{row['at']} r join hidra.{row['target']} t on t.id = r.{row['by']}"
            " where t.user_id <> r.user_id"
        )
        [found] = audit.select(cast(LiteralString, sql))
        if found["number"]:
            yield f"{found['number']} rows of {row['at']} by {row['by']}"


def private_data_in_logs(audit: Audit) -> Iterator[str]:
    """Yields the kind of the data only: the readers of this report may not be allowed to read the data."""
    logged = "\n".join([audit.log, *audit.cluster.errors])
    passwords = [login["password"] for login in audit.cluster.databases.logins.values()]
    for name, words in {
        "a key": [API_KEY, *passwords], "a text": ["Campanha ", CONFIRMATION, json.dumps(CONFIRMATION)[1:-1], "SAIR"],
    }.items():  # fmt: skip
        if any(word in logged for word in words):
            yield name
    digits = {send["digits"] for send in audit.sends} | {p[1:] for t in audit.tenants for p in t.phones}
    numbers = {number[-11:] for number in re.findall(r"\d{11,}", logged)}
    if numbers & {digit[-11:] for digit in digits}:
        yield "a phone"
    ids = sorted(send["provider_id"] for send in audit.sends if send["provider_id"])
    for word in set(re.findall(r"[0-9A-Za-z]{12,}", logged)):
        place = bisect_left(ids, word)
        if place < len(ids) and ids[place] == word:
            yield "a provider's id"


def unexpected_errors(audit: Audit) -> Iterator[str]:
    """Yields errors that workers raised or logged, except an unreachable database, and output that is no line of the log."""
    for error in audit.cluster.errors:
        if not _last_line(error).startswith(EXPECTED_ERROR):
            yield error[-800:]
    for line in audit.log.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            if not line.startswith(CONNECTION_CUT):
                yield line
            continue
        failed = entry["level"] in ("ERROR", "CRITICAL")
        if failed and not _last_line(entry.get("exception", "")).startswith(EXPECTED_ERROR):
            yield line[:800]


def _last_line(traceback: str) -> str:
    return traceback.strip().rpartition("\n")[2]


CHECKS: Mapping[str, Callable[[Audit], Iterator[str]]] = {
    "a message was sent twice": sent_twice,
    "a recipient is not in one final state": unaccounted,
    "a status contradicts the simulator": wrong_states,
    "a text is not the frozen one": wrong_content,
    "numbers differ from a recount": wrong_numbers,
    "a limit was exceeded": over_limits,
    "a message was sent without a claim": unclaimed,
    "a message was claimed or sent after a pause or a cancel": claimed_after_a_stop,
    "a message was claimed after an opt-out": claimed_after_an_opt_out,
    "tenants are mixed": crossed_tenants,
    "the workers' log has private data": private_data_in_logs,
    "an error was not expected": unexpected_errors,
}
