"""What is left of a soak: the simulator's log, the database, the workers' log."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import dict_row

from tests.chaos.cluster import Cluster
from tests.chaos.stops import AT_MOST_SECONDS
from tests.chaos.tenants import Tenant

GOODBYE = "Pronto, você não recebe mais nada."
COMMITS = "select extract(epoch from at)::float8 as at, stops, about from public.commits order by at"
MESSAGES = """
select m.id, m.user_id, m.campaign_id, m.run_id, m.contact_id, m.phone, m.status::text, m.provider_message_id,
    m.error_code, m.variables, r.body, extract(epoch from m.sent_at)::float8 as sent_at, i.instance_name as instance
from hidra.campaign_messages m
join hidra.campaign_runs r on r.id = m.run_id
left join hidra.evolution_api_config i on i.id = m.evolution_config_id
"""


@dataclass(frozen=True)
class Account:
    """What is left.

    ``limits``: each campaign's messages a minute; ``audience``: how many people were in its segment when it was made;
    ``erased``: how many of a user's were to be erased since; ``rows``: see MESSAGES.
    """

    cluster: Cluster
    tenants: Sequence[Tenant]
    limits: Mapping[str, int]
    audience: Mapping[UUID, int]
    erased: Counter[UUID]
    log: str

    @cached_property
    def sends(self) -> list[dict[str, Any]]:
        return self.cluster.simulator.sends()

    @cached_property
    def campaign_sends(self) -> list[dict[str, Any]]:
        """Without those of whom no number is known: their client died before it had written the body."""
        return [send for send in self.sends if send["number"] and send["text"] != GOODBYE]

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        return self.select(MESSAGES)

    @cached_property
    def tenant_of(self) -> dict[str, Tenant]:
        return {tenant.instance: tenant for tenant in self.tenants}

    @cached_property
    def stops(self) -> dict[str, list[tuple[float, float]]]:
        """From when to when nothing may be claimed, in epoch seconds, by campaign, and by user and phone."""
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
        with self.cluster.databases.owner.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(sql).fetchall()

    def too_late(self, about: str, at: float) -> float | None:
        """By how many seconds a post left after a commit that forbids it, if by too many."""
        late = (at - begun for begun, ended in self.stops.get(about, ()) if begun + AT_MOST_SECONDS < at < ended)
        return next(late, None)


def _changes(told: list[tuple[float, bool]]) -> Iterator[tuple[float, bool]]:
    """Those commits that changed whether there is a stop."""
    stopped = False
    for at, stops in told:
        if stops != stopped:
            yield at, stops
        stopped = stops


def campaign_of(send: Mapping[str, Any]) -> str:
    """Of a text "Campanha {its id}: …"; an answer to somebody who left belongs to none."""
    text: str = send["text"]
    return (
        text.removeprefix("Campanha ").split(":")[0] if text.startswith("Campanha ") else f"{send['instance']} answers"
    )


def whom(send: Mapping[str, Any]) -> str:
    return f"{send['digits']} of campaign {campaign_of(send)} on {send['instance']}"
