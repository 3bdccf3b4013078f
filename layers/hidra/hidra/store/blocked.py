"""Why a campaign is blocked, as the columns blocked_code, blocked_params and blocked_reason of hidra.campaigns."""

from typing import Any

from psycopg.types.json import Jsonb

from hidra.domain.blocked import Blocked

# The sentence is stored too, for people who read the table. Every statement that writes one of the columns writes all.
SET = "blocked_code = %(blocked_code)s, blocked_params = %(blocked_params)s, blocked_reason = %(blocked_reason)s"
CLEAR = "blocked_code = null, blocked_params = '{}', blocked_reason = null"


def parameters(blocked: Blocked | None) -> dict[str, Any]:
    """The parameters of ``SET``; None: nothing blocks the campaign."""
    return {
        "blocked_code": blocked and blocked.code,
        "blocked_params": Jsonb(blocked.params if blocked else {}),
        "blocked_reason": blocked and blocked.reason,
    }
