"""When a connection's circuit opens and how it is probed, and when WhatsApp's refusals pause a campaign.

The reasons for the numbers: docs/decisions/0012-circuit.md, 0005 for those of the doubts, 0033 for those of slowness.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hidra.domain.connection_error import ConnectionErrorCode, ConnectionFault
from hidra.domain.pacing import PERMIT_AHEAD_SECONDS, SLOW_AFTER_SECONDS

# A connection stops when so many of its messages in a row, each sent that long ago, are not acknowledged.
UNACKNOWLEDGED, PATIENCE = 10, timedelta(seconds=60)
LAG = timedelta(seconds=15)  # while the circuit is closed, an acknowledgement is recorded only this often
# So many outcomes in doubt within the time between two checks stop the connection: a server that is down may burn a
# handful of recipients, not the audience.
DOUBTS, DOUBT_WITHIN = 3, timedelta(minutes=5)
# So many answers that each took longer than SLOW_AFTER, no two neighbours further apart than SLOW_WITHIN, open the
# circuit until a probe is answered sooner.
SLOW_AFTER = timedelta(seconds=SLOW_AFTER_SECONDS)
SLOW_ANSWERS, SLOW_WITHIN = 3, timedelta(minutes=5)
PROBE_EVERY = timedelta(minutes=5)  # one recipient in that time while a connection's circuit is open
PASS_EVERY = timedelta(seconds=60)
# A stopped connection is checked again this soon, then this often, for as long as this: a restart of Evolution takes
# seconds, and the scheduled checks are five minutes apart.
RECHECK_AFTER, RECHECK_EVERY, RECHECK_FOR = timedelta(seconds=5), timedelta(seconds=10), timedelta(hours=1)
# So many messages that WhatsApp refused, among at most so many that it answered, pause the campaign.
REFUSALS, AMONG = 10, 20

NOT_ACKNOWLEDGED = ConnectionFault(
    ConnectionErrorCode.NOT_ACKNOWLEDGED,
    f"Evolution accepts messages, but WhatsApp has acknowledged none of the last {UNACKNOWLEDGED} within a minute."
    " Either WhatsApp accepts nothing more from this number (check its phone, and restart the instance), or the"
    " webhooks of Evolution do not arrive.",
)


def probe_slots(*, now: datetime, probed_at: datetime | None) -> Sequence[datetime]:
    """The instant of the next probe of a connection, if it comes before the next pass; otherwise empty.

    Args:
        probed_at: the time of the last probe. A ticket comes up to two seconds before its slot, and must not come
            before the next probe is allowed.
    """
    due = now if probed_at is None else probed_at + PROBE_EVERY + timedelta(seconds=PERMIT_AHEAD_SECONDS)
    return (max(now, due),) if due <= now + PASS_EVERY else ()


def doubts_reason(detail: str) -> ConnectionFault:
    """Why a connection was stopped after doubts; ``detail`` is that of the last one."""
    return ConnectionFault(
        ConnectionErrorCode.REPEATED_DOUBTS,
        f"The outcome of {DOUBTS} messages within 5 minutes is in doubt: check the Evolution server. The last one:"
        f" {detail}",
    )


def repeated_reason(detail: str) -> ConnectionFault:
    """Why a connection was stopped after messages to several recipients were not sent for the same reason."""
    return ConnectionFault(
        ConnectionErrorCode.REPEATED_FAILURES,
        f"Messages to {DOUBTS} recipients were not sent for the same reason, and WhatsApp has acknowledged none for 5"
        f" minutes: check the Evolution server. {detail}",
    )
