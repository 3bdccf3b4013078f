"""The random faults of a soak, and the random actions of its users, each in a thread of its own."""

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

from hidra.domain.nudge import CampaignNudge
from hidra.errors import Conflict, NotFound, Rejected, Unavailable
from hidra.services import edit_template, erase_person, lifecycle, manage_contacts
from hidra.store.db import Database
from tests.chaos import pace_workers
from tests.chaos.cluster import PHONE_HASH_SECRET, Cluster, Times
from tests.chaos.database_faults import cut_connections
from tests.chaos.never_twice import PARTS
from tests.chaos.simulator import Simulator
from tests.chaos.tenants import Tenant, opt_out_phone
from tests.store.importing import Importing

SECRET = PHONE_HASH_SECRET.encode()
_HELD = Times().send_timeout + 0.7
CHAOS: Mapping[str, Any] = {
    # Of each send's answer. The client waits no longer than 2.5 s for the first two.
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
    # Of its phone, and of each webhook.
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
CAMPAIGNS = """
select user_id, id, template_id from hidra.campaigns where status = any(%s::hidra.campaign_status[]) order by created_at
"""


@dataclass
class RandomActor:
    """Runs one of its actions after the other, at random moments, until ``end``; ``done`` counts them."""

    cluster: Cluster
    tenants: Sequence[Tenant]
    rng: random.Random
    every: float  # seconds, on average
    done: Counter[str] = field(default_factory=Counter)
    failure: BaseException | None = None
    # Expected where an action does not fit the moment, or the database is unreachable.
    expected_errors: ClassVar[tuple[type[Exception], ...]] = ()

    def __post_init__(self) -> None:
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.simulator = Simulator(self.cluster.simulator.url)  # a session of its own
        self.simulator._session.trust_env = False

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Waits for the current action, which repairs what it has broken.

        Raises:
            the unexpected error of an action.
        """
        self._ended.set()
        self._thread.join()
        self.simulator._session.close()
        if self.failure:
            raise self.failure

    @property
    def actions(self) -> Mapping[Callable[[], None], int]:
        """The actions with their relative frequency."""
        raise NotImplementedError

    def _run(self) -> None:
        actions = self.actions
        try:
            while not self._ended.wait(self.rng.expovariate(1 / self.every)):
                [action] = self.rng.choices(list(actions), list(actions.values()))
                with suppress(*self.expected_errors):
                    action()
                    self.done[action.__name__.strip("_")] += 1
        except BaseException as error:  # noqa: BLE001 - raised by end
            self.failure = error


@dataclass
class RandomFaults(RandomActor):
    """Faults of workers, queues, connections and the database."""

    @property
    def actions(self) -> Mapping[Callable[[], None], int]:
        return {
            self._kill: 6, self._kill_at_a_point: 6, self._freeze: 2, self._repeat: 3, self._delay: 1, self._log_out: 1,
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
            self.cluster.plan.request([self.rng.choice(points)], 1)

    def _freeze(self) -> None:
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
        """Cuts a third of one login's connections, with a connection of the login: only this login and a superuser may."""
        databases, name = self.cluster.databases, self.rng.choice(["http", "jobs"])
        settings, login = databases.settings, databases.logins[name]
        with psycopg.connect(
            host=settings["DATABASE_HOST"], port=settings["DATABASE_PORT"], dbname=settings["DATABASE_NAME"],
            user=login["username"], password=login["password"], sslmode="disable", autocommit=True,
        ) as connection:  # fmt: skip
            cut_connections(connection, databases, name, rng=self.rng, one_in=3)


@dataclass
class UserActions(RandomActor):
    """Actions of the campaigns' owners, through the services behind the HTTP functions.

    ``erased``: how many erasures each user has requested. A contact that opts in after its erasure stays erased.
    """

    imported: int = 0
    erased: Counter[UUID] = field(default_factory=Counter)
    expected_errors = (Conflict, NotFound, Rejected, Unavailable)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._opted_out: list[tuple[UUID, str]] = []
        settings = self.cluster.databases.settings
        self._http, self._jobs = (
            Database({**settings, "DATABASE_SECRET": role}, self.cluster.databases.logins.__getitem__)
            for role in ("http", "jobs")
        )

    @property
    def actions(self) -> Mapping[Callable[[], None], int]:
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
        self.cluster.queues["campaign"].put(CampaignNudge(user_id, campaign_id).to_json())

    def _campaign(self, *statuses: str) -> tuple[UUID, UUID, UUID]:
        """Draws a campaign with one of the statuses; returns the ids of its user, itself and its template."""
        rows = self.cluster.databases.owner.execute(CAMPAIGNS, [list(statuses)]).fetchall()
        if not rows:
            raise NotFound("no campaign has such a status")
        drawn: tuple[UUID, UUID, UUID] = self.rng.choice(rows)
        return drawn

    def _phone(self) -> tuple[UUID, str]:
        tenant = self.rng.choice(self.tenants)
        return tenant.user_id, self.rng.choice(tenant.phones)

    def _pause(self) -> None:
        user_id, campaign_id, _ = self._campaign("running")
        lifecycle.pause(self._http, user_id, campaign_id)

    def _resume(self) -> None:
        user_id, campaign_id, _ = self._campaign("paused")
        lifecycle.resume(self._http, user_id, campaign_id, nudge=self.nudge)

    def _cancel(self) -> None:
        user_id, campaign_id, _ = self._campaign("scheduled", "running", "paused")
        lifecycle.cancel(self._http, user_id, campaign_id, nudge=self.nudge)

    def _retry(self) -> None:
        user_id, campaign_id, _ = self._campaign("completed", "failed")
        lifecycle.retry_failed(self._http, user_id, campaign_id, nudge=self.nudge)

    def _opt_out(self) -> None:
        user_id, phone = self._phone()
        manage_contacts.opt_out(self._http, user_id, [phone], reason=None, country="BR", secret=SECRET)
        self._opted_out.append((user_id, phone))

    def _opt_in(self) -> None:
        user_id, phone = self.rng.choice(self._opted_out or [self._phone()])
        manage_contacts.opt_in(self._http, user_id, phone, secret=SECRET)

    def _erase(self) -> None:
        user_id, phone = self._phone()
        self.erased[user_id] += 1  # before the call: a cut connection leaves open whether the erasure was done
        now = datetime.now(UTC)
        erase_person.erase_person(self._http, user_id, phone, country="BR", secret=SECRET, now=now)

    def _edit(self) -> None:
        user_id, campaign_id, template_id = self._campaign("scheduled", "running", "paused", "completed")
        body = f"Campanha {campaign_id}: {self.rng.randrange(1000)} {{{{name}}}}"
        edit_template.change(
            self._http, user_id, template_id, {"body": body, "variables": ["name"]}, allow_private=False
        )

    def _import(self) -> None:
        """Imports a file with known contacts and new ones, of which one in three opts out at its first message."""
        tenant = self.rng.choice(self.tenants)
        new = []
        for _ in range(10):
            self.imported += 1
            number = self.imported
            new.append(
                opt_out_phone(5_000 + number) if number % 3 == 0 else f"+551198{number // 100:03d}00{number % 100:02d}"
            )
        lines = [f"{phone},Bia {phone[-8:]}" for phone in [*self.rng.sample(list(tenant.phones), 5), *new]]
        content = "\n".join(["phone,name", *lines, ""]).encode()
        importing = Importing.make(self.cluster.databases, tenant.user_id, content, segment_id=tenant.segment_id)
        tenant.phones = [*tenant.phones, *new]
        importing.finish(batch_rows=4, db=self._jobs)
