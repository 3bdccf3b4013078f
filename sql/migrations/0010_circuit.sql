-- migrate:up

-- The circuit of a connection. It trusts nothing since distrusted_since unless a message that was claimed later has been
-- acknowledged: acknowledged_until, which lags behind by some seconds, is the latest claim of which that is known.
alter table hidra.evolution_api_config
    add column acknowledged_until timestamptz not null default now(),
    add column distrusted_since timestamptz,
    add column distrust_reason text;
alter table hidra.pace_limits add column tried_at timestamptz; -- a distrusted connection's last recipient

-- When the campaign was resumed: what WhatsApp refused of earlier messages pauses it no more.
alter table hidra.campaign_runs add column resumed_at timestamptz;

-- What Evolution took and nobody has acknowledged: a message enters and leaves once. And what WhatsApp refused.
create index campaign_messages_unacknowledged on hidra.campaign_messages (evolution_config_id, claimed_at)
    where status = 'sent' and acked_at is null;
create index campaign_messages_provider_failed on hidra.campaign_messages (run_id, id)
    where error_code = 'provider_failed';

-- migrate:down
-- Forward only: what is wrong is mended by the next migration.
