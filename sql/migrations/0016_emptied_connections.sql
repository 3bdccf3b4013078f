-- migrate:up

-- A deleted connection keeps its row: its id is in messages, limits and webhooks, which outlive the deletion.
alter table hidra.evolution_api_config
    alter column base_url drop not null,
    alter column instance_name drop not null,
    alter column api_key_encrypted drop not null,
    add column deleted_at timestamptz,
    add column integration_saved text
        constraint evolution_api_config_integration_saved_known check (integration_saved in ('baileys', 'cloud_api')),
    add column evolution_instance_id text,
    add column evolution_number text,
    add column warnings jsonb not null default '[]',
    add column recheck_at timestamptz,
    add constraint evolution_api_config_deleted_is_empty check (
        case
            when deleted_at is null then num_nulls(base_url, instance_name, api_key_encrypted) = 0
            else num_nonnulls(base_url, instance_name, api_key_encrypted) = 0 and status = 'disconnected'
        end
    );
comment on table hidra.evolution_api_config is
    'A row is the connection of a user: an Evolution API server, an instance on it, and the encrypted API key. '
    'A deleted connection keeps its row, id and limits, but not its server, instance and key; a later save fills it again.';
comment on column hidra.evolution_api_config.base_url is 'The address of the Evolution server. Null if deleted.';
comment on column hidra.evolution_api_config.instance_name is 'The instance on the server. Null if deleted.';
comment on column hidra.evolution_api_config.api_key_encrypted is
    'A libsodium envelope bound to user_id and to the origin of base_url. It opens for no other user or server. '
    'Null if deleted.';
comment on column hidra.evolution_api_config.integration is
    'How the instance reaches WhatsApp: baileys (WhatsApp Web) or cloud_api (Meta). '
    'Each check replaces it by what Evolution reports.';
comment on column hidra.evolution_api_config.deleted_at is
    'When the user deleted the connection. Null while it is in use.';
comment on column hidra.evolution_api_config.integration_saved is
    'What the user saved as integration, if Evolution reports another one. Null if the two are equal.';
comment on column hidra.evolution_api_config.evolution_instance_id is
    'The id of the instance in its Evolution server, as the last check found it. '
    'Two connections with the same id use the same instance. Null until a check finds it.';
comment on column hidra.evolution_api_config.evolution_number is
    'Of a Cloud API instance the phone number id, as the last check found it. Null until a check finds it.';
comment on column hidra.evolution_api_config.warnings is
    'What the last check warns of, as a list of objects with code and message.';
comment on column hidra.evolution_api_config.recheck_at is
    'When the next check of a stopped connection is due, between the scheduled ones. '
    'A ticket of the send queue asks for it and carries this time; any other ticket is out of date. Null if there is none.';

create function hidra.endpoint_hash(base_url text, instance_name text) returns bytea
    language sql immutable parallel safe
return sha256(convert_to(base_url || ' ' || instance_name, 'UTF8'));
comment on function hidra.endpoint_hash is
    'Identifies an instance on an Evolution server without naming it. Null if the connection is deleted.';
revoke execute on function hidra.endpoint_hash from public;
grant execute on function hidra.endpoint_hash to hidra_api, hidra_worker;

create table hidra.connection_endpoints (
    evolution_config_id uuid not null,
    user_id uuid not null,
    since timestamptz not null,
    endpoint_hash bytea not null,
    constraint connection_endpoints_pkey primary key (evolution_config_id, since),
    constraint connection_endpoints_connection_fk foreign key (user_id, evolution_config_id)
        references hidra.evolution_api_config (user_id, id) on delete cascade
);
comment on table hidra.connection_endpoints is
    'A row is a time from which on a connection used another instance or server, until its next row. '
    'A message in doubt is looked up only on the instance that its connection used when the message was claimed. '
    'A save deletes rows that ended more than 72 hours ago: messages of that time are not looked up any more.';
comment on column hidra.connection_endpoints.endpoint_hash is
    'hidra.endpoint_hash of the server and instance.';

insert into hidra.connection_endpoints (evolution_config_id, user_id, since, endpoint_hash)
select id, user_id, '-infinity', hidra.endpoint_hash(base_url, instance_name) from hidra.evolution_api_config;

alter table hidra.connection_endpoints enable row level security;
alter table hidra.connection_endpoints force row level security;
create policy owner on hidra.connection_endpoints to current_user using (true) with check (true);
create policy worker on hidra.connection_endpoints to hidra_worker using (true) with check (true);
create policy tenant on hidra.connection_endpoints to hidra_api
    using (user_id = (select nullif(current_setting('hidra.user_id', true), '')::uuid))
    with check (user_id = (select nullif(current_setting('hidra.user_id', true), '')::uuid));
grant select, insert, update, delete on hidra.connection_endpoints to hidra_api, hidra_worker;

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
