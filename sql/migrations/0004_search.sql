-- migrate:up

-- The decomposed form writes an accent as a character of its own. ASCII names need no decomposition.
create function hidra.fold(given text) returns text language sql immutable parallel safe
return case
    when octet_length(given) = char_length(given) then lower(given)
    else lower(translate(normalize(given, nfd), U&'\0300\0301\0302\0303\0308\0327', ''))
end;
comment on function hidra.fold is 'The text in lower case and without the accents of Portuguese.';

create function hidra.words(given text) returns text language sql immutable parallel safe
return translate(left(hidra.fold(left(given, 200)), 200), '.,-''()/', '       ');
comment on function hidra.words is
    'The folded words of a name, separated by spaces. '
    'Only the first 200 characters count: an indexed word must be shorter than 2 kB.';

-- Without an extension, a GIN index cannot combine a uuid with words. So each word carries the first 8 characters of
-- the id of the user. Two users may share them, so every search also compares user_id. A double space produces a term
-- without a word, which no search matches.
create function hidra.search_terms(owner uuid, given text) returns tsvector language sql immutable parallel safe
return array_to_tsvector(string_to_array(
    substr(replace(' ' || hidra.words(given), ' ', ' ' || left(owner::text, 8)), 2), ' '
));
comment on function hidra.search_terms is
    'The words of a name as index terms. Each term begins with the first 8 characters of the owner''s id.';

create function hidra.search_query(owner uuid, given text) returns tsquery language sql immutable parallel safe
return (
    select string_agg(
        '''' || left(owner::text, 8) || replace(replace(word, '\', '\\'), '''', '''''') || ''':*', ' & '
    )::tsquery
    from unnest(string_to_array(hidra.words(given), ' ')) as word where word <> ''
);
comment on function hidra.search_query is
    'A query for hidra.search_terms. It matches names in which each word of the text is the beginning of a word.';

create index contacts_name_words on hidra.contacts using gin (hidra.search_terms(user_id, name));
create index contacts_last_digits on hidra.contacts (user_id, reverse(right(phone, 4)));
comment on index hidra.contacts_last_digits is 'For searches by the end of a phone number.';

-- The function runs as the owner of the tables. Under row-level security an index does not serve an operator that is
-- not leakproof, such as @@. The caller is identified by the setting that the policies read, never by an argument.
create function hidra.search_contacts(
    prefixes text[], suffix text, name_part text, after_id uuid, page_size integer,
    scan_first integer default 1000, few integer default 10000
) returns setof uuid
    language plpgsql stable security definer
    set search_path = pg_catalog set enable_seqscan = off set work_mem = '32MB' as $$
declare
    caller constant uuid := nullif(current_setting('hidra.user_id', true), '')::uuid;
    terms constant tsquery := hidra.search_query(caller, name_part);
    scanned integer;
    found uuid[];
begin
    -- A common search fills the page from the first contacts.
    select array_agg(c.id order by c.id) filter (where c.matches), count(*) into found, scanned
    from (
        select c.id, case when name_part is not null then hidra.search_terms(c.user_id, c.name) @@ terms
            else exists (select from unnest(prefixes) p where starts_with(c.phone, p))
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
                    select c.id from unnest(prefixes) p cross join lateral (
                        select c.id from hidra.contacts c
                        where c.user_id = caller and c.phone >= p and c.phone <= p || '999999999999999' limit few + 1
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
            else exists (select from unnest(prefixes) p where starts_with(c.phone, p))
                or (suffix <> '' and right(c.phone, length(suffix)) = suffix) end
        order by c.id limit page_size;
end
$$;
comment on function hidra.search_contacts is
    'One page of ids of the matching contacts of the user in the setting hidra.user_id, in the order of ids. '
    'If name_part is given, only names are compared. '
    'Otherwise the phone must begin with one of prefixes or end with suffix. '
    'scan_first: how many contacts are read in order before an index is used. '
    'few: up to how many matches of an index are sorted.';
revoke execute on function hidra.search_contacts from public;
grant execute on function hidra.search_contacts to hidra_api;

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
comment on function hidra.instant is
    'The time of an ISO 8601 date or date with time. Without a zone it is in the time zone of the session. '
    'Null for any other text.';

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
