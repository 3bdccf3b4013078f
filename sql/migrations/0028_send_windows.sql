-- migrate:up

alter table hidra.evolution_api_config add column send_window jsonb;

comment on column hidra.evolution_api_config.send_window is
    'The sending window of the campaigns that have none of their own. Null: they send at any time.';
comment on column hidra.campaigns.send_window is
    'The ranges of local time in which the campaign may send, as the API shows them. Null: those of its connection.';

-- Null: the code that runs during the deploy knows no window.
alter table hidra.campaign_runs
    add column open_from timestamptz,
    add column open_until timestamptz;

comment on column hidra.campaign_runs.open_from is
    'No message is claimed before this time: the sending window opens then. Null: without a bound.';
comment on column hidra.campaign_runs.open_until is
    'No message is claimed from this time on: 1.5 s before the sending window closes. A later pass writes the next range. A run begins with the time of its start here, and its first pass opens it. Null: without a bound.';

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
