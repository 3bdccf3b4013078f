"""Who was claimed when, by the database's own order of transactions: what ended claims, and what the limits allowed.

No clock tells whether a claim came after a pause or an opt-out: between the commit and the moment from which others see
it a busy machine may let any time pass. So the database notes of each claim what its statement saw, and of each commit
that ends claims which of them had committed by then.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.chaos import trace
from tests.chaos.soak_account import Account, campaign_of, whom
from tests.chaos.trace import Send

TRANSIT_SECONDS = 1.0  # for which the pace leaves room; what comes later was kept by the machine
# Of what ends claims and what begins them again: a deferred trigger runs right before the commit, with every lock held. Of
# claims: only a function that is stable sees the snapshot of the statement that fires it.
WATCH = """
create table public.commits (xid xid8, saw pg_snapshot, at timestamptz, stops boolean, about text);
create table public.claims (
    xid xid8, saw pg_snapshot, at timestamptz, user_id uuid, campaign_id uuid, phone text, phone_hash bytea
);
create function public.note_commit() returns trigger language plpgsql security definer as $$
declare
    stops boolean := tg_op <> 'DELETE';
    about text;
begin
    if tg_table_name = 'campaigns' then
        stops := new.status <> 'running';
        about := new.id;
    else
        about := coalesce(new.user_id, old.user_id) || ' ' || encode(coalesce(new.phone_hash, old.phone_hash), 'hex');
    end if;
    insert into public.commits
    values (pg_current_xact_id(), pg_current_snapshot(), clock_timestamp(), stops, about);
    return null;
end $$;
create constraint trigger note_status after update on hidra.campaigns deferrable initially deferred for each row
when (new.status is distinct from old.status and new.status in ('running', 'paused', 'canceled'))
execute function public.note_commit();
create constraint trigger note_opt_out after insert or update or delete on hidra.opt_outs
deferrable initially deferred for each row execute function public.note_commit();
create function public.note_claim(saw pg_snapshot, message hidra.campaign_messages) returns void
language sql volatile security definer as $$
    insert into public.claims values (pg_current_xact_id(), saw, message.claimed_at, message.user_id,
        message.campaign_id, message.phone, message.phone_hash)
$$;
create function public.see_claim() returns trigger language plpgsql stable security definer as $$
begin
    perform public.note_claim(pg_current_snapshot(), new);
    return new;
end $$;
create trigger see_claim before update on hidra.campaign_messages for each row
when (new.status = 'sending' and old.status <> 'sending') execute function public.see_claim();
"""
# A pause waits for the claims under way: those that had not committed by then must have seen that it goes on again.
CLAIMED_AFTER_A_STOP = """
select c.campaign_id::text as campaign, c.phone from public.claims c
join public.commits s on s.about = c.campaign_id::text and s.stops
where not pg_visible_in_snapshot(c.xid, s.saw) and not exists (
    select from public.commits g
    where g.about = s.about and not g.stops and g.at > s.at and pg_visible_in_snapshot(g.xid, c.saw)
)
"""
CLAIMED_AFTER_LEAVING = """
select c.campaign_id::text as campaign, c.phone from public.claims c
cross join lateral (
    select w.stops from public.commits w
    where w.about = c.user_id || ' ' || encode(c.phone_hash, 'hex') and pg_visible_in_snapshot(w.xid, c.saw)
    order by w.at desc limit 1
) latest
where latest.stops
"""
CLAIMS = """
select campaign_id::text as campaign, phone, extract(epoch from at)::float8 as at from public.claims order by at
"""
LIMITS = """
select instance_name as instance, max_messages_per_minute as pace, max_concurrent_sends as at_once
from hidra.evolution_api_config
"""


def after_a_stop(account: Account) -> Iterator[str]:
    """Claims that a stop forbids, and posts that left too late after one by the sender's own note: when the simulator has
    time to look at them, tells of the machine."""
    for claim in account.select(CLAIMED_AFTER_A_STOP):
        yield f"{claim['phone']} of campaign {claim['campaign']} claimed after"
    for row in account.rows:
        late = account.too_late(str(row["campaign_id"]), row["sent_at"]) if row["sent_at"] else None
        if late is not None:
            yield f"message {row['id']} of campaign {row['campaign_id']} left {late:.2f} s after"


def after_leaving(account: Account) -> Iterator[str]:
    """Claims of whoever had left: nobody is posted to without one, which is looked at too."""
    for claim in account.select(CLAIMED_AFTER_LEAVING):
        yield f"{claim['phone']} of campaign {claim['campaign']} claimed after"


def unclaimed(account: Account) -> Iterator[str]:
    """A claim is for one post at most."""
    claims = Counter((claim["campaign"], claim["phone"]) for claim in account.select(CLAIMS))
    for send in account.campaign_sends:
        key = _key(send)
        claims[key] -= 1
        if claims[key] < 0:
            yield whom(send)


def over_limits(account: Account) -> Iterator[str]:
    arrivals: dict[str, list[int]] = defaultdict(list)
    requests: dict[str, list[Send]] = defaultdict(list)
    left = departures(account)
    for send in account.sends:
        arrived, campaign = _micros(arrival(send, left.get(send["seq"]))), campaign_of(send)
        arrivals[send["instance"]].append(arrived)
        arrivals[campaign].append(arrived)
        open_from = _micros(send["received_monotonic"])
        requests[send["instance"]].append(Send(open_from, closed(send), send["instance"], campaign))
    limits = {str(campaign_id): pace for campaign_id, pace in account.limits.items()}
    for row in account.select(LIMITS):
        limits[row["instance"]] = limits[f"{row['instance']} answers"] = row["pace"]
        most = trace.most_open(requests[row["instance"]])
        if most > row["at_once"]:
            yield f"{row['instance']}: {most} of {row['at_once']} open"
    for name, times in arrivals.items():
        fullest = trace.fullest_window(sorted(times))
        if fullest > limits[name]:
            yield f"{name}: {fullest} of {limits[name]} in the fullest minute"


def departures(account: Account) -> dict[int, float]:
    """When posts left, by their place in the log: as the sender noted, or where that is lost as they were claimed."""
    noted = {(row["instance"], row["provider_message_id"]): row["sent_at"] for row in account.rows}
    claimed: dict[tuple[str, str], list[float]] = defaultdict(list)
    for claim in account.select(CLAIMS):
        claimed[claim["campaign"], claim["phone"]].append(claim["at"])
    found = {}
    for send in account.campaign_sends:
        left = noted.get((send["instance"], send["provider_id"])) if send["provider_id"] else None
        left = left or _latest(claimed[_key(send)], send["received_at"])
        if left is not None:
            found[send["seq"]] = left
    return found


def arrival(send: Mapping[str, Any], left: float | None) -> float:
    """When a post came in, in monotonic seconds; not when a simulator without processor looked at it, long after."""
    kept = 0.0 if left is None else max(0.0, send["received_at"] - left - TRANSIT_SECONDS)
    return float(send["received_monotonic"]) - kept


def closed(send: Mapping[str, Any]) -> int | None:
    """When a request ended: answered, or left by a client that waited no longer or died."""
    ends = [_micros(send[name]) for name in ("answered_monotonic", "left_monotonic") if send[name] is not None]
    return min(ends, default=None)


def _latest(times: Sequence[float], until: float) -> float | None:
    place = bisect_right(times, until)
    return times[place - 1] if place else None


def _key(send: Mapping[str, Any]) -> tuple[str, str]:
    return campaign_of(send), f"+{send['digits']}"


def _micros(seconds: float) -> int:
    return round(seconds * trace.SECOND)
