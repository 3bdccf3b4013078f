-- migrate:up

create type hidra.evolution_connection_status as enum ('disconnected', 'connecting', 'connected', 'error');
comment on type hidra.evolution_connection_status is
    'The state of a WhatsApp instance as Evolution API reports it. error: the server, the key or the sending failed.';

create table hidra.evolution_api_config (
    id uuid constraint evolution_api_config_pkey primary key default gen_random_uuid(),
    user_id uuid not null constraint evolution_api_config_user_fk references core.users (id) on delete cascade,
    base_url text not null,
    instance_name text not null,
    integration text not null default 'baileys'
        constraint evolution_api_config_integration_known check (integration in ('baileys', 'cloud_api')),
    api_key_encrypted bytea not null,
    status hidra.evolution_connection_status not null default 'disconnected',
    status_at timestamptz,
    error_message text,
    connected_at timestamptz,
    check_started_at timestamptz,
    last_health_check_at timestamptz,
    last_webhook_at timestamptz,
    acknowledged_until timestamptz not null default now(),
    distrusted_since timestamptz,
    distrust_reason text,
    max_messages_per_minute integer not null default 60
        constraint evolution_api_config_rate_range check (max_messages_per_minute between 1 and 6000),
    max_concurrent_sends integer not null default 1
        constraint evolution_api_config_concurrency_range check (max_concurrent_sends between 1 and 1000),
    created_at timestamptz not null default now(),
    constraint evolution_api_config_user_id_key unique (user_id),
    constraint evolution_api_config_user_id_id_key unique (user_id, id)
);
comment on table hidra.evolution_api_config is
    'A row is the connection of a user: an Evolution API server, an instance on it, and the encrypted API key.';
comment on column hidra.evolution_api_config.integration is
    'How the instance reaches WhatsApp: baileys (WhatsApp Web) or cloud_api (Meta).';
comment on column hidra.evolution_api_config.api_key_encrypted is
    'A libsodium envelope bound to user_id and to the origin of base_url. It opens for no other user or server.';
comment on column hidra.evolution_api_config.status_at is
    'The time for which status holds. Older events and checks do not change status. '
    'Null until the first check or event of this server, instance and key.';
comment on column hidra.evolution_api_config.error_message is
    'The reason for status, written for the user. Null when there is nothing to report.';
comment on column hidra.evolution_api_config.connected_at is
    'When status last changed to connected. Null if it never did with this server, instance and key.';
comment on column hidra.evolution_api_config.check_started_at is
    'When the last scheduled check started, even if it recorded no result. The oldest value is checked first.';
comment on column hidra.evolution_api_config.last_health_check_at is
    'When the last check that recorded a result started.';
comment on column hidra.evolution_api_config.last_webhook_at is
    'When the last webhook of this connection was received. Null before the first.';
comment on column hidra.evolution_api_config.acknowledged_until is
    'The latest claimed_at of a message that is known to be acknowledged. It lags by up to 15 seconds. '
    'A new server, instance or key sets it to the current time.';
comment on column hidra.evolution_api_config.distrusted_since is
    'The circuit is open while this is not before acknowledged_until. '
    'Only the acknowledgement of a message that was claimed later closes it. Null if the circuit never opened.';
comment on column hidra.evolution_api_config.distrust_reason is
    'Why the circuit last opened, written for the user.';
comment on column hidra.evolution_api_config.max_messages_per_minute is
    'The limit of the connection over all campaigns and direct sends. pace_limits.rate holds the same number.';
comment on column hidra.evolution_api_config.max_concurrent_sends is
    'How many requests to Evolution may be open at the same time, over all campaigns and direct sends.';

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
