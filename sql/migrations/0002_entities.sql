-- migrate:up

create type hidra.evolution_connection_status as enum ('disconnected', 'connecting', 'connected', 'error');
create type hidra.contact_import_source as enum ('manual', 'csv', 'api', 'evolution');

-- A row is one user's connection: an Evolution API server, an instance on it, and the key to it, sealed.
create table hidra.evolution_api_config (
    id uuid constraint evolution_api_config_pkey primary key default gen_random_uuid(),
    user_id uuid not null constraint evolution_api_config_user_fk references core.users (id) on delete cascade,
    base_url text not null,
    instance_name text not null,
    integration text not null default 'baileys'
        constraint evolution_api_config_integration_known check (integration in ('baileys', 'cloud_api')),
    api_key_encrypted bytea not null,
    status hidra.evolution_connection_status not null default 'disconnected',
    error_message text,
    status_at timestamptz, -- as of when the status holds; an older word does not change it
    connected_at timestamptz,
    checked_from timestamptz, -- when a scheduled check last began, whatever came of it
    last_health_check_at timestamptz,
    last_webhook_at timestamptz,
    max_messages_per_minute integer not null default 60
        constraint evolution_api_config_rate_range check (max_messages_per_minute between 1 and 6000),
    max_concurrent_sends integer not null default 1
        constraint evolution_api_config_concurrency_range check (max_concurrent_sends between 1 and 1000),
    created_at timestamptz not null default now(),
    constraint evolution_api_config_user_id_key unique (user_id),
    constraint evolution_api_config_user_id_id_key unique (user_id, id)
);

-- A row is one person whom a user may write to, at one phone number.
create table hidra.contacts (
    id uuid constraint contacts_pkey primary key default gen_random_uuid(),
    user_id uuid not null constraint contacts_user_fk references core.users (id) on delete cascade,
    phone text not null constraint contacts_phone_is_e164 check (phone ~ '^\+[1-9][0-9]{6,14}$'),
    phone_hash bytea not null,
    name text,
    attributes jsonb not null default '{}' constraint contacts_attributes_object check (jsonb_typeof(attributes) = 'object'),
    consent jsonb constraint contacts_consent_object check (jsonb_typeof(consent) = 'object'),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint contacts_user_id_phone_key unique (user_id, phone),
    constraint contacts_user_id_id_key unique (user_id, id)
);

-- A row is a named set of contacts that a campaign can be sent to.
create table hidra.contact_segments (
    id uuid constraint contact_segments_pkey primary key default gen_random_uuid(),
    user_id uuid not null constraint contact_segments_user_fk references core.users (id) on delete cascade,
    name text not null,
    description text,
    import_source hidra.contact_import_source not null default 'manual',
    total_contacts integer not null default 0 constraint contact_segments_total_not_negative check (total_contacts >= 0),
    created_at timestamptz not null default now(),
    constraint contact_segments_user_id_id_key unique (user_id, id)
);

-- A row says that a contact is in a segment.
create table hidra.segment_contacts (
    user_id uuid not null,
    segment_id uuid not null,
    contact_id uuid not null,
    constraint segment_contacts_pkey primary key (segment_id, contact_id),
    constraint segment_contacts_segment_fk foreign key (user_id, segment_id)
        references hidra.contact_segments (user_id, id) on delete cascade,
    constraint segment_contacts_contact_fk foreign key (user_id, contact_id)
        references hidra.contacts (user_id, id) on delete cascade
);
create index segment_contacts_contact on hidra.segment_contacts (user_id, contact_id);

-- Keeps total_contacts exact whatever removes a member, a cascade from contacts included.
create function hidra.count_segment_contacts() returns trigger language plpgsql as $$
begin
    update hidra.contact_segments s
    set total_contacts = s.total_contacts + case tg_op when 'INSERT' then n.members else -n.members end
    from (select segment_id, count(*) as members from changed group by segment_id) n
    where s.id = n.segment_id;
    return null;
end
$$;
create trigger segment_contacts_added after insert on hidra.segment_contacts
    referencing new table as changed for each statement execute function hidra.count_segment_contacts();
create trigger segment_contacts_removed after delete on hidra.segment_contacts
    referencing old table as changed for each statement execute function hidra.count_segment_contacts();

-- A row is a phone, known only by its keyed hash, that must never be written to again by this user.
create table hidra.opt_outs (
    user_id uuid not null constraint opt_outs_user_fk references core.users (id) on delete cascade,
    phone_hash bytea not null,
    reason text,
    source text not null constraint opt_outs_source_known check (source in ('api', 'reply', 'erasure', 'import')),
    at timestamptz not null default now(),
    constraint opt_outs_pkey primary key (user_id, phone_hash)
);

-- A row is one file of contacts being brought in, with the point that it has reached.
create table hidra.contact_imports (
    id uuid constraint contact_imports_pkey primary key default gen_random_uuid(),
    user_id uuid not null constraint contact_imports_user_fk references core.users (id) on delete cascade,
    segment_id uuid,
    source hidra.contact_import_source not null,
    status text not null default 'waiting'
        constraint contact_imports_status_known check (status in ('waiting', 'running', 'completed', 'failed')),
    options jsonb not null default '{}',
    checkpoint jsonb not null default '{}',
    created_at timestamptz not null default now(),
    constraint contact_imports_segment_fk foreign key (user_id, segment_id)
        references hidra.contact_segments (user_id, id) on delete set null (segment_id)
);
create index contact_imports_user on hidra.contact_imports (user_id, created_at);

-- A row is a text with placeholders such as {{name}}; variables lists exactly the placeholders of the body.
create table hidra.message_templates (
    id uuid constraint message_templates_pkey primary key default gen_random_uuid(),
    user_id uuid not null constraint message_templates_user_fk references core.users (id) on delete cascade,
    title text not null,
    body text not null,
    variables text[] not null default '{}',
    media_url text,
    created_at timestamptz not null default now(),
    constraint message_templates_user_id_id_key unique (user_id, id)
);

-- migrate:down
-- Forward only: what is wrong is mended by the next migration.
