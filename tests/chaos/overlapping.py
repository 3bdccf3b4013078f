"""The jobs of the schedules as rules of a hypothesis state machine, which overlap statement by statement."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.chaos import recount, schedules
from tests.chaos.interleaving import Interleaving
from tests.chaos.overlap_player import Playback, Player
from tests.chaos.schedules import CONNECTIONS, RECIPIENTS, Job


class Overlapping(RuleBasedStateMachine):
    """Starts jobs while others are in the middle of a transaction, and recounts after each step.

    A schedule runs whole rounds instead and recounts between them.
    """

    def __init__(self, player: Player) -> None:
        super().__init__()
        self.player = player

    @initialize(retried=st.booleans(), sent=st.integers(0, RECIPIENTS), pipelined=st.booleans())
    def a_tenant(self, retried: bool, sent: int, pipelined: bool) -> None:
        self.playback = Playback.begin(self.player.databases, retried=retried, sent=sent)
        self.interleaving = Interleaving(self.player.watch, pipelined=pipelined)

    @rule(job=schedules.sends)
    def send(self, job: Job) -> None:
        self._begin(job)

    @rule(job=schedules.records)
    def record(self, job: Job) -> None:
        self._begin(job)

    @rule(job=schedules.contact_changes)
    def change_contact(self, job: Job) -> None:
        self._begin(job)

    @rule(job=schedules.changes)
    def change(self, job: Job) -> None:
        self._begin(job)

    @rule(job=schedules.repairs)
    def repair(self, job: Job) -> None:
        self._begin(job)

    @rule(lane=st.integers(0, CONNECTIONS - 1), steps=st.integers(1, 8))
    def make_steps(self, lane: int, steps: int) -> None:
        for _ in range(steps):
            if waiting := self.interleaving.waiting():
                self.interleaving.step(waiting[lane % len(waiting)])

    def _begin(self, job: Job) -> None:
        while len(self.interleaving.busy()) == CONNECTIONS:
            waiting = self.interleaving.waiting()
            assert waiting, "all jobs wait for each other"
            self.interleaving.step(waiting[0])
        busy = self.interleaving.busy()
        if busy:
            self.playback.note_ids()
        else:
            self.playback.before_round()
        actor = next(actor for actor in self.player.actors if actor not in busy)
        self.interleaving.begin(actor, self.playback.job(actor, job))

    @invariant()
    def everything_shown_equals_a_recount(self) -> None:
        recount.check_shown(self.playback.world, self.playback.campaigns)

    def teardown(self) -> None:
        self.interleaving.end(lambda waiting: waiting[0])
        self.playback.check()
