-- migrate:up

-- How many messages a connection sends in one local day.
alter table hidra.evolution_api_config
    add column max_messages_per_day integer,
    add column max_first_contacts_per_day integer,
    add column warm_up_since date,
    add column warm_up_limits integer[],
    add column time_zone text not null default 'America/Sao_Paulo',
    add constraint evolution_api_config_per_day_range check (max_messages_per_day between 1 and 1000000),
    add constraint evolution_api_config_first_contacts_range check (max_first_contacts_per_day between 1 and 1000000),
    add constraint evolution_api_config_warm_up_whole
        check ((warm_up_since is null) = (warm_up_limits is null) and cardinality(warm_up_limits) > 0);
comment on column hidra.evolution_api_config.max_messages_per_day is
    'How many messages may be sent in one local day. Null: no limit of its own.';
comment on column hidra.evolution_api_config.max_first_contacts_per_day is
    'How many of the messages of a local day may go to phones that have neither got a message nor written. Null: all.';
comment on column hidra.evolution_api_config.warm_up_since is
    'The local day on which warm_up_limits begins. Null: no warm-up.';
comment on column hidra.evolution_api_config.warm_up_limits is
    'The most messages of each local day since warm_up_since. After the last one only max_messages_per_day limits.';
comment on column hidra.evolution_api_config.time_zone is 'The IANA zone whose days are meant.';

create table hidra.connection_days (
    evolution_config_id uuid not null,
    user_id uuid not null,
    begins_at timestamptz not null,
    ends_at timestamptz not null,
    open_until timestamptz not null,
    message_limit integer,
    first_contact_limit integer,
    messages integer not null default 0,
    first_contacts integer not null default 0,
    messages_before integer not null default 0,
    first_contacts_before integer not null default 0,
    constraint connection_days_pkey primary key (evolution_config_id, begins_at),
    constraint connection_days_connection_fk foreign key (user_id, evolution_config_id)
        references hidra.evolution_api_config (user_id, id) on delete cascade,
    constraint connection_days_in_order check (begins_at < open_until and open_until <= ends_at),
    constraint connection_days_counts check (messages >= 0 and first_contacts >= 0)
) with (fillfactor = 50);
comment on table hidra.connection_days is
    'A row is a local day of a connection, with its limits and how many messages were claimed in it. Passes write it '
    'beforehand, and each save of the connection writes it anew. A claim counts under the lock on the connection''s row '
    'in pace_limits. Rows are kept for some days: a day of another zone may overlap with them.';
comment on column hidra.connection_days.open_until is
    'A connection with limits sends nothing from then until ends_at: its zone was changed, and the days of both zones '
    'keep their limits. Otherwise the same as ends_at.';
comment on column hidra.connection_days.message_limit is
    'The lower one of max_messages_per_day and of the warm-up''s limit for this day. Null: no limit.';
comment on column hidra.connection_days.messages is
    'Claims of this day, trials and confirmations too, but for those that surely did not reach the Evolution server.';
comment on column hidra.connection_days.first_contacts is 'Those of messages that went to first contacts.';
comment on column hidra.connection_days.messages_before is
    'Messages of earlier rows that may lie in this local day, because the zone was changed. They use up its limit, too.';
comment on column hidra.connection_days.first_contacts_before is 'Those of messages_before that went to first contacts.';

alter table hidra.connection_days enable row level security;
alter table hidra.connection_days force row level security;
create policy owner on hidra.connection_days to current_user using (true) with check (true);
create policy worker on hidra.connection_days to hidra_worker using (true) with check (true);
create policy tenant on hidra.connection_days to hidra_api
    using (user_id = (select nullif(current_setting('hidra.user_id', true), '')::uuid))
    with check (user_id = (select nullif(current_setting('hidra.user_id', true), '')::uuid));
grant select, insert, update, delete on hidra.connection_days to hidra_api, hidra_worker;

-- Judged by a pass, and only on a connection that limits first contacts: others write neither column nor index.
alter table hidra.campaign_messages add column first_contact boolean;
comment on column hidra.campaign_messages.first_contact is
    'Whether the phone had neither got a message nor written when the recipient was judged. Null: not judged.';
create index campaign_messages_first_contacts on hidra.campaign_messages (run_id, first_contact desc, id)
    where status = 'pending' and first_contact is not null;
comment on index hidra.campaign_messages_first_contacts is
    'Claims find the next first contact, and the next known one once the day''s first contacts are used up.';
alter table hidra.campaign_runs add column judged_at timestamptz;
comment on column hidra.campaign_runs.judged_at is
    'When first_contact was known of all recipients. Null: a pass judges them before the run sends on a connection that '
    'limits first contacts.';

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
