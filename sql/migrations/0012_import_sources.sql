-- migrate:up

-- An import may be stopped by its owner; and contacts may come from the owner's Evolution server, which is asked once:
-- a second answer would replace the file that is being read.
alter table hidra.contact_imports
    drop constraint contact_imports_status_known,
    add constraint contact_imports_status_known
        check (status in ('waiting', 'running', 'completed', 'failed', 'canceled')),
    add column pulled_at timestamptz; -- when Evolution began to be asked

-- migrate:down
-- Forward only: what is wrong is mended by the next migration.
