"""Every promise that can be read from what is left of a soak: the simulator's log, the database and the workers' log."""

import json
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, LiteralString, cast
from uuid import UUID

from psycopg.rows import dict_row

from hidra.domain import template
from hidra.domain.message import PROVIDER_WORDS
from hidra.domain.phone import phone_hash
from hidra.services.rebuild_metrics import rebuild_metrics
from tests.fire import trace
from tests.fire.fire import PHONE_HASH_SECRET, Fire
from tests.fire.simulator import API_KEY
from tests.fire.tenants import Tenant
from tests.fire.trace import Limits, Send

GOODBYE = "Pronto, você não recebe mais nada."
AT_MOST_SECONDS = 0.6  # between a commit that ends claims and the last post
_RANK = {"sent": 0, "failed": 1, "delivered": 2, "read": 3}
FORESEEN = "hidra.errors.Unavailable"
# What psycopg and libpq themselves note of a connection that was cut, in up to four lines.
CUT = (
    "error ignored ", "\tThis probably means the server terminated abnormally",
    "\tbefore or while processing the request.", "no connection to the server", "server closed the connection",
)  # fmt: skip
# What ends claims and what begins them again, with the time of its commit: a deferred trigger runs right before it.
WATCH = """
create table public.commits (at timestamptz not null, what text not null, about text not null);
create function public.note_commit() returns trigger language plpgsql security definer as $$
begin
    if tg_table_name = 'campaigns' then
        insert into public.commits
        values (clock_timestamp(), case when new.status = 'running' then 'goes on' else 'stops' end, new.id);
    elsif tg_op = 'DELETE' then
        insert into public.commits
        values (clock_timestamp(), 'goes on', old.user_id || ' ' || encode(old.phone_hash, 'hex'));
    else
        insert into public.commits
        values (clock_timestamp(), 'stops', new.user_id || ' ' || encode(new.phone_hash, 'hex'));
    end if;
    return null;
end $$;
create constraint trigger note_status after update on hidra.campaigns deferrable initially deferred for each row
when (new.status is distinct from old.status and new.status in ('running', 'paused', 'canceled'))
execute function public.note_commit();
create constraint trigger note_opt_out after insert or update or delete on hidra.opt_outs
deferrable initially deferred for each row execute function public.note_commit();
"""
COMMITS = "select extract(epoch from at)::float8 as at, what = 'stops' as stops, about from public.commits order by at"
MESSAGES = """
select m.id, m.user_id, m.campaign_id, m.run_id, m.contact_id, m.phone, m.status::text, m.provider_message_id,
    m.variables, r.body, extract(epoch from m.claimed_at)::float8 as claimed_at, i.instance_name as instance
from hidra.campaign_messages m
join hidra.campaign_runs r on r.id = m.run_id
left join hidra.evolution_api_config i on i.id = m.evolution_config_id
"""
OPEN_RUNS = """
select c.id, c.status::text, r.ended_at from hidra.campaigns c
left join hidra.campaign_runs r on r.campaign_id = c.id
where r.ended_at is null or c.status not in ('completed', 'failed', 'canceled')
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


@dataclass(frozen=True)
class Account:
    """What is left. ``stopped``: from when to when worker processes were stopped, in epoch seconds; ``audience``: how many
    people were in the segment of each campaign when it was made, ``limits``: its messages a minute; ``rows``: see MESSAGES."""

    fire: Fire
    tenants: Sequence[Tenant]
    stopped: Sequence[tuple[float, float]]
    limits: Mapping[str, int]
    audience: Mapping[UUID, int]
    log: str

    def breaches(self) -> list[str]:
        """Every promise that was not kept: which, and whom it concerns."""
        found = []
        for name, check in CHECKS.items():
            wrong = list(check(self))
            if wrong:
                found.append(f"{name}: {len(wrong)} times, {wrong[:3]}")
        return found

    @cached_property
    def sends(self) -> list[dict[str, Any]]:
        return self.fire.simulator.sends()

    @cached_property
    def campaign_sends(self) -> list[dict[str, Any]]:
        return [send for send in self.sends if send["text"] != GOODBYE]

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        return self.select(MESSAGES)

    @cached_property
    def tenant_of(self) -> dict[str, Tenant]:
        return {tenant.instance: tenant for tenant in self.tenants}

    @cached_property
    def stops(self) -> dict[str, list[tuple[float, float]]]:
        """From when to when nothing may be claimed, by campaign, and by user and phone."""
        commits: dict[str, list[tuple[float, bool]]] = defaultdict(list)
        for row in self.select(COMMITS):
            commits[row["about"]].append((row["at"], row["stops"]))
        return {
            about: [
                (at, until)
                for (at, stops), (until, _) in pairwise([*_changes(told), (float("inf"), False)])
                if stops
            ]
            for about, told in commits.items()
        }  # fmt: skip

    def select(self, sql: LiteralString) -> list[dict[str, Any]]:
        with self.fire.databases.owner.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(sql).fetchall()

    def too_late(self, about: str, at: float) -> float | None:
        """By how many seconds a post came in after a commit that forbids it, if by too many; a worker that was stopped before
        it posted is excused."""
        for begun, ended in self.stops.get(about, ()):
            last = begun + AT_MOST_SECONDS
            held = [end for begin, end in self.stopped if begin <= last <= end + AT_MOST_SECONDS]
            if max([last, *(end + AT_MOST_SECONDS for end in held)]) < at < ended:
                return at - begun
        return None

    def forbidden(self, about: str, at: float) -> bool:
        """Whether a claim at this moment of the database's came after a commit that forbids it."""
        return any(begun < at < ended for begun, ended in self.stops.get(about, ()))


def _changes(told: list[tuple[float, bool]]) -> Iterator[tuple[float, bool]]:
    """Those commits that changed whether there is a stop."""
    stopped = False
    for at, stops in told:
        if stops != stopped:
            yield at, stops
        stopped = stops


def _campaign(send: Mapping[str, Any]) -> str:
    """Of a text "Campanha {its id}: …"; an answer to somebody who left belongs to none."""
    text: str = send["text"]
    return (
        text.removeprefix("Campanha ").split(":")[0] if text.startswith("Campanha ") else f"{send['instance']} answers"
    )


def _whom(send: Mapping[str, Any]) -> str:
    return f"{send['digits']} of campaign {_campaign(send)} on {send['instance']}"


def twice(account: Account) -> Iterator[str]:
    """A message has one id of a provider's, so each that was accepted must have a message of its own; an erased one's
    id is gone, and only the number of runs is left."""
    rows = {(row["instance"], row["provider_message_id"]): row for row in account.rows}
    erased = {row["campaign_id"] for row in account.rows if row["phone"] is None}
    runs = Counter(campaign_id for campaign_id, _ in {(row["campaign_id"], row["run_id"]) for row in account.rows})
    strangers: Counter[tuple[str, str]] = Counter()
    for send in account.campaign_sends:
        if not send["accepted"]:
            continue
        row = rows.pop((send["instance"], send["provider_id"]), None)
        if row is None:
            whom = (_campaign(send), send["digits"])
            strangers[whom] += 1
            if UUID(whom[0]) not in erased or strangers[whom] > runs[UUID(whom[0])]:
                yield _whom(send)
        elif (row["phone"], str(row["campaign_id"])) != (f"+{send['digits']}", _campaign(send)):
            yield f"{_whom(send)} noted as message {row['id']}"


def unaccounted(account: Account) -> Iterator[str]:
    """Runs that did not end, recipients who do not count once, frozen audiences that lack somebody."""
    for row in account.select(OPEN_RUNS):
        yield f"campaign {row['id']} is {row['status']}"
    for row in account.select(MISCOUNTED):
        yield f"contact {row['contact_id']} of campaign {row['campaign_id']} counts {row['counted']} times"
    people: dict[UUID, set[UUID]] = defaultdict(set)
    for row in account.rows:
        people[row["campaign_id"]].add(row["contact_id"])
        if row["status"] in ("pending", "sending", "unknown"):
            yield f"message {row['id']} is {row['status']}"
        if row["phone"] and row["provider_message_id"] is None and row["status"] not in ("failed", "skipped"):
            yield f"message {row['id']} is {row['status']} and nobody knows its id"
    erased = Counter(
        row["user_id"] for row in account.select("select user_id from hidra.opt_outs where source = 'erasure'")
    )
    for tenant in account.tenants:
        for campaign_id in tenant.campaigns:
            found, least = len(people[campaign_id]), account.audience[campaign_id] - erased[tenant.user_id]
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
        db=account.fire.databases.jobs, campaign_id=None, after_id=None, dry_run=True, seconds_left=lambda: 60.0
    )
    for campaign_id, different in rebuilt.differences:
        yield f"campaign {campaign_id} {different.counter}: {different.shown} shown, {different.recounted} recounted"


def over_limits(account: Account) -> Iterator[str]:
    connections, campaigns = {}, dict(account.limits)
    for tenant in account.tenants:
        [row] = account.select(
            cast(
                LiteralString,
                "select max_messages_per_minute as pace, max_concurrent_sends as at_once from"
                f" hidra.evolution_api_config where id = '{tenant.config_id}'",
            )
        )
        connections[tenant.instance] = Limits(row["pace"], row["at_once"])
        campaigns[f"{tenant.instance} answers"] = row["pace"]
    sends = [
        Send(_micros(row["received_monotonic"]), _closed(row), row["instance"], _campaign(row)) for row in account.sends
    ]
    for measure in trace.measure(sends, connections=connections, campaigns=campaigns).values():
        if measure.over:
            yield str(measure)


def _micros(seconds: float) -> int:
    return round(seconds * trace.SECOND)


def _closed(row: Mapping[str, Any]) -> int | None:
    """When a request ended: answered, or left by a client that waited no longer or died."""
    ends = [_micros(row[name]) for name in ("answered_monotonic", "left_monotonic") if row[name] is not None]
    return min(ends, default=None)


def after_a_stop(account: Account) -> Iterator[str]:
    for send in account.campaign_sends:
        late = account.too_late(_campaign(send), send["received_at"])
        if late is not None:
            yield f"{_whom(send)} {late:.2f} s after"


def after_leaving(account: Account) -> Iterator[str]:
    """Of a message that is known the claim tells exactly; of others, such as an erased one's, the time of the post."""
    claimed = {(row["instance"], row["provider_message_id"]): row["claimed_at"] for row in account.rows}
    secret = PHONE_HASH_SECRET.encode()
    for send in account.campaign_sends:
        user_id = account.tenant_of[send["instance"]].user_id
        about = f"{user_id} {phone_hash(secret, str(user_id), f'+{send["digits"]}').hex()}"
        claimed_at = claimed.get((send["instance"], send["provider_id"])) if send["provider_id"] else None
        if claimed_at is not None:
            if account.forbidden(about, claimed_at):
                yield f"{_whom(send)} claimed after"
        elif (late := account.too_late(about, send["received_at"])) is not None:
            yield f"{_whom(send)} {late:.2f} s after"


def crossed_tenants(account: Account) -> Iterator[str]:
    for send in account.campaign_sends:
        tenant = account.tenant_of[send["instance"]]
        mine = UUID(_campaign(send)) in tenant.campaigns and f"+{send['digits']}" in tenant.phones
        if not mine:
            yield _whom(send)
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
    said = "\n".join([account.log, *account.fire.errors])
    passwords = [login["password"] for login in account.fire.databases.logins.values()]
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
    for error in account.fire.errors:
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
    "something was posted after a pause or a cancel": after_a_stop,
    "somebody who left was written to": after_leaving,
    "tenants are not apart": crossed_tenants,
    "the workers' log tells": told_in_logs,
    "an error was not foreseen": unforeseen,
}
