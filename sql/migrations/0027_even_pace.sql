-- migrate:up

-- Limits space their slots evenly, by a plan, and shift each of them at random.

alter table hidra.evolution_api_config
    add column jitter double precision not null default 0.25
        constraint evolution_api_config_jitter_range check (jitter between 0 and 0.5);
comment on column hidra.evolution_api_config.jitter is
    'By how much of the time between two messages one may be late, at random. 0: all are equally far apart.';
alter table hidra.pace_limits add column plan timestamptz;
comment on column hidra.pace_limits.plan is
    'The next planned slot. A permit moves it by one spacing, a slot that is given back moves it by one spacing back. '
    'Null before the first permit.';
alter table hidra.pace_slots add column shift double precision not null default 0;
comment on column hidra.pace_slots.shift is 'By how much of a spacing the slot was to be later than planned.';

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
