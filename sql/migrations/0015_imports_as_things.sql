-- migrate:up

alter table hidra.contact_imports
    add column file_version text,
    add column leased_until timestamptz,
    add column held_back_at timestamptz;
comment on column hidra.contact_imports.options is
    'The request: column mapping, country, encoding, delimiter, consent of rows without one, whether a segment was '
    'requested, and the name of the segment that was created for this import.';
comment on column hidra.contact_imports.attempts is
    'How many slices have started since the last committed batch. '
    'A slice that ended because a service was unavailable is not counted.';
comment on column hidra.contact_imports.file_version is
    'S3''s version of the file that arrived first. A later upload is another version, which is never read. '
    'Null before the file has arrived, and in a bucket without versions.';
comment on column hidra.contact_imports.leased_until is
    'Until then a slice runs, or was killed, and no other slice starts. Null if none runs, also after a cancel.';
comment on column hidra.contact_imports.held_back_at is
    'When a slice found that as many slices of this user run as may. Null once a slice has started.';
create index contact_imports_open_of_user on hidra.contact_imports (user_id) where status in ('waiting', 'running');
create index contact_imports_leased on hidra.contact_imports (user_id) where leased_until is not null;

comment on function hidra.lock_key is
    'The key of an advisory lock. '
    'campaign, id of a campaign: claims share it; a pause or a cancellation takes it alone. '
    'erasure, id of a user: imports, freezes and trial messages share it; an erasure takes it alone. '
    'imports, id of a user: a new import and the start of a slice take it alone. '
    'members, id of a user: inserts of members share it; a deletion of contacts takes it alone.';

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
