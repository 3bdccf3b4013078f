"""Pauses, cancels and opt-outs against claims: every order of their statements, storms of claims, and the clock."""

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
from hidra.store import claims, messages
from hidra.store.claims import Claim, ClaimedPost
from hidra.store.db import Database
from tests.chaos.interleaving import Actor, Interleaving, SteppedDatabase
from tests.conftest import Databases
from tests.store.world import SECRET, World

AT_MOST_SECONDS = 0.6  # between a commit and the last post
TIMEOUT = timedelta(seconds=120)
# Each begins, does its statements and commits.
CLAIM_STEPS, PAUSE_STEPS, OPT_OUT_STEPS = 1 + 3 + 1, 1 + 3 + 1, 1 + 7 + 1
CLAIMED_FIRST, ENDED_FIRST = ("Claim", "ended"), ("ended", "NoClaim")
PASSED_OVER = ("NoClaim", "ended")  # the claim met a row that the opt-out held

type Action = Callable[[World, Database], object]


def pause(world: World, db: Database) -> None:
    lifecycle.pause(db, world.user_id, world.campaign_id)


def cancel(world: World, db: Database) -> None:
    lifecycle.cancel(db, world.user_id, world.campaign_id, nudge=lambda **_: None)


def leave(phone: str) -> Action:
    def opt_out(world: World, db: Database) -> None:
        manage_contacts.opt_out(db, world.user_id, [phone], reason=None, country="BR", secret=SECRET)

    return opt_out


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
    """Every way in which so many steps of 0 and so many of 1 can follow each other."""
    for places in combinations(range(first + second), first):
        yield tuple(0 if at in places else 1 for at in range(first + second))


@dataclass
class Race:
    """A claim and something that ends claims, on two connections, in given orders of their statements and commits."""

    databases: Databases
    world: World
    claiming: Actor
    ending: Actor
    watch: psycopg.Connection[Any]
    told: list[object] = field(default_factory=list)

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
            race.ending.close()
            race.watch.close()

    def run(self, order: Sequence[int], end: Action) -> list[object]:
        """What was answered, in the order of the commits: "ended", and what the claim found."""
        self._as_at_first()
        told: list[object] = []
        steps = iter(order)

        def pick(waiting: Sequence[int]) -> int:
            wanted = next(steps, waiting[0])
            return wanted if wanted in waiting else waiting[0]

        def ending() -> None:
            end(self.world, self.ending.http)
            told.append("ended")

        Interleaving(self.watch).run(
            [
                (self.claiming, lambda: told.append(claim(self.world, self.claiming.jobs))),
                (self.ending, ending),
            ],
            pick,
        )
        return told

    def run_all(self, orders: Iterable[Sequence[int]], end: Action) -> Counter[tuple[str, ...]]:
        """How often which answers came in which order, by their kinds; fails if a recipient was claimed after the end."""
        found: Counter[tuple[str, ...]] = Counter()
        for order in orders:
            told = self.run(order, end)
            behind = told[told.index("ended") :]
            assert not any(isinstance(answer, Claim) for answer in behind), (order, told)
            found[tuple("ended" if answer == "ended" else type(answer).__name__ for answer in told)] += 1
        return found

    def _as_at_first(self) -> None:
        run = self.databases.owner.execute
        run("update hidra.campaigns set status = 'running'")
        run("update hidra.campaign_messages set status = 'pending', claimed_at = null, attempts = 0, error_code = null")
        run("update hidra.campaign_metrics set pending = 1, skipped = 0")
        run("truncate hidra.opt_outs")


class CommitTimed(SteppedDatabase):
    """Notes the instant just before each commit is asked for: nothing is seen of it any earlier."""

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
    at: float  # by the monotonic clock, the instant at which the request leaves


@dataclass
class Senders:
    """Senders side by side, each ticket as the function runs it, on the real clock; posts take a while."""

    world: World
    ticket: Ticket
    count: int = 4
    post_seconds: float = 0.02
    posts: list[Post] = field(default_factory=list)
    ends: list[End] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    answer_seconds: Callable[[], float] = lambda: 0.0  # for how long the claim's answer is under way

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
        db = Delayed(self.world.databases, self.answer_seconds)
        try:
            while not stop.is_set():
                self.ends.append(self.send(db))
        except BaseException as error:  # noqa: BLE001 - told by sending
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


class Delayed(Database):
    """A database whose answer to a claim that took somebody is long under way: the commit is done by then."""

    def __init__(self, databases: Databases, seconds: Callable[[], float]) -> None:
        super().__init__({**databases.settings, "DATABASE_SECRET": "jobs"}, databases.logins.__getitem__)
        self._seconds = seconds

    def as_worker(self, work, refusals=None, *, pipelined=True):
        result = super().as_worker(work, refusals, pipelined=pipelined)
        if isinstance(result, Claim):
            time.sleep(self._seconds())
        return result


def started(databases: Databases, recipients: int) -> tuple[World, Ticket]:
    world = World.make(databases, recipients=recipients, rate=6000, connection_rate=6000, concurrent=1000)
    [(ticket, _)] = world.advance()
    return world, ticket


@dataclass(frozen=True)
class Ended:
    """How long the action took to be answered, and how long after its commit the last post left that it forbids."""

    waited: float
    last_post_after: float
    posts_before: int
    posts_after: int


def end_amid_sending(senders: Senders, action: Action, *, concerns: Callable[[Post], bool], then: float) -> Ended:
    """Does the action once posts flow, and looks on for ``then`` seconds."""
    db = CommitTimed(senders.world.databases, "http")
    try:
        with senders.sending():
            senders.wait_for_posts(5)
            asked = time.monotonic()
            action(senders.world, db)
            waited = time.monotonic() - asked
            time.sleep(then)
    finally:
        db.close()
    late = [post.at - db.before_commit for post in senders.posts if concerns(post) and post.at > db.before_commit]
    before = sum(post.at <= db.before_commit for post in senders.posts)
    return Ended(waited, max(late, default=0.0), before, len(senders.posts) - before)


@dataclass
class Storm:
    """Claims without a pause in between, from many connections; each is given back at once."""

    world: World
    threads: int
    claimed: int = 0
    errors: list[BaseException] = field(default_factory=list)

    @contextmanager
    def raging(self) -> Iterator[None]:
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
                        db.as_worker(lambda tx, held=found: claims.release(tx, held))
                    elif isinstance(found, claims.RecipientOptedOut):
                        db.as_worker(
                            lambda tx, met=found: messages.skip_pending(tx, [met.message_id], code="opted_out")
                        )
            except BaseException as error:  # noqa: BLE001 - told below
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
    """How long the action waits for its locks and is done."""
    asked = time.monotonic()
    action(world, db)
    return time.monotonic() - asked


def wait_until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.005)
