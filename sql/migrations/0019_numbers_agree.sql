-- migrate:up

-- Every page of recipients is a range of one of these two indexes. Each column before contact_id is compared with one
-- value, so neither the status nor the reason that a page asks for can make it read rows of other recipients.
create index campaign_messages_state on hidra.campaign_messages (run_id, status, counted, contact_id);
create index campaign_messages_reason on hidra.campaign_messages (run_id, error_code, status, counted, contact_id)
    where error_code is not null;
comment on index hidra.campaign_messages_state is
    'Recipients are listed and counted by status, those that count and the others apart.';
comment on index hidra.campaign_messages_reason is 'Recipients are listed and counted by reason.';

-- The functions run as the owner of the tables. Under row-level security an index does not serve an operator that is
-- not leakproof, such as the = of an enum. The caller is identified by the setting that the policies read. A range is
-- ordered by all columns of its index, though only the last one varies: otherwise PostgreSQL does not see that the index
-- with an enum has the order.
create function hidra.recipients_page(
    campaign uuid, run uuid, statuses hidra.message_status[], reason text, after_id uuid, page_size integer
) returns table (run_id uuid, contact_id uuid)
    language plpgsql stable security definer rows 50
    set search_path = pg_catalog set enable_seqscan = off as $$
declare
    caller constant uuid := nullif(current_setting('hidra.user_id', true), '')::uuid;
    counting constant boolean[] := case when run is null then '{true}' else '{true,false}' end;
begin
    if reason is null then
        return query
            select m.run_id, m.contact_id
            from hidra.campaign_runs r cross join unnest(statuses) s (status) cross join unnest(counting) k (counted)
            cross join lateral (
                select m.run_id, m.contact_id from hidra.campaign_messages m
                where m.run_id = r.id and m.status = s.status and m.counted = k.counted and m.contact_id > after_id
                order by m.run_id, m.status, m.counted, m.contact_id limit page_size
            ) m
            where r.user_id = caller and r.campaign_id = campaign and (run is null or r.id = run)
            order by m.contact_id limit page_size;
    else
        return query
            select m.run_id, m.contact_id
            from hidra.campaign_runs r cross join unnest(statuses) s (status) cross join unnest(counting) k (counted)
            cross join lateral (
                select m.run_id, m.contact_id from hidra.campaign_messages m
                where m.run_id = r.id and m.error_code = reason and m.status = s.status and m.counted = k.counted
                    and m.contact_id > after_id
                order by m.run_id, m.error_code, m.status, m.counted, m.contact_id limit page_size
            ) m
            where r.user_id = caller and r.campaign_id = campaign and (run is null or r.id = run)
            order by m.contact_id limit page_size;
    end if;
end
$$;
comment on function hidra.recipients_page is
    'One page of recipients of a campaign of the user in the setting hidra.user_id, by contact_id, with these statuses. '
    'run: its recipients; null: those that count, over all runs. reason: the error_code; null: any or none.';
revoke execute on function hidra.recipients_page from public;
grant execute on function hidra.recipients_page to hidra_api;

create function hidra.recipient_counts(run_ids uuid[])
    returns table (run_id uuid, status hidra.message_status, counted boolean, error_code text, messages bigint)
    language sql stable security definer
    set search_path = pg_catalog as $$
    with own as (
        select r.id from hidra.campaign_runs r
        where r.id = any(run_ids) and r.user_id = nullif(current_setting('hidra.user_id', true), '')::uuid
    ), states as (
        select m.run_id, m.status, m.counted, count(*) as messages
        from hidra.campaign_messages m where m.run_id in (select id from own)
        group by m.run_id, m.status, m.counted
    ), reasons as (
        select m.run_id, m.status, m.counted, m.error_code, count(*) as messages
        from hidra.campaign_messages m where m.run_id in (select id from own) and m.error_code is not null
        group by m.run_id, m.status, m.counted, m.error_code
    )
    select r.run_id, r.status, r.counted, r.error_code, r.messages from reasons r
    union all
    select s.run_id, s.status, s.counted, null, s.messages - coalesce(sum(r.messages), 0)::bigint
    from states s left join reasons r on r.run_id = s.run_id and r.status = s.status and r.counted = s.counted
    group by s.run_id, s.status, s.counted, s.messages
    having s.messages > coalesce(sum(r.messages), 0)
$$;
comment on function hidra.recipient_counts is
    'The messages of these runs, of the user in the setting hidra.user_id, by status and reason. '
    'It reads indexes only, the two for recipients.';
revoke execute on function hidra.recipient_counts from public;
grant execute on function hidra.recipient_counts to hidra_api;

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
    count(*) filter (where c.status = 'canceled') as canceled_campaigns
from hidra.campaigns c
left join hidra.campaign_metrics m on m.campaign_id = c.id
group by c.user_id;

comment on column hidra.campaign_runs.summary is
    'The run at its end: its kind, first_send or retry, and its recipients: total, sent, failed and skipped. '
    'Null while the run is open. Later statuses and retries do not change it; the API counts the messages of now.';
comment on column hidra.campaign_runs.ended_at is
    'When the run ended. A scheduled campaign with an open run is a retry whose recipients are frozen only in part.';

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
