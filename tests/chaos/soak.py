"""A soak: random faults of every kind for a while, then none, then an audit of every promise that shows from outside."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from hidra.errors import Conflict
from hidra.services import lifecycle
from hidra.store.doubts import NAMELESS_DIRECT_SEND
from tests.chaos.cluster import A_DAY_LATER, Cluster, Sizes, Times
from tests.chaos.soak_audit import Audit
from tests.chaos.soak_claims import WATCH
from tests.chaos.soak_faults import RandomFaults, UserActions
from tests.chaos.soak_promises import breaches
from tests.chaos.tenants import CONFIRMATION, Tenant, campaign_of, opt_out_phone, phones
from tests.conftest import Databases

# As in production, a sender is killed before its claim stops taking room. Otherwise a worker that is stopped or gets no
# processor could still have its request open by then.
TIMES = Times(sender_timeout=8.0, function_timeout=8.0, sender_lost_after=9, confirmation_patience=3.0, tick=1.5)
# Of each tenant: contacts, messages a minute, requests open at once; and the paces of their campaigns.
TENANTS = ((15, 120, 1), (25, 150, 2), (40, 180, 3), (30, 240, 8))
PACES = (120, 240, 600)
AT_ONCE = 2  # active campaigns of each tenant
SAY_EVERY = 5.0  # seconds
_CHECK_A_DAY_LATER_EVERY = 15.0  # seconds
CANCEL_AFTER = 15.0  # seconds without faults; then active campaigns are canceled
ACTIVE = "('scheduled', 'running', 'paused')"
STATE = f"""
select (select count(*) from hidra.campaigns where status in {ACTIVE}) as active,
    count(*) filter (where status = 'pending') as pending, count(*) filter (where status = 'sending') as sending,
    count(*) filter (where status = 'unknown') as unknown
from hidra.campaign_messages
"""
ACTIVE_OF_USERS = f"select user_id, id, status = 'paused' from hidra.campaigns where status in {ACTIVE}"
OPEN_RUNS = "select count(*) from hidra.campaign_runs where ended_at is null"
# Without messages whose phone also has a confirmation with an unknown id: Evolution's message may be the confirmation,
# so such a doubt ends only when it is given up.
UNKNOWN = f"""
select i.instance_name, substr(phone, 2), campaign_id::text
from hidra.campaign_messages m join hidra.evolution_api_config i on i.id = m.evolution_config_id
where m.status = 'unknown' and phone is not null and not exists (
    select from hidra.direct_sends t
    where t.evolution_config_id = m.evolution_config_id and t.phone_hash = m.phone_hash and {NAMELESS_DIRECT_SEND}
)
"""
# Ends the waits of half a minute and more after a 429.
END_WAITS = "update hidra.campaign_messages set not_before = now() where status = 'pending' and not_before > now()"


@dataclass(frozen=True)
class Report:
    """What was done, and which promises were broken."""

    sends: int
    kills: int
    network_faults: int
    faults: Counter[str]
    actions: Counter[str]
    campaigns: int
    seconds: float
    settled_in: float
    seed: int
    breaches: Sequence[str]

    def __str__(self) -> str:
        did = ", ".join(f"{name} {number}" for name, number in sorted((self.faults + self.actions).items()))
        verdict = "\n  ".join(["every promise kept"] if not self.breaches else ["BROKEN:", *self.breaches])
        return (
            f"soak: {self.sends} sends of {self.campaigns} campaigns, {self.kills} kills, {self.network_faults} network"
            f" faults, {self.faults.total()} other faults, {self.actions.total()} user actions in {self.seconds:.0f} s,"
            f" settled in {self.settled_in:.0f} s, seed {self.seed}: {verdict}\n  ({did})"
        )


def soak(
    databases: Databases, folder: Path, *, seconds: float, settled_within: float, seed: int, say: Callable[[str], None],
) -> Report:  # fmt: skip
    """Runs campaigns of several tenants under random faults for so long, then without faults until all is settled, and audits.

    Args:
        settled_within: seconds without faults after which everything must be settled.
        say: receives a line on the progress every few seconds.

    Raises:
        AssertionError: the campaigns do not settle in time; with the seed.
    """
    with Cluster.running(databases, folder, seed=seed, times=TIMES, sizes=Sizes(send=32)) as cluster:
        scenario = _Scenario(cluster, random.Random(seed), say)
        scenario.set_up()
        faults = RandomFaults(cluster, scenario.tenants, random.Random(seed + 1), every=0.9)
        users = UserActions(cluster, scenario.tenants, random.Random(seed + 2), every=0.6)
        try:
            scenario.inject_faults(faults, users, seconds)
            settled_in = scenario.settle(settled_within)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error}") from error
        log = folder / "workers.log"
        audit = Audit(cluster, scenario.tenants, scenario.paces, scenario.audience, users.erased, log.read_text())
        return Report(
            sends=sum(send["accepted"] for send in audit.sends),
            kills=cluster.plan.kills.total() + cluster.plan.other_deaths,
            network_faults=scenario.network_faults(),
            faults=faults.done,
            actions=users.done,
            campaigns=len(scenario.paces),
            seconds=seconds,
            settled_in=settled_in,
            seed=seed,
            breaches=breaches(audit),
        )


@dataclass
class _Scenario:
    cluster: Cluster
    rng: random.Random
    say: Callable[[str], None]
    tenants: list[Tenant] = field(default_factory=list)
    paces: dict[str, int] = field(default_factory=dict)
    audience: dict[UUID, int] = field(default_factory=dict)

    def set_up(self) -> None:
        self.cluster.databases.owner.execute(WATCH)
        for number, (people, per_minute, concurrent) in enumerate(TENANTS):
            audience = phones(number, people) + [opt_out_phone(100 * number + at) for at in range(people // 15)]
            self.rng.shuffle(audience)
            tenant = Tenant.make(
                self.cluster, audience, per_minute=per_minute, concurrent=concurrent, confirmation=CONFIRMATION
            )
            self.tenants.append(tenant)
        self.cluster.check()  # sets our webhooks

    def inject_faults(self, faults: RandomFaults, users: UserActions, seconds: float) -> None:
        """Runs campaigns, faults and user actions at once for so many seconds."""
        began = checked_later = said = time.monotonic()
        faults.begin_chaos()
        self.cluster.plan.progress(0.6)  # a requested kill happens the next time that a worker reaches its point
        faults.start()
        users.start()

        def over() -> bool:
            nonlocal checked_later, said
            now = time.monotonic()
            self._feed()
            # Otherwise runs that wait for the end of their doubts pile up.
            if now - checked_later > _CHECK_A_DAY_LATER_EVERY:
                checked_later = now
                self.cluster.check(later_seconds=A_DAY_LATER)
            if now - said > SAY_EVERY:
                said = now
                self._say(now - began, f"{faults.done.total()} faults, {users.done.total()} user actions")
            return now - began > seconds or bool(faults.failure or users.failure)

        try:
            self.cluster.run_until(over, seconds=seconds + 60, state=self.state)
        finally:
            users.end()
            faults.end()
            faults.end_chaos()
            self.cluster.plan.cancel_requests()

    def _feed(self) -> None:
        active = Counter(user_id for user_id, _, _ in self._active())
        for tenant in self.tenants:
            if active[tenant.user_id] < AT_ONCE:
                pace, people = self.rng.choice(PACES), len(tenant.phones)
                campaign_id = tenant.start_campaign(per_minute=pace)
                # Contacts that an import is adding just now may be too late for this campaign.
                self.paces[str(campaign_id)], self.audience[campaign_id] = pace, people - 10

    def settle(self, within: float) -> float:
        """Without faults: waits until every campaign has ended; resumes paused ones and cancels those that take too long.

        Returns:
            The seconds that this took.
        """
        cluster, began = self.cluster, time.monotonic()
        said = began

        def left() -> float:
            return max(1.0, within - (time.monotonic() - began))

        def ended() -> bool:
            nonlocal said
            if time.monotonic() - said > SAY_EVERY:
                said = time.monotonic()
                self._say(said - began, "without faults")
            self._let_end(cancel=time.monotonic() - began > CANCEL_AFTER)
            state = self.counts()
            return not (state["pending"] or state["sending"]) and self.cluster.is_settled()

        cluster.run_until(ended, seconds=left(), state=self.state)
        cluster.run_until(lambda: not self._has_resolvable_doubts(), seconds=left(), state=self.state)
        while self.counts()["unknown"]:
            assert left() > 1.0, self.state()
            cluster.check(later_seconds=A_DAY_LATER)
        cluster.run_until(self._all_over, seconds=left(), state=self.state)
        return time.monotonic() - began

    def _let_end(self, *, cancel: bool) -> None:
        """Ends the recipients' waits, and resumes paused campaigns or cancels all active ones."""
        self.cluster.databases.owner.execute(END_WAITS)
        http = self.cluster.databases.http
        for user_id, campaign_id, paused in self._active():
            try:
                if cancel:
                    lifecycle.cancel(http, user_id, campaign_id, nudge=lambda **_: None)
                elif paused:
                    lifecycle.resume(http, user_id, campaign_id, nudge=lambda **_: None)
            except Conflict:  # it has ended meanwhile, or is starting
                continue

    def _has_resolvable_doubts(self) -> bool:
        """Whether the simulator has accepted a message that is in doubt in the database."""
        accepted = {
            (send["instance"], send["digits"], campaign_of(send["text"])): send
            for send in self.cluster.simulator.sends()
            if send["accepted"]
        }
        known = {
            name for (name,) in self.cluster.databases.owner.execute(
                "select provider_message_id from hidra.campaign_messages where provider_message_id is not null"
            )
        }  # fmt: skip
        doubts = self.cluster.databases.owner.execute(UNKNOWN).fetchall()
        return any(key in accepted and accepted[key]["provider_id"] not in known for key in doubts)

    def _all_over(self) -> bool:
        [(open_runs,)] = self.cluster.databases.owner.execute(OPEN_RUNS).fetchall()
        return not open_runs and not self.counts()["active"] and self.cluster.is_settled()

    def _active(self) -> list[tuple[UUID, UUID, bool]]:
        return self.cluster.databases.owner.execute(ACTIVE_OF_USERS).fetchall()

    def _say(self, seconds: float, more: str) -> None:
        accepted = self.cluster.simulator.summary()["accepted"]
        kills = self.cluster.plan.kills.total() + self.cluster.plan.other_deaths
        self.say(f"{seconds:5.0f} s: {accepted} sends, {kills} kills, {more}")

    def counts(self) -> dict[str, int]:
        [row] = self.cluster.databases.owner.execute(STATE).fetchall()
        return dict(zip(("active", "pending", "sending", "unknown"), row, strict=True))

    def network_faults(self) -> int:
        """Returns how many sends and webhooks met a fault."""
        found = sum(send["fault"] is not None for send in self.cluster.simulator.sends())
        after: int | None = 0
        while after is not None:
            page = self.cluster.simulator.ask("GET", f"/_log/webhooks?after={after}&limit=5000")
            found += sum(webhook["fault"] is not None for webhook in page["webhooks"])
            after = page["next_after"]
        return found

    def state(self) -> str:
        """Returns what explains a soak that does not settle."""
        summary = {name: self.cluster.simulator.summary()[name] for name in ("accepted", "unsettled")}
        blocked = self.cluster.databases.owner.execute(
            "select distinct blocked_reason from hidra.campaigns where status = 'running'"
        ).fetchall()
        shards = [shard.waiting() for shard in self.cluster.shards]
        return f"{self.counts()} {summary} {shards} {blocked} {self.cluster.errors[-1:]}"
