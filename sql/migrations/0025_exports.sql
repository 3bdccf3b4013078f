-- migrate:up

create table hidra.exports (
    id uuid constraint exports_pkey primary key default gen_random_uuid(),
    user_id uuid not null constraint exports_user_fk references core.users (id) on delete cascade,
    kind text not null constraint exports_kind_known check (kind in ('recipients', 'contacts', 'opt_outs')),
    format text not null constraint exports_format_known check (format in ('csv', 'jsonl')),
    delimiter text constraint exports_delimiter_known check (delimiter in (';', ',')),
    campaign_id uuid,
    message_status hidra.message_status,
    segment_id uuid,
    attribute_names text[] not null default '{}',
    status text not null default 'waiting' constraint exports_status_known
        check (status in ('waiting', 'running', 'completed', 'failed', 'canceled', 'erased')),
    failure_code text,
    failure_reason text,
    rows bigint not null default 0,
    rows_expected bigint,
    bytes bigint not null default 0,
    slices integer not null default 0,
    attempts integer not null default 0,
    restarts integer not null default 0,
    cursor text,
    upload_id text,
    parts jsonb not null default '[]',
    leased_until timestamptz,
    leftover boolean not null default false,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    last_progress_at timestamptz,
    ended_at timestamptz,
    constraint exports_delimiter_of_csv check ((format = 'csv') = (delimiter is not null)),
    constraint exports_campaign_of_recipients check ((kind = 'recipients') = (campaign_id is not null)),
    constraint exports_segment_of_contacts check (segment_id is null or kind = 'contacts'),
    constraint exports_failure_has_reason check ((status = 'failed') = (failure_code is not null))
);
comment on table hidra.exports is
    'A row is an export of one list to a file: the request, the progress and the result. '
    'One statement writes the counts and the checkpoint, after the part of the file is stored.';
comment on column hidra.exports.campaign_id is
    'The campaign of the recipients. No foreign key: the row stays when the campaign is deleted.';
comment on column hidra.exports.segment_id is 'The segment of the contacts. Null: all contacts. No foreign key.';
comment on column hidra.exports.attribute_names is
    'The attributes that are columns of a CSV of contacts: the names that were known when the export was requested.';
comment on column hidra.exports.status is
    'waiting: no slice has started. erased: the file may name a person who was erased, so it is deleted.';
comment on column hidra.exports.failure_reason is 'Why the export failed, written for the user.';
comment on column hidra.exports.rows_expected is 'The length of the list when the first slice started.';
comment on column hidra.exports.slices is
    'How many slices have started. A slice writes a checkpoint only while this is its own number.';
comment on column hidra.exports.attempts is
    'How many slices have started since the last stored part. '
    'A slice that ended because a service was unavailable is not counted.';
comment on column hidra.exports.restarts is 'How often the export began anew because S3 did not accept its parts.';
comment on column hidra.exports.cursor is
    'The key of the last row in the stored parts: the id of a contact or the hash of a phone. Null before and at the end.';
comment on column hidra.exports.parts is 'Of each stored part of the multipart upload: ETag and CRC32.';
comment on column hidra.exports.leased_until is
    'Until then a slice runs, or was killed, and no other slice starts. Null if none runs.';
comment on column hidra.exports.leftover is
    'Whether the bucket may hold a file or parts of this export that have to be deleted.';
comment on column hidra.exports.last_progress_at is
    'When a part was last stored, or when the sweep last requested a slice. Null before the first slice.';
create unique index exports_one_open_of_a_kind on hidra.exports (user_id, kind) where status in ('waiting', 'running');
create index exports_user on hidra.exports (user_id, created_at);
create index exports_to_do on hidra.exports (created_at) where status in ('waiting', 'running') or leftover;

alter table hidra.exports enable row level security;
alter table hidra.exports force row level security;
create policy owner on hidra.exports to current_user using (true) with check (true);
create policy worker on hidra.exports to hidra_worker using (true) with check (true);
create policy tenant on hidra.exports to hidra_api
    using (user_id = (select nullif(current_setting('hidra.user_id', true), '')::uuid))
    with check (user_id = (select nullif(current_setting('hidra.user_id', true), '')::uuid));
grant select, insert, update, delete on hidra.exports to hidra_api, hidra_worker;

comment on function hidra.lock_key is
    'The key of an advisory lock. '
    'campaign, id of a campaign: claims share it; a pause or a cancellation takes it alone. '
    'erasure, id of a user: imports, freezes, trial messages and the start of an export''s slice share it; an erasure '
    'takes it alone. '
    'imports, id of a user: a new import and the start of a slice take it alone. '
    'members, id of a user: inserts of members share it; a deletion of contacts takes it alone.';

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
