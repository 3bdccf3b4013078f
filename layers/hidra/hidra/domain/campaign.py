"""The life of a campaign: which action fits which status, and how large an audience may be."""

from collections.abc import Collection
from enum import StrEnum

from hidra.errors import Conflict, Field


class CampaignStatus(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"


class CampaignChannel(StrEnum):
    WHATSAPP = "whatsapp"


class EvolutionConnectionStatus(StrEnum):
    DISCONNECTED = "disconnected"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    ERROR = "error"


class ContactImportSource(StrEnum):
    MANUAL = "manual"
    CSV = "csv"
    API = "api"
    EVOLUTION = "evolution"


class NextRecipients(StrEnum):
    """The recipients that a campaign would send to next."""

    SEGMENT = "segment"
    FAILED = "failed"  # those whose message failed: a retry
    WAITING = "waiting"  # those of the open run that wait


class Action(StrEnum):
    SCHEDULE = "schedule"
    UNSCHEDULE = "unschedule"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    RETRY = "retry"


MAX_AUDIENCE = 2_000_000  # contacts of a segment
MAX_EXCLUDED_SEGMENTS = 20
MAX_DAYS = 365  # of a rule that skips contacts
SKIP_NOT_ON_WHATSAPP_DAYS = 90  # a campaign's default

# For each action the statuses that it fits, and the one that it leads to.
ACTIONS: dict[Action, tuple[tuple[CampaignStatus, ...], CampaignStatus]] = {
    Action.SCHEDULE: ((CampaignStatus.DRAFT,), CampaignStatus.SCHEDULED),
    Action.UNSCHEDULE: ((CampaignStatus.SCHEDULED,), CampaignStatus.DRAFT),
    Action.START: ((CampaignStatus.DRAFT,), CampaignStatus.SCHEDULED),
    Action.PAUSE: ((CampaignStatus.RUNNING,), CampaignStatus.PAUSED),
    Action.RESUME: ((CampaignStatus.PAUSED,), CampaignStatus.RUNNING),
    Action.CANCEL: (
        (CampaignStatus.DRAFT, CampaignStatus.SCHEDULED, CampaignStatus.RUNNING, CampaignStatus.PAUSED),
        CampaignStatus.CANCELED,
    ),
    Action.RETRY: ((CampaignStatus.COMPLETED, CampaignStatus.FAILED), CampaignStatus.SCHEDULED),
}

PACE = "max_messages_per_minute"
SEND_WINDOW = "send_window"
# What may change while messages are sent. Such a change stops claims until it is committed.
ONGOING = frozenset({PACE, SEND_WINDOW})
LABELS = "labels"  # may change in any status
# What decides which contacts get which message.
AUDIENCE = frozenset(
    {"segment_id", "template_id", "exclude_segment_ids", "not_contacted_for_days", "skip_not_on_whatsapp_days"}
)
CONTENT = AUDIENCE | {"name", "description"}
TIMES = frozenset({"scheduled_at", "not_after"})
# For each status the fields that may change in it; in any other status, none.
EDITABLE: dict[CampaignStatus, frozenset[str]] = {
    CampaignStatus.DRAFT: CONTENT | ONGOING,
    CampaignStatus.SCHEDULED: CONTENT | ONGOING | TIMES,
    CampaignStatus.RUNNING: ONGOING,
    CampaignStatus.PAUSED: ONGOING,
}


def check_edit(fields: Collection[str], status: CampaignStatus, *, has_run: bool) -> None:
    """
    Args:
        has_run: the campaign has started before; if it is scheduled, it is so for a retry.

    Raises:
        Conflict: some of the fields cannot change in this status; it names them.
    """
    is_retry = has_run and status is CampaignStatus.SCHEDULED
    allowed = ONGOING if is_retry else EDITABLE.get(status, frozenset())
    refused = sorted(set(fields) - allowed - {LABELS})
    if not refused:
        return
    state = "scheduled for a retry" if is_retry else str(status)
    if status is CampaignStatus.DRAFT:
        advice = "Schedule the campaign to set them."
    elif allowed:
        advice = f"Only {' and '.join(sorted(ONGOING))} can." if allowed == ONGOING else ""
    else:
        advice = "Duplicate it to change the copy."
    raise Conflict(
        f"Nothing was changed: {', '.join(refused)} cannot change while the campaign is {state}. {advice}".rstrip(),
        code="campaign-status",
        fields=[Field(name, f"cannot change while the campaign is {state}") for name in refused],
    )


def next_recipients(status: CampaignStatus, *, has_run: bool) -> NextRecipients:
    """Returns the recipients of what a campaign may do next; of one that was canceled, those of a duplicate."""
    if not has_run or status is CampaignStatus.CANCELED:
        return NextRecipients.SEGMENT
    if status in (CampaignStatus.RUNNING, CampaignStatus.PAUSED):
        return NextRecipients.WAITING
    return NextRecipients.FAILED


def does_not_fit(action: Action, status: CampaignStatus) -> Conflict:
    """Returns the error for an action in a status that it does not fit; it names both."""
    wanted = " or ".join(ACTIONS[action][0])
    return Conflict(f"Cannot {action} a campaign that is {status}: it must be {wanted}.", code="campaign-status")


def only_a_draft(verb: str, status: CampaignStatus) -> Conflict:
    """Returns the error for what only a draft allows."""
    return Conflict(f"Cannot {verb} a campaign that is {status}: it must be draft.", code="campaign-status")
