"""A stack on this machine: its processes, API, clock, queues, events and metrics."""

import time
from collections.abc import Mapping
from typing import Any

import psycopg
import requests

from local import named_stacks
from local.doctor.findings import Check, Finding, State, fails, ok, warning
from local.stack import Stack

# Twice the clock's minute.
CLOCK_SECONDS = 120
# A send's answer or the next tick matches an event; one that waits longer belongs to no message of Hidra.
WAITING_SECONDS = 300

_QUEUES = {
    "send queue": "SendQueue",
    "campaign queue": "CampaignQueue",
    "send dead letters": "SendDeadLetters",
    "campaign dead letters": "CampaignDeadLetters",
    "delivery dead letters": "DeliveryDeadLetters",
}
# Test messages and opt-out confirmations are in direct_sends. One whose outcome is unknown has no provider id there:
# so many messages of its connection may be ours.
EVENTS = """
with unmatched as (
    select evolution_config_id, provider_message_id, min(received_at) as received_at
    from hidra.delivery_events_unmatched u
    where not exists (
        select from hidra.direct_sends d
        where d.evolution_config_id = u.evolution_config_id and d.provider_message_id = u.provider_message_id
    )
    group by 1, 2
), direct as (
    select evolution_config_id, count(*) as number, min(claimed_at) as claimed_at
    from hidra.direct_sends where provider_message_id is null and ended_at is not null group by 1
), foreign_messages as (
    select u.received_at from (
        select *, row_number() over (partition by evolution_config_id order by received_at desc) as place from unmatched
    ) as u left join direct d using (evolution_config_id)
    where u.place > coalesce(d.number, 0) or u.received_at < d.claimed_at
)
select (select count(*) from foreign_messages),
    (select extract(epoch from now() - min(received_at))::float from foreign_messages),
    (select count(*) from hidra.delivery_events_rejected)
"""


def checks(name: str) -> list[Check]:
    stack = named_stacks.find(name)
    if stack is None:
        return [Check(f"Stack {name}", lambda: [ok(f"Stack {name}", "not running; ./hidra up starts it")])]
    lost = named_stacks.lost_processes(stack)
    found = [Check("Processes", lambda: [processes(lost, len(stack.processes))])]
    if lost:
        return found
    return [
        *found,
        Check("API", lambda: [api(_ask_api(stack))]),
        Check("Clock", lambda: [clock(_last_tick(stack), up_for=time.time() - stack.started)]),
        Check("Queues", lambda: queues(_depths(stack))),
        Check("Events", lambda: events(*count_events(stack.database_url))),
        Check("Metrics", lambda: [metrics(stack.invoke("metrics_rebuild", {"dry_run": True}))], late=State.WARNING),
    ]


def processes(lost: list[str], number: int) -> Finding:
    if lost:
        return fails(
            "Processes", f"{', '.join(lost)} ended", "./hidra up starts it again and keeps the data; see ./hidra status"
        )
    return ok("Processes", f"all {number} run")


def api(status: int) -> Finding:
    if status == 200:
        return ok("API", "answers")
    return fails("API", f"GET /v1/contacts failed with {status}", "see ./hidra logs contacts")


def clock(last: float | None, *, up_for: float) -> Finding:
    """`last` is how many seconds ago it ticked; None if not recently."""
    if last is not None and last <= CLOCK_SECONDS:
        return ok("Clock", f"ticked {last:.0f} s ago")
    if up_for < CLOCK_SECONDS:
        return ok("Clock", "its first tick comes a minute after the start")
    return fails(
        "Clock", f"no tick for {CLOCK_SECONDS} s: no campaign starts or continues", "see ./hidra logs campaign_clock"
    )


def queues(depths: Mapping[str, int]) -> list[Finding]:
    """Messages by queue. Waiting messages are work; dead letters need a person."""
    dead = {name: depth for name, depth in depths.items() if "dead letters" in name and depth}
    waiting = ", ".join(f"{depth} in the {name}" for name, depth in depths.items() if "dead letters" not in name)
    letters = ", ".join(f"{depth} {name}" for name, depth in dead.items())
    advice = "see docs/deploying.md for their meaning and the function's log for the cause"
    return [
        ok("Queues", waiting),
        fails("Dead letters", letters, advice) if dead else ok("Dead letters", "none"),
    ]


def events(unmatched: int, oldest: float | None, rejected: int) -> list[Finding]:
    """Judges the number of messages with unmatched events, the age of the oldest in seconds, and the rejected events.

    Events of test messages and opt-out confirmations are not counted.
    """
    if oldest is not None and oldest > WAITING_SECONDS:
        found = warning(
            "Unmatched events",
            f"{unmatched} wait for their message, the oldest for {oldest / 60:.0f} min",
            "nothing to do: another program sends messages over the same instance; their events are dropped after 48 h",
        )
    else:
        found = ok("Unmatched events", f"{unmatched} wait for their message" if unmatched else "none")
    if rejected:
        advice = "see their reasons and positions on the stream in hidra.delivery_events_rejected"
        return [found, warning("Rejected events", f"{rejected} could not be read", advice)]
    return [found, ok("Rejected events", "none")]


def metrics(answer: Mapping[str, Any]) -> Finding:
    different, campaigns = len(answer["differences"]), answer["campaigns"]
    more = " and more" if answer["continue_after"] else ""
    if different:
        text = f"{different} numbers differ from a recount (campaigns: {campaigns}{more})"
        return fails("Metrics", text, "see ./hidra rebuild-metrics; its --apply fixes them")
    return ok("Metrics", f"equal to a recount (campaigns: {campaigns}{more})")


def _ask_api(stack: Stack) -> int:
    session = requests.Session()
    session.trust_env = False
    headers = {"Authorization": f"Bearer {stack.token()}"}
    return session.get(f"{stack.api_url}/v1/contacts?limit=1", headers=headers, timeout=6).status_code


def _last_tick(stack: Stack) -> float | None:
    at = stack.cloud.last_logged("campaign_clock", seconds=2 * CLOCK_SECONDS)
    return max(0.0, time.time() - at) if at else None


def _depths(stack: Stack) -> dict[str, int]:
    names = [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
    ]
    sqs = stack.cloud.client("sqs")
    return {
        name: sum(
            int(number)
            for number in sqs.get_queue_attributes(QueueUrl=stack.cloud.resource(queue), AttributeNames=names)[
                "Attributes"
            ].values()
        )
        for name, queue in _QUEUES.items()
    }


def count_events(url: str) -> tuple[int, float | None, int]:
    """The arguments of `events` from the database of a stack."""
    with psycopg.connect(url, connect_timeout=5, options="-c statement_timeout=5000") as connection:
        row = connection.execute(EVENTS).fetchone()
    assert row is not None, "a select of aggregates returns a row"
    return row
