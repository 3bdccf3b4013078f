"""Tenants whose servers answer slowly or in time share senders, in virtual time: the product's own passes, tickets and
statements, and queues and senders as AWS has them.

A sender takes up to ten tickets of any tenants, in any order, as soon as there are some, and is free again when the last
of them has ended.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID, uuid4

from hidra.domain.content import Content
from hidra.domain.outcome import Outcome, Sent
from hidra.domain.pacing import WINDOW_SECONDS, delay_seconds
from hidra.domain.ticket import Ticket
from hidra.services.send_message import send_message
from hidra.settings import SENDER_TIMEOUT_SECONDS
from hidra.store.claims import ClaimedPost
from tests.chaos.virtual_time import VirtualTime
from tests.conftest import Databases
from tests.store.world import World

BATCH = 10
SLOW_ANSWER, ANSWER = 89.0, (0.3, 1.2)
PASS_EVERY = 60


@dataclass
class Server:
    """A tenant with its Evolution server; ``slow_from``: since when it answers slowly; ``posts``: when it got each."""

    world: World
    per_minute: int
    slow_from: float | None
    posts: list[float] = field(default_factory=list)

    def used(self, begin: float, end: float) -> float:
        """The share of the pace that was used between two times."""
        return sum(begin <= at < end for at in self.posts) / (self.per_minute * (end - begin) / WINDOW_SECONDS)


class SharedSenders:
    """``ends``: what became of the tickets; ``most_held``: the most senders that slow requests held at once."""

    def __init__(self, databases: Databases, *, senders: int, share: int, seed: int) -> None:
        self.time = VirtualTime()
        self.ends: Counter[str] = Counter()
        self.most_held = 0
        self._databases, self._share = self.time.database(databases), share
        self._free, self._visible, self._rng = senders, list[Ticket](), random.Random(seed)
        self._servers: dict[UUID, Server] = {}
        self._held: Counter[int] = Counter()
        self._number = count()

    def add(self, *, per_minute: int, recipients: int, concurrent: int, slow_from: float | None = None) -> Server:
        """Adds a tenant, whose campaign starts within some seconds."""
        world = World.make(
            self._databases, recipients=0, rate=per_minute, connection_rate=per_minute, concurrent=concurrent
        )
        # No statuses arrive here, and a Cloud API connection is trusted without them.
        self._databases.owner.execute("update hidra.evolution_api_config set integration = 'cloud_api'")
        phones = [f"+55119{80_000_000 + number}" for number in range(recipients)]
        self._databases.owner.execute(
            "with made as (insert into hidra.contacts (id, user_id, phone, phone_hash, name)"
            " select gen_random_uuid(), %(user)s, phone, hash, 'Ana'"
            " from unnest(%(phones)s::text[], %(hashes)s::bytea[]) as c (phone, hash) returning id)"
            " insert into hidra.segment_contacts select %(user)s, %(segment)s, id from made",
            {
                "user": world.user_id,
                "segment": world.segment_id,
                "phones": phones,
                "hashes": [world.hash(phone) for phone in phones],
            },
        )
        server = self._servers[world.connection_id] = Server(world, per_minute, slow_from)
        self.time.after(self._rng.uniform(1, 6), lambda: self._passes(server))
        return server

    def run(self, seconds: float) -> None:
        try:
            self.time.run(seconds)
        finally:
            self._databases.jobs.close()

    def _passes(self, server: Server) -> None:
        while True:
            for ticket, slots in server.world.advance():
                self._issue(ticket, slots)
            self.time.sleep(PASS_EVERY)

    def _issue(self, ticket: Ticket, slots: Sequence[datetime]) -> None:
        for slot in slots:
            self._queue(ticket, delay_seconds(slot, self.time.now()))

    def _queue(self, ticket: Ticket, seconds: int) -> None:
        def arrive() -> None:
            self._visible.append(ticket)
            self._invoke()

        self.time.after(seconds + self._rng.uniform(0, 0.3), arrive)

    def _invoke(self) -> None:
        while self._free and self._visible:
            self._rng.shuffle(self._visible)
            batch, self._visible = self._visible[:BATCH], self._visible[BATCH:]
            self._free -= 1
            self._use(batch)

    def _use(self, batch: Sequence[Ticket]) -> None:
        left, sender = list(batch), next(self._number)

        def use(ticket: Ticket) -> None:
            self.ends[self._send(ticket, sender)] += 1
            left.pop()
            if not left:
                self._free += 1
                self._held.pop(sender, None)
                self._invoke()

        for ticket in batch:
            self.time.after(0, lambda ticket=ticket: use(ticket))

    def _send(self, ticket: Ticket, sender: int) -> str:
        server = self._servers[ticket.connection_id]

        def post(_: ClaimedPost, __: str, ___: Content) -> Outcome:
            server.posts.append(self.time.seconds)
            slow = server.slow_from is not None and self.time.seconds >= server.slow_from
            if slow:
                self._held[sender] += 1
                self.most_held = max(self.most_held, len(self._held))
            self.time.sleep(SLOW_ANSWER if slow else self._rng.uniform(*ANSWER))
            return Sent(uuid4().hex)

        return send_message(
            ticket,
            db=self._databases.jobs,
            post=post,
            postpone=self._queue,
            nudge=lambda _: None,
            clock=self.time.clock,
            sender_timeout=timedelta(seconds=SENDER_TIMEOUT_SECONDS),
            record_within=20,
            share=self._share,
        )
