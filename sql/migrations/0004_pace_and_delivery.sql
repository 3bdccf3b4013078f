-- migrate:up

-- A row is one limit in messages a minute, of a connection or of a campaign; permits lock it. Its subject's
-- store functions write it together with the subject.
create table hidra.pace_limits (
    subject uuid constraint pace_limits_pkey primary key,
    user_id uuid not null constraint pace_limits_user_fk references core.users (id) on delete cascade,
    rate integer not null constraint pace_limits_rate_range check (rate between 1 and 6000),
    constraint pace_limits_user_id_subject_key unique (user_id, subject)
);

-- A row is one instant at which a post was permitted under a limit; only the last 62 seconds and the newest matter.
create table hidra.pace_slots (
    subject uuid not null,
    user_id uuid not null,
    slot timestamptz not null,
    constraint pace_slots_pkey primary key (subject, slot),
    constraint pace_slots_limit_fk foreign key (user_id, subject)
        references hidra.pace_limits (user_id, subject) on delete cascade
);

-- A row is a provider's status for a message that we do not know yet: it came before the answer to our post did.
create table hidra.delivery_events_unmatched (
    user_id uuid not null,
    evolution_config_id uuid not null,
    provider_message_id text not null,
    status hidra.message_status not null,
    received_at timestamptz not null,
    constraint delivery_events_unmatched_pkey primary key (evolution_config_id, provider_message_id, status),
    constraint delivery_events_unmatched_config_fk foreign key (user_id, evolution_config_id)
        references hidra.evolution_api_config (user_id, id) on delete cascade
);
create index delivery_events_unmatched_received on hidra.delivery_events_unmatched (received_at);

-- A row is a stream record that could not be understood, parked with the reason so that it stops nothing else.
create table hidra.delivery_events_rejected (
    id bigint generated always as identity constraint delivery_events_rejected_pkey primary key,
    stream_position text not null constraint delivery_events_rejected_position_key unique,
    reason text not null,
    received_at timestamptz not null default now()
);

-- Row-level security, forced: the owner's own policy keeps data migrations and cascades working.
do $$
declare
    tenant_table text;
begin
    foreach tenant_table in array array[
        'evolution_api_config', 'contacts', 'contact_segments', 'segment_contacts', 'opt_outs', 'contact_imports',
        'message_templates', 'campaigns', 'campaign_runs', 'campaign_messages', 'campaign_metrics',
        'campaign_timeline_points', 'pace_limits', 'pace_slots', 'delivery_events_unmatched'
    ] loop
        execute format('alter table hidra.%I enable row level security', tenant_table);
        execute format('alter table hidra.%I force row level security', tenant_table);
        execute format('create policy owner on hidra.%I to current_user using (true) with check (true)', tenant_table);
        execute format('create policy worker on hidra.%I to hidra_worker using (true) with check (true)', tenant_table);
        execute format(
            'create policy tenant on hidra.%I to hidra_api '
            'using (user_id = (select nullif(current_setting(''hidra.user_id'', true), '''')::uuid)) '
            'with check (user_id = (select nullif(current_setting(''hidra.user_id'', true), '''')::uuid))',
            tenant_table
        );
        execute format('grant select, insert, update, delete on hidra.%I to hidra_api, hidra_worker', tenant_table);
    end loop;
    foreach tenant_table in array array['campaigns', 'campaign_metrics'] loop
        execute format('create policy admin on hidra.%I for select to hidra_admin using (true)', tenant_table);
        execute format('grant select on hidra.%I to hidra_admin', tenant_table);
    end loop;
end
$$;
grant select, insert, delete on hidra.delivery_events_rejected to hidra_worker;
grant select on hidra.campaign_owner_metrics_view to hidra_api, hidra_worker, hidra_admin;

-- migrate:down
-- Forward only: what is wrong is mended by the next migration.
