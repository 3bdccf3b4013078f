"""What may happen at the same time to one tenant's two campaigns, as plain data: a failure prints it whole."""

from dataclasses import dataclass
from itertools import product

from hypothesis import strategies as st

from hidra.domain.message import MessageStatus as S

RECIPIENTS = 3
PHONES = [f"+55119{80000000 + index}" for index in range(RECIPIENTS)]
CONNECTIONS = 4
ANOTHERS_ID = "another's id"
"""An answer with the id of another message, which no Evolution gives."""


@dataclass(frozen=True)
class Send:
    """A ticket of a campaign, and what Evolution answers."""

    campaign: int
    answer: str


@dataclass(frozen=True)
class Record:
    """A batch of the stream: (message, word, seconds), as a place among all messages; (recipient, text, seconds)."""

    words: tuple[tuple[int, S, float], ...]
    replies: tuple[tuple[int, str, int], ...] = ()


@dataclass(frozen=True)
class Person:
    """What somebody decides for a recipient: opt_out, opt_in or erase."""

    decision: str
    recipient: int


@dataclass(frozen=True)
class Change:
    """An action of the owner's on a campaign, or a look at it."""

    action: str
    campaign: int


@dataclass(frozen=True)
class Repair:
    """What the clock, the reconciliation or an operator does: sweep, apply_unmatched, mend; find or give up a message."""

    work: str
    message: int = 0


type Job = Send | Record | Person | Change | Repair


@dataclass(frozen=True)
class Round:
    """Jobs that run at the same time, a connection each; ``order`` is the seed of who goes on when."""

    jobs: tuple[Job, ...]
    order: int
    pipelined: bool


@dataclass(frozen=True)
class Schedule:
    """``retried``: the first campaign has failed for everybody after it was sent, and its retry waits; ``sent``: how
    many of the second one's messages have gone out before the first round."""

    retried: bool
    sent: int
    rounds: tuple[Round, ...]


# One draw for each job and word, whatever it is made of: most of a schedule's time would go into drawing otherwise.
_recipients, _campaigns, _places = range(RECIPIENTS), range(2), range(9)
ANSWERS = ["sent", "sent", "sent", "sent", "refused", "in doubt", "busy", "no media", "lost", ANOTHERS_ID]
sends = st.sampled_from([Send(*each) for each in product(_campaigns, ANSWERS)])
persons = st.sampled_from([Person(*each) for each in product(["opt_out", "opt_in", "erase"], _recipients)])
changes = st.sampled_from(
    [Change(*each) for each in product(["look", "look", "pause", "resume", "cancel", "retry"], _campaigns)]
)
repairs = st.sampled_from(
    [Repair(*each) for each in product(["sweep", "apply_unmatched", "mend", "find", "find", "give up"], _places)]
)
_word = st.sampled_from(
    [*product(_places, [S.SENT, S.FAILED, S.DELIVERED, S.READ], [third / 3 for third in range(-90, 401)])]
)
_reply = st.sampled_from([*product(_recipients, ["SAIR", "VOLTAR", "oi"], range(6))])
_words = st.lists(_word, min_size=1, max_size=8).map(tuple)
_said = st.builds(Record, _words)
records = st.builds(Record, _words, st.lists(_reply, max_size=2).map(tuple))
_job = st.one_of(sends, sends, sends, _said, _said, _said, records, repairs, changes, persons)
_round = st.builds(
    Round,
    st.lists(_job, min_size=2, max_size=CONNECTIONS).map(tuple),
    st.integers(0, 2**32),
    st.booleans(),
)
schedules = st.builds(
    Schedule, st.booleans(), st.integers(0, RECIPIENTS), st.lists(_round, min_size=5, max_size=8).map(tuple)
)
