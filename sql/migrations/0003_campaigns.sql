-- migrate:up

create type hidra.campaign_status as enum
    ('draft', 'scheduled', 'running', 'paused', 'completed', 'failed', 'canceled');
create type hidra.campaign_channel as enum ('whatsapp');
create type hidra.message_status as enum
    ('pending', 'sending', 'unknown', 'sent', 'delivered', 'read', 'failed', 'skipped');

-- A row is one campaign: a template to a segment at a pace. external_id is stored as {user_id}/{as given}, so
-- that it is unique as a whole and no tenant can meet or guess another's.
create table hidra.campaigns (
    id uuid constraint campaigns_pkey primary key default gen_random_uuid(),
    user_id uuid not null constraint campaigns_user_fk references core.users (id) on delete cascade,
    evolution_config_id uuid,
    segment_id uuid not null,
    template_id uuid not null,
    name text not null,
    description text,
    channel hidra.campaign_channel not null default 'whatsapp',
    status hidra.campaign_status not null default 'draft',
    external_id text,
    request_digest bytea,
    max_messages_per_minute integer not null default 20
        constraint campaigns_rate_range check (max_messages_per_minute between 1 and 6000),
    send_window jsonb,
    scheduled_at timestamptz,
    scheduled_by uuid,
    not_after timestamptz,
    started_at timestamptz,
    completed_at timestamptz,
    blocked_reason text,
    created_at timestamptz not null default now(),
    constraint campaigns_external_id_key unique (external_id),
    constraint campaigns_user_id_id_key unique (user_id, id),
    constraint campaigns_config_fk foreign key (user_id, evolution_config_id)
        references hidra.evolution_api_config (user_id, id) on delete set null (evolution_config_id),
    constraint campaigns_segment_fk foreign key (user_id, segment_id)
        references hidra.contact_segments (user_id, id) on delete restrict,
    constraint campaigns_template_fk foreign key (user_id, template_id)
        references hidra.message_templates (user_id, id) on delete restrict,
    constraint campaigns_scheduled_has_time check (status <> 'scheduled' or scheduled_at is not null),
    constraint campaigns_external_id_is_owned check (external_id like user_id::text || '/%')
);
create index campaigns_user_id_status on hidra.campaigns (user_id, status);
create index campaigns_user_id_created on hidra.campaigns (user_id, created_at desc, id desc);
create index campaigns_segment on hidra.campaigns (user_id, segment_id);
create index campaigns_template on hidra.campaigns (user_id, template_id);
create index campaigns_config on hidra.campaigns (user_id, evolution_config_id);
create index campaigns_active on hidra.campaigns (scheduled_at) where status in ('scheduled', 'running');

-- A row is one start of a campaign: the content as it was frozen, and how far tickets have been issued.
create table hidra.campaign_runs (
    id uuid constraint campaign_runs_pkey primary key default gen_random_uuid(),
    user_id uuid not null,
    campaign_id uuid not null,
    initiated_by uuid not null constraint campaign_runs_initiator_fk references core.users (id) on delete restrict,
    status hidra.campaign_status not null default 'running',
    started_at timestamptz not null default now(),
    ended_at timestamptz,
    body text not null,
    media_url text,
    ticketed_until timestamptz,
    drained_at timestamptz,
    summary jsonb,
    constraint campaign_runs_campaign_fk foreign key (user_id, campaign_id)
        references hidra.campaigns (user_id, id) on delete cascade,
    constraint campaign_runs_user_id_campaign_id_id_key unique (user_id, campaign_id, id)
);
create unique index campaign_runs_one_open on hidra.campaign_runs (campaign_id) where ended_at is null;
create index campaign_runs_initiator on hidra.campaign_runs (initiated_by);

-- A row is one recipient of one run, and all that is known of the message to them. Written by the million: one
-- foreign key, few indexes. sent_at is the instant before the post; the provider's times are our receipt of them.
create table hidra.campaign_messages (
    id bigint generated always as identity constraint campaign_messages_pkey primary key,
    user_id uuid not null,
    campaign_id uuid not null,
    run_id uuid not null,
    contact_id uuid not null,
    evolution_config_id uuid,
    phone text not null,
    phone_hash bytea not null,
    variables jsonb not null default '{}',
    status hidra.message_status not null default 'pending',
    attempts smallint not null default 0,
    counted boolean not null default true,
    not_before timestamptz,
    provider_message_id text,
    claimed_at timestamptz,
    sent_at timestamptz,
    acked_at timestamptz,
    delivered_at timestamptz,
    read_at timestamptz,
    failed_at timestamptz,
    error_code text,
    error_detail text,
    constraint campaign_messages_run_fk foreign key (user_id, campaign_id, run_id)
        references hidra.campaign_runs (user_id, campaign_id, id) on delete cascade,
    constraint campaign_messages_run_id_contact_id_key unique (run_id, contact_id),
    constraint campaign_messages_delivered_was_sent check (delivered_at is null or sent_at is not null)
);
create unique index campaign_messages_provider_id on hidra.campaign_messages (evolution_config_id, provider_message_id)
    where provider_message_id is not null;
create index campaign_messages_pending on hidra.campaign_messages (run_id, id) where status = 'pending';
create index campaign_messages_sending on hidra.campaign_messages (evolution_config_id, run_id) where status = 'sending';
create index campaign_messages_unknown on hidra.campaign_messages (run_id) where status = 'unknown';
create index campaign_messages_pending_phone on hidra.campaign_messages (user_id, phone_hash) where status = 'pending';

-- A row is the sum of one campaign's counted messages, moved in the same transaction as they.
create table hidra.campaign_metrics (
    campaign_id uuid constraint campaign_metrics_pkey primary key,
    user_id uuid not null,
    total_messages integer not null default 0,
    delivered integer not null default 0 constraint campaign_metrics_delivered_not_negative check (delivered >= 0),
    failed integer not null default 0 constraint campaign_metrics_failed_not_negative check (failed >= 0),
    pending integer not null default 0 constraint campaign_metrics_pending_not_negative check (pending >= 0),
    skipped integer not null default 0 constraint campaign_metrics_skipped_not_negative check (skipped >= 0),
    delivery_ms_total bigint not null default 0
        constraint campaign_metrics_delivery_ms_not_negative check (delivery_ms_total >= 0),
    average_delivery_ms bigint generated always as (delivery_ms_total / nullif(delivered, 0)) stored,
    last_updated_at timestamptz not null default now(),
    constraint campaign_metrics_campaign_fk foreign key (user_id, campaign_id)
        references hidra.campaigns (user_id, id) on delete cascade,
    constraint campaign_metrics_total_is_sum check (total_messages = delivered + failed + pending + skipped)
);

-- A row is what happened in one UTC minute of a campaign, not cumulated: messages by their delivered_at or failed_at.
create table hidra.campaign_timeline_points (
    id uuid constraint campaign_timeline_points_pkey primary key default gen_random_uuid(),
    user_id uuid not null,
    campaign_id uuid not null,
    timestamp timestamptz not null,
    delivered integer not null default 0 constraint campaign_timeline_points_delivered_not_negative check (delivered >= 0),
    failed integer not null default 0 constraint campaign_timeline_points_failed_not_negative check (failed >= 0),
    constraint campaign_timeline_points_campaign_id_timestamp_key unique (campaign_id, timestamp),
    constraint campaign_timeline_points_campaign_fk foreign key (user_id, campaign_id)
        references hidra.campaigns (user_id, id) on delete cascade
);

create view hidra.campaign_owner_metrics_view with (security_invoker = true) as
select
    c.user_id as owner_id,
    count(*) as total_campaigns,
    count(*) filter (where c.status = 'running') as running_campaigns,
    count(*) filter (where c.status = 'scheduled') as scheduled_campaigns,
    coalesce(sum(m.delivered), 0)::bigint as delivered_messages,
    coalesce(sum(m.failed), 0)::bigint as failed_messages,
    coalesce(sum(m.pending), 0)::bigint as pending_messages
from hidra.campaigns c
left join hidra.campaign_metrics m on m.campaign_id = c.id
group by c.user_id;

-- migrate:down
-- Forward only: what is wrong is mended by the next migration.
