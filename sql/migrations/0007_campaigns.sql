-- migrate:up

create type hidra.campaign_status as enum
    ('draft', 'scheduled', 'running', 'paused', 'completed', 'failed', 'canceled');
comment on type hidra.campaign_status is
    'The lifecycle of a campaign. A run is running, completed, failed or canceled.';
create type hidra.campaign_channel as enum ('whatsapp');
comment on type hidra.campaign_channel is 'The network on which a campaign is sent.';
create type hidra.message_status as enum
    ('pending', 'sending', 'unknown', 'sent', 'delivered', 'read', 'failed', 'skipped');
comment on type hidra.message_status is
    'pending: waits for a claim. sending: claimed for its one post. unknown: posted or not, the outcome is in doubt. '
    'sent: Evolution accepted it. skipped: will not be sent.';

create table hidra.message_templates (
    id uuid constraint message_templates_pkey primary key default gen_random_uuid(),
    user_id uuid not null constraint message_templates_user_fk references core.users (id) on delete cascade,
    title text not null,
    body text not null,
    variables text[] not null default '{}',
    media_url text,
    media_type text
        constraint message_templates_media_type_known check (media_type in ('image', 'document', 'video', 'audio')),
    file_name text,
    created_at timestamptz not null default now(),
    constraint message_templates_user_id_id_key unique (user_id, id),
    constraint message_templates_media_has_type check ((media_url is null) = (media_type is null)),
    constraint message_templates_file_name_of_document check (file_name is null or media_type = 'document')
);
comment on table hidra.message_templates is 'A row is a text with placeholders such as {{name}}, and its media.';
comment on column hidra.message_templates.variables is 'Exactly the placeholders of the body, each once.';
comment on column hidra.message_templates.media_url is
    'The image, document, video or audio of the message. Null: only text.';
comment on column hidra.message_templates.media_type is 'WhatsApp shows each type of media in its own way.';
comment on column hidra.message_templates.file_name is 'The name that WhatsApp shows for a document.';

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
    constraint campaigns_connection_fk foreign key (user_id, evolution_config_id)
        references hidra.evolution_api_config (user_id, id) on delete set null (evolution_config_id),
    constraint campaigns_segment_fk foreign key (user_id, segment_id)
        references hidra.contact_segments (user_id, id) on delete restrict,
    constraint campaigns_template_fk foreign key (user_id, template_id)
        references hidra.message_templates (user_id, id) on delete restrict,
    constraint campaigns_scheduled_has_time check (status <> 'scheduled' or scheduled_at is not null),
    constraint campaigns_external_id_is_owned check (external_id like user_id::text || '/%')
);
comment on table hidra.campaigns is 'A row is a campaign: one template, sent to one segment at a limited rate.';
comment on column hidra.campaigns.evolution_config_id is
    'The connection that sends the campaign. Null while the user has none, and after the connection is deleted.';
comment on column hidra.campaigns.external_id is
    'The idempotency key of the user, stored as {user_id}/{given}. '
    'It is unique over all users, so a user can neither collide with the key of another user nor guess it.';
comment on column hidra.campaigns.request_digest is
    'SHA-256 of the request that created the campaign. '
    'It tells a repeated request from another one with the same external_id. '
    'Null for a duplicate of a campaign.';
comment on column hidra.campaigns.max_messages_per_minute is
    'The limit of the campaign. pace_limits.rate holds the same number.';
comment on column hidra.campaigns.send_window is
    'Reserved for the hours in which the campaign may send. No code reads it.';
comment on column hidra.campaigns.scheduled_by is
    'The user that scheduled the next run. No foreign key: the run has one.';
comment on column hidra.campaigns.not_after is
    'A scheduled campaign that has not started by then fails. Null: no limit.';
comment on column hidra.campaigns.started_at is 'When the first run started.';
comment on column hidra.campaigns.completed_at is
    'When the campaign was completed or failed. Null again while a retry runs.';
comment on column hidra.campaigns.blocked_reason is
    'Why the campaign makes no progress, or why it failed or was paused, written for the user. '
    'Null if nothing blocks it.';
create index campaigns_user_id_status on hidra.campaigns (user_id, status);
create index campaigns_user_id_created on hidra.campaigns (user_id, created_at desc, id desc);
create index campaigns_segment on hidra.campaigns (user_id, segment_id);
create index campaigns_template on hidra.campaigns (user_id, template_id);
create index campaigns_connection on hidra.campaigns (user_id, evolution_config_id);
create index campaigns_active on hidra.campaigns (scheduled_at) where status in ('scheduled', 'running');

create table hidra.campaign_runs (
    id uuid constraint campaign_runs_pkey primary key default gen_random_uuid(),
    user_id uuid not null,
    campaign_id uuid not null,
    initiated_by uuid not null constraint campaign_runs_initiator_fk references core.users (id) on delete restrict,
    status hidra.campaign_status not null default 'running',
    started_at timestamptz not null default now(),
    resumed_at timestamptz,
    drained_at timestamptz,
    ended_at timestamptz,
    body text not null,
    media_url text,
    media_type text,
    file_name text,
    ticketed_until timestamptz,
    summary jsonb,
    constraint campaign_runs_user_id_campaign_id_id_key unique (user_id, campaign_id, id),
    constraint campaign_runs_campaign_fk foreign key (user_id, campaign_id)
        references hidra.campaigns (user_id, id) on delete cascade
);
comment on table hidra.campaign_runs is
    'A row is one start of a campaign, with the content that was frozen at the start. '
    'The first run sends to the segment; a later run sends again to recipients whose message failed.';
comment on column hidra.campaign_runs.resumed_at is
    'When the campaign was last resumed. Failures that WhatsApp reports for messages claimed before it '
    'do not pause the campaign again.';
comment on column hidra.campaign_runs.drained_at is
    'When a sender first found no message pending, sending or unknown. '
    'It is set once, so one sender asks for the pass that ends the run.';
comment on column hidra.campaign_runs.body is
    'The text of the template at the start. Later edits of the template do not change it.';
comment on column hidra.campaign_runs.media_url is
    'The media of the template at the start, with media_type and file_name.';
comment on column hidra.campaign_runs.ticketed_until is
    'Tickets are issued for all slots before this time. '
    'Null at the start and after a resume: the next pass issues from its own time on.';
comment on column hidra.campaign_runs.summary is
    'The recipients of the run at its end: total, sent, failed and skipped. Null while the run is open.';
create unique index campaign_runs_one_open on hidra.campaign_runs (campaign_id) where ended_at is null;
create index campaign_runs_initiator on hidra.campaign_runs (initiated_by);
comment on index hidra.campaign_runs_one_open is 'A campaign has at most one open run.';

-- Freezes insert rows by the million, so the table has one foreign key and few indexes.
create table hidra.campaign_messages (
    id bigint generated always as identity constraint campaign_messages_pkey primary key,
    user_id uuid not null,
    campaign_id uuid not null,
    run_id uuid not null,
    contact_id uuid not null,
    evolution_config_id uuid,
    phone text,
    phone_hash bytea,
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
    constraint campaign_messages_run_id_contact_id_key unique (run_id, contact_id),
    constraint campaign_messages_run_fk foreign key (user_id, campaign_id, run_id)
        references hidra.campaign_runs (user_id, campaign_id, id) on delete cascade,
    constraint campaign_messages_delivered_was_sent check (delivered_at is null or sent_at is not null),
    constraint campaign_messages_erased_is_empty check (
        (phone is not null and phone_hash is not null)
        or (
            phone is null and phone_hash is null and variables = '{}' and provider_message_id is null
            and error_detail is null and status not in ('pending', 'sending', 'unknown')
        )
    )
);
comment on table hidra.campaign_messages is
    'A row is one recipient of one run, and the state of the message to the recipient.';
comment on column hidra.campaign_messages.contact_id is
    'The contact at the freeze. No foreign key: the contact may be deleted later.';
comment on column hidra.campaign_messages.evolution_config_id is
    'The connection of the campaign at the freeze, then the one of the latest claim. '
    'It stays when the connection is deleted.';
comment on column hidra.campaign_messages.phone is 'The phone of the contact at the freeze. Null after an erasure.';
comment on column hidra.campaign_messages.phone_hash is 'The same hash as contacts.phone_hash. Null after an erasure.';
comment on column hidra.campaign_messages.variables is 'The values of the template variables at the freeze, by name.';
comment on column hidra.campaign_messages.attempts is
    'How many claims counted as an attempt. '
    'A released claim does not count, nor a retry whose reason is the connection.';
comment on column hidra.campaign_messages.counted is
    'Whether metrics and timeline count this row. False if the row of another run counts for the same recipient.';
comment on column hidra.campaign_messages.not_before is
    'A pending message is not claimed before this time. Null: no wait.';
comment on column hidra.campaign_messages.provider_message_id is
    'The id of the message in WhatsApp, from the answer of Evolution or a later lookup. Null until it is known.';
comment on column hidra.campaign_messages.claimed_at is
    'When a sender claimed the message for one post. Null while it waits. A write for a claim compares this value.';
comment on column hidra.campaign_messages.sent_at is
    'The instant before the post, or claimed_at if the sender recorded none. '
    'Null until the message may have been sent.';
comment on column hidra.campaign_messages.acked_at is
    'When the first status of the message was received from WhatsApp, whatever it says. Null: not acknowledged.';
comment on column hidra.campaign_messages.delivered_at is
    'When the delivery, or the reading if it came first, was received. It is the time of receipt, not of WhatsApp.';
comment on column hidra.campaign_messages.read_at is
    'When the reading was received. It is the time of receipt, not of WhatsApp.';
comment on column hidra.campaign_messages.failed_at is
    'When a failure was received or recorded. It stays if a delivery is received later.';
comment on column hidra.campaign_messages.error_code is
    'The reason for the status, for programs: opted_out, unresolved_variable, provider_failed, outcome_unknown '
    'and others. A pending message has the reason of its latest retry. Null: no problem.';
comment on column hidra.campaign_messages.error_detail is 'The reason for the status, written for the user.';
comment on constraint campaign_messages_erased_is_empty on hidra.campaign_messages is
    'The row of an erased person keeps its counts and nothing of the person. '
    'A late result must not write any of it again.';
create unique index campaign_messages_provider_id on hidra.campaign_messages (evolution_config_id, provider_message_id)
    where provider_message_id is not null;
create index campaign_messages_phone on hidra.campaign_messages (user_id, phone_hash);
create index campaign_messages_pending on hidra.campaign_messages (run_id, id) where status = 'pending';
create index campaign_messages_sending on hidra.campaign_messages (evolution_config_id, run_id)
    where status = 'sending';
create index campaign_messages_unknown on hidra.campaign_messages (run_id) where status = 'unknown';
create index campaign_messages_unacknowledged on hidra.campaign_messages (evolution_config_id, claimed_at)
    where status = 'sent' and acked_at is null;
create index campaign_messages_provider_failed on hidra.campaign_messages (run_id, id)
    where error_code = 'provider_failed';
create index campaign_messages_backfill on hidra.campaign_messages (evolution_config_id, sent_at)
    where status in ('sent', 'delivered');
comment on index hidra.campaign_messages_phone is 'Opt-outs and erasures find the messages of a phone in any status.';
comment on index hidra.campaign_messages_unacknowledged is
    'Messages that may open the circuit of their connection. A message enters and leaves the index once.';
comment on index hidra.campaign_messages_provider_failed is 'Failures that may pause their campaign.';
comment on index hidra.campaign_messages_backfill is
    'Messages whose status can still advance, in the order in which a status backfill checks them.';

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
comment on table hidra.campaign_metrics is
    'A row is the set of counters of one campaign, over its counted messages. '
    'They change in the transaction that changes the messages.';
comment on column hidra.campaign_metrics.delivered is 'Messages with status delivered or read.';
comment on column hidra.campaign_metrics.pending is 'Messages with status pending, sending, unknown or sent.';
comment on column hidra.campaign_metrics.delivery_ms_total is
    'The sum of delivered_at minus sent_at over the delivered messages, in milliseconds.';
comment on column hidra.campaign_metrics.average_delivery_ms is
    'The mean time from post to delivery, in milliseconds. Null while no message is delivered.';

create table hidra.campaign_timeline_points (
    id uuid constraint campaign_timeline_points_pkey primary key default gen_random_uuid(),
    user_id uuid not null,
    campaign_id uuid not null,
    timestamp timestamptz not null,
    delivered integer not null default 0
        constraint campaign_timeline_points_delivered_not_negative check (delivered >= 0),
    failed integer not null default 0 constraint campaign_timeline_points_failed_not_negative check (failed >= 0),
    constraint campaign_timeline_points_campaign_id_timestamp_key unique (campaign_id, timestamp),
    constraint campaign_timeline_points_campaign_fk foreign key (user_id, campaign_id)
        references hidra.campaigns (user_id, id) on delete cascade
);
comment on table hidra.campaign_timeline_points is
    'A row is one minute of a campaign in which a message was delivered or failed. The numbers are not cumulative.';
comment on column hidra.campaign_timeline_points.timestamp is 'The start of the minute, in UTC.';
comment on column hidra.campaign_timeline_points.delivered is 'Counted messages with delivered_at in this minute.';
comment on column hidra.campaign_timeline_points.failed is
    'Counted messages that failed, with failed_at in this minute.';

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
comment on view hidra.campaign_owner_metrics_view is
    'A row is the summary of all campaigns of one user. A user without campaigns has no row. '
    'Row-level security applies with the role that reads the view.';

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
