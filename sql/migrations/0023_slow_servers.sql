-- migrate:up

-- Servers that answer slowly open the circuit of their connection.

alter table hidra.pace_limits
    add column slow_answers integer not null default 0,
    add column slow_at timestamptz;
comment on column hidra.pace_limits.slow_answers is
    'How many slow answers the server of the connection gave, none of them long after the one before. Three open the '
    'circuit; a probe that is answered in time sets it to 0. Always 0 for a campaign.';
comment on column hidra.pace_limits.slow_at is 'When the last of them came. Null if there is none.';

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
