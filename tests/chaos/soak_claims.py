"""Claims against stops and limits, by the database's own order of transactions.

A clock cannot show whether a claim came after a pause or an opt-out: on a busy machine any time may pass between a commit
and the moment at which other transactions see it. So the database notes the snapshot of each claim's statement, and of
each commit that stops claims.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.chaos import trace
from tests.chaos.soak_audit import Audit, described, subject_of
from tests.chaos.trace import Send

TRANSIT_SECONDS = 1.0  # for which the pace leaves room; a request that takes longer was delayed by the machine
# For commits that stop or resume claims: a deferred trigger runs right before the commit, with every lock held. For
# claims: only a stable function sees the snapshot of the statement that fires it.
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
# A pause waits for the claims under way: a claim that committed after it must have seen the resume.
CLAIMED_AFTER_A_STOP = """
select c.campaign_id::text as campaign, c.phone from public.claims c
join public.commits s on s.about = c.campaign_id::text and s.stops
where not pg_visible_in_snapshot(c.xid, s.saw) and not exists (
    select from public.commits g
    where g.about = s.about and not g.stops and g.at > s.at and pg_visible_in_snapshot(g.xid, c.saw)
)
"""
CLAIMED_AFTER_AN_OPT_OUT = """
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


def claimed_after_a_stop(audit: Audit) -> Iterator[str]:
    """Yields claims that a stop forbids, and posts that left too late after a stop.

    The time of a post is the sender's record: the simulator's log depends on when the machine lets it run.
    """
    for claim in audit.select(CLAIMED_AFTER_A_STOP):
        yield f"{claim['phone']} of campaign {claim['campaign']} claimed after"
    for row in audit.rows:
        late = audit.too_late(str(row["campaign_id"]), row["sent_at"]) if row["sent_at"] else None
        if late is not None:
            yield f"message {row['id']} of campaign {row['campaign_id']} left {late:.2f} s after"


def claimed_after_an_opt_out(audit: Audit) -> Iterator[str]:
    """Yields claims of opted-out phones; ``unclaimed`` checks that no message is posted without a claim."""
    for claim in audit.select(CLAIMED_AFTER_AN_OPT_OUT):
        yield f"{claim['phone']} of campaign {claim['campaign']} claimed after"


def unclaimed(audit: Audit) -> Iterator[str]:
    """Yields posts without a claim of their own."""
    claims = Counter((claim["campaign"], claim["phone"]) for claim in audit.select(CLAIMS))
    for send in audit.campaign_sends:
        key = _key(send)
        claims[key] -= 1
        if claims[key] < 0:
            yield described(send)


def over_limits(audit: Audit) -> Iterator[str]:
    arrivals: dict[str, list[int]] = defaultdict(list)
    requests: dict[str, list[Send]] = defaultdict(list)
    posted = post_times(audit)
    for send in audit.sends:
        arrived, campaign = _micros(arrival_time(send, posted.get(send["seq"]))), subject_of(send)
        arrivals[send["instance"]].append(arrived)
        arrivals[campaign].append(arrived)
        open_from = _micros(send["received_monotonic"])
        requests[send["instance"]].append(Send(open_from, closed_at(send), send["instance"], campaign))
    limits = {str(campaign_id): pace for campaign_id, pace in audit.limits.items()}
    for row in audit.select(LIMITS):
        limits[row["instance"]] = limits[f"{row['instance']} confirmations"] = row["pace"]
        most = trace.most_open(requests[row["instance"]])
        if most > row["at_once"]:
            yield f"{row['instance']}: {most} of {row['at_once']} open"
    for name, times in arrivals.items():
        fullest = trace.fullest_window(sorted(times))
        if fullest > limits[name]:
            yield f"{name}: {fullest} of {limits[name]} in the fullest minute"


def post_times(audit: Audit) -> dict[int, float]:
    """Returns when each post left, in epoch seconds by its place in the log.

    This is the sender's record of it or, where that is lost, the time of its claim.
    """
    noted = {(row["instance"], row["provider_message_id"]): row["sent_at"] for row in audit.rows}
    claimed: dict[tuple[str, str], list[float]] = defaultdict(list)
    for claim in audit.select(CLAIMS):
        claimed[claim["campaign"], claim["phone"]].append(claim["at"])
    found = {}
    for send in audit.campaign_sends:
        posted = noted.get((send["instance"], send["provider_id"])) if send["provider_id"] else None
        posted = posted or _latest(claimed[_key(send)], send["received_at"])
        if posted is not None:
            found[send["seq"]] = posted
    return found


def arrival_time(send: Mapping[str, Any], posted: float | None) -> float:
    """Returns when a post arrived, in monotonic seconds, without the delay by a simulator that got no processor."""
    delay = 0.0 if posted is None else max(0.0, send["received_at"] - posted - TRANSIT_SECONDS)
    return float(send["received_monotonic"]) - delay


def closed_at(send: Mapping[str, Any]) -> int | None:
    """Returns when a request ended: with its answer, or when its client timed out or died."""
    ends = [_micros(send[name]) for name in ("answered_monotonic", "left_monotonic") if send[name] is not None]
    return min(ends, default=None)


def _latest(times: Sequence[float], until: float) -> float | None:
    place = bisect_right(times, until)
    return times[place - 1] if place else None


def _key(send: Mapping[str, Any]) -> tuple[str, str]:
    return subject_of(send), f"+{send['digits']}"


def _micros(seconds: float) -> int:
    return round(seconds * trace.SECOND)
