-- migrate:up

-- What came back: how many recipients read the message, and how many replied to it.

alter table hidra.campaign_messages add column replied_at timestamptz;
comment on column hidra.campaign_messages.replied_at is
    'When the recipient first replied to this message, by the time of the reply in WhatsApp. Null: no reply is known. '
    'What the reply says is never stored.';
create index campaign_messages_replied on hidra.campaign_messages (run_id, contact_id) where replied_at is not null;
comment on index hidra.campaign_messages_replied is
    'Recipients that replied are listed. A message enters the index with its first reply, so freezes and sends do not '
    'write it.';

alter table hidra.campaign_metrics
    add column read integer not null default 0
        constraint campaign_metrics_read_was_delivered check (read between 0 and delivered),
    add column replied integer not null default 0
        constraint campaign_metrics_replied_not_negative check (replied >= 0);
comment on column hidra.campaign_metrics.read is 'Messages with status read; they are in delivered, too.';
comment on column hidra.campaign_metrics.replied is
    'Messages with replied_at, in whatever status, so the recipients that replied.';
update hidra.campaign_metrics m
set read = found.messages
from (
    select r.campaign_id, count(*)::integer as messages
    from hidra.campaign_runs r
    join hidra.campaign_messages s on s.run_id = r.id and s.status = 'read' and s.counted
    group by r.campaign_id
) found
where m.campaign_id = found.campaign_id;

create or replace view hidra.campaign_owner_metrics_view with (security_invoker = true) as
select
    c.user_id as owner_id,
    count(*) as total_campaigns,
    count(*) filter (where c.status = 'running') as running_campaigns,
    count(*) filter (where c.status = 'scheduled') as scheduled_campaigns,
    coalesce(sum(m.delivered), 0)::bigint as delivered_messages,
    coalesce(sum(m.failed), 0)::bigint as failed_messages,
    coalesce(sum(m.pending), 0)::bigint as pending_messages,
    coalesce(sum(m.skipped), 0)::bigint as skipped_messages,
    count(*) filter (where c.status = 'draft') as draft_campaigns,
    count(*) filter (where c.status = 'paused') as paused_campaigns,
    count(*) filter (where c.status = 'completed') as completed_campaigns,
    count(*) filter (where c.status = 'failed') as failed_campaigns,
    count(*) filter (where c.status = 'canceled') as canceled_campaigns,
    coalesce(sum(m.read), 0)::bigint as read_messages,
    coalesce(sum(m.replied), 0)::bigint as replied_messages
from hidra.campaigns c
left join hidra.campaign_metrics m on m.campaign_id = c.id
group by c.user_id;

create table hidra.replies_unmatched (
    id bigint generated always as identity constraint replies_unmatched_pkey primary key,
    user_id uuid not null,
    evolution_config_id uuid not null,
    phone_hash bytea,
    lid_hash bytea,
    quoted_id text,
    replied_at timestamptz not null,
    kept_at timestamptz not null default clock_timestamp(),
    constraint replies_unmatched_connection_fk foreign key (user_id, evolution_config_id)
        references hidra.evolution_api_config (user_id, id) on delete cascade,
    constraint replies_unmatched_reply_key
        unique nulls not distinct (evolution_config_id, phone_hash, lid_hash, quoted_id, replied_at)
);
comment on table hidra.replies_unmatched is
    'A row is the time of a reply whose message is not known yet: the message is still being posted, or the sender is '
    'hidden and nothing shows its phone. It is applied when the message is known, or deleted after an hour.';
comment on column hidra.replies_unmatched.lid_hash is
    'The same hash as whatsapp_lids.lid_hash, of the hidden id of the sender. Null: WhatsApp showed the phone only.';
comment on column hidra.replies_unmatched.quoted_id is
    'The id in WhatsApp of the message that the reply quotes. Null: it quotes none.';
comment on column hidra.replies_unmatched.replied_at is 'The time of the reply in WhatsApp.';

alter table hidra.replies_unmatched enable row level security;
alter table hidra.replies_unmatched force row level security;
create policy owner on hidra.replies_unmatched to current_user using (true) with check (true);
create policy worker on hidra.replies_unmatched to hidra_worker using (true) with check (true);
create policy tenant on hidra.replies_unmatched to hidra_api
    using (user_id = (select nullif(current_setting('hidra.user_id', true), '')::uuid))
    with check (user_id = (select nullif(current_setting('hidra.user_id', true), '')::uuid));
grant select, insert, delete on hidra.replies_unmatched to hidra_worker;
grant select, delete on hidra.replies_unmatched to hidra_api;

-- Runs as the owner of the tables, as hidra.recipients_page does and for its reason. Statuses and reason are compared
-- with the rows of the recipients that replied, which are few.
create function hidra.replied_page(
    campaign uuid, run uuid, statuses hidra.message_status[], reason text, after_id uuid, page_size integer
) returns table (run_id uuid, contact_id uuid)
    language sql stable security definer rows 50
    set search_path = pg_catalog set enable_seqscan = off as $$
    select m.run_id, m.contact_id
    from hidra.campaign_runs r
    cross join lateral (
        select m.run_id, m.contact_id from hidra.campaign_messages m
        where m.run_id = r.id and m.replied_at is not null and m.contact_id > after_id
            and (m.counted or run is not null) and m.status = any(statuses)
            and (reason is null or m.error_code = reason)
        order by m.run_id, m.contact_id limit page_size
    ) m
    where r.user_id = nullif(current_setting('hidra.user_id', true), '')::uuid and r.campaign_id = campaign
        and (run is null or r.id = run)
    order by m.contact_id limit page_size
$$;
comment on function hidra.replied_page is
    'As hidra.recipients_page, of the recipients that replied.';
revoke execute on function hidra.replied_page from public;
grant execute on function hidra.replied_page to hidra_api;

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
