"""The jobs that may run at the same time on one tenant's two campaigns, as plain data that a failure prints."""

from dataclasses import dataclass
from itertools import product

from hypothesis import strategies as st

from hidra.domain.message import MessageStatus as S

RECIPIENTS = 3
PHONES = [f"+55119{80000000 + index}" for index in range(RECIPIENTS)]
CONNECTIONS = 4
DUPLICATE_ID = "duplicate id"
"""An answer with the id of another message, which Evolution never gives."""


@dataclass(frozen=True)
class Send:
    """A ticket of a campaign, and Evolution's answer."""

    campaign: int
    answer: str


@dataclass(frozen=True)
class Record:
    """A batch of the stream: statuses as (index among all messages, status, seconds), replies as (recipient, text, seconds)."""

    statuses: tuple[tuple[int, S, float], ...]
    replies: tuple[tuple[int, str, int], ...] = ()


@dataclass(frozen=True)
class ContactChange:
    """An action on a recipient: opt_out, opt_in or erase."""

    action: str
    recipient: int


@dataclass(frozen=True)
class Change:
    """An action of the owner on a campaign, or a pass of campaign_advance."""

    action: str
    campaign: int


@dataclass(frozen=True)
class Repair:
    """A job of the clock, the reconciliation or an operator: sweep, apply_unmatched, rebuild; find or give up a message."""

    work: str
    message: int = 0


type Job = Send | Record | ContactChange | Change | Repair


@dataclass(frozen=True)
class Round:
    """Jobs that run at the same time, each on a connection of its own; ``order`` is the seed of their turns."""

    jobs: tuple[Job, ...]
    order: int
    pipelined: bool


@dataclass(frozen=True)
class Schedule:
    """``retried``: every message of the first campaign has failed after it was sent, and its retry is pending; ``sent``:
    how many messages of the second campaign were sent before the first round."""

    retried: bool
    sent: int
    rounds: tuple[Round, ...]


# One draw for each job and status: drawing their parts would take most of a schedule's time.
_recipients, _campaigns, _places = range(RECIPIENTS), range(2), range(9)
ANSWERS = ["sent", "sent", "sent", "sent", "refused", "in doubt", "busy", "no media", "lost", DUPLICATE_ID]
sends = st.sampled_from([Send(*each) for each in product(_campaigns, ANSWERS)])
contact_changes = st.sampled_from(
    [ContactChange(*each) for each in product(["opt_out", "opt_in", "erase"], _recipients)]
)
changes = st.sampled_from(
    [Change(*each) for each in product(["advance", "advance", "pause", "resume", "cancel", "retry"], _campaigns)]
)
repairs = st.sampled_from(
    [Repair(*each) for each in product(["sweep", "apply_unmatched", "rebuild", "find", "find", "give up"], _places)]
)
_status = st.sampled_from(
    [*product(_places, [S.SENT, S.FAILED, S.DELIVERED, S.READ], [third / 3 for third in range(-90, 401)])]
)
_reply = st.sampled_from([*product(_recipients, ["SAIR", "VOLTAR", "oi"], range(6))])
_statuses = st.lists(_status, min_size=1, max_size=8).map(tuple)
_status_records = st.builds(Record, _statuses)
records = st.builds(Record, _statuses, st.lists(_reply, max_size=2).map(tuple))
_job = st.one_of(
    sends, sends, sends, _status_records, _status_records, _status_records, records, repairs, changes, contact_changes
)  # fmt: skip
_round = st.builds(
    Round,
    st.lists(_job, min_size=2, max_size=CONNECTIONS).map(tuple),
    st.integers(0, 2**32),
    st.booleans(),
)
schedules = st.builds(
    Schedule, st.booleans(), st.integers(0, RECIPIENTS), st.lists(_round, min_size=5, max_size=8).map(tuple)
)
