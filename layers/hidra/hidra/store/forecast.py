"""What a campaign's next start would do: the outcome of each recipient, of a first run or of a retry."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from hidra.domain.attribute_name import similar
from hidra.domain.campaign import CampaignStatus, EvolutionConnectionStatus, NextRecipients, next_recipients
from hidra.domain.content import MediaType
from hidra.domain.message import OUTCOME_UNKNOWN
from hidra.domain.send_window import SendWindow
from hidra.domain.template import OWN_NAMES, names_column, placeholders
from hidra.store.audience import AUDIENCE, MEMBERS, SKIP_NONE, parameters, skip_rules
from hidra.store.circuit import DISTRUSTED, SLOW
from hidra.store.daily_limits import first_contact
from hidra.store.db import Tx, found
from hidra.store.freeze import RETRIED
from hidra.store.send_windows import EFFECTIVE

# Judged only if the connection limits first contacts, by the rule of the passes.
_IS_FIRST = f"""%(judged)s::boolean and error_code is null
        and {first_contact("numbered.user_id", "numbered.phone_hash")}"""


def _outcomes(members: str) -> str:
    return f"""
with members as ({members}), {AUDIENCE}, numbered as (
    select user_id, contact_id, phone, phone_hash, error_code, error_detail, too_long,
        row_number() over (partition by error_code order by contact_id) as place
    from audience
)
select error_code as reason, count(*) as recipients, count(*) filter (where too_long) as too_long,
    count(*) filter (where {_IS_FIRST}) as first_contacts, coalesce(
        jsonb_agg(jsonb_build_object('contact_id', contact_id, 'phone', phone, 'detail', error_detail) order by place)
            filter (where error_code is not null and place <= %(examples)s),
        '[]'
    ) as examples
from numbered group by error_code order by error_code
"""  # noqa: S608 - made of constants


# Reads no further than the first recipient that gets the message.
def _any_receiver(members: str) -> str:
    return f"""
with members as ({members}), {AUDIENCE} select true from audience where error_code is null limit 1
"""  # noqa: S608 - made of constants


OUTCOMES, OUTCOMES_OF_RETRY = _outcomes(MEMBERS), _outcomes(RETRIED)
ANY_RECEIVER, ANY_RECEIVER_OF_RETRY = _any_receiver(MEMBERS), _any_receiver(RETRIED)
_WAITS_FIRST = f"%(judged)s::boolean and coalesce(m.first_contact, {first_contact('m.user_id', 'm.phone_hash')})"
# What was frozen counts for them: an opt-out since then has skipped its recipient.
WAITING = f"""
select null as reason, count(*) as recipients, 0 as too_long, count(*) filter (where {_WAITS_FIRST}) as first_contacts,
    '[]'::jsonb as examples
from hidra.campaign_runs r join hidra.campaign_messages m on m.run_id = r.id
where r.user_id = %(user_id)s and r.campaign_id = %(campaign_id)s and r.ended_at is null and m.status = 'pending'
"""  # noqa: S608 - made of constants
# The other campaigns that are running on the connection.
OTHERS = f"""
select c.max_messages_per_minute as rate, {EFFECTIVE} as send_window, waiting.recipients, waiting.first_contacts
from hidra.campaigns c
join hidra.campaign_runs r on r.campaign_id = c.id and r.ended_at is null
join hidra.evolution_api_config k on k.id = c.evolution_config_id and k.deleted_at is null
cross join lateral (
    select count(*) as recipients, count(*) filter (where {_WAITS_FIRST}) as first_contacts
    from hidra.campaign_messages m where m.run_id = r.id and m.status = 'pending'
) waiting
where c.user_id = %(user_id)s and k.id = %(connection_id)s and c.status = 'running' and c.id <> %(campaign_id)s
"""  # noqa: S608 - made of constants
# A user has one connection; a campaign without one gets it when it is scheduled.
PLAN = f"""
select c.id as campaign_id, c.user_id, c.status,
    exists (select from hidra.campaign_runs r where r.campaign_id = c.id) as has_run, c.segment_id, t.body,
    t.media_type, c.max_messages_per_minute as rate, c.scheduled_at, c.not_after, {EFFECTIVE} as send_window,
    k.id as connection_id, k.status as connection, k.integration, k.max_messages_per_minute as connection_rate,
    k.last_status_at, k.time_zone, {DISTRUSTED} as distrusted, {SLOW} as slow,
    coalesce((
        select true from hidra.campaign_messages m
        where m.evolution_config_id = k.id and m.provider_message_id is not null
        order by m.evolution_config_id, m.provider_message_id limit 1
    ), false) as has_sent
from hidra.campaigns c
join hidra.message_templates t on t.user_id = c.user_id and t.id = c.template_id
left join hidra.evolution_api_config k on k.user_id = c.user_id and k.deleted_at is null
left join hidra.pace_limits l on l.subject = k.id
where c.user_id = %(user_id)s and c.id = %(campaign_id)s
"""  # noqa: S608 - made of constants
# Those of the variables that name no attribute of any contact.
UNKNOWN_NAMES = """
select v.name from unnest(%(variables)s::text[]) with ordinality as v (name, place)
where hidra.spellings(%(user_id)s, v.name) = '{}' order by v.place
"""
ATTRIBUTE_NAMES = """
select name from hidra.attribute_names where user_id = %(user_id)s order by name collate "C" limit 1000
"""

Reason = Literal[
    "opted_out", "excluded", "not_on_whatsapp_before", "contacted_recently", "unresolved_variable", "text_too_long"
]


@dataclass(frozen=True)
class AudienceOutcome:
    """The number of recipients that get the message (no reason), or do not for this reason.

    ``too_long`` of them have a text above the limit of the Cloud API, ``first_contacts`` are such, if they are limited.
    """

    reason: Reason | None
    recipients: int
    too_long: int
    first_contacts: int
    examples: list[dict[str, Any]]


@dataclass(frozen=True)
class Plan:
    """What a campaign would be sent with now; the fields of the connection are None if there is none.

    ``distrusted`` and ``slow``: its circuit is open. ``has_sent``: a message was accepted on it before.
    """

    campaign_id: UUID
    user_id: UUID
    status: CampaignStatus
    has_run: bool
    segment_id: UUID
    body: str
    media_type: MediaType | None
    rate: int
    scheduled_at: datetime | None
    not_after: datetime | None
    send_window: SendWindow | None
    connection_id: UUID | None
    connection: EvolutionConnectionStatus | None
    integration: str | None
    connection_rate: int | None
    last_status_at: datetime | None
    time_zone: str | None
    distrusted: bool
    slow: bool
    has_sent: bool

    @property
    def recipients(self) -> NextRecipients:
        return next_recipients(self.status, has_run=self.has_run)


@dataclass(frozen=True)
class RunningCampaign:
    """A campaign that sends over the same connection, and its recipients that wait."""

    rate: int
    send_window: SendWindow | None
    recipients: int
    first_contacts: int


def plan(tx: Tx, *, campaign_id: UUID) -> Plan:
    """
    Raises:
        NotFound: the user has no such campaign.
    """
    return found(tx.row(Plan, PLAN, campaign_id=campaign_id), "campaign")


def outcomes(tx: Tx, *, plan: Plan, examples: int, judged: bool = False) -> list[AudienceOutcome]:
    """Returns the campaign's next recipients by the outcome of a freeze at this moment.

    Args:
        examples: the maximum of contacts shown for each reason, with contact_id, phone and detail.
        judged: whether first contacts are counted.
    """
    sql = {
        NextRecipients.SEGMENT: OUTCOMES,
        NextRecipients.FAILED: OUTCOMES_OF_RETRY,
        NextRecipients.WAITING: WAITING,
    }[plan.recipients]
    return tx.rows(AudienceOutcome, sql, examples=examples, judged=judged, **_parameters(tx, plan))


def running_beside(tx: Tx, *, plan: Plan, judged: bool) -> list[RunningCampaign]:
    """Returns the other campaigns that are running on the connection; ``judged`` as in ``outcomes``."""
    return tx.rows(
        RunningCampaign,
        OTHERS,
        campaign_id=plan.campaign_id,
        connection_id=plan.connection_id,
        judged=judged,
    )


def any_receiver(tx: Tx, *, plan: Plan) -> bool:
    """Whether a freeze at this moment would have a recipient that gets the message."""
    sql = ANY_RECEIVER_OF_RETRY if plan.recipients is NextRecipients.FAILED else ANY_RECEIVER
    return tx.value(sql, **_parameters(tx, plan)) is True


def similar_names(tx: Tx, *, user_id: UUID, body: str) -> dict[str, str]:
    """For placeholders that name no attribute of the user's contacts: one with a similar name, if there is any."""
    unknown = [
        name
        for name in tx.values(UNKNOWN_NAMES, user_id=user_id, variables=placeholders(body))
        if not names_column(name)
    ]
    return similar(unknown, [*tx.values(ATTRIBUTE_NAMES, user_id=user_id), *OWN_NAMES]) if unknown else {}


def _parameters(tx: Tx, plan: Plan) -> dict[str, Any]:
    rules = SKIP_NONE
    if plan.recipients is NextRecipients.SEGMENT:
        rules = skip_rules(tx, user_id=plan.user_id, campaign_id=plan.campaign_id)
    return {
        "campaign_id": plan.campaign_id,
        "segment_id": plan.segment_id,
        "outcome_unknown": OUTCOME_UNKNOWN,
        **parameters(plan.body, plan.media_type, plan.integration, rules),
    }
