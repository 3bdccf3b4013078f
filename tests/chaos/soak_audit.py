"""The data that the audit of a soak reads: the simulator's log, the database, the workers' log."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, LiteralString
from uuid import UUID

from tests.chaos.cluster import Cluster
from tests.chaos.stops import AT_MOST_SECONDS
from tests.chaos.tenants import CONFIRMATION, Tenant, campaign_of

COMMITS = "select extract(epoch from at)::float8 as at, stops, about from public.commits order by at"
MESSAGES = """
select m.id, m.user_id, m.campaign_id, m.run_id, m.contact_id, m.phone, m.status::text, m.provider_message_id,
    m.error_code, m.variables, r.body, extract(epoch from m.sent_at)::float8 as sent_at, i.instance_name as instance
from hidra.campaign_messages m
join hidra.campaign_runs r on r.id = m.run_id
left join hidra.evolution_api_config i on i.id = m.evolution_config_id
"""


@dataclass(frozen=True)
class Audit:
    """The data of a soak that has settled.

    ``limits``: each campaign's messages a minute; ``audience``: how many contacts were in its segment when it was made;
    ``erased``: how many erasures of contacts each user has requested since; ``rows``: see MESSAGES.
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
        """Without confirmations, and without requests whose client died before it had written the body."""
        return [send for send in self.sends if send["number"] and send["text"] != CONFIRMATION]

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        return self.select(MESSAGES)

    @cached_property
    def tenant_of(self) -> dict[str, Tenant]:
        return {tenant.instance: tenant for tenant in self.tenants}

    @cached_property
    def stops(self) -> dict[str, list[tuple[float, float]]]:
        """Returns the spans in which no claim is allowed, in epoch seconds, by campaign, and by user and phone."""
        commits: dict[str, list[tuple[float, bool]]] = defaultdict(list)
        for row in self.select(COMMITS):
            commits[row["about"]].append((row["at"], row["stops"]))
        return {
            about: [
                (at, until)
                for (at, stops), (until, _) in pairwise([*_changes(noted), (float("inf"), False)])
                if stops
            ]
            for about, noted in commits.items()
        }  # fmt: skip

    def select(self, sql: LiteralString) -> list[dict[str, Any]]:
        return self.cluster.rows(sql)

    def too_late(self, about: str, at: float) -> float | None:
        """Returns by how many seconds a post left after a commit that forbids it, if by more than is allowed."""
        late = (at - begun for begun, ended in self.stops.get(about, ()) if begun + AT_MOST_SECONDS < at < ended)
        return next(late, None)


def _changes(commits: list[tuple[float, bool]]) -> Iterator[tuple[float, bool]]:
    """Yields the commits that changed whether claims are stopped."""
    stopped = False
    for at, stops in commits:
        if stops != stopped:
            yield at, stops
        stopped = stops


def subject_of(send: Mapping[str, Any]) -> str:
    """Returns the id of the send's campaign; for an opt-out confirmation, which has none, a name of its own."""
    text: str = send["text"]
    return campaign_of(text) if text.startswith("Campanha ") else f"{send['instance']} confirmations"


def described(send: Mapping[str, Any]) -> str:
    return f"{send['digits']} of campaign {subject_of(send)} on {send['instance']}"
