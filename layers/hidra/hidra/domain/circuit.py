"""When a connection is trusted no more, and how it is tried. Why these numbers: docs/decisions/0012-circuit.md."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hidra.domain.pacing import PERMIT_AHEAD_SECONDS

# Of so many messages in a row each was sent that long ago, and nobody has acknowledged one.
UNACKNOWLEDGED, PATIENCE = 10, timedelta(seconds=60)
PROBE_EVERY = timedelta(minutes=5)  # one recipient in that time while a connection is distrusted
PASS_EVERY = timedelta(seconds=60)
# So many messages that WhatsApp refused, among at most so many that it answered, pause the campaign.
ERRORS, AMONG = 10, 20

NOT_ACKNOWLEDGED = (
    f"Evolution takes messages, but of the last {UNACKNOWLEDGED} WhatsApp has acknowledged none within a minute. Either"
    " WhatsApp takes nothing of this number any more (look at its phone, and restart the instance), or Evolution's"
    " webhooks do not arrive."
)


def probe_slots(*, now: datetime, probed_at: datetime | None) -> Sequence[datetime]:
    """The one instant, if any before the next look, at which a distrusted connection may be tried again.

    Args:
        probed_at: when it was tried last. A ticket comes up to two seconds before its slot, and must not come too soon.
    """
    due = now if probed_at is None else probed_at + PROBE_EVERY + timedelta(seconds=PERMIT_AHEAD_SECONDS)
    return (max(now, due),) if due <= now + PASS_EVERY else ()


def probing_reason(reason: str | None) -> str:
    """Why a campaign on a distrusted connection all but stands still."""
    return (
        "The Evolution connection is being tried with one message every 5 minutes; once one is acknowledged the"
        f" campaign goes on by itself. What happened: {reason or 'unknown'}"
    )


def refusal_reason(errors: int, answered: int) -> str:
    """Why a campaign was paused that WhatsApp refuses."""
    return (
        f"WhatsApp refused {errors} of the last {answered} messages that it answered, so the campaign was paused. Look"
        " at the number in WhatsApp, at the text and at who gets it, then resume the campaign. Whoever was refused can"
        " be tried again once it has ended."
    )
