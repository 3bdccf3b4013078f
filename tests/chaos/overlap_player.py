"""Plays schedules on PostgreSQL with the product's own services, on connections whose transactions overlap."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import UUID, uuid4

import psycopg

from hidra.domain.content import Content
from hidra.domain.delivery import DeliveryEvent, ReplyEvent, StatusEvent
from hidra.domain.message import MessageStatus as S
from hidra.domain.outcome import NotSent, Outcome, Refused, Sent, Stops, Unknown
from hidra.domain.phone import phone_hash
from hidra.domain.ticket import Ticket
from hidra.errors import Conflict, NotFound
from hidra.services import erase_person, lifecycle, manage_contacts
from hidra.services.advance_campaign import advance_campaign
from hidra.services.rebuild_metrics import rebuild_metrics
from hidra.services.record_delivery import record_delivery
from hidra.services.send_message import send_message
from hidra.services.turn import Clock
from hidra.store import claims, deliveries, messages, outcomes, replies
from hidra.store.claims import ClaimedPost
from hidra.store.db import Tx
from tests.chaos import recount, schedules
from tests.chaos.interleaving import Actor, Interleaving
from tests.chaos.schedules import (
    CONNECTIONS,
    DUPLICATE_ID,
    PHONES,
    RECIPIENTS,
    Change,
    ContactChange,
    Job,
    Record,
    Repair,
    Schedule,
    Send,
)
from tests.conftest import Databases
from tests.store.world import SECRET, World


class SenderLost(Exception):
    """The sender's process ended during its post."""


@dataclass
class Tally:
    """The number of schedules, rounds (interleavings), transactions and jobs."""

    schedules: int = 0
    interleavings: int = 0
    transactions: int = 0
    attempts: int = 0
    jobs: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)

    @property
    def retried(self) -> int:
        """Transactions that were run again after a deadlock or a lost connection."""
        return self.attempts - self.transactions

    def __str__(self) -> str:
        return (
            f"{self.schedules} schedules with {self.interleavings} interleavings of {self.transactions} transactions, "
            f"{self.retried} retried; jobs {dict(self.jobs.most_common())}; "
            f"messages ended {dict(self.states.most_common())}"
        )


class Player:
    """Connections that stay open over many schedules; each schedule has a tenant of its own."""

    def __init__(self, databases: Databases) -> None:
        dsn = databases.owner.info
        self.databases = databases
        self.watch = psycopg.connect(dsn.dsn, password=dsn.password, autocommit=True)
        self.actors = [Actor.of(databases) for _ in range(CONNECTIONS)]
        self.tally = Tally()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for actor in self.actors:
            actor.close()
        self.watch.close()

    def play(self, schedule: Schedule) -> None:
        """Runs a schedule and recounts after each of its rounds; adds the schedule to an error."""
        try:
            self._play(schedule)
        except BaseException as error:
            error.add_note(repr(schedule))
            raise

    def _play(self, schedule: Schedule) -> None:
        playback = Playback.begin(self.databases, retried=schedule.retried, sent=schedule.sent)
        playback.check()
        for turn in schedule.rounds:
            jobs = [(actor, playback.job(actor, job)) for actor, job in zip(self.actors, turn.jobs, strict=False)]
            playback.before_round()
            retried = self.tally.retried
            Interleaving(self.watch, pipelined=turn.pipelined).run(jobs, _picks(turn.order))
            self._count_transactions()
            # With a duplicate id, the sender waits in the index for that message's transaction after it has locked its own.
            if not any(isinstance(job, Send) and job.answer == DUPLICATE_ID for job in turn.jobs):
                assert self.tally.retried == retried, "a deadlock: locks were acquired in different orders"
            self.tally.interleavings += 1
            self.tally.jobs.update(type(job).__name__ for job in turn.jobs)
            playback.check()
        playback.assert_nothing_differs(self.databases.jobs, dry_run=True)
        self.tally.schedules += 1
        self.tally.states.update(message["status"] for message in playback.rows())

    def _count_transactions(self) -> None:
        dbs = [db for actor in self.actors for db in (actor.jobs, actor.http)]
        self.tally.transactions = sum(db.transactions for db in dbs)
        self.tally.attempts = sum(db.attempts for db in dbs)


def _picks(seed: int) -> Callable[[Sequence[int]], int]:
    order = random.Random(seed)
    return order.choice([_mixing, _halting])(order)


def _mixing(order: random.Random) -> Callable[[Sequence[int]], int]:
    """Picks any lane, or more likely the last one: this makes both long and short runs of one lane."""
    stay, last = order.choice([0.0, 0.5, 0.8]), [-1]

    def pick(waiting: Sequence[int]) -> int:
        if last[0] not in waiting or order.random() >= stay:
            last[0] = order.choice(waiting)
        return last[0]

    return pick


def _halting(order: random.Random) -> Callable[[Sequence[int]], int]:
    """Picks one lane first, and stops it after some of its steps until no other lane can continue."""
    first, steps = order.randrange(2), iter(range(order.randrange(16)))

    def pick(waiting: Sequence[int]) -> int:
        others = [index for index in waiting if index != first]
        if first in waiting and (not others or next(steps, None) is not None):
            return first
        return others[0]

    return pick


@dataclass
class Playback:
    """One tenant with two campaigns, and the statuses and posts so far."""

    world: World
    campaigns: list[UUID]
    base: datetime
    ids: list[int] = field(default_factory=list)
    runs: dict[UUID, UUID] = field(default_factory=dict)
    statuses: list[StatusEvent] = field(default_factory=list)
    posts: list[tuple[int, str]] = field(default_factory=list)

    @classmethod
    def begin(cls, databases: Databases, *, retried: bool, sent: int) -> Self:
        with databases.owner.pipeline():
            world = World.make(databases, recipients=RECIPIENTS, rate=3000, connection_rate=3000, concurrent=100)
            playback = cls(world, [world.campaign_id, world.add_campaign(uuid4(), rate=3000)], datetime.now(UTC))
        first, second = (replace(world, campaign_id=campaign_id) for campaign_id in playback.campaigns)
        first.advance()
        second.advance()
        playback._send_to(second, sent)
        if retried:
            names = playback._send_to(first, RECIPIENTS)
            playback._record_events(databases.jobs, [playback._status(name, S.FAILED, 7) for name in names])
            first.advance()
            lifecycle.retry_failed(databases.http, world.user_id, first.campaign_id, nudge=_nothing)
            first.advance()
        return playback

    def _send_to(self, campaign: World, times: int) -> list[str]:
        """Claims and sends so many of a campaign's messages in one transaction; returns their provider ids."""
        run = campaign.one("select id from hidra.campaign_runs where campaign_id = %s", campaign.campaign_id)

        def send(tx: Tx) -> str:
            held = claims.claim(
                tx,
                campaign_id=campaign.campaign_id,
                run_id=run["id"],
                connection_id=campaign.connection_id,
                sender_timeout=timedelta(seconds=120),
            )
            assert isinstance(held, claims.Claim)
            self.posts.append((held.message_id, "sent"))
            outcomes.mark_sent(tx, held, sent_at=self.base, provider_message_id=f"m{held.message_id}")
            return f"m{held.message_id}"

        return campaign.databases.jobs.as_worker(lambda tx: [send(tx) for _ in range(times)])

    def before_round(self) -> None:
        """Connects the connection and ends the recipients' waits; only between rounds, as it waits for locked rows."""
        owner, user_id = self.world.databases.owner, self.world.user_id
        with owner.pipeline():
            owner.execute("update hidra.evolution_api_config set status = 'connected' where user_id = %s", [user_id])
            owner.execute(
                "update hidra.campaign_messages set not_before = null where user_id = %s and not_before is not null",
                [user_id],
            )
        self.note_ids()

    def note_ids(self) -> None:
        """Reads the messages and runs that the next jobs may choose."""
        self.ids = [row["id"] for row in self.rows()]
        self.runs = {
            row["campaign_id"]: row["id"]
            for row in self.world.rows(
                "select id, campaign_id from hidra.campaign_runs where user_id = %s order by started_at",
                self.world.user_id,
            )
        }

    def job(self, actor: Actor, job: Job) -> Callable[[], object]:
        match job:
            case Send(campaign, answer):
                return lambda: self._send(actor, self.campaigns[campaign], answer)
            case Record(statuses, written):
                return lambda: self._record(actor, statuses, written)
            case ContactChange(action, recipient):
                return lambda: self._change_contact(actor, action, PHONES[recipient])
            case Change(action, campaign):
                return lambda: self._change(actor, action, self.campaigns[campaign])
            case Repair(work, which):
                return lambda: self._repair(actor, work, self.ids[which % len(self.ids)])

    def _send(self, actor: Actor, campaign_id: UUID, answer: str) -> None:
        def post(held: ClaimedPost, phone: str, content: Content) -> Outcome:
            assert isinstance(held, claims.Claim)
            self.posts.append((held.message_id, answer))
            actor.jobs.turn()  # other jobs may run during the post
            match answer:
                case "sent":
                    return Sent(f"m{held.message_id}")
                case schedules.DUPLICATE_ID:
                    return Sent(f"m{self.ids[0]}")
                case "refused":
                    return Refused("not_on_whatsapp", "x")
                case "in doubt":
                    return Unknown("timeout", "x")
                case "busy":
                    return NotSent("busy", "x", Stops.NOTHING)
                case "no media":
                    return NotSent("media_not_fetched", "x", Stops.CAMPAIGN)
                case _:
                    raise SenderLost

        passed = [0.0]

        def sleep(seconds: float) -> None:
            passed[0] += seconds

        with suppress(SenderLost):
            send_message(
                Ticket(self.world.user_id, self.world.connection_id, campaign_id, self.runs[campaign_id]),
                db=actor.jobs,
                post=post,
                postpone=_nothing,
                nudge=_nothing,
                clock=Clock(monotonic=lambda: passed[0], now=lambda: self.base, sleep=sleep),
                sender_timeout=timedelta(seconds=120),
                record_within=20,
            )

    def _status(self, name: str, status: S, seconds: float) -> StatusEvent:
        return StatusEvent(self.world.connection_id, name, status, self.base + timedelta(seconds=seconds))

    def _record(
        self, actor: Actor, statuses: Sequence[tuple[int, S, float]], written: Sequence[tuple[int, str, int]]
    ) -> None:
        events: list[DeliveryEvent] = [
            self._status(f"m{self.ids[index % len(self.ids)]}", status, seconds) for index, status, seconds in statuses
        ]
        for recipient, text, seconds in written:
            at = self.base.replace(microsecond=0) + timedelta(seconds=seconds)
            quoted = f"m{self.ids[seconds % len(self.ids)]}" if seconds % 2 else None
            events.append(ReplyEvent(self.world.connection_id, PHONES[recipient], text, at, None, quoted, at))
        self._record_events(actor.jobs, events)

    def _record_events(self, db: Any, events: Sequence[DeliveryEvent]) -> None:
        record_delivery(
            events,
            [],
            db=db,
            hash_phone=lambda user_id, phone: phone_hash(SECRET, str(user_id), phone),
            queue=_nothing,
        )
        self.statuses += [event for event in events if isinstance(event, StatusEvent)]

    def _change_contact(self, actor: Actor, action: str, phone: str) -> None:
        user_id = self.world.user_id
        match action:
            case "opt_out":
                manage_contacts.opt_out(actor.http, user_id, [phone], reason=None, country="BR", secret=SECRET)
            case "opt_in":
                with suppress(NotFound):  # the phone is not opted out
                    manage_contacts.opt_in(actor.http, user_id, phone, secret=SECRET)
            case _:
                with suppress(Conflict):  # a message to the phone is being sent
                    erase_person.erase_person(
                        actor.http, user_id, phone, country="BR", secret=SECRET, now=self.base + timedelta(seconds=61)
                    )

    def _change(self, actor: Actor, action: str, campaign_id: UUID) -> None:
        user_id = self.world.user_id
        with suppress(Conflict):  # the campaign's status does not allow it
            match action:
                case "advance":
                    advance_campaign(campaign_id, db=actor.jobs, issue_tickets=_nothing, requeue_after=_nothing)
                case "pause":
                    lifecycle.pause(actor.http, user_id, campaign_id)
                case "resume":
                    lifecycle.resume(actor.http, user_id, campaign_id, nudge=_nothing)
                case "cancel":
                    lifecycle.cancel(actor.http, user_id, campaign_id, nudge=_nothing)
                case _:
                    lifecycle.retry_failed(actor.http, user_id, campaign_id, nudge=_nothing)
                    advance_campaign(campaign_id, db=actor.jobs, issue_tickets=_nothing, requeue_after=_nothing)

    def _repair(self, actor: Actor, work: str, message_id: int) -> None:
        run, name = actor.jobs.as_worker, f"m{message_id}"
        match work:
            case "sweep":
                run(lambda tx: outcomes.mark_sender_lost(tx, older_than=timedelta(0)))
            case "apply_unmatched":
                run(deliveries.apply_all_unmatched)
                run(replies.apply_all_unmatched)
            case "rebuild":
                self.assert_nothing_differs(actor.jobs, dry_run=False)
            case "find":
                with suppress(Conflict):  # another message has this id
                    if run(lambda tx: messages.resolve(tx, message_id=message_id, provider_message_id=name)):
                        run(lambda tx: deliveries.apply_unmatched(tx, [(self.world.connection_id, name)]))
            case _:
                run(lambda tx: messages.give_up(tx, message_ids=[message_id], at=self.base + timedelta(seconds=95)))

    def assert_nothing_differs(self, db: Any, *, dry_run: bool) -> None:
        for campaign_id in self.campaigns:
            found = rebuild_metrics(
                db=db, campaign_id=campaign_id, after_id=None, dry_run=dry_run, seconds_left=lambda: 60.0
            ).differences
            assert found == []

    def rows(self) -> list[dict[str, Any]]:
        return self.world.rows(
            "select * from hidra.campaign_messages where user_id = %s order by id", self.world.user_id
        )

    def check(self) -> None:
        recount.check(self.world, self.campaigns, recount.Outside(self.statuses, self.posts))


def _nothing(*_: object, **__: object) -> None:
    """Queues and nudges are not played."""
