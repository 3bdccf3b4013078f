-- migrate:up

alter table hidra.identity add column key_check bytea;
comment on column hidra.identity.key_check is
    'Made with the key of the phone hashes (hidra.domain.phone.key_check): with another key no opt-out would be found. '
    'migrate writes it, and a function that hashes refuses a key that does not match. Null until migrate has run.';
comment on table hidra.identity is
    'A row is how the phone hashes of this database were made; there is exactly one. '
    'A function that hashes phones in another way or with another key refuses the database.';

create table hidra.vault_keys (
    id text constraint vault_keys_pkey primary key,
    public_key text not null
);
comment on table hidra.vault_keys is
    'A row is a public key that API keys may be sealed to. migrate writes the keys that it is given, and refuses to do '
    'without one that sealed API keys need. Only the owner reads it.';
comment on column hidra.vault_keys.id is 'The id that stands in each sealed API key.';
comment on column hidra.vault_keys.public_key is 'Base64 of 32 bytes.';

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
