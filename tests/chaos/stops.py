"""Pauses, cancels and opt-outs against claims: every order of their statements, storms of claims, and measured times."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any
from uuid import uuid4

import psycopg

from hidra.domain.content import Content
from hidra.domain.outcome import Outcome, Sent
from hidra.domain.ticket import Ticket
from hidra.services import lifecycle, manage_contacts
from hidra.services.send_message import End, send_message
from hidra.services.turn import Clock
from hidra.store import claims, messages, outcomes
from hidra.store.claims import Claim, ClaimedPost
from hidra.store.db import Database
from tests.chaos.interleaving import Actor, Interleaving, SteppedDatabase
from tests.conftest import Databases
from tests.store.world import SECRET, World

AT_MOST_SECONDS = 0.6  # between the commit of a stop and the last post
TIMEOUT = timedelta(seconds=120)
# Each begins, runs its statements and commits.
CLAIM_STEPS, PAUSE_STEPS, OPT_OUT_STEPS = 1 + 3 + 1, 1 + 3 + 1, 1 + 7 + 1
CLAIM_FIRST, STOP_FIRST = ("Claim", "stopped"), ("stopped", "NoClaim")
ROW_LOCKED = ("NoClaim", "stopped")  # the claim skipped a row that the opt-out had locked

type Action = Callable[[World, Database], object]


def pause(world: World, db: Database) -> None:
    lifecycle.pause(db, world.user_id, world.campaign_id)


def cancel(world: World, db: Database) -> None:
    lifecycle.cancel(db, world.user_id, world.campaign_id, nudge=lambda **_: None)


def opt_out(phone: str) -> Action:
    def action(world: World, db: Database) -> None:
        manage_contacts.opt_out(db, world.user_id, [phone], reason=None, country="BR", secret=SECRET)

    return action


def phone_of(index: int) -> str:
    return f"+55119{80000000 + index}"


def claim(world: World, db: Database) -> claims.Claim | claims.RecipientOptedOut | claims.NoClaim:
    run_id = world.one("select id from hidra.campaign_runs where campaign_id = %s", world.campaign_id)["id"]
    return db.as_worker(
        lambda tx: claims.claim(
            tx, campaign_id=world.campaign_id, run_id=run_id, connection_id=world.connection_id, sender_timeout=TIMEOUT
        )
    )


def orders(first: int, second: int) -> Iterator[tuple[int, ...]]:
    """Yields every order of so many zeros and so many ones."""
    for places in combinations(range(first + second), first):
        yield tuple(0 if at in places else 1 for at in range(first + second))


@dataclass
class Race:
    """A claim and a stop on two connections, in given orders of their statements and commits."""

    databases: Databases
    world: World
    claiming: Actor
    stopping: Actor
    watch: psycopg.Connection[Any]

    @classmethod
    @contextmanager
    def on(cls, databases: Databases) -> Iterator["Race"]:
        world = World.make(databases, recipients=1, concurrent=1000)
        world.advance()
        info = databases.owner.info
        race = cls(databases, world, Actor.of(databases), Actor.of(databases), psycopg.connect(info.dsn, password=info.password, autocommit=True))  # fmt: skip
        try:
            yield race
        finally:
            race.claiming.close()
            race.stopping.close()
            race.watch.close()

    def run(self, order: Sequence[int], stop: Action) -> list[object]:
        """Returns the answers in the order of the commits: "stopped", and the claim's result."""
        self._reset()
        answers: list[object] = []
        steps = iter(order)

        def pick(waiting: Sequence[int]) -> int:
            wanted = next(steps, waiting[0])
            return wanted if wanted in waiting else waiting[0]

        def stopping() -> None:
            stop(self.world, self.stopping.http)
            answers.append("stopped")

        Interleaving(self.watch).run(
            [
                (self.claiming, lambda: answers.append(claim(self.world, self.claiming.jobs))),
                (self.stopping, stopping),
            ],
            pick,
        )
        return answers

    def run_all(self, orders: Iterable[Sequence[int]], stop: Action) -> Counter[tuple[str, ...]]:
        """Counts the answers of all orders, by their kinds.

        Raises:
            AssertionError: a recipient was claimed after the stop.
        """
        found: Counter[tuple[str, ...]] = Counter()
        for order in orders:
            answers = self.run(order, stop)
            later = answers[answers.index("stopped") :]
            assert not any(isinstance(answer, Claim) for answer in later), (order, answers)
            found[tuple("stopped" if answer == "stopped" else type(answer).__name__ for answer in answers)] += 1
        return found

    def _reset(self) -> None:
        run = self.databases.owner.execute
        run("update hidra.campaigns set status = 'running'")
        run("update hidra.campaign_messages set status = 'pending', claimed_at = null, attempts = 0, error_code = null")
        run("update hidra.campaign_metrics set pending = 1, skipped = 0")
        run("truncate hidra.opt_outs")


class CommitTimed(SteppedDatabase):
    """Notes the instant just before each commit is sent: no other transaction sees its changes earlier."""

    def __init__(self, databases: Databases, role: str) -> None:
        super().__init__(databases, role)
        self.before_commit = 0.0
        self.pipelined = True
        self.turn = self._note

    def _note(self) -> None:
        self.before_commit = time.monotonic()


@dataclass(frozen=True)
class Post:
    phone: str
    at: float  # the instant at which the request leaves, by the monotonic clock


@dataclass
class Senders:
    """Threads that send side by side on the real clock, each ticket as message_sender does."""

    world: World
    ticket: Ticket
    count: int = 4
    post_seconds: float = 0.02
    posts: list[Post] = field(default_factory=list)
    ends: list[End] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    answer_seconds: Callable[[], float] = lambda: 0.0  # the delay of a claim's answer

    @contextmanager
    def sending(self) -> Iterator[None]:
        stop = threading.Event()
        threads = [threading.Thread(target=self._work, args=[stop]) for _ in range(self.count)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join(30)
        assert self.errors == []

    def _work(self, stop: threading.Event) -> None:
        db = SlowAnswers(self.world.databases, self.answer_seconds)
        try:
            while not stop.is_set():
                self.ends.append(self.send(db))
        except BaseException as error:  # noqa: BLE001 - sending fails with it
            self.errors.append(error)
        finally:
            db.close()

    def send(self, db: Database) -> End:
        return send_message(
            self.ticket,
            db=db,
            post=self._post,
            postpone=lambda *_: time.sleep(0.02),
            nudge=lambda _: None,
            clock=Clock(monotonic=time.monotonic, now=lambda: datetime.now(UTC), sleep=time.sleep),
            sender_timeout=TIMEOUT,
            record_within=20,
        )

    def _post(self, held: ClaimedPost, phone: str, content: Content) -> Outcome:
        self.posts.append(Post(phone, time.monotonic()))
        time.sleep(self.post_seconds)
        return Sent(uuid4().hex)

    def wait_for_posts(self, number: int) -> None:
        deadline = time.monotonic() + 20
        while len(self.posts) < number:
            assert time.monotonic() < deadline, f"only {len(self.posts)} posts: {self.ends[-5:]} {self.errors}"
            time.sleep(0.002)


class SlowAnswers(Database):
    """A database that delays the answer to a successful claim, after its commit."""

    def __init__(self, databases: Databases, seconds: Callable[[], float]) -> None:
        super().__init__({**databases.settings, "DATABASE_SECRET": "jobs"}, databases.logins.__getitem__)
        self._seconds = seconds

    def as_worker(self, work, refusals=None, *, pipelined=True):
        result = super().as_worker(work, refusals, pipelined=pipelined)
        if isinstance(result, Claim):
            time.sleep(self._seconds())
        return result


def start_campaign(databases: Databases, recipients: int) -> tuple[World, Ticket]:
    world = World.make(databases, recipients=recipients, rate=6000, connection_rate=6000, concurrent=1000)
    [(ticket, _)] = world.advance()
    return world, ticket


@dataclass(frozen=True)
class StopResult:
    """How many seconds the stop took, and how many seconds after its commit the last post left that it forbids."""

    waited: float
    last_post_after: float
    posts_before: int


def stop_while_sending(
    senders: Senders, action: Action, *, concerns: Callable[[Post], bool], then: float
) -> StopResult:
    """Runs the action once messages are posted, and measures the posts of the next ``then`` seconds.

    ``concerns``: whether the action forbids a post.
    """
    db = CommitTimed(senders.world.databases, "http")
    try:
        with senders.sending():
            senders.wait_for_posts(5)
            began = time.monotonic()
            action(senders.world, db)
            waited = time.monotonic() - began
            time.sleep(then)
    finally:
        db.close()
    late = [post.at - db.before_commit for post in senders.posts if concerns(post) and post.at > db.before_commit]
    before = sum(post.at <= db.before_commit for post in senders.posts)
    return StopResult(waited, max(late, default=0.0), before)


@dataclass
class Storm:
    """Claims without a break from many connections, each released at once."""

    world: World
    threads: int
    claimed: int = 0
    errors: list[BaseException] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator[None]:
        stop, going = threading.Event(), threading.Barrier(self.threads + 1)

        def work() -> None:
            db = Database({**databases.settings, "DATABASE_SECRET": "jobs"}, databases.logins.__getitem__)
            try:
                going.wait(20)
                while not stop.is_set():
                    found = db.as_worker(
                        lambda tx: claims.claim(
                            tx, campaign_id=self.world.campaign_id, run_id=run_id,
                            connection_id=self.world.connection_id, sender_timeout=TIMEOUT,
                        )
                    )  # fmt: skip
                    if isinstance(found, Claim):
                        self.claimed += 1
                        db.as_worker(lambda tx, held=found: outcomes.release(tx, held))
                    elif isinstance(found, claims.RecipientOptedOut):
                        db.as_worker(
                            lambda tx, met=found: messages.skip_pending(tx, [met.message_id], code="opted_out")
                        )
            except BaseException as error:  # noqa: BLE001 - running fails with it
                self.errors.append(error)
            finally:
                db.close()

        databases = self.world.databases
        run_id = self.world.one(
            "select id from hidra.campaign_runs where campaign_id = %s", self.world.campaign_id
        )["id"]  # fmt: skip
        threads = [threading.Thread(target=work) for _ in range(self.threads)]
        for thread in threads:
            thread.start()
        try:
            going.wait(20)
            deadline = time.monotonic() + 20
            while self.claimed < 3 * self.threads and not self.errors:
                assert time.monotonic() < deadline, "no storm"
                time.sleep(0.002)
            yield
        finally:
            stop.set()
            with suppress(threading.BrokenBarrierError):
                going.abort()
            for thread in threads:
                thread.join(30)
        assert self.errors == []


def seconds_of(action: Action, world: World, db: Database) -> float:
    """Returns how many seconds the action takes, with its waits for locks."""
    began = time.monotonic()
    action(world, db)
    return time.monotonic() - began
