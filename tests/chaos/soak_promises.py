"""Every promise that can be read from what is left of a soak."""

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
from tests.chaos.soak_account import GOODBYE, Account, campaign_of, whom
from tests.chaos.soak_claims import after_a_stop, after_leaving, over_limits, unclaimed

_RANK = {"sent": 0, "failed": 1, "delivered": 2, "read": 3}
FORESEEN = "hidra.errors.Unavailable"
# What psycopg and libpq themselves note of a connection that was cut, in up to four lines.
CUT = (
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


def breaches(account: Account) -> list[str]:
    """Every promise that was not kept: which, and whom it concerns."""
    found = []
    for name, check in CHECKS.items():
        wrong = list(check(account))
        if wrong:
            found.append(f"{name}: {len(wrong)} times, {wrong[:3]}")
    return found


def twice(account: Account) -> Iterator[str]:
    """A message has one id of a provider's, so each that was accepted must have a message of its own, be it one that was
    given up in doubt; an erased one's id is gone, and only the number of runs is left."""
    rows = {(row["instance"], row["provider_message_id"]): row for row in account.rows}
    erased = {row["campaign_id"] for row in account.rows if row["phone"] is None}
    runs = Counter(campaign_id for campaign_id, _ in {(row["campaign_id"], row["run_id"]) for row in account.rows})
    given_up = Counter(
        (str(row["campaign_id"]), row["phone"][1:])
        for row in account.rows
        if row["phone"] and row["error_code"] == OUTCOME_UNKNOWN
    )
    strangers: Counter[tuple[str, str]] = Counter()
    for send in account.campaign_sends:
        if not send["accepted"]:
            continue
        row = rows.pop((send["instance"], send["provider_id"]), None)
        if row is None:
            key = (campaign_of(send), send["digits"])
            given_up[key] -= 1
            if given_up[key] >= 0:
                continue
            strangers[key] += 1
            if UUID(key[0]) not in erased or strangers[key] > runs[UUID(key[0])]:
                yield whom(send)
        elif (row["phone"], str(row["campaign_id"])) != (f"+{send['digits']}", campaign_of(send)):
            yield f"{whom(send)} noted as message {row['id']}"


def unaccounted(account: Account) -> Iterator[str]:
    """Runs that did not end, recipients who do not count once, frozen audiences that lack somebody."""
    for row in account.select(OPEN_RUNS):
        yield f"campaign {row['id']} is {row['status']}"
    for row in account.select(MISCOUNTED):
        yield f"contact {row['contact_id']} of campaign {row['campaign_id']} counts {row['counted']} times"
    started = {row["id"] for row in account.select("select campaign_id as id from hidra.campaign_runs")}
    people: dict[UUID, set[UUID]] = defaultdict(set)
    for row in account.rows:
        people[row["campaign_id"]].add(row["contact_id"])
        if row["status"] in ("pending", "sending", "unknown"):
            yield f"message {row['id']} is {row['status']}"
        if row["phone"] and row["provider_message_id"] is None and row["status"] not in ("failed", "skipped"):
            yield f"message {row['id']} is {row['status']} and nobody knows its id"
    for tenant in account.tenants:
        for campaign_id in started.intersection(tenant.campaigns):
            found, least = len(people[campaign_id]), account.audience[campaign_id] - account.erased[tenant.user_id]
            if found < least:
                yield f"campaign {campaign_id} has {found} of at least {least} recipients"


def wrong_states(account: Account) -> Iterator[str]:
    """A message is at least what Hidra was told of it, and at most what happened; webhooks may have been lost."""
    sends = {(send["instance"], send["provider_id"]): send for send in account.campaign_sends if send["accepted"]}
    for row in account.rows:
        send = sends.get((row["instance"], row["provider_message_id"]))
        if send is None:
            continue
        told = [PROVIDER_WORDS[status["status"]].value for status in send["statuses"] if status["answered_at"]]
        least = max((_RANK[word] for word in told), default=0)
        if not least <= _RANK.get(row["status"], -1) <= _RANK[send["final"]]:
            yield f"message {row['id']} is {row['status']}, was told {told}, is {send['final']}"


def wrong_content(account: Account) -> Iterator[str]:
    """What goes out is the run's frozen text with the recipient's frozen values."""
    sends = {(send["instance"], send["provider_id"]): send for send in account.campaign_sends if send["accepted"]}
    for row in account.rows:
        send = sends.get((row["instance"], row["provider_message_id"]))
        if send is not None and send["text"] != template.render(row["body"], row["variables"]):
            yield f"message {row['id']}"


def wrong_numbers(account: Account) -> Iterator[str]:
    for row in account.select(WRONG_TOTALS):
        yield f"the total of campaign {row['campaign_id']}"
    rebuilt = rebuild_metrics(
        db=account.cluster.databases.jobs, campaign_id=None, after_id=None, dry_run=True, seconds_left=lambda: 60.0
    )
    for campaign_id, different in rebuilt.differences:
        yield f"campaign {campaign_id} {different.counter}: {different.shown} shown, {different.recounted} recounted"


def crossed_tenants(account: Account) -> Iterator[str]:
    for send in account.campaign_sends:
        tenant = account.tenant_of[send["instance"]]
        mine = UUID(campaign_of(send)) in tenant.campaigns and f"+{send['digits']}" in tenant.phones
        if not mine:
            yield whom(send)
    for row in account.select(OWNED):
        sql = (
            f"select count(*) as number from hidra.{row['at']} r join hidra.{row['target']} t on t.id = r.{row['by']}"
            " where t.user_id <> r.user_id"
        )
        [found] = account.select(cast(LiteralString, sql))
        if found["number"]:
            yield f"{found['number']} rows of {row['at']} by {row['by']}"


def told_in_logs(account: Account) -> Iterator[str]:
    """A line of the log is never repeated here: whoever reads this may not be who may read that."""
    said = "\n".join([account.log, *account.cluster.errors])
    passwords = [login["password"] for login in account.cluster.databases.logins.values()]
    for name, words in {
        "a key": [API_KEY, *passwords], "a text": ["Campanha ", GOODBYE, json.dumps(GOODBYE)[1:-1], "SAIR"],
    }.items():  # fmt: skip
        if any(word in said for word in words):
            yield name
    digits = {send["digits"] for send in account.sends} | {p[1:] for t in account.tenants for p in t.phones}
    numbers = {number[-11:] for number in re.findall(r"\d{11,}", said)}
    if numbers & {digit[-11:] for digit in digits}:
        yield "a phone"
    ids = sorted(send["provider_id"] for send in account.sends if send["provider_id"])
    for word in set(re.findall(r"[0-9A-Za-z]{12,}", said)):
        place = bisect_left(ids, word)
        if place < len(ids) and ids[place] == word:
            yield "a provider's id"


def unforeseen(account: Account) -> Iterator[str]:
    """Errors that a worker ended with or noted, but for a database that was away; and what is no line of the log."""
    for error in account.cluster.errors:
        if not _last_line(error).startswith(FORESEEN):
            yield error[-800:]
    for line in account.log.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            if not line.startswith(CUT):
                yield line
            continue
        failed = entry["level"] in ("ERROR", "CRITICAL")
        if failed and not _last_line(entry.get("exception", "")).startswith(FORESEEN):
            yield line[:800]


def _last_line(traceback: str) -> str:
    return traceback.strip().rpartition("\n")[2]


CHECKS: Mapping[str, Callable[[Account], Iterator[str]]] = {
    "somebody got a run's message twice": twice,
    "somebody is not in one accounted state": unaccounted,
    "a status is not what was told": wrong_states,
    "a content was not the frozen one": wrong_content,
    "numbers are not a recount's": wrong_numbers,
    "a limit was exceeded": over_limits,
    "something was posted without a claim": unclaimed,
    "something was posted after a pause or a cancel": after_a_stop,
    "somebody who left was written to": after_leaving,
    "tenants are not apart": crossed_tenants,
    "the workers' log tells": told_in_logs,
    "an error was not foreseen": unforeseen,
}
