-- migrate:up

-- Without accents and case. Decomposed, an accent is a sign of its own; names in ASCII are spared the work.
create function hidra.fold(given text) returns text language sql immutable parallel safe
return case
    when octet_length(given) = char_length(given) then lower(given)
    else lower(translate(normalize(given, nfd), U&'\0300\0301\0302\0303\0308\0327', ''))
end;

-- The words of a name, folded, divided by spaces; cut, for a word in an index must be shorter than 2 kB.
create function hidra.words(given text) returns text language sql immutable parallel safe
return translate(left(hidra.fold(left(given, 200)), 200), '.,-''()/', '       ');

-- Core PostgreSQL has no index over (user_id, word): each word carries the beginning of its owner's id instead. Two
-- owners may share it, so the owner is compared as well. A double space makes a term of no word, which finds nothing.
create function hidra.search_terms(owner uuid, given text) returns tsvector language sql immutable parallel safe
return array_to_tsvector(string_to_array(
    substr(replace(' ' || hidra.words(given), ' ', ' ' || left(owner::text, 8)), 2), ' '
));

-- Names in which every word of the text begins a word.
create function hidra.search_query(owner uuid, given text) returns tsquery language sql immutable parallel safe
return (
    select string_agg(
        '''' || left(owner::text, 8) || replace(replace(word, '\', '\\'), '''', '''''') || ''':*', ' & '
    )::tsquery
    from unnest(string_to_array(hidra.words(given), ' ')) as word where word <> ''
);

create index contacts_name_words on hidra.contacts using gin (hidra.search_terms(user_id, name));
create index contacts_last_digits on hidra.contacts (user_id, reverse(right(phone, 4)));

-- A page of the ids of the caller's contacts that a search finds, in the order of ids. It runs as the tables' owner,
-- because row-level security lets no index serve a comparison that is not proven to leak nothing (such as @@); so the
-- caller is known by the same setting as in the policies, and by no argument.
--
-- Ids are random. So the first look at some contacts in their order fills the page if what is searched for is common;
-- if it is not, an index finds few; and what is in between fills the page within some ten thousand contacts.
create function hidra.search_contacts(
    prefixes text[], suffix text, name_part text, after_id uuid, page_size integer,
    look integer default 1000, enough integer default 10000
) returns setof uuid
    language plpgsql stable security definer
    set search_path = pg_catalog set enable_seqscan = off set work_mem = '32MB' as $$
declare
    me constant uuid := nullif(current_setting('hidra.user_id', true), '')::uuid;
    terms constant tsquery := hidra.search_query(me, name_part);
    seen integer;
    found uuid[];
begin
    select array_agg(c.id order by c.id) filter (where c.fits), count(*) into found, seen
    from (
        select c.id, case when name_part is not null then hidra.search_terms(c.user_id, c.name) @@ terms
            else exists (select from unnest(prefixes) p where starts_with(c.phone, p))
                or (suffix <> '' and right(c.phone, length(suffix)) = suffix) end as fits
        from hidra.contacts c
        where c.user_id = me and c.id > after_id order by c.id limit look
    ) c;
    if seen < look or cardinality(found) >= page_size then
        return query select unnest(found[:page_size]);
        return;
    end if;

    if name_part is not null then
        select array_agg(c.id) into found from (
            select c.id from hidra.contacts c
            where hidra.search_terms(c.user_id, c.name) @@ terms and (c.user_id = me) is true limit enough + 1
        ) c;
    else
        select array_agg(c.id) into found from (
            select distinct c.id from (
                (
                    select c.id from unnest(prefixes) p cross join lateral (
                        select c.id from hidra.contacts c
                        where c.user_id = me and c.phone >= p and c.phone <= p || '999999999999999' limit enough + 1
                    ) c
                ) union all (
                    select c.id from hidra.contacts c
                    where suffix <> '' and c.user_id = me
                      and reverse(right(c.phone, 4)) >= reverse(right(suffix, 4))
                      and reverse(right(c.phone, 4)) <= reverse(right(suffix, 4)) || '9999'
                      and right(c.phone, length(suffix)) = suffix
                    limit enough + 1
                )
            ) c
        ) c;
    end if;
    if coalesce(cardinality(found), 0) <= enough then
        return query select id from unnest(found) id where id > after_id order by id limit page_size;
        return;
    end if;

    return query
        select c.id from hidra.contacts c
        where c.user_id = me and c.id > after_id
          and case when name_part is not null then hidra.search_terms(c.user_id, c.name) @@ terms
            else exists (select from unnest(prefixes) p where starts_with(c.phone, p))
                or (suffix <> '' and right(c.phone, length(suffix)) = suffix) end
        order by c.id limit page_size;
end
$$;
revoke execute on function hidra.search_contacts from public;
grant execute on function hidra.search_contacts to hidra_api;

-- A text that says an instant or a day in ISO 8601, in the session's time zone where it names none; null for all else.
create function hidra.instant(given text) returns timestamptz language plpgsql stable strict as $$
begin
    if given !~ '^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?$' then
        return null;
    end if;
    return given::timestamptz;
exception
    when data_exception then return null;
end
$$;

-- migrate:down
-- Forward only: what is wrong is mended by the next migration.
