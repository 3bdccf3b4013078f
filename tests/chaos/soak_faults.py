"""What goes wrong during a soak, and what users do meanwhile: drawn at random from a seed, each in a thread of its own."""

import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

import psycopg

from hidra.errors import Conflict, NotFound, Rejected, Unavailable
from hidra.services import edit_template, erase_person, lifecycle, manage_contacts
from hidra.store.db import Database
from tests.chaos import pace_workers
from tests.chaos.cluster import PHONE_HASH_SECRET, Cluster, Times
from tests.chaos.never_twice import PARTS
from tests.chaos.simulator import Simulator
from tests.chaos.tenants import Tenant, leaver
from tests.store.importing import Importing

SECRET = PHONE_HASH_SECRET.encode()
_HELD = Times().send_timeout + 0.7
CHAOS: Mapping[str, Any] = {
    # Of each send's answer.
    # The client waits no longer than 2.5 s for these.
    "gateway_timeout": {"rate": 0.003, "hold_seconds": _HELD},
    "service_unavailable": {"rate": 0.003, "hold_seconds": _HELD},
    "cut_before": 0.002,
    "cut_during": 0.002,
    "cut_after": 0.002,
    "slow": {"rate": 0.03, "hold_seconds": 1.5},
    "internal_error": 0.001,
    "error_page": 0.001,
    "bad_gateway": 0.001,
    "too_many_requests": 0.001,
    "connection_closed": 0.002,
    "connection_closed_sending": 0.001,
    "timed_out": 0.001,
    "timed_out_sending": 0.001,
    "never_connected": 0.001,
    "unauthorized": 0.001,
    # Of what its phone does, and of each webhook.
    "early": 0.04,
    "overtaken": 0.04,
    "unacknowledged": 0.01,
    "duplicated": 0.06,
    "lost": 0.03,
    "delayed": {"rate": 0.03, "delay_seconds": 4.0},
    "reordered": 0.05,
    "expired_token": 0.03,
    "answer_lost": 0.03,
    "unreachable": {"rate": 0.01, "unreachable": 3},
    "lid": 0.05,
    "lid_reply": 0.05,
}
SOME = """
select user_id, id, template_id from hidra.campaigns where status = any(%s::hidra.campaign_status[]) order by created_at
"""
BACKENDS = """
select pid from pg_stat_activity
where usename = current_user and datname = current_database() and pid <> pg_backend_pid()
"""


@dataclass
class Actor:
    """Does one of its acts after the other, at random moments, until it is told to end; ``done`` counts them."""

    cluster: Cluster
    tenants: Sequence[Tenant]
    rng: random.Random
    every: float  # seconds, on average
    done: Counter[str] = field(default_factory=Counter)
    failure: BaseException | None = None
    # What somebody may be told who acts at a moment that does not fit, or while the database is away.
    answers: ClassVar[tuple[type[Exception], ...]] = ()

    def __post_init__(self) -> None:
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go)
        self.simulator = Simulator(self.cluster.simulator.url)  # a session of its own
        self.simulator._session.trust_env = False

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Waits for the act that is under way; what it broke, it has mended.

        Raises:
            what an act of this one has failed with.
        """
        self._ended.set()
        self._thread.join()
        self.simulator._session.close()
        if self.failure:
            raise self.failure

    @property
    def acts(self) -> Mapping[Callable[[], None], int]:
        """What it may do, and how often in proportion."""
        raise NotImplementedError

    def _go(self) -> None:
        acts = self.acts
        try:
            while not self._ended.wait(self.rng.expovariate(1 / self.every)):
                [act] = self.rng.choices(list(acts), list(acts.values()))
                with suppress(*self.answers):
                    act()
                    self.done[act.__name__.strip("_")] += 1
        except BaseException as error:  # noqa: BLE001 - told where the thread is waited for
            self.failure = error


@dataclass
class Troubles(Actor):
    """Everything that breaks by itself."""

    @property
    def acts(self) -> Mapping[Callable[[], None], int]:
        return {
            self._kill: 6, self._kill_at_a_point: 6, self._stop: 2, self._repeat: 3, self._delay: 1, self._log_out: 1,
            self._unlicensed: 1, self._cut_database: 2,
        }  # fmt: skip

    def begin_chaos(self) -> None:
        for tenant in self.tenants:
            mix = {"seed": self.rng.randrange(2**31), "rates": CHAOS}
            self.simulator.ask("PUT", f"/_control/instances/{tenant.instance}/chaos", mix)

    def end_chaos(self) -> None:
        for tenant in self.tenants:
            for what in ("chaos", "faults"):
                self.cluster.simulator.ask("DELETE", f"/_control/instances/{tenant.instance}/{what}")

    def _kill(self) -> None:
        pace_workers.kill_some(self.rng, number=self.rng.randint(1, 3))

    def _kill_at_a_point(self) -> None:
        points = sorted(self.cluster.plan.points(*PARTS, "webhook", "clock", "check"))
        if points:
            self.cluster.plan.want([self.rng.choice(points)], 1)

    def _stop(self) -> None:
        pace_workers.freeze_some(self.rng, share=0.2, seconds=self.rng.uniform(0.2, 1.2))

    def _repeat(self) -> None:
        queue = self.cluster.queues[self.rng.choice(["campaign", "send", "send"])]
        queue.repeat(share=0.3, delay=self.rng.uniform(0, 3))

    def _delay(self) -> None:
        pace_workers.hold_tickets(self.cluster, seconds=self.rng.uniform(0.5, 3))

    def _log_out(self) -> None:
        name = self.rng.choice(self.tenants).instance
        self.simulator.ask("POST", f"/_control/instances/{name}/disconnect", {"reason": 401})
        self._ended.wait(self.rng.uniform(0.5, 3))
        self.simulator.ask("POST", f"/_control/instances/{name}/scan", {})

    def _unlicensed(self) -> None:
        seconds = self.rng.uniform(0.5, 3)
        name = self.rng.choice(self.tenants).instance
        self.simulator.fault(name, fault="license_required", times=None, for_seconds=seconds)

    def _cut_database(self) -> None:
        """Cuts some of the connections of one login: only it may, and so it does itself."""
        settings, login = (
            self.cluster.databases.settings,
            self.cluster.databases.logins[self.rng.choice(["http", "jobs"])],
        )
        with psycopg.connect(
            host=settings["DATABASE_HOST"], port=settings["DATABASE_PORT"], dbname=settings["DATABASE_NAME"],
            user=login["username"], password=login["password"], sslmode="disable", autocommit=True,
        ) as connection:  # fmt: skip
            pids = [pid for (pid,) in connection.execute(BACKENDS).fetchall()]
            for pid in self.rng.sample(pids, (len(pids) + 2) // 3):
                connection.execute("select pg_terminate_backend(%s)", [pid])


@dataclass
class Users(Actor):
    """What the owners of the campaigns do, through the services behind the HTTP functions. ``erased``: how many people of
    each were to be; whoever is let in again afterwards stays gone."""

    imported: int = 0
    erased: Counter[UUID] = field(default_factory=Counter)
    answers = (Conflict, NotFound, Rejected, Unavailable)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._left: list[tuple[UUID, str]] = []
        made = self.cluster.databases.settings
        self._http, self._jobs = (
            Database({**made, "DATABASE_SECRET": role}, self.cluster.databases.logins.__getitem__)
            for role in ("http", "jobs")
        )

    @property
    def acts(self) -> Mapping[Callable[[], None], int]:
        return {
            self._pause: 5, self._resume: 6, self._cancel: 1, self._retry: 3, self._opt_out: 3, self._opt_in: 1,
            self._edit: 3, self._erase: 2, self._import: 1,
        }  # fmt: skip

    def end(self) -> None:
        try:
            super().end()
        finally:
            self._http.close()
            self._jobs.close()

    def nudge(self, *, user_id: UUID, campaign_id: UUID) -> None:
        body = {"user_id": str(user_id), "campaign_id": str(campaign_id)}
        self.cluster.queues["campaign"].put(json.dumps(body))

    def _some(self, *statuses: str) -> tuple[UUID, UUID, UUID]:
        """A campaign in one of the states: its user, itself, its template."""
        rows = self.cluster.databases.owner.execute(SOME, [list(statuses)]).fetchall()
        if not rows:
            raise NotFound("no campaign is in such a state")
        some: tuple[UUID, UUID, UUID] = self.rng.choice(rows)
        return some

    def _phone(self) -> tuple[UUID, str]:
        tenant = self.rng.choice(self.tenants)
        return tenant.user_id, self.rng.choice(tenant.phones)

    def _pause(self) -> None:
        user_id, campaign_id, _ = self._some("running")
        lifecycle.pause(self._http, user_id, campaign_id)

    def _resume(self) -> None:
        user_id, campaign_id, _ = self._some("paused")
        lifecycle.resume(self._http, user_id, campaign_id, nudge=self.nudge)

    def _cancel(self) -> None:
        user_id, campaign_id, _ = self._some("scheduled", "running", "paused")
        lifecycle.cancel(self._http, user_id, campaign_id, nudge=self.nudge)

    def _retry(self) -> None:
        user_id, campaign_id, _ = self._some("completed", "failed")
        lifecycle.retry_failed(self._http, user_id, campaign_id, nudge=self.nudge)

    def _opt_out(self) -> None:
        user_id, phone = self._phone()
        manage_contacts.opt_out(self._http, user_id, [phone], reason=None, country="BR", secret=SECRET)
        self._left.append((user_id, phone))

    def _opt_in(self) -> None:
        user_id, phone = self.rng.choice(self._left or [self._phone()])
        manage_contacts.opt_in(self._http, user_id, phone, secret=SECRET)

    def _erase(self) -> None:
        user_id, phone = self._phone()
        self.erased[user_id] += 1  # before: of a connection that is cut nobody knows whether it was done
        now = datetime.now(UTC)
        erase_person.erase_person(self._http, user_id, phone, country="BR", secret=SECRET, now=now)

    def _edit(self) -> None:
        user_id, campaign_id, template_id = self._some("scheduled", "running", "paused", "completed")
        body = f"Campanha {campaign_id}: {self.rng.randrange(1000)} {{{{name}}}}"
        edit_template.change(self._http, user_id, template_id, {"body": body, "variables": ["name"]})

    def _import(self) -> None:
        """A file with people who are there already and people who are new, some of whom will leave."""
        tenant = self.rng.choice(self.tenants)
        new = []
        for _ in range(10):
            self.imported += 1
            number = self.imported
            new.append(leaver(5_000 + number) if number % 3 == 0 else f"+551198{number // 100:03d}00{number % 100:02d}")
        lines = [f"{phone},Bia {phone[-8:]}" for phone in [*self.rng.sample(list(tenant.phones), 5), *new]]
        content = "\n".join(["phone,name", *lines, ""]).encode()
        made = Importing.make(self.cluster.databases, tenant.user_id, content, segment_id=tenant.segment_id)
        tenant.phones = [*tenant.phones, *new]
        made.finish(batch_rows=4, db=self._jobs)
