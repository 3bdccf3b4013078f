-- migrate:up

-- Messages of a connection of which more may be told, by the time of their sending.
create index campaign_messages_growing on hidra.campaign_messages (evolution_config_id, sent_at)
    where status in ('sent', 'delivered');

-- A row is the latest repair of one connection's statuses: from the moment at which an outage of our webhook is
-- noticed, or a repair asked for, until each message that may have grown meanwhile was looked up once, the newest first.
create table hidra.status_repairs (
    evolution_config_id uuid constraint status_repairs_pkey primary key,
    user_id uuid not null,
    cause text not null constraint status_repairs_cause_known check (cause in ('silence', 'webhook', 'request')),
    noticed_at timestamptz not null,
    silent_since timestamptz, -- when something was last heard before it
    sent_from timestamptz not null, -- messages sent from then on are looked up, ...
    delivered_from timestamptz not null, -- ... but those that are known as delivered only from then on
    sent_until timestamptz, -- until a little before it began: webhooks of later ones may be on their way
    begun_at timestamptz,
    heard boolean not null default false, -- whether our webhook was heard again when it began
    before_sent_at timestamptz not null default 'infinity', -- the place of the last one that was looked up
    before_id bigint not null default 0,
    to_look_up integer not null default 0,
    looked_up integer not null default 0,
    learned integer not null default 0,
    completed_at timestamptz,
    constraint status_repairs_begun_has_end check ((begun_at is null) = (sent_until is null)),
    constraint status_repairs_config_fk foreign key (user_id, evolution_config_id)
        references hidra.evolution_api_config (user_id, id) on delete cascade
);

alter table hidra.status_repairs enable row level security;
alter table hidra.status_repairs force row level security;
create policy owner on hidra.status_repairs to current_user using (true) with check (true);
create policy worker on hidra.status_repairs to hidra_worker using (true) with check (true);
create policy tenant on hidra.status_repairs to hidra_api
    using (user_id = (select nullif(current_setting('hidra.user_id', true), '')::uuid))
    with check (user_id = (select nullif(current_setting('hidra.user_id', true), '')::uuid));
grant select, insert, update, delete on hidra.status_repairs to hidra_api, hidra_worker;

-- migrate:down
-- Forward only: what is wrong is mended by the next migration.
