-- migrate:up

alter table hidra.contact_imports add column warnings jsonb not null default '[]';
comment on column hidra.contact_imports.warnings is
    'What was not read as the file has it, as a list of code and message, one of each code. The import continued.';
comment on column hidra.contact_imports.options is
    'The request: column mapping, country, encoding, delimiter, consent of rows without one, and whether a segment was '
    'requested.';

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
