"""The jobs of the schedules as rules of a state machine, which hypothesis lets overlap statement by statement."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.chaos import recount, schedules
from tests.chaos.interleaving import Interleaving
from tests.chaos.overlap_player import Play, Stage
from tests.chaos.schedules import CONNECTIONS, RECIPIENTS, Job


class Overlapping(RuleBasedStateMachine):
    """A schedule runs whole rounds and recounts between them. Here jobs begin while others stand in the middle of a
    transaction, and everything that is shown is recounted after each step, in their midst."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stage = stage

    @initialize(retried=st.booleans(), sent=st.integers(0, RECIPIENTS), pipelined=st.booleans())
    def a_tenant(self, retried: bool, sent: int, pipelined: bool) -> None:
        self.play = Play.begin(self.stage.databases, retried=retried, sent=sent)
        self.turns = Interleaving(self.stage.watch, pipelined=pipelined)

    @rule(job=schedules.sends)
    def send(self, job: Job) -> None:
        self._begin(job)

    @rule(job=schedules.records)
    def record(self, job: Job) -> None:
        self._begin(job)

    @rule(job=schedules.persons)
    def decide(self, job: Job) -> None:
        self._begin(job)

    @rule(job=schedules.changes)
    def change(self, job: Job) -> None:
        self._begin(job)

    @rule(job=schedules.repairs)
    def repair(self, job: Job) -> None:
        self._begin(job)

    @rule(who=st.integers(0, CONNECTIONS - 1), steps=st.integers(1, 8))
    def go_on(self, who: int, steps: int) -> None:
        for _ in range(steps):
            if waiting := self.turns.waiting():
                self.turns.step(waiting[who % len(waiting)])

    def _begin(self, job: Job) -> None:
        while len(self.turns.at_work()) == CONNECTIONS:
            waiting = self.turns.waiting()
            assert waiting, "all wait for each other"
            self.turns.step(waiting[0])
        busy = self.turns.at_work()
        if busy:
            self.play.note_what_there_is()
        else:
            self.play.before_round()
        actor = next(actor for actor in self.stage.actors if actor not in busy)
        self.turns.begin(actor, self.play.job(actor, job))

    @invariant()
    def everything_shown_equals_a_recount(self) -> None:
        recount.check_shown(self.play.world, self.play.campaigns)

    def teardown(self) -> None:
        self.turns.end(lambda waiting: waiting[0])
        self.play.check()
