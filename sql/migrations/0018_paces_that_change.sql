-- migrate:up

-- The pace of a campaign or connection may change while it sends.

alter table hidra.pace_limits add column lowered_at timestamptz;
comment on column hidra.pace_limits.lowered_at is
    'When the rate was last lowered. A permit from before that time is void: its slot may be too early now.';

create function hidra.note_lowered_rate() returns trigger language plpgsql as $$
begin
    -- Later than the lock on the row, as the time of a permit is: the two times are in the order of the transactions.
    new.lowered_at := clock_timestamp();
    return new;
end
$$;
comment on function hidra.note_lowered_rate is
    'Keeps pace_limits.lowered_at right, whichever statement lowers a rate.';
create trigger pace_limits_lowered before update of rate on hidra.pace_limits
    for each row when (new.rate < old.rate) execute function hidra.note_lowered_rate();
comment on trigger pace_limits_lowered on hidra.pace_limits is 'Makes permits of the higher rate void.';

alter table hidra.campaign_runs add column ticketed_rate integer;
comment on column hidra.campaign_runs.ticketed_rate is
    'The rate at which the last tickets before ticketed_until were issued. A pass that finds a higher rate issues tickets anew. Null: unknown, or no tickets.';
comment on column hidra.campaign_runs.ticketed_until is
    'Tickets are issued for all slots before this time. Null at the start, after a resume, and while the campaign is blocked: the next pass issues from its own time on.';

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
