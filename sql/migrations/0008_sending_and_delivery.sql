-- migrate:up

create table hidra.pace_limits (
    subject uuid constraint pace_limits_pkey primary key,
    user_id uuid not null constraint pace_limits_user_fk references core.users (id) on delete cascade,
    rate integer not null constraint pace_limits_rate_range check (rate between 1 and 6000),
    probed_at timestamptz,
    constraint pace_limits_user_id_subject_key unique (user_id, subject)
);
comment on table hidra.pace_limits is
    'A row is the rate limit of one connection or one campaign. Permits and claims lock it. '
    'The statements that write a connection or a campaign also write its limit.';
comment on column hidra.pace_limits.subject is
    'The id of the connection or of the campaign. No foreign key: it refers to two tables.';
comment on column hidra.pace_limits.rate is 'Messages in a minute.';
comment on column hidra.pace_limits.probed_at is
    'When the last probe was claimed, a message sent while the circuit of the connection was open. '
    'Null before the first, and for a campaign.';

create table hidra.pace_slots (
    subject uuid not null,
    user_id uuid not null,
    slot timestamptz not null,
    constraint pace_slots_pkey primary key (subject, slot),
    constraint pace_slots_limit_fk foreign key (user_id, subject)
        references hidra.pace_limits (user_id, subject) on delete cascade
);
comment on table hidra.pace_slots is
    'A row is an instant for which a limit permitted one post. '
    'Each permit deletes the slots that are too old to matter.';

create table hidra.direct_sends (
    id uuid constraint direct_sends_pkey primary key default gen_random_uuid(),
    user_id uuid not null,
    evolution_config_id uuid not null,
    kind text not null constraint direct_sends_kind_known check (kind in ('trial', 'confirmation')),
    phone_hash bytea not null,
    claimed_at timestamptz not null default clock_timestamp(),
    ended_at timestamptz,
    provider_message_id text,
    constraint direct_sends_connection_fk foreign key (user_id, evolution_config_id)
        references hidra.evolution_api_config (user_id, id) on delete cascade
);
comment on table hidra.direct_sends is
    'A row is a message outside every campaign, claimed for its one post: a trial or an opt-out confirmation. '
    'It is kept for 72 hours, so that no lookup takes the message for one of a campaign.';
comment on column hidra.direct_sends.kind is
    'trial: the user tries a message on one number. confirmation: the answer to an opt-out by reply.';
comment on column hidra.direct_sends.ended_at is
    'When the post ended. While it is null, the row counts as an open request until the timeout of the sender.';
comment on column hidra.direct_sends.provider_message_id is
    'The id of the message in WhatsApp. Null while the post is open, and if its outcome is unknown.';
create index direct_sends_connection on hidra.direct_sends (evolution_config_id, claimed_at);
create index direct_sends_claimed on hidra.direct_sends (claimed_at);

create table hidra.opt_out_confirmations (
    id uuid constraint opt_out_confirmations_pkey primary key default gen_random_uuid(),
    user_id uuid not null,
    evolution_config_id uuid not null,
    phone text not null,
    phone_hash bytea not null,
    requested_at timestamptz not null default clock_timestamp(),
    claimed_at timestamptz,
    constraint opt_out_confirmations_connection_fk foreign key (user_id, evolution_config_id)
        references hidra.evolution_api_config (user_id, id) on delete cascade
);
comment on table hidra.opt_out_confirmations is
    'A row is a confirmation to send to a recipient that opted out by reply. '
    'It is deleted after the post, and after ten minutes in any case, because the phone must not be kept longer.';
comment on column hidra.opt_out_confirmations.requested_at is 'When the opt-out was recorded.';
comment on column hidra.opt_out_confirmations.claimed_at is
    'When a sender claimed the confirmation for its one post. Null while it waits.';
create index opt_out_confirmations_connection on hidra.opt_out_confirmations (user_id, evolution_config_id);

create table hidra.delivery_events_unmatched (
    user_id uuid not null,
    evolution_config_id uuid not null,
    provider_message_id text not null,
    status hidra.message_status not null,
    received_at timestamptz not null,
    constraint delivery_events_unmatched_pkey primary key (evolution_config_id, provider_message_id, status),
    constraint delivery_events_unmatched_connection_fk foreign key (user_id, evolution_config_id)
        references hidra.evolution_api_config (user_id, id) on delete cascade
);
comment on table hidra.delivery_events_unmatched is
    'A row is a status that was received before its message was known, because the webhook was faster '
    'than the answer to the post. It is applied when the message is known, or deleted after 48 hours.';
comment on column hidra.delivery_events_unmatched.received_at is 'When the status was first received.';
create index delivery_events_unmatched_received on hidra.delivery_events_unmatched (received_at);

create table hidra.delivery_events_rejected (
    id bigint generated always as identity constraint delivery_events_rejected_pkey primary key,
    stream_position text not null constraint delivery_events_rejected_position_key unique,
    reason text not null,
    received_at timestamptz not null default now()
);
comment on table hidra.delivery_events_rejected is
    'A row is a stream record that could not be read or applied. It is parked here so that the records after it are processed.';
comment on column hidra.delivery_events_rejected.stream_position is
    'Where the record is in the stream. Its content may hold phones, so it is not copied.';

create table hidra.status_backfills (
    evolution_config_id uuid constraint status_backfills_pkey primary key,
    user_id uuid not null,
    cause text not null constraint status_backfills_cause_known check (cause in ('silence', 'webhook', 'request')),
    detected_at timestamptz not null,
    silent_since timestamptz,
    sent_from timestamptz not null,
    delivered_from timestamptz not null,
    sent_until timestamptz,
    started_at timestamptz,
    webhook_restored boolean not null default false,
    before_sent_at timestamptz not null default 'infinity',
    before_id bigint not null default 0,
    messages_total integer not null default 0,
    messages_checked integer not null default 0,
    messages_updated integer not null default 0,
    completed_at timestamptz,
    constraint status_backfills_started_has_end check ((started_at is null) = (sent_until is null)),
    constraint status_backfills_connection_fk foreign key (user_id, evolution_config_id)
        references hidra.evolution_api_config (user_id, id) on delete cascade
);
comment on table hidra.status_backfills is
    'A row is the latest status backfill of a connection. '
    'After lost webhooks, each message that may have a newer status is looked up once in Evolution, the newest first.';
comment on column hidra.status_backfills.cause is
    'silence: no webhook came though messages were sent. '
    'webhook: a check found another webhook in place of the one of Hidra. '
    'request: the user asked for it.';
comment on column hidra.status_backfills.detected_at is 'When the outage was detected, or the backfill was requested.';
comment on column hidra.status_backfills.silent_since is
    'The time of the last webhook before the outage, or the sent_until of an earlier pass. '
    'Null if unknown, or if the cause is request.';
comment on column hidra.status_backfills.sent_from is 'Messages with an earlier sent_at are not looked up.';
comment on column hidra.status_backfills.delivered_from is
    'Messages with status delivered and an earlier sent_at are not looked up.';
comment on column hidra.status_backfills.sent_until is
    'Messages with a later sent_at are not looked up: their webhooks may still come. Null until the backfill starts.';
comment on column hidra.status_backfills.started_at is 'When the current pass started. Null until the first starts.';
comment on column hidra.status_backfills.webhook_restored is
    'Whether webhooks came again when the pass started. If not, a second pass follows when they do.';
comment on column hidra.status_backfills.before_sent_at is
    'The cursor, with before_id: sent_at of the last message that was looked up. Infinity at the start of a pass.';
comment on column hidra.status_backfills.before_id is
    'The cursor, with before_sent_at: id of the last message that was looked up.';
comment on column hidra.status_backfills.messages_total is
    'The messages to look up, counted when a pass starts. Equal to messages_checked after the end.';
comment on column hidra.status_backfills.messages_checked is 'The messages looked up so far.';
comment on column hidra.status_backfills.messages_updated is 'The messages for which the lookup found a newer status.';

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
