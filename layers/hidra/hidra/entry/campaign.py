"""A campaign in a request's body: created, changed, duplicated, checked and scheduled."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from hidra.domain.campaign import MAX_DAYS, MAX_EXCLUDED_SEGMENTS, SKIP_NOT_ON_WHATSAPP_DAYS, CampaignChannel
from hidra.entry.fields import LEFT_OUT, Description, Label, Name, PerMinute, Whole
from hidra.entry.http import Body
from hidra.entry.times import MaybeLocal, SendWindowIn, TimeZone

ExcludedSegments = Annotated[
    list[UUID],
    Field(
        max_length=MAX_EXCLUDED_SEGMENTS,
        description="Contacts that are in one of these segments when the campaign starts are skipped.",
    ),
]
NotContactedForDays = Annotated[
    Annotated[int, Field(strict=True, ge=1, le=MAX_DAYS), Whole] | None,
    Field(description="Phones that a campaign of yours wrote to within so many days are skipped; null: none is."),
]
SkipNotOnWhatsappDays = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=MAX_DAYS,
        description="Contacts that were not on WhatsApp within so many days are skipped; 0: none is.",
    ),
    Whole,
]
Labels = Annotated[list[Label], Field(max_length=20, description="Words of your own by which campaigns are found.")]
Window = Annotated[
    SendWindowIn | None,
    Field(description="When the campaign may send. Null: in the connection's window, or at any time without one."),
]
ZoneOfTimes = Annotated[
    TimeZone | None, Field(description="Of `scheduled_at` and `not_after` where they have no offset.")
]


class CampaignIn(Body):
    name: Name
    description: Description | None = None
    segment_id: UUID
    template_id: UUID
    external_id: Annotated[
        Name | None, Field(description="Your own id: the same request again returns the same campaign.")
    ] = None
    max_messages_per_minute: PerMinute = 20
    labels: Annotated[Labels, Field(default_factory=list)]
    send_window: Window = None
    exclude_segment_ids: Annotated[ExcludedSegments, Field(default_factory=list)]
    not_contacted_for_days: NotContactedForDays = None
    skip_not_on_whatsapp_days: SkipNotOnWhatsappDays = SKIP_NOT_ON_WHATSAPP_DAYS
    channel: CampaignChannel = CampaignChannel.WHATSAPP


class CampaignChange(Body):
    """An absent field keeps its value; only ``description``, ``not_contacted_for_days``, ``send_window`` and
    ``not_after`` may be null.

    ``labels`` may always change. Which other fields may depends on the status: all in a scheduled campaign, all but
    ``scheduled_at`` and ``not_after`` in a draft, only ``max_messages_per_minute`` and ``send_window`` in a campaign
    that is running or paused.
    """

    name: Annotated[Name, LEFT_OUT]
    description: Annotated[Description | None, LEFT_OUT]
    segment_id: Annotated[UUID, LEFT_OUT]
    template_id: Annotated[UUID, LEFT_OUT]
    max_messages_per_minute: Annotated[PerMinute, LEFT_OUT]
    exclude_segment_ids: Annotated[ExcludedSegments, LEFT_OUT]
    not_contacted_for_days: Annotated[NotContactedForDays, LEFT_OUT]
    skip_not_on_whatsapp_days: Annotated[SkipNotOnWhatsappDays, LEFT_OUT]
    scheduled_at: Annotated[MaybeLocal, LEFT_OUT]
    not_after: Annotated[MaybeLocal | None, LEFT_OUT]
    time_zone: Annotated[ZoneOfTimes, LEFT_OUT]
    send_window: Annotated[Window, LEFT_OUT]
    labels: Annotated[Labels, LEFT_OUT]


class DuplicateIn(Body):
    name: Annotated[Name | None, Field(description="If absent, the old name followed by “(copy)”.")] = None


class PreflightIn(Body):
    """For a draft, the time at which it would be scheduled; other campaigns have their time."""

    scheduled_at: MaybeLocal | None = None
    time_zone: ZoneOfTimes = None


class ScheduleIn(Body):
    """Times with an offset or, with ``time_zone``, local times. Of a time that occurs twice the first is meant."""

    scheduled_at: MaybeLocal
    time_zone: ZoneOfTimes = None
    not_after: Annotated[
        MaybeLocal | None,
        Field(description="A start that is delayed beyond this time fails instead of happening late."),
    ] = None
