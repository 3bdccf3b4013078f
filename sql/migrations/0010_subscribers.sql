-- migrate:up

-- Hashes of before were made of another spelling, and only a phone that is still known could be hashed anew.
do $$
begin
    if exists (select from hidra.contacts) or exists (select from hidra.opt_outs)
        or exists (select from hidra.opt_out_requests) or exists (select from hidra.whatsapp_lids)
        or exists (select from hidra.campaign_messages where phone_hash is not null)
    then
        raise exception 'This database keeps opt-outs under hashes that this version of Hidra cannot find.'
            using hint = 'Keep the version of Hidra that made the database, or create a new database.';
    end if;
end
$$;

create table hidra.identity (
    one_row boolean not null default true
        constraint identity_pkey primary key
        constraint identity_one_row check (one_row),
    version integer not null
);
comment on table hidra.identity is
    'A row is how the phone hashes of this database were made; there is exactly one. '
    'A function that hashes phones in another way refuses the database.';
comment on column hidra.identity.version is
    'The version of the rules that make a hash from a number: hidra.domain.phone.IDENTITY_VERSION.';
insert into hidra.identity (version) values (2);
grant select on hidra.identity to hidra_api, hidra_worker;

create function hidra.subscriber(phone text) returns text language sql immutable parallel safe
return case when starts_with(phone, '+549') then '+54' || substr(phone, 5) else phone end;
comment on function hidra.subscriber is
    'What all valid spellings of a subscriber''s number, or of its beginning, share: '
    'an Argentine number has a 9 behind the calling code or not. '
    'Stored numbers of other countries have one spelling. See hidra.domain.phone.subscriber.';
revoke execute on function hidra.subscriber from public;
grant execute on function hidra.subscriber to hidra_api, hidra_worker;

alter table hidra.contacts
    drop constraint contacts_user_id_phone_key,
    add column subscriber text not null generated always as (hidra.subscriber(phone)) stored,
    add constraint contacts_subscriber unique (user_id, subscriber);
comment on column hidra.contacts.phone is
    'The number as E.164, with its plus sign, as it was first written: one of the valid spellings of the subscriber.';
comment on column hidra.contacts.subscriber is
    'The spelling that all valid ones of the number share. A user has one contact for each subscriber.';
comment on column hidra.contacts.phone_hash is
    'HMAC-SHA-256 of user_id and the subscriber with a secret key. '
    'The same phone has unrelated hashes for two users.';

-- The beginning of a phone is compared with the subscriber, which has the index.
create or replace function hidra.search_contacts(
    prefixes text[], suffix text, name_part text, after_id uuid, page_size integer,
    scan_first integer default 1000, few integer default 10000
) returns setof uuid
    language plpgsql stable security definer
    set search_path = pg_catalog set enable_seqscan = off set work_mem = '32MB' as $$
declare
    caller constant uuid := nullif(current_setting('hidra.user_id', true), '')::uuid;
    spelled constant text[] := (select array_agg(hidra.subscriber(p)) from unnest(prefixes) p);
    terms constant tsquery := hidra.search_query(caller, name_part);
    scanned integer;
    found uuid[];
begin
    -- A common search fills the page from the first contacts.
    select array_agg(c.id order by c.id) filter (where c.matches), count(*) into found, scanned
    from (
        select c.id, case when name_part is not null then hidra.search_terms(c.user_id, c.name) @@ terms
            else exists (select from unnest(spelled) p where starts_with(c.subscriber, p))
                or (suffix <> '' and right(c.phone, length(suffix)) = suffix) end as matches
        from hidra.contacts c
        where c.user_id = caller and c.id > after_id order by c.id limit scan_first
    ) c;
    if scanned < scan_first or cardinality(found) >= page_size then
        return query select unnest(found[:page_size]);
        return;
    end if;

    -- A rare search has few matches in an index.
    if name_part is not null then
        select array_agg(c.id) into found from (
            select c.id from hidra.contacts c
            where hidra.search_terms(c.user_id, c.name) @@ terms and (c.user_id = caller) is true limit few + 1
        ) c;
    else
        select array_agg(c.id) into found from (
            select distinct c.id from (
                (
                    select c.id from unnest(spelled) p cross join lateral (
                        select c.id from hidra.contacts c
                        where c.user_id = caller and c.subscriber >= p and c.subscriber <= p || '999999999999999' limit few + 1
                    ) c
                ) union all (
                    select c.id from hidra.contacts c
                    where suffix <> '' and c.user_id = caller
                      and reverse(right(c.phone, 4)) >= reverse(right(suffix, 4))
                      and reverse(right(c.phone, 4)) <= reverse(right(suffix, 4)) || '9999'
                      and right(c.phone, length(suffix)) = suffix
                    limit few + 1
                )
            ) c
        ) c;
    end if;
    if coalesce(cardinality(found), 0) <= few then
        return query select id from unnest(found) id where id > after_id order by id limit page_size;
        return;
    end if;

    -- Ids are random, so a search between the two fills the page within some ten thousand contacts.
    return query
        select c.id from hidra.contacts c
        where c.user_id = caller and c.id > after_id
          and case when name_part is not null then hidra.search_terms(c.user_id, c.name) @@ terms
            else exists (select from unnest(spelled) p where starts_with(c.subscriber, p))
                or (suffix <> '' and right(c.phone, length(suffix)) = suffix) end
        order by c.id limit page_size;
end
$$;

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
