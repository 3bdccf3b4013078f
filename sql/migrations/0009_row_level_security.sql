-- migrate:up

-- A table with user_id belongs to a tenant. Row-level security is forced, so it binds the owner of the tables too. The
-- policy of the owner is for data migrations and for the triggers and cascades that run as the owner.
do $$
declare
    tenant_table text;
begin
    foreach tenant_table in array array[
        'evolution_api_config',
        'contacts', 'contact_segments', 'segment_contacts',
        'opt_outs', 'opt_out_settings', 'opt_out_requests', 'whatsapp_lids',
        'contact_imports', 'contact_import_rejects',
        'message_templates', 'campaigns', 'campaign_runs', 'campaign_messages', 'campaign_metrics',
        'campaign_timeline_points',
        'pace_limits', 'pace_slots', 'direct_sends', 'opt_out_confirmations', 'delivery_events_unmatched',
        'status_backfills'
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

-- The triggers of segment_contacts check inserts and deletions only.
revoke update on hidra.segment_contacts from hidra_api, hidra_worker;

grant select, insert, delete on hidra.delivery_events_rejected to hidra_worker;
grant select on hidra.campaign_owner_metrics_view to hidra_api, hidra_worker, hidra_admin;

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
