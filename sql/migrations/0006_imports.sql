-- migrate:up

-- What was asked for, how far it came, and what came of it. Counters move with the rows and the checkpoint, in one
-- transaction a batch; batches is what the next one is compared and set against.
alter table hidra.contact_imports
    add column format text not null default 'csv'
        constraint contact_imports_format_known check (format in ('csv', 'xlsx', 'jsonl')),
    add column bytes_total bigint, -- known once the file has arrived
    add column bytes_read bigint not null default 0,
    add column rows_read bigint not null default 0,
    add column created bigint not null default 0,
    add column updated bigint not null default 0,
    add column unchanged bigint not null default 0,
    add column rejected bigint not null default 0,
    add column rejected_by_reason jsonb not null default '{}',
    add column batches integer not null default 0,
    add column attempts integer not null default 0, -- slices begun since the last batch
    add column failure_code text,
    add column failure_reason text,
    add column started_at timestamptz,
    add column last_progress_at timestamptz,
    add column ended_at timestamptz,
    add constraint contact_imports_rows_are_accounted check (rows_read = created + updated + unchanged + rejected),
    add constraint contact_imports_failure_has_reason check ((status = 'failed') = (failure_code is not null)),
    add constraint contact_imports_user_id_id_key unique (user_id, id);
create index contact_imports_open on hidra.contact_imports (created_at) where status in ('waiting', 'running');

-- A row is a row of a file that was refused, kept until the import's end makes a file of them.
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

alter table hidra.contact_import_rejects enable row level security;
alter table hidra.contact_import_rejects force row level security;
create policy owner on hidra.contact_import_rejects to current_user using (true) with check (true);
create policy worker on hidra.contact_import_rejects to hidra_worker using (true) with check (true);
create policy tenant on hidra.contact_import_rejects to hidra_api
    using (user_id = (select nullif(current_setting('hidra.user_id', true), '')::uuid))
    with check (user_id = (select nullif(current_setting('hidra.user_id', true), '')::uuid));
grant select, insert, update, delete on hidra.contact_import_rejects to hidra_api, hidra_worker;

-- migrate:down
-- Forward only: what is wrong is mended by the next migration.
