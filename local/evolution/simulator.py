"""The simulator's parts, wired to each other; `server.py` serves them over HTTP."""

import random

from local.evolution.clock import Clock
from local.evolution.faults import FaultBook
from local.evolution.instances import Instances
from local.evolution.jid import Ids
from local.evolution.log import Log
from local.evolution.phones import Phones
from local.evolution.sending import Sender
from local.evolution.versions import V2_3_7, Version
from local.evolution.virtual import VirtualTime
from local.evolution.webhooks import Schedule, Webhooks


class Simulator:
    """One Evolution server with its instances, the phones behind them, the faults armed and the log of it all."""

    def __init__(
        self,
        *,
        seed: int | None = None,
        clock: Clock | None = None,
        virtual: VirtualTime | None = None,
        schedule: Schedule | None = None,
        scan_after: float | None = None,
        webhooks_at_once: int = 100,
        version: Version = V2_3_7,
    ) -> None:
        self.version = version
        self.virtual = virtual
        self.clock = virtual.clock() if virtual else clock or Clock()
        self.ids = Ids()
        self.log = Log(self.clock)
        self.phones = Phones()
        self.faults = FaultBook(self.clock.passing)
        self.webhooks = Webhooks(
            self.log,
            self.faults,
            clock=self.clock,
            rng=random.Random(seed),
            schedule=schedule,
            at_once=webhooks_at_once,
            names_instance=version.names_instance,
        )
        self.instances = Instances(
            self.webhooks, clock=self.clock, ids=self.ids, scan_after=scan_after, version=version
        )
        self.sender = Sender(
            self.log,
            self.webhooks,
            self.phones,
            self.faults,
            clock=self.clock,
            rng=random.Random(seed),
            ids=self.ids,
            disconnect=self.instances.disconnect,
            of_number=self.instances.of_number,
            version=version,
        )
