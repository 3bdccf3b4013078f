"""Random faults of every sort for a while, then peace, and then every promise that can be checked from outside."""

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
from tests.chaos.cluster import Cluster, Sizes, Times
from tests.chaos.soak_account import GOODBYE, Account
from tests.chaos.soak_claims import WATCH
from tests.chaos.soak_faults import Troubles, Users
from tests.chaos.soak_promises import breaches
from tests.chaos.tenants import Tenant, leaver, phones
from tests.conftest import Databases

# As in production a sender is ended before its claim takes no room any more: a worker that is stopped or gets no processor
# would otherwise still have its request open by then.
TIMES = Times(sender_timeout=8.0, function_timeout=8.0, sender_lost_after=9, patience=3.0)
# Of each tenant: people, messages a minute, requests open at once; and the paces of their campaigns.
TENANTS = ((15, 120, 1), (25, 150, 2), (40, 180, 3), (30, 240, 8))
PACES = (120, 240, 600)
AT_ONCE = 2  # campaigns of each tenant that are not over
SAY_EVERY = 5.0  # seconds
_LATER_EVERY = 15.0  # seconds between two checks for which a day has passed
_A_DAY_LATER = 25 * 3600
PATIENCE = 15.0  # seconds of peace after which campaigns that are not over are canceled
ACTIVE = "('scheduled', 'running', 'paused')"
STATE = f"""
select (select count(*) from hidra.campaigns where status in {ACTIVE}) as active,
    count(*) filter (where status = 'pending') as pending, count(*) filter (where status = 'sending') as sending,
    count(*) filter (where status = 'unknown') as unknown
from hidra.campaign_messages
"""
ACTIVE_OF_USERS = f"select user_id, id, status = 'paused' from hidra.campaigns where status in {ACTIVE}"
OPEN_RUNS = "select count(*) from hidra.campaign_runs where ended_at is null"
# An answer to somebody who left may be what is found at Evolution; where nobody knows its id, a doubt is given up.
UNKNOWN = f"""
select i.instance_name, substr(phone, 2), campaign_id::text
from hidra.campaign_messages m join hidra.evolution_api_config i on i.id = m.evolution_config_id
where m.status = 'unknown' and phone is not null and not exists (
    select from hidra.direct_sends t
    where t.evolution_config_id = m.evolution_config_id and t.phone_hash = m.phone_hash and {NAMELESS_DIRECT_SEND}
)
"""
# Half a minute and more passes for those who were told to wait after a 429.
LET_GO = "update hidra.campaign_messages set not_before = now() where status = 'pending' and not_before > now()"


@dataclass(frozen=True)
class Report:
    """What was done, and which promises were broken."""

    sends: int
    kills: int
    faults: int
    troubles: Counter[str]
    acts: Counter[str]
    campaigns: int
    seconds: float
    settled_in: float
    seed: int
    breaches: Sequence[str]

    def __str__(self) -> str:
        did = ", ".join(f"{name} {number}" for name, number in sorted((self.troubles + self.acts).items()))
        verdict = "\n  ".join(["every promise kept"] if not self.breaches else ["BROKEN:", *self.breaches])
        return (
            f"soak: {self.sends} sends of {self.campaigns} campaigns, {self.kills} kills, {self.faults} faults of the"
            f" network, {self.troubles.total()} troubles, {self.acts.total()} acts of users in {self.seconds:.0f} s,"
            f" settled in {self.settled_in:.0f} s, seed {self.seed}: {verdict}\n  ({did})"
        )


def soak(
    databases: Databases, folder: Path, *, seconds: float, settled_within: float, seed: int, say: Callable[[str], None],
    tenants: Sequence[tuple[int, int, int]] = TENANTS, senders: int = 32,
) -> Report:  # fmt: skip
    """Campaigns of several tenants under random faults for so long, then peace until all is settled, then the account.

    Args:
        settled_within: seconds of peace after which everything is to be settled.
        say: is told every few seconds how far it is.
        tenants: see TENANTS.
        senders: how many worker processes send.

    Raises:
        AssertionError: it does not settle within a bound; with the seed.
    """
    with Cluster.running(databases, folder, seed=seed, times=TIMES, sizes=Sizes(send=senders)) as cluster:
        story = _Story(cluster, random.Random(seed), say)
        story.set_up(tenants)
        troubles = Troubles(cluster, story.tenants, random.Random(seed + 1), every=0.9)
        users = Users(cluster, story.tenants, random.Random(seed + 2), every=0.6)
        try:
            story.burn(troubles, users, seconds)
            settled_in = story.cool_down(settled_within)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error}") from error
        log = folder / "workers.log"
        account = Account(cluster, story.tenants, story.paces, story.audience, users.erased, log.read_text())
        return Report(
            sends=sum(send["accepted"] for send in account.sends),
            kills=cluster.plan.kills.total() + cluster.plan.other_deaths,
            faults=story.faults(),
            troubles=troubles.done,
            acts=users.done,
            campaigns=len(story.paces),
            seconds=seconds,
            settled_in=settled_in,
            seed=seed,
            breaches=breaches(account),
        )


@dataclass
class _Story:
    cluster: Cluster
    rng: random.Random
    say: Callable[[str], None]
    tenants: list[Tenant] = field(default_factory=list)
    paces: dict[str, int] = field(default_factory=dict)
    audience: dict[UUID, int] = field(default_factory=dict)

    def set_up(self, tenants: Sequence[tuple[int, int, int]]) -> None:
        self.cluster.databases.owner.execute(WATCH)
        for number, (people, per_minute, concurrent) in enumerate(tenants):
            everybody = phones(number, people) + [leaver(100 * number + at) for at in range(people // 15)]
            self.rng.shuffle(everybody)
            made = Tenant.make(
                self.cluster, everybody, per_minute=per_minute, concurrent=concurrent, confirmation=GOODBYE
            )
            self.tenants.append(made)
        self.cluster.check()  # which sets our webhooks

    def burn(self, troubles: Troubles, users: Users, seconds: float) -> None:
        """So many seconds of everything at once."""
        began = later = said = time.monotonic()
        troubles.begin_chaos()
        self.cluster.plan.progress(0.6)  # who is to die at a point dies the next time that somebody comes by
        troubles.start()
        users.start()

        def over() -> bool:
            nonlocal later, said
            now = time.monotonic()
            self._feed()
            if now - later > _LATER_EVERY:  # or runs that wait for their doubts pile up
                later = now
                self.cluster.check(later_seconds=_A_DAY_LATER)
            if now - said > SAY_EVERY:
                said = now
                self._say(now - began, f"{troubles.done.total()} troubles, {users.done.total()} acts of users")
            return now - began > seconds or bool(troubles.failure or users.failure)

        try:
            self.cluster.until(over, seconds=seconds + 60, about=self.state)
        finally:
            users.end()
            troubles.end()
            troubles.end_chaos()
            self.cluster.plan.want_no_more()

    def _feed(self) -> None:
        active = Counter(user_id for user_id, _, _ in self._active())
        for tenant in self.tenants:
            if active[tenant.user_id] < AT_ONCE:
                pace, people = self.rng.choice(PACES), len(tenant.phones)
                campaign_id = tenant.start_campaign(per_minute=pace)
                # Whoever is just being imported may come too late for it.
                self.paces[str(campaign_id)], self.audience[campaign_id] = pace, people - 10

    def cool_down(self, within: float) -> float:
        """No more faults: everything comes to its end by itself, but for what is paused or would take too long."""
        cluster, began = self.cluster, time.monotonic()
        said = began

        def left() -> float:
            return max(1.0, within - (time.monotonic() - began))

        def come_to_an_end() -> bool:
            nonlocal said
            if time.monotonic() - said > SAY_EVERY:
                said = time.monotonic()
                self._say(said - began, "of peace")
            self._let_end(cancel=time.monotonic() - began > PATIENCE)
            state = self.counts()
            return not (state["pending"] or state["sending"]) and self._is_settled()

        cluster.until(come_to_an_end, seconds=left(), about=self.state)
        cluster.until(lambda: not self._found_out(), seconds=left(), about=self.state)
        while self.counts()["unknown"]:
            assert left() > 1.0, self.state()
            cluster.check(later_seconds=_A_DAY_LATER)
        cluster.until(self._all_over, seconds=left(), about=self.state)
        return time.monotonic() - began

    def _let_end(self, *, cancel: bool) -> None:
        """Users resume what is paused and cancel what takes long; those who wait for half a minute wait no longer."""
        self.cluster.databases.owner.execute(LET_GO)
        http = self.cluster.databases.http
        for user_id, campaign_id, paused in self._active():
            try:
                if cancel:
                    lifecycle.cancel(http, user_id, campaign_id, nudge=lambda **_: None)
                elif paused:
                    lifecycle.resume(http, user_id, campaign_id, nudge=lambda **_: None)
            except Conflict:  # it ended meanwhile, or begins
                continue

    def _found_out(self) -> bool:
        """Whether the simulator has a message that is in doubt here."""
        accepted = {
            (send["instance"], send["digits"], send["text"].removeprefix("Campanha ").split(":")[0]): send
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
        return not open_runs and not self.counts()["active"] and self._is_settled()

    def _is_settled(self) -> bool:
        return self.cluster.simulator.summary()["unsettled"] == 0 and not any(s.waiting() for s in self.cluster.shards)

    def _active(self) -> list[tuple[UUID, UUID, bool]]:
        return self.cluster.databases.owner.execute(ACTIVE_OF_USERS).fetchall()

    def _say(self, seconds: float, more: str) -> None:
        accepted = self.cluster.simulator.summary()["accepted"]
        kills = self.cluster.plan.kills.total() + self.cluster.plan.other_deaths
        self.say(f"{seconds:5.0f} s: {accepted} sends, {kills} kills, {more}")

    def counts(self) -> dict[str, int]:
        [row] = self.cluster.databases.owner.execute(STATE).fetchall()
        return dict(zip(("active", "pending", "sending", "unknown"), row, strict=True))

    def faults(self) -> int:
        """How often the network was not as it should be: answers, phones, webhooks."""
        sends = sum(send["fault"] is not None for send in self.cluster.simulator.sends())
        after: int | None = 0
        while after is not None:
            page = self.cluster.simulator.ask("GET", f"/_log/webhooks?after={after}&limit=5000")
            sends += sum(webhook["fault"] is not None for webhook in page["webhooks"])
            after = page["next_after"]
        return sends

    def state(self) -> str:
        """For whoever has to find out why it does not end."""
        summary = {name: self.cluster.simulator.summary()[name] for name in ("accepted", "unsettled")}
        blocked = self.cluster.databases.owner.execute(
            "select distinct blocked_reason from hidra.campaigns where status = 'running'"
        ).fetchall()
        shards = [shard.waiting() for shard in self.cluster.shards]
        return f"{self.counts()} {summary} {shards} {blocked} {self.cluster.errors[-1:]}"
