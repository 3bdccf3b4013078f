-- migrate:up

alter table hidra.campaigns
    add column blocked_code text,
    add column blocked_params jsonb not null default '{}';
comment on column hidra.campaigns.blocked_code is
    'Why the campaign makes no progress, or why it failed, was paused or sent nothing, for programs. '
    'Null if nothing blocks it.';
comment on column hidra.campaigns.blocked_params is
    'The parameters of blocked_code: counts, times and texts. No data of a person.';
comment on column hidra.campaigns.blocked_reason is
    'blocked_code and blocked_params as a sentence for the user. Statements that write one of the three write all.';
-- What the code before this migration wrote. A running campaign gets a code with its next pass.
update hidra.campaigns c
set blocked_code = found.code, blocked_params = found.params
from (
    select id,
        case
            when status = 'paused' and blocked_reason like 'WhatsApp refused % of the last % messages%'
                then 'whatsapp-refuses'
            when status = 'paused' then 'media-not-fetched'
            when blocked_reason like 'The campaign could not start before its not_after%' then 'not-after-passed'
            when blocked_reason like 'The segment has no contacts%' then 'segment-empty'
            else 'segment-too-large'
        end as code,
        case
            when status = 'paused' and blocked_reason like 'WhatsApp refused % of the last % messages%'
                then jsonb_build_object(
                    'refused', substring(blocked_reason from 'refused (\d+) of')::integer,
                    'answered', substring(blocked_reason from 'last (\d+) messages')::integer
                )
            when status = 'paused' then jsonb_build_object('detail', blocked_reason)
            when blocked_reason like 'The campaign could not start before its not_after%'
                then jsonb_build_object('not_after', to_char(not_after at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
            when blocked_reason like 'The segment has no contacts%' then '{}'
            else '{"limit": 2000000}'
        end as params
    from hidra.campaigns where blocked_reason is not null and status in ('paused', 'failed')
) found
where c.id = found.id;

alter table hidra.evolution_api_config add column last_status_at timestamptz;
comment on column hidra.evolution_api_config.last_status_at is
    'When the last status of a message was received from this instance. Null before the first: '
    'versions of Evolution discard the statuses of the Cloud API.';

update hidra.campaign_messages
set error_detail = 'WhatsApp reported that the message failed. Evolution gave no reason.'
where error_code = 'provider_failed' and error_detail is null and phone is not null;

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
