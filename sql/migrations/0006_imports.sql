-- migrate:up

create table hidra.contact_imports (
    id uuid constraint contact_imports_pkey primary key default gen_random_uuid(),
    user_id uuid not null constraint contact_imports_user_fk references core.users (id) on delete cascade,
    segment_id uuid,
    source hidra.contact_import_source not null,
    format text not null default 'csv'
        constraint contact_imports_format_known check (format in ('csv', 'xlsx', 'jsonl')),
    options jsonb not null default '{}',
    status text not null default 'waiting' constraint contact_imports_status_known
        check (status in ('waiting', 'running', 'completed', 'failed', 'canceled')),
    checkpoint jsonb not null default '{}',
    batches integer not null default 0,
    attempts integer not null default 0,
    bytes_total bigint,
    bytes_read bigint not null default 0,
    rows_read bigint not null default 0,
    created bigint not null default 0,
    updated bigint not null default 0,
    unchanged bigint not null default 0,
    rejected bigint not null default 0,
    rejected_by_reason jsonb not null default '{}',
    failure_code text,
    failure_reason text,
    created_at timestamptz not null default now(),
    pulled_at timestamptz,
    started_at timestamptz,
    last_progress_at timestamptz,
    ended_at timestamptz,
    constraint contact_imports_user_id_id_key unique (user_id, id),
    constraint contact_imports_segment_fk foreign key (user_id, segment_id)
        references hidra.contact_segments (user_id, id) on delete set null (segment_id),
    constraint contact_imports_rows_are_accounted check (rows_read = created + updated + unchanged + rejected),
    constraint contact_imports_failure_has_reason check ((status = 'failed') = (failure_code is not null))
);
comment on table hidra.contact_imports is
    'A row is an import of one file of contacts: the request, the progress and the result. '
    'One transaction writes the contacts of a batch, the counters and the checkpoint.';
comment on column hidra.contact_imports.segment_id is
    'The segment that gets the contacts. Null if none was requested, or if it was deleted.';
comment on column hidra.contact_imports.options is
    'The request: column mapping, country, encoding, delimiter, and whether a segment was requested.';
comment on column hidra.contact_imports.status is 'waiting: the file has not arrived, or no slice has started.';
comment on column hidra.contact_imports.checkpoint is
    'Where the next batch begins: ETag of the file, layout and position. '
    'Empty before the first batch and after the end.';
comment on column hidra.contact_imports.batches is
    'The number of committed batches. A batch commits only if this did not change since it was read.';
comment on column hidra.contact_imports.attempts is 'How many slices have started since the last committed batch.';
comment on column hidra.contact_imports.bytes_total is 'The size of the file. Null until the file has arrived.';
comment on column hidra.contact_imports.created is 'Rows that became a new contact.';
comment on column hidra.contact_imports.updated is 'Rows that changed a contact.';
comment on column hidra.contact_imports.unchanged is 'Rows that equal their contact.';
comment on column hidra.contact_imports.rejected_by_reason is 'The number of rejected rows by reason.';
comment on column hidra.contact_imports.failure_code is
    'Why the import failed, for programs. Null unless status is failed.';
comment on column hidra.contact_imports.failure_reason is 'Why the import failed, written for the user.';
comment on column hidra.contact_imports.pulled_at is
    'When the request for the contacts of the Evolution instance started. It is sent once: '
    'a second answer would replace the file while it is read. Null for the other sources.';
comment on column hidra.contact_imports.last_progress_at is
    'When a batch last committed, or when the sweep last requested a slice. Null before the first slice.';
create index contact_imports_user on hidra.contact_imports (user_id, created_at);
create index contact_imports_open on hidra.contact_imports (created_at) where status in ('waiting', 'running');

create table hidra.contact_import_rejects (
    user_id uuid not null,
    import_id uuid not null,
    line bigint not null,
    reason text not null,
    row text not null,
    constraint contact_import_rejects_pkey primary key (import_id, line),
    constraint contact_import_rejects_import_fk foreign key (user_id, import_id)
        references hidra.contact_imports (user_id, id) on delete cascade
);
comment on table hidra.contact_import_rejects is
    'A row is a rejected row of a file. '
    'At its end, the import writes the rejected rows to a file and deletes them here.';
comment on column hidra.contact_import_rejects.line is 'The number of the first line of the row in the file.';
comment on column hidra.contact_import_rejects.row is 'The first 1,000 characters of the row as the file has it.';

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
