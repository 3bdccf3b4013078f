-- migrate:up

alter table hidra.contact_imports add column warnings jsonb not null default '[]';
comment on column hidra.contact_imports.warnings is
    'What was not read as the file has it, as a list of code and message, one of each code. The import continued.';

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
