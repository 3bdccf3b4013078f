--
-- PostgreSQL database dump
--

--
-- Name: core; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA core;

--
-- Name: hidra; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA hidra;

--
-- Name: campaign_channel; Type: TYPE; Schema: hidra; Owner: -
--

CREATE TYPE hidra.campaign_channel AS ENUM (
    'whatsapp'
);

--
-- Name: TYPE campaign_channel; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TYPE hidra.campaign_channel IS 'The network on which a campaign is sent.';

--
-- Name: campaign_status; Type: TYPE; Schema: hidra; Owner: -
--

CREATE TYPE hidra.campaign_status AS ENUM (
    'draft',
    'scheduled',
    'running',
    'paused',
    'completed',
    'failed',
    'canceled'
);

--
-- Name: TYPE campaign_status; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TYPE hidra.campaign_status IS 'The lifecycle of a campaign. A run is running, completed, failed or canceled.';

--
-- Name: contact_import_source; Type: TYPE; Schema: hidra; Owner: -
--

CREATE TYPE hidra.contact_import_source AS ENUM (
    'manual',
    'csv',
    'api',
    'evolution'
);

--
-- Name: TYPE contact_import_source; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TYPE hidra.contact_import_source IS 'Where contacts come from. evolution: the contacts of the user''s WhatsApp instance.';

--
-- Name: evolution_connection_status; Type: TYPE; Schema: hidra; Owner: -
--

CREATE TYPE hidra.evolution_connection_status AS ENUM (
    'disconnected',
    'connecting',
    'connected',
    'error'
);

--
-- Name: TYPE evolution_connection_status; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TYPE hidra.evolution_connection_status IS 'The state of a WhatsApp instance as Evolution API reports it. error: the server, the key or the sending failed.';

--
-- Name: message_status; Type: TYPE; Schema: hidra; Owner: -
--

CREATE TYPE hidra.message_status AS ENUM (
    'pending',
    'sending',
    'unknown',
    'sent',
    'delivered',
    'read',
    'failed',
    'skipped'
);

--
-- Name: TYPE message_status; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TYPE hidra.message_status IS 'pending: waits for a claim. sending: claimed for its one post. unknown: posted or not, the outcome is in doubt. sent: Evolution accepted it. skipped: will not be sent.';

--
-- Name: attribute(jsonb, text[]); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.attribute(attributes jsonb, spellings text[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT (attribute.attributes -> s.name) FROM unnest(attribute.spellings) WITH ORDINALITY s(name, place) WHERE (attribute.attributes ? s.name) ORDER BY s.place LIMIT 1);

--
-- Name: FUNCTION attribute(attributes jsonb, spellings text[]); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.attribute(attributes jsonb, spellings text[]) IS 'The first of a contact''s attributes in these spellings; null if it has none.';

--
-- Name: blank(text); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.blank(given text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (given !~ '[^\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff]'::text);

--
-- Name: FUNCTION blank(given text); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.blank(given text) IS 'Whether the text shows nothing: it is empty, or all of its characters are white space, control characters or invisible ones.';

--
-- Name: check_and_count_members(); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.check_and_count_members() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    missing boolean;
begin
    if tg_op = 'INSERT' then
        -- Before the update below locks the segment: a deletion of contacts takes its locks in the same order.
        perform pg_advisory_xact_lock_shared(hidra.lock_key('members', n.user_id))
        from (select distinct user_id from changed order by user_id) n;
        -- OFFSET 0 makes the planner use the index for each row, whatever number of rows it expects.
        if exists (
            select from changed n where not exists (
                select from hidra.contacts c where c.user_id = n.user_id and c.id = n.contact_id offset 0
            )
        ) then
            raise exception 'there is no such contact of this user'
                using errcode = 'foreign_key_violation', constraint = 'segment_contacts_contact_fk',
                    schema = 'hidra', table = 'segment_contacts';
        end if;
    end if;
    with n as (
        select user_id, segment_id, count(*) as members from changed group by user_id, segment_id
    ), counted as (
        update hidra.contact_segments s
        set total_contacts = s.total_contacts + case tg_op when 'INSERT' then n.members else -n.members end
        from n where s.user_id = n.user_id and s.id = n.segment_id
        returning s.id
    )
    select count(*) <> (select count(*) from counted) into missing from n;
    -- The update holds the segment until the commit. A deletion of the segment waits, and then finds the new members.
    if missing and tg_op = 'INSERT' then
        raise exception 'there is no such segment of this user'
            using errcode = 'foreign_key_violation', constraint = 'segment_contacts_segment_fk',
                schema = 'hidra', table = 'segment_contacts';
    end if;
    return null;
end
$$;

--
-- Name: FUNCTION check_and_count_members(); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.check_and_count_members() IS 'Checks that the segment and the contact of each new member belong to the user, and updates total_contacts. A missing row raises foreign_key_violation with the constraint name segment_contacts_segment_fk or segment_contacts_contact_fk; no constraint has these names. An insert shares the advisory lock members of the user until its commit.';

--
-- Name: delete_members_of_contacts(); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.delete_members_of_contacts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
begin
    perform pg_advisory_xact_lock(hidra.lock_key('members', d.user_id))
    from (select distinct user_id from deleted order by user_id) d;
    delete from hidra.segment_contacts m using deleted d where m.user_id = d.user_id and m.contact_id = d.id;
    return null;
end
$$;

--
-- Name: FUNCTION delete_members_of_contacts(); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.delete_members_of_contacts() IS 'Takes deleted contacts out of their segments, as a foreign key with ON DELETE CASCADE does. It takes the advisory lock members of the user alone until its commit, so no transaction adds a contact that is being deleted.';

--
-- Name: delete_members_of_segments(); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.delete_members_of_segments() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
begin
    delete from hidra.segment_contacts m using deleted d where m.segment_id = d.id;
    return null;
end
$$;

--
-- Name: FUNCTION delete_members_of_segments(); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.delete_members_of_segments() IS 'Deletes the members of deleted segments, as a foreign key with ON DELETE CASCADE does.';

--
-- Name: endpoint_hash(text, text); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.endpoint_hash(base_url text, instance_name text) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN sha256(convert_to(((base_url || ' '::text) || instance_name), 'UTF8'::name));

--
-- Name: FUNCTION endpoint_hash(base_url text, instance_name text); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.endpoint_hash(base_url text, instance_name text) IS 'Identifies an instance on an Evolution server without naming it. Null if the connection is deleted.';

--
-- Name: ensure_user(uuid, text, text); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.ensure_user(user_id uuid, user_email text, user_name text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
begin
    if exists (select from core.users where id = user_id) then
        return true;
    end if;
    if coalesce(obj_description('core.users'::regclass, 'pg_class'), '') not like 'hidra:%' then
        return false;
    end if;
    insert into core.users (id, email, name) values (user_id, user_email, user_name) on conflict do nothing;
    return true;
end
$$;

--
-- Name: FUNCTION ensure_user(user_id uuid, user_email text, user_name text); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.ensure_user(user_id uuid, user_email text, user_name text) IS 'Tells whether the user exists. If Hidra created core.users, a missing user is inserted. A core.users table of the platform is only read.';

--
-- Name: fold(text); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.fold(given text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (octet_length(given) = char_length(given)) THEN lower(given) ELSE lower(translate(NORMALIZE(given, NFD), '̧̀́̂̃̈'::text, ''::text)) END;

--
-- Name: FUNCTION fold(given text); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.fold(given text) IS 'The text in lower case and without the accents of Portuguese.';

--
-- Name: fold_attribute_name(text); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.fold_attribute_name(given text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN COALESCE(NULLIF(btrim(regexp_replace(translate(lower((regexp_replace(NORMALIZE(given, NFKD), '[\u00ad\u0300-\u036f\u061c\u17b4\u17b5\u180b-\u180f\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]'::text, ''::text, 'g'::text) COLLATE "C")), ((('ÆÐØÞĐĦŁŊŒŦƁƂƄƆƇƉƊƋƎƏƐƑƓƔƖƗƘƜƝƟƢƤƦƧƩƬƮƱƲƳƵƷƸƼǤǶǷȜȠȢȤȺȻȽȾɁɃɄɅɆɈɊɌɎͰͲͶͿΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧ'::text || 'ΨΩϏϘϚϜϞϠϢϤϦϨϪϬϮϷϺϽϾϿЂЄЅІЈЉЊЋЏАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯѠѢѤѦѨѪѬѮѰѲѴѸѺѼѾҀҊҌҎҐҒҔҖҘҚҜҞҠҢҤ'::text) || 'ҦҨҪҬҮҰҲҴҶҸҺҼҾӀӃӅӇӉӋӍӔӘӠӨӶӺӼӾԀԂԄԆԈԊԌԎԐԒԔԖԘԚԜԞԠԢԤԦԨԪԬԮԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖ'::text) || 'ς'::text), ((('æðøþđħłŋœŧɓƃƅɔƈɖɗƌǝəɛƒɠɣɩɨƙɯɲɵƣƥʀƨʃƭʈʊʋƴƶʒƹƽǥƕƿȝƞȣȥⱥȼƚⱦɂƀʉʌɇɉɋɍɏͱͳͷϳαβγδεζηθικλμνξοπρστυφχ'::text || 'ψωϗϙϛϝϟϡϣϥϧϩϫϭϯϸϻͻͼͽђєѕіјљњћџабвгдежзиклмнопрстуфхцчшщъыьэюяѡѣѥѧѩѫѭѯѱѳѵѹѻѽѿҁҋҍҏґғҕҗҙқҝҟҡңҥ'::text) || 'ҧҩҫҭүұҳҵҷҹһҽҿӏӄӆӈӊӌӎӕәӡөӷӻӽӿԁԃԅԇԉԋԍԏԑԓԕԗԙԛԝԟԡԣԥԧԩԫԭԯաբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ'::text) || 'σ'::text)), '[\u0001-\u0020\-_|{}\u007f-\u00a0\u115f\u1160\u1680\u2000-\u200a\u2010-\u2015\u2028\u2029\u202f\u205f\u2212\u2800\u3000\u3164\uffa0\U0001d159]+'::text, ' '::text, 'g'::text)), ''::text), '_'::text);

--
-- Name: FUNCTION fold_attribute_name(given text); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.fold_attribute_name(given text) IS 'What two spellings of the name of an attribute have in common: without case, accents and invisible characters, with one space for spaces, hyphens, underscores and | { }. A name of these alone is _.';

--
-- Name: instant(text); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.instant(given text) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE STRICT
    AS $_$
begin
    if given !~ '^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?$' then
        return null;
    end if;
    return given::timestamptz;
exception
    when data_exception then return null;
end
$_$;

--
-- Name: FUNCTION instant(given text); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.instant(given text) IS 'The time of an ISO 8601 date or date with time. Without a zone it is in the time zone of the session. Null for any other text.';

--
-- Name: instant(text, boolean); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.instant(given text, month_first boolean) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $_$
declare
    found text[];
    time_of_day constant text := '(?:(?:T|,? +)([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?: *([AaPp])[Mm])?)?';
    year_text text;
    years integer;
    months integer;
    days integer;
    hours integer;
begin
    if given is null or length(given) not between 6 and 60 or given !~ '[0-9]' then
        return null;
    elsif given ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:|$)' then
        return hidra.instant(given);
    elsif given ~ '^[0-9]{2}/[0-9]{2}/[0-9]{4}$' then
        found := array[left(given, 2), '/', substr(given, 4, 2), right(given, 4)];
    elsif given !~ '[0-9] *$|[Mm] *$' then
        return null;
    end if;
    if found is null then
        found := regexp_match(given, '^ *([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})' || time_of_day || ' *$');
    end if;
    if length(found[1]) = 4 then
        year_text := found[1]; months := found[3]; days := found[4];
    else
        found := coalesce(found, regexp_match(
            given, '^ *([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})' || time_of_day || ' *$'
        ));
        if found is not null then
            year_text := found[4];
            if (month_first and found[1]::integer <= 12) or found[3]::integer > 12 then
                months := found[1]; days := found[3];
            else
                months := found[3]; days := found[1];
            end if;
        else
            found := regexp_match(
                hidra.fold(given),
                '^ *(?:[a-z-]{3,}, )?([0-9]{1,2})( de |[-/. ])([a-z]{3,})\2([0-9]{4}|[0-9]{2})' || time_of_day || ' *$'
            );
            if found is null then
                return null;
            end if;
            year_text := found[4]; months := hidra.month(found[3]); days := found[1];
        end if;
    end if;
    years := year_text::integer
        + case when length(year_text) > 2 then 0 when year_text < '50' then 2000 else 1900 end;
    hours := coalesce(found[5]::integer, 0);
    if found[8] is not null then
        if hours not between 1 and 12 then
            return null;
        end if;
        hours := hours % 12 + case when lower(found[8]) = 'p' then 12 else 0 end;
    end if;
    if months is null or months not between 1 and 12 or days < 1 or years < 1000
        or (days > 28 and days > extract(day from make_date(years, months, 1) + interval '1 month' - interval '1 day'))
        or hours > 23 or found[6]::integer > 59 or found[7]::integer > 59
    then
        return null;
    end if;
    return make_timestamptz(years, months, days, hours, coalesce(found[6]::integer, 0), coalesce(found[7]::integer, 0));
end
$_$;

--
-- Name: FUNCTION instant(given text, month_first boolean); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.instant(given text, month_first boolean) IS 'The time of a date, with or without a time of day, as countries write it: ISO 8601, 05/02/2026, 5/2/26 14:30, 5-fev-26, 5 de fevereiro de 2026. Of two numbers that may both be the month, the first is it if month_first. Years of two digits are 1950 to 2049. Without a zone it is in the time zone of the session. Null for any other text.';

--
-- Name: is_user(uuid); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.is_user(user_id uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$ select exists (select from core.users u where u.id = is_user.user_id) $$;

--
-- Name: FUNCTION is_user(user_id uuid); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.is_user(user_id uuid) IS 'Tells whether the user exists, and creates none: for a deployment that refuses unknown users.';

--
-- Name: lock_key(text, uuid); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.lock_key(kind text, id uuid) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN hashtextextended(((kind || ' '::text) || (id)::text), (0)::bigint);

--
-- Name: FUNCTION lock_key(kind text, id uuid); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.lock_key(kind text, id uuid) IS 'The key of an advisory lock. campaign, id of a campaign: claims share it; a pause or a cancellation takes it alone. erasure, id of a user: imports, freezes, trial messages and the start of an export''s slice share it; an erasure takes it alone. imports, id of a user: a new import and the start of a slice take it alone. members, id of a user: inserts of members share it; a deletion of contacts takes it alone.';

--
-- Name: month(text); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.month(given text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select case
        when given in ('jan', 'janeiro', 'january', 'ene', 'enero') then 1
        when given in ('fev', 'fevereiro', 'feb', 'february', 'febrero') then 2
        when given in ('mar', 'marco', 'march', 'marzo') then 3
        when given in ('abr', 'abril', 'apr', 'april') then 4
        when given in ('mai', 'maio', 'may', 'mayo') then 5
        when given in ('jun', 'junho', 'june', 'junio') then 6
        when given in ('jul', 'julho', 'july', 'julio') then 7
        when given in ('ago', 'agosto', 'aug', 'august') then 8
        when given in ('set', 'setembro', 'sep', 'sept', 'september', 'septiembre') then 9
        when given in ('out', 'outubro', 'oct', 'october', 'octubre') then 10
        when given in ('nov', 'novembro', 'november', 'noviembre') then 11
        when given in ('dez', 'dezembro', 'dec', 'december', 'dic', 'diciembre') then 12
    end
$$;

--
-- Name: FUNCTION month(given text); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.month(given text) IS 'The number of a month by its Portuguese, English or Spanish name, short or long, in small letters without accents.';

--
-- Name: note_attribute_names(); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.note_attribute_names() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    -- Sorted, so that two statements with the same new names wait for each other instead of deadlocking.
    insert into hidra.attribute_names (user_id, name)
    select k.user_id, k.name
    from (select distinct n.user_id, jsonb_object_keys(n.attributes) as name from changed n) k
    where length(k.name) <= 64 and not exists (
        select from hidra.attribute_names o where o.user_id = k.user_id and o.name = k.name
    )
    order by k.user_id, k.name
    on conflict do nothing;
    return null;
end
$$;

--
-- Name: FUNCTION note_attribute_names(); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.note_attribute_names() IS 'Keeps attribute_names complete, whichever statement writes contacts.';

--
-- Name: note_lowered_rate(); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.note_lowered_rate() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    -- Later than the lock on the row, as the time of a permit is: the two times are in the order of the transactions.
    new.lowered_at := clock_timestamp();
    return new;
end
$$;

--
-- Name: FUNCTION note_lowered_rate(); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.note_lowered_rate() IS 'Keeps pace_limits.lowered_at right, whichever statement lowers a rate.';

--
-- Name: number(text, text); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.number(given text, decimal_sign text) RETURNS numeric
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
declare
    digits text;
begin
    -- The usual texts first: the others take several times as long.
    if given ~ '^-?[0-9]{1,30}$' then
        return given::numeric;
    elsif given ~ '^-?[0-9]{1,30}[.,][0-9]{1,2}$' then
        return replace(given, ',', '.')::numeric;
    elsif given ~ '^(?:R\$ ?)?[1-9][0-9]{0,2}(?:[.][0-9]{3})*,[0-9]{2}$' then
        return translate(given, ',R$. ', '.')::numeric;
    elsif given is null or length(given) > 80 or given !~
        '^\s*\(?\s*[-+−]?\s*(?:R\$|US\$|U\$S|\$U|\$|€|£|¥|₲|S/|CHF|BRL|USD|EUR|ARS|MXN|CLP|COP|PEN)?\s*[-+−]?\s*'
        '[0-9](?:[0-9.,''’\u00a0\u202f ]*[0-9.,])?(?:[Ee][+-][0-9]{1,3})?\s*'
        '(?:%|R\$|US\$|\$|€|£|¥|CHF|BRL|USD|EUR)?\s*\)?\s*$'
        or (given ~ '^\s*\(') <> (given ~ '\)\s*$') or given ~ '^[^0-9]*[-+−][^0-9]*[-+−]'
    then
        return null;
    end if;
    digits := substring(given from '[0-9](?:[0-9.,''’\u00a0\u202f ]*[0-9.,])?');
    if digits ~ '^[1-9][0-9]{0,2}(?:[''’\u00a0\u202f ][0-9]{3})+(?:[.,][0-9]*)?$' then
        digits := replace(regexp_replace(digits, '[''’\u00a0\u202f ]', '', 'g'), ',', '.');
    elsif digits ~ '^[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]*$' then
        digits := replace(replace(digits, '.', ''), ',', '.');
    elsif digits ~ '^[1-9][0-9]{0,2}(?:,[0-9]{3})+\.[0-9]*$' then
        digits := replace(digits, ',', '');
    elsif digits ~ '^[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}$' or digits ~ '^[1-9][0-9]{0,2}(?:,[0-9]{3}){2,}$'
        or (digits ~ '^[1-9][0-9]{0,2}[.,][0-9]{3}$' and strpos(digits, decimal_sign) = 0)
    then
        digits := translate(digits, '.,', '');
    elsif digits ~ '^[0-9]+[.,]?[0-9]*$' then
        digits := replace(digits, ',', '.');
    else
        return null;
    end if;
    return (rtrim(digits, '.') || coalesce(substring(given from '[Ee][+-][0-9]{1,3}'), ''))::numeric
        * case when given ~ '^[^0-9]*[-−(]' then -1 else 1 end;
end
$_$;

--
-- Name: FUNCTION number(given text, decimal_sign text); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.number(given text, decimal_sign text) IS 'The number that a text is: digits, with the signs of any country, a currency or a percent sign; 15% is 15. Only a single sign before three last digits, as in 1.234, depends on the country: it is a decimal sign if it is decimal_sign. Null for any other text.';

--
-- Name: recipient_counts(uuid[]); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.recipient_counts(run_ids uuid[]) RETURNS TABLE(run_id uuid, status hidra.message_status, counted boolean, error_code text, messages bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
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

--
-- Name: FUNCTION recipient_counts(run_ids uuid[]); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.recipient_counts(run_ids uuid[]) IS 'The messages of these runs, of the user in the setting hidra.user_id, by status and reason. It reads indexes only, the two for recipients.';

--
-- Name: recipients_page(uuid, uuid, hidra.message_status[], text, uuid, integer); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.recipients_page(campaign uuid, run uuid, statuses hidra.message_status[], reason text, after_id uuid, page_size integer) RETURNS TABLE(run_id uuid, contact_id uuid)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
    SET search_path TO 'pg_catalog'
    SET enable_seqscan TO 'off'
    AS $$
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

--
-- Name: FUNCTION recipients_page(campaign uuid, run uuid, statuses hidra.message_status[], reason text, after_id uuid, page_size integer); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.recipients_page(campaign uuid, run uuid, statuses hidra.message_status[], reason text, after_id uuid, page_size integer) IS 'One page of recipients of a campaign of the user in the setting hidra.user_id, by contact_id, with these statuses. run: its recipients; null: those that count, over all runs. reason: the error_code; null: any or none.';

--
-- Name: replied_page(uuid, uuid, hidra.message_status[], text, uuid, integer); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.replied_page(campaign uuid, run uuid, statuses hidra.message_status[], reason text, after_id uuid, page_size integer) RETURNS TABLE(run_id uuid, contact_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 50
    SET search_path TO 'pg_catalog'
    SET enable_seqscan TO 'off'
    AS $$
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

--
-- Name: FUNCTION replied_page(campaign uuid, run uuid, statuses hidra.message_status[], reason text, after_id uuid, page_size integer); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.replied_page(campaign uuid, run uuid, statuses hidra.message_status[], reason text, after_id uuid, page_size integer) IS 'As hidra.recipients_page, of the recipients that replied.';

--
-- Name: search_contacts(text[], text, text, uuid, integer, integer, integer); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.search_contacts(prefixes text[], suffix text, name_part text, after_id uuid, page_size integer, scan_first integer DEFAULT 1000, few integer DEFAULT 10000) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    SET enable_seqscan TO 'off'
    SET work_mem TO '32MB'
    AS $$
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

--
-- Name: FUNCTION search_contacts(prefixes text[], suffix text, name_part text, after_id uuid, page_size integer, scan_first integer, few integer); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.search_contacts(prefixes text[], suffix text, name_part text, after_id uuid, page_size integer, scan_first integer, few integer) IS 'One page of ids of the matching contacts of the user in the setting hidra.user_id, in the order of ids. If name_part is given, only names are compared. Otherwise the phone must begin with one of prefixes or end with suffix. scan_first: how many contacts are read in order before an index is used. few: up to how many matches of an index are sorted.';

--
-- Name: words(text); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.words(given text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN translate("left"(hidra.fold("left"(given, 200)), 200), '.,-''()/'::text, '       '::text);

--
-- Name: FUNCTION words(given text); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.words(given text) IS 'The folded words of a name, separated by spaces. Only the first 200 characters count: an indexed word must be shorter than 2 kB.';

--
-- Name: search_query(uuid, text); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.search_query(owner uuid, given text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT (string_agg((((''''::text || "left"((search_query.owner)::text, 8)) || replace(replace(word.word, '\'::text, '\\'::text), ''''::text, ''''''::text)) || ''':*'::text), ' & '::text))::tsquery AS string_agg FROM unnest(string_to_array(hidra.words(search_query.given), ' '::text)) word(word) WHERE (word.word <> ''::text));

--
-- Name: FUNCTION search_query(owner uuid, given text); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.search_query(owner uuid, given text) IS 'A query for hidra.search_terms. It matches names in which each word of the text is the beginning of a word.';

--
-- Name: search_terms(uuid, text); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.search_terms(owner uuid, given text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN array_to_tsvector(string_to_array(substr(replace((' '::text || hidra.words(given)), ' '::text, (' '::text || "left"((owner)::text, 8))), 2), ' '::text));

--
-- Name: FUNCTION search_terms(owner uuid, given text); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.search_terms(owner uuid, given text) IS 'The words of a name as index terms. Each term begins with the first 8 characters of the owner''s id.';

--
-- Name: attribute_names; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.attribute_names (
    user_id uuid NOT NULL,
    name text NOT NULL,
    folded text GENERATED ALWAYS AS (hidra.fold_attribute_name(name)) STORED NOT NULL
);

ALTER TABLE ONLY hidra.attribute_names FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE attribute_names; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.attribute_names IS 'A row is the name of an attribute, in one spelling, that some contact of the user has or had. Triggers of contacts insert the rows. Nothing deletes them with a contact: the name of a column is no personal data.';

--
-- Name: COLUMN attribute_names.folded; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.attribute_names.folded IS 'What the name is found by in templates and filters.';

--
-- Name: spellings(uuid, text); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.spellings(owner uuid, wanted text) RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ARRAY(SELECT n.name FROM hidra.attribute_names n WHERE ((n.user_id = spellings.owner) AND (n.folded = hidra.fold_attribute_name(spellings.wanted))) ORDER BY (n.name <> spellings.wanted), (n.name COLLATE "C"));

--
-- Name: FUNCTION spellings(owner uuid, wanted text); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.spellings(owner uuid, wanted text) IS 'The names of attributes of the user that the wanted name means, in the order in which a contact''s attributes are tried: the wanted spelling itself, then the others by their code points.';

--
-- Name: subscriber(text); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.subscriber(phone text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN starts_with(phone, '+549'::text) THEN ('+54'::text || substr(phone, 5)) ELSE phone END;

--
-- Name: FUNCTION subscriber(phone text); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.subscriber(phone text) IS 'What all valid spellings of a subscriber''s number, or of its beginning, share: an Argentine number has a 9 behind the calling code or not. Stored numbers of other countries have one spelling. See hidra.domain.phone.subscriber.';

--
-- Name: value(jsonb, text[], text); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.value(attributes jsonb, spellings text[], otherwise text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT btrim(t.value) AS btrim FROM (SELECT (value.attributes ->> s.name) AS value, s.place FROM unnest(value.spellings) WITH ORDINALITY s(name, place) UNION ALL SELECT value.otherwise AS otherwise, NULL::bigint) t WHERE (NOT hidra.blank(t.value)) ORDER BY t.place LIMIT 1);

--
-- Name: FUNCTION value(attributes jsonb, spellings text[], otherwise text); Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON FUNCTION hidra.value(attributes jsonb, spellings text[], otherwise text) IS 'The text of the first of a contact''s attributes in these spellings that is not blank; else the other text, null if that is blank.';

--
-- Name: users; Type: TABLE; Schema: core; Owner: -
--

CREATE TABLE core.users (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    email text,
    name text,
    role text DEFAULT 'user'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: TABLE users; Type: COMMENT; Schema: core; Owner: -
--

COMMENT ON TABLE core.users IS 'hidra: minimal users. A row is a tenant. hidra.ensure_user inserts users only if this comment begins with "hidra:".';

--
-- Name: campaign_excluded_segments; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.campaign_excluded_segments (
    user_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    segment_id uuid NOT NULL
);

ALTER TABLE ONLY hidra.campaign_excluded_segments FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE campaign_excluded_segments; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.campaign_excluded_segments IS 'A row is a segment whose contacts the first freeze of a campaign skips.';

--
-- Name: campaign_messages; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.campaign_messages (
    id bigint NOT NULL,
    user_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    run_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    evolution_config_id uuid,
    phone text,
    phone_hash bytea,
    variables jsonb DEFAULT '{}'::jsonb NOT NULL,
    status hidra.message_status DEFAULT 'pending'::hidra.message_status NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    counted boolean DEFAULT true NOT NULL,
    not_before timestamp with time zone,
    provider_message_id text,
    claimed_at timestamp with time zone,
    sent_at timestamp with time zone,
    acked_at timestamp with time zone,
    delivered_at timestamp with time zone,
    read_at timestamp with time zone,
    failed_at timestamp with time zone,
    error_code text,
    error_detail text,
    requested_message_id text,
    first_contact boolean,
    replied_at timestamp with time zone,
    CONSTRAINT campaign_messages_delivered_was_sent CHECK (((delivered_at IS NULL) OR (sent_at IS NOT NULL))),
    CONSTRAINT campaign_messages_erased_is_empty CHECK ((((phone IS NOT NULL) AND (phone_hash IS NOT NULL)) OR ((phone IS NULL) AND (phone_hash IS NULL) AND (variables = '{}'::jsonb) AND (provider_message_id IS NULL) AND (requested_message_id IS NULL) AND (error_detail IS NULL) AND (status <> ALL (ARRAY['pending'::hidra.message_status, 'sending'::hidra.message_status, 'unknown'::hidra.message_status])))))
);

ALTER TABLE ONLY hidra.campaign_messages FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE campaign_messages; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.campaign_messages IS 'A row is one recipient of one run, and the state of the message to the recipient.';

--
-- Name: COLUMN campaign_messages.contact_id; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_messages.contact_id IS 'The contact at the freeze. No foreign key: the contact may be deleted later.';

--
-- Name: COLUMN campaign_messages.evolution_config_id; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_messages.evolution_config_id IS 'The connection of the campaign at the freeze, then the one of the latest claim. It stays when the connection is deleted.';

--
-- Name: COLUMN campaign_messages.phone; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_messages.phone IS 'The phone of the contact at the freeze. Null after an erasure.';

--
-- Name: COLUMN campaign_messages.phone_hash; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_messages.phone_hash IS 'The same hash as contacts.phone_hash. Null after an erasure.';

--
-- Name: COLUMN campaign_messages.variables; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_messages.variables IS 'The values of the template variables at the freeze, by name.';

--
-- Name: COLUMN campaign_messages.attempts; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_messages.attempts IS 'How many claims counted as an attempt. A released claim does not count, nor a retry whose reason is the connection.';

--
-- Name: COLUMN campaign_messages.counted; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_messages.counted IS 'Whether metrics and timeline count this row. False if the row of another run counts for the same recipient.';

--
-- Name: COLUMN campaign_messages.not_before; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_messages.not_before IS 'A pending message is not claimed before this time. Null: no wait.';

--
-- Name: COLUMN campaign_messages.provider_message_id; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_messages.provider_message_id IS 'The id of the message in WhatsApp, from the answer of Evolution or a later lookup. Null until it is known.';

--
-- Name: COLUMN campaign_messages.claimed_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_messages.claimed_at IS 'When a sender claimed the message for one post. Null while it waits. A write for a claim compares this value.';

--
-- Name: COLUMN campaign_messages.sent_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_messages.sent_at IS 'The instant before the post, or claimed_at if the sender recorded none. Null until the message may have been sent.';

--
-- Name: COLUMN campaign_messages.acked_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_messages.acked_at IS 'When the first status of the message was received from WhatsApp, whatever it says. Null: not acknowledged.';

--
-- Name: COLUMN campaign_messages.delivered_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_messages.delivered_at IS 'When the delivery, or the reading if it came first, was received. It is the time of receipt, not of WhatsApp.';

--
-- Name: COLUMN campaign_messages.read_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_messages.read_at IS 'When the reading was received. It is the time of receipt, not of WhatsApp.';

--
-- Name: COLUMN campaign_messages.failed_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_messages.failed_at IS 'When a failure was received or recorded. It stays if a delivery is received later.';

--
-- Name: COLUMN campaign_messages.error_code; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_messages.error_code IS 'The reason for the status, for programs: opted_out, unresolved_variable, provider_failed, outcome_unknown and others. A pending message has the reason of its latest retry. Null: no problem.';

--
-- Name: COLUMN campaign_messages.error_detail; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_messages.error_detail IS 'The reason for the status, written for the user.';

--
-- Name: COLUMN campaign_messages.requested_message_id; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_messages.requested_message_id IS 'The id under which Evolution is asked to send the message: made at the first claim on a Baileys connection and kept for every attempt. Evolution before 2.4 chooses an id of its own, so only provider_message_id says how the message was sent. Null before the first claim, on the Cloud API, and after an erasure.';

--
-- Name: COLUMN campaign_messages.first_contact; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_messages.first_contact IS 'Whether the phone had neither got a message nor written when the recipient was judged. Null: not judged.';

--
-- Name: COLUMN campaign_messages.replied_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_messages.replied_at IS 'When the recipient first replied to this message, by the time of the reply in WhatsApp. Null: no reply is known. What the reply says is never stored.';

--
-- Name: CONSTRAINT campaign_messages_erased_is_empty ON campaign_messages; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON CONSTRAINT campaign_messages_erased_is_empty ON hidra.campaign_messages IS 'The row of an erased person keeps its counts and nothing of the person. A late result must not write any of it again.';

--
-- Name: campaign_messages_id_seq; Type: SEQUENCE; Schema: hidra; Owner: -
--

ALTER TABLE hidra.campaign_messages ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME hidra.campaign_messages_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: campaign_metrics; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.campaign_metrics (
    campaign_id uuid NOT NULL,
    user_id uuid NOT NULL,
    total_messages integer DEFAULT 0 NOT NULL,
    delivered integer DEFAULT 0 NOT NULL,
    failed integer DEFAULT 0 NOT NULL,
    pending integer DEFAULT 0 NOT NULL,
    skipped integer DEFAULT 0 NOT NULL,
    delivery_ms_total bigint DEFAULT 0 NOT NULL,
    average_delivery_ms bigint GENERATED ALWAYS AS ((delivery_ms_total / NULLIF(delivered, 0))) STORED,
    last_updated_at timestamp with time zone DEFAULT now() NOT NULL,
    read integer DEFAULT 0 NOT NULL,
    replied integer DEFAULT 0 NOT NULL,
    CONSTRAINT campaign_metrics_delivered_not_negative CHECK ((delivered >= 0)),
    CONSTRAINT campaign_metrics_delivery_ms_not_negative CHECK ((delivery_ms_total >= 0)),
    CONSTRAINT campaign_metrics_failed_not_negative CHECK ((failed >= 0)),
    CONSTRAINT campaign_metrics_pending_not_negative CHECK ((pending >= 0)),
    CONSTRAINT campaign_metrics_read_was_delivered CHECK (((read >= 0) AND (read <= delivered))),
    CONSTRAINT campaign_metrics_replied_not_negative CHECK ((replied >= 0)),
    CONSTRAINT campaign_metrics_skipped_not_negative CHECK ((skipped >= 0)),
    CONSTRAINT campaign_metrics_total_is_sum CHECK ((total_messages = (((delivered + failed) + pending) + skipped)))
);

ALTER TABLE ONLY hidra.campaign_metrics FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE campaign_metrics; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.campaign_metrics IS 'A row is the set of counters of one campaign, over its counted messages. They change in the transaction that changes the messages.';

--
-- Name: COLUMN campaign_metrics.delivered; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_metrics.delivered IS 'Messages with status delivered or read.';

--
-- Name: COLUMN campaign_metrics.pending; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_metrics.pending IS 'Messages with status pending, sending, unknown or sent.';

--
-- Name: COLUMN campaign_metrics.delivery_ms_total; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_metrics.delivery_ms_total IS 'The sum of delivered_at minus sent_at over the delivered messages, in milliseconds.';

--
-- Name: COLUMN campaign_metrics.average_delivery_ms; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_metrics.average_delivery_ms IS 'The mean time from post to delivery, in milliseconds. Null while no message is delivered.';

--
-- Name: COLUMN campaign_metrics.read; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_metrics.read IS 'Messages with status read; they are in delivered, too.';

--
-- Name: COLUMN campaign_metrics.replied; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_metrics.replied IS 'Messages with replied_at, in whatever status, so the recipients that replied.';

--
-- Name: campaigns; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.campaigns (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    evolution_config_id uuid,
    segment_id uuid NOT NULL,
    template_id uuid NOT NULL,
    name text NOT NULL,
    description text,
    channel hidra.campaign_channel DEFAULT 'whatsapp'::hidra.campaign_channel NOT NULL,
    status hidra.campaign_status DEFAULT 'draft'::hidra.campaign_status NOT NULL,
    external_id text,
    request_digest bytea,
    max_messages_per_minute integer DEFAULT 20 NOT NULL,
    send_window jsonb,
    scheduled_at timestamp with time zone,
    scheduled_by uuid,
    not_after timestamp with time zone,
    started_at timestamp with time zone,
    completed_at timestamp with time zone,
    blocked_reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    blocked_code text,
    blocked_params jsonb DEFAULT '{}'::jsonb NOT NULL,
    not_contacted_for_days integer,
    skip_not_on_whatsapp_days integer DEFAULT 90 NOT NULL,
    labels text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT campaigns_external_id_is_owned CHECK ((external_id ~~ ((user_id)::text || '/%'::text))),
    CONSTRAINT campaigns_labels_few CHECK ((cardinality(labels) <= 20)),
    CONSTRAINT campaigns_not_contacted_range CHECK (((not_contacted_for_days >= 1) AND (not_contacted_for_days <= 365))),
    CONSTRAINT campaigns_rate_range CHECK (((max_messages_per_minute >= 1) AND (max_messages_per_minute <= 6000))),
    CONSTRAINT campaigns_scheduled_has_time CHECK (((status <> 'scheduled'::hidra.campaign_status) OR (scheduled_at IS NOT NULL))),
    CONSTRAINT campaigns_skip_not_on_whatsapp_range CHECK (((skip_not_on_whatsapp_days >= 0) AND (skip_not_on_whatsapp_days <= 365)))
);

ALTER TABLE ONLY hidra.campaigns FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE campaigns; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.campaigns IS 'A row is a campaign: one template, sent to one segment at a limited rate.';

--
-- Name: COLUMN campaigns.evolution_config_id; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaigns.evolution_config_id IS 'The connection that sends the campaign. Null while the user has none, and after the connection is deleted.';

--
-- Name: COLUMN campaigns.external_id; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaigns.external_id IS 'The idempotency key of the user, stored as {user_id}/{given}. It is unique over all users, so a user can neither collide with the key of another user nor guess it.';

--
-- Name: COLUMN campaigns.request_digest; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaigns.request_digest IS 'SHA-256 of the request that created the campaign. It tells a repeated request from another one with the same external_id. Null for a duplicate of a campaign.';

--
-- Name: COLUMN campaigns.max_messages_per_minute; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaigns.max_messages_per_minute IS 'The limit of the campaign. pace_limits.rate holds the same number.';

--
-- Name: COLUMN campaigns.send_window; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaigns.send_window IS 'The ranges of local time in which the campaign may send, as the API shows them. Null: those of its connection.';

--
-- Name: COLUMN campaigns.scheduled_by; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaigns.scheduled_by IS 'The user that scheduled the next run. No foreign key: the run has one.';

--
-- Name: COLUMN campaigns.not_after; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaigns.not_after IS 'A scheduled campaign that has not started by then fails. Null: no limit.';

--
-- Name: COLUMN campaigns.started_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaigns.started_at IS 'When the first run started.';

--
-- Name: COLUMN campaigns.completed_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaigns.completed_at IS 'When the campaign was completed or failed. Null again while a retry runs.';

--
-- Name: COLUMN campaigns.blocked_reason; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaigns.blocked_reason IS 'blocked_code and blocked_params as a sentence for the user. Statements that write one of the three write all.';

--
-- Name: COLUMN campaigns.blocked_code; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaigns.blocked_code IS 'Why the campaign makes no progress, or why it failed, was paused or sent nothing, for programs. Null if nothing blocks it.';

--
-- Name: COLUMN campaigns.blocked_params; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaigns.blocked_params IS 'The parameters of blocked_code: counts, times and texts. No data of a person.';

--
-- Name: COLUMN campaigns.not_contacted_for_days; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaigns.not_contacted_for_days IS 'The first freeze skips a phone to which any campaign of the user sent a message, or may have sent one, within so many days. Null: none is skipped for that.';

--
-- Name: COLUMN campaigns.skip_not_on_whatsapp_days; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaigns.skip_not_on_whatsapp_days IS 'The first freeze skips a contact whose not_on_whatsapp_at is within so many days. 0: none is skipped for that.';

--
-- Name: COLUMN campaigns.labels; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaigns.labels IS 'Words of the user''s own by which campaigns are found. They say nothing to Hidra and change in any status.';

--
-- Name: campaign_owner_metrics_view; Type: VIEW; Schema: hidra; Owner: -
--

CREATE VIEW hidra.campaign_owner_metrics_view WITH (security_invoker='true') AS
 SELECT c.user_id AS owner_id,
    count(*) AS total_campaigns,
    count(*) FILTER (WHERE (c.status = 'running'::hidra.campaign_status)) AS running_campaigns,
    count(*) FILTER (WHERE (c.status = 'scheduled'::hidra.campaign_status)) AS scheduled_campaigns,
    COALESCE(sum(m.delivered), (0)::bigint) AS delivered_messages,
    COALESCE(sum(m.failed), (0)::bigint) AS failed_messages,
    COALESCE(sum(m.pending), (0)::bigint) AS pending_messages,
    COALESCE(sum(m.skipped), (0)::bigint) AS skipped_messages,
    count(*) FILTER (WHERE (c.status = 'draft'::hidra.campaign_status)) AS draft_campaigns,
    count(*) FILTER (WHERE (c.status = 'paused'::hidra.campaign_status)) AS paused_campaigns,
    count(*) FILTER (WHERE (c.status = 'completed'::hidra.campaign_status)) AS completed_campaigns,
    count(*) FILTER (WHERE (c.status = 'failed'::hidra.campaign_status)) AS failed_campaigns,
    count(*) FILTER (WHERE (c.status = 'canceled'::hidra.campaign_status)) AS canceled_campaigns,
    COALESCE(sum(m.read), (0)::bigint) AS read_messages,
    COALESCE(sum(m.replied), (0)::bigint) AS replied_messages
   FROM (hidra.campaigns c
     LEFT JOIN hidra.campaign_metrics m ON ((m.campaign_id = c.id)))
  GROUP BY c.user_id;

--
-- Name: VIEW campaign_owner_metrics_view; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON VIEW hidra.campaign_owner_metrics_view IS 'A row is the summary of all campaigns of one user. A user without campaigns has no row. Row-level security applies with the role that reads the view.';

--
-- Name: campaign_runs; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.campaign_runs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    initiated_by uuid NOT NULL,
    status hidra.campaign_status DEFAULT 'running'::hidra.campaign_status NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    resumed_at timestamp with time zone,
    drained_at timestamp with time zone,
    ended_at timestamp with time zone,
    body text NOT NULL,
    media_url text,
    media_type text,
    file_name text,
    ticketed_until timestamp with time zone,
    summary jsonb,
    ticketed_rate integer,
    requeue_at timestamp with time zone,
    open_from timestamp with time zone,
    open_until timestamp with time zone,
    judged_at timestamp with time zone
);

ALTER TABLE ONLY hidra.campaign_runs FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE campaign_runs; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.campaign_runs IS 'A row is one start of a campaign, with the content that was frozen at the start. The first run sends to the segment; a later run sends again to recipients whose message failed.';

--
-- Name: COLUMN campaign_runs.resumed_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_runs.resumed_at IS 'When the campaign was last resumed. Failures that WhatsApp reports for messages claimed before it do not pause the campaign again.';

--
-- Name: COLUMN campaign_runs.drained_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_runs.drained_at IS 'When a sender first found no message pending, sending or unknown. It is set once, so one sender asks for the pass that ends the run.';

--
-- Name: COLUMN campaign_runs.ended_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_runs.ended_at IS 'When the run ended. A scheduled campaign with an open run is a retry whose recipients are frozen only in part.';

--
-- Name: COLUMN campaign_runs.body; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_runs.body IS 'The text of the template at the start. Later edits of the template do not change it.';

--
-- Name: COLUMN campaign_runs.media_url; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_runs.media_url IS 'The media of the template at the start, with media_type and file_name.';

--
-- Name: COLUMN campaign_runs.ticketed_until; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_runs.ticketed_until IS 'Tickets are issued for all slots before this time. Null at the start, after a resume, and while the campaign is blocked: the next pass issues from its own time on.';

--
-- Name: COLUMN campaign_runs.summary; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_runs.summary IS 'The run at its end: its kind, first_send or retry, and its recipients: total, sent, failed and skipped. Null while the run is open. Later statuses and retries do not change it; the API counts the messages of now.';

--
-- Name: COLUMN campaign_runs.ticketed_rate; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_runs.ticketed_rate IS 'The rate at which the last tickets before ticketed_until were issued. A pass that finds a higher rate issues tickets anew. Null: unknown, or no tickets.';

--
-- Name: COLUMN campaign_runs.requeue_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_runs.requeue_at IS 'The last tickets of the run were issued while its connection had no room. The sender whose post ends next asks for a pass, at this time at the earliest. Null if no pass waits for room.';

--
-- Name: COLUMN campaign_runs.open_from; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_runs.open_from IS 'No message is claimed before this time: the sending window opens then. Null: without a bound.';

--
-- Name: COLUMN campaign_runs.open_until; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_runs.open_until IS 'No message is claimed from this time on: 1.5 s before the sending window closes. A later pass writes the next range. A run begins with the time of its start here, and its first pass opens it. Null: without a bound.';

--
-- Name: COLUMN campaign_runs.judged_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_runs.judged_at IS 'When first_contact was known of all recipients. Null: a pass judges them before the run sends on a connection that limits first contacts.';

--
-- Name: campaign_timeline_points; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.campaign_timeline_points (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    delivered integer DEFAULT 0 NOT NULL,
    failed integer DEFAULT 0 NOT NULL,
    CONSTRAINT campaign_timeline_points_delivered_not_negative CHECK ((delivered >= 0)),
    CONSTRAINT campaign_timeline_points_failed_not_negative CHECK ((failed >= 0))
);

ALTER TABLE ONLY hidra.campaign_timeline_points FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE campaign_timeline_points; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.campaign_timeline_points IS 'A row is one minute of a campaign in which a message was delivered or failed. The numbers are not cumulative.';

--
-- Name: COLUMN campaign_timeline_points."timestamp"; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_timeline_points."timestamp" IS 'The start of the minute, in UTC.';

--
-- Name: COLUMN campaign_timeline_points.delivered; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_timeline_points.delivered IS 'Counted messages with delivered_at in this minute.';

--
-- Name: COLUMN campaign_timeline_points.failed; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.campaign_timeline_points.failed IS 'Counted messages that failed, with failed_at in this minute.';

--
-- Name: connection_days; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.connection_days (
    evolution_config_id uuid NOT NULL,
    user_id uuid NOT NULL,
    begins_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    open_until timestamp with time zone NOT NULL,
    message_limit integer,
    first_contact_limit integer,
    messages integer DEFAULT 0 NOT NULL,
    first_contacts integer DEFAULT 0 NOT NULL,
    messages_before integer DEFAULT 0 NOT NULL,
    first_contacts_before integer DEFAULT 0 NOT NULL,
    CONSTRAINT connection_days_counts CHECK (((messages >= 0) AND (first_contacts >= 0))),
    CONSTRAINT connection_days_in_order CHECK (((begins_at < open_until) AND (open_until <= ends_at)))
)
WITH (fillfactor='50');

ALTER TABLE ONLY hidra.connection_days FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE connection_days; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.connection_days IS 'A row is a local day of a connection, with its limits and how many messages were claimed in it. Passes write it beforehand, and each save of the connection writes it anew. A claim counts under the lock on the connection''s row in pace_limits. Rows are kept for some days: a day of another zone may overlap with them.';

--
-- Name: COLUMN connection_days.open_until; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.connection_days.open_until IS 'A connection with limits sends nothing from then until ends_at: its zone was changed, and the days of both zones keep their limits. Otherwise the same as ends_at.';

--
-- Name: COLUMN connection_days.message_limit; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.connection_days.message_limit IS 'The lower one of max_messages_per_day and of the warm-up''s limit for this day. Null: no limit.';

--
-- Name: COLUMN connection_days.messages; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.connection_days.messages IS 'Claims of this day, trials and confirmations too, but for those that surely did not reach the Evolution server.';

--
-- Name: COLUMN connection_days.first_contacts; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.connection_days.first_contacts IS 'Those of messages that went to first contacts.';

--
-- Name: COLUMN connection_days.messages_before; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.connection_days.messages_before IS 'Messages of earlier rows that may lie in this local day, because the zone was changed. They use up its limit, too.';

--
-- Name: COLUMN connection_days.first_contacts_before; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.connection_days.first_contacts_before IS 'Those of messages_before that went to first contacts.';

--
-- Name: connection_endpoints; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.connection_endpoints (
    evolution_config_id uuid NOT NULL,
    user_id uuid NOT NULL,
    since timestamp with time zone NOT NULL,
    endpoint_hash bytea NOT NULL
);

ALTER TABLE ONLY hidra.connection_endpoints FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE connection_endpoints; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.connection_endpoints IS 'A row is a time from which on a connection used another instance or server, until its next row. A message in doubt is looked up only on the instance that its connection used when the message was claimed. A save deletes rows that ended more than 72 hours ago: messages of that time are not looked up any more.';

--
-- Name: COLUMN connection_endpoints.endpoint_hash; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.connection_endpoints.endpoint_hash IS 'hidra.endpoint_hash of the server and instance.';

--
-- Name: contact_import_rejects; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.contact_import_rejects (
    user_id uuid NOT NULL,
    import_id uuid NOT NULL,
    line bigint NOT NULL,
    reason text NOT NULL,
    "row" text NOT NULL
);

ALTER TABLE ONLY hidra.contact_import_rejects FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE contact_import_rejects; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.contact_import_rejects IS 'A row is a rejected row of a file. At its end, the import writes the rejected rows to a file and deletes them here.';

--
-- Name: COLUMN contact_import_rejects.line; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contact_import_rejects.line IS 'The number of the first line of the row in the file.';

--
-- Name: COLUMN contact_import_rejects."row"; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contact_import_rejects."row" IS 'The first 1,000 characters of the row as the file has it.';

--
-- Name: contact_imports; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.contact_imports (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    segment_id uuid,
    source hidra.contact_import_source NOT NULL,
    format text DEFAULT 'csv'::text NOT NULL,
    options jsonb DEFAULT '{}'::jsonb NOT NULL,
    status text DEFAULT 'waiting'::text NOT NULL,
    checkpoint jsonb DEFAULT '{}'::jsonb NOT NULL,
    batches integer DEFAULT 0 NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    bytes_total bigint,
    bytes_read bigint DEFAULT 0 NOT NULL,
    rows_read bigint DEFAULT 0 NOT NULL,
    created bigint DEFAULT 0 NOT NULL,
    updated bigint DEFAULT 0 NOT NULL,
    unchanged bigint DEFAULT 0 NOT NULL,
    rejected bigint DEFAULT 0 NOT NULL,
    rejected_by_reason jsonb DEFAULT '{}'::jsonb NOT NULL,
    failure_code text,
    failure_reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    pulled_at timestamp with time zone,
    started_at timestamp with time zone,
    last_progress_at timestamp with time zone,
    ended_at timestamp with time zone,
    warnings jsonb DEFAULT '[]'::jsonb NOT NULL,
    file_version text,
    leased_until timestamp with time zone,
    held_back_at timestamp with time zone,
    CONSTRAINT contact_imports_failure_has_reason CHECK (((status = 'failed'::text) = (failure_code IS NOT NULL))),
    CONSTRAINT contact_imports_format_known CHECK ((format = ANY (ARRAY['csv'::text, 'xlsx'::text, 'jsonl'::text]))),
    CONSTRAINT contact_imports_rows_are_accounted CHECK ((rows_read = (((created + updated) + unchanged) + rejected))),
    CONSTRAINT contact_imports_status_known CHECK ((status = ANY (ARRAY['waiting'::text, 'running'::text, 'completed'::text, 'failed'::text, 'canceled'::text])))
);

ALTER TABLE ONLY hidra.contact_imports FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE contact_imports; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.contact_imports IS 'A row is an import of one file of contacts: the request, the progress and the result. One transaction writes the contacts of a batch, the counters and the checkpoint.';

--
-- Name: COLUMN contact_imports.segment_id; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contact_imports.segment_id IS 'The segment that gets the contacts. Null if none was requested, or if it was deleted.';

--
-- Name: COLUMN contact_imports.options; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contact_imports.options IS 'The request: column mapping, country, encoding, delimiter, consent of rows without one, whether a segment was requested, and the name of the segment that was created for this import.';

--
-- Name: COLUMN contact_imports.status; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contact_imports.status IS 'waiting: the file has not arrived, or no slice has started.';

--
-- Name: COLUMN contact_imports.checkpoint; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contact_imports.checkpoint IS 'Where the next batch begins: ETag of the file, layout and position. Empty before the first batch and after the end.';

--
-- Name: COLUMN contact_imports.batches; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contact_imports.batches IS 'The number of committed batches. A batch commits only if this did not change since it was read.';

--
-- Name: COLUMN contact_imports.attempts; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contact_imports.attempts IS 'How many slices have started since the last committed batch. A slice that ended because a service was unavailable is not counted.';

--
-- Name: COLUMN contact_imports.bytes_total; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contact_imports.bytes_total IS 'The size of the file. Null until the file has arrived.';

--
-- Name: COLUMN contact_imports.created; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contact_imports.created IS 'Rows that became a new contact.';

--
-- Name: COLUMN contact_imports.updated; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contact_imports.updated IS 'Rows that changed a contact.';

--
-- Name: COLUMN contact_imports.unchanged; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contact_imports.unchanged IS 'Rows that equal their contact.';

--
-- Name: COLUMN contact_imports.rejected_by_reason; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contact_imports.rejected_by_reason IS 'The number of rejected rows by reason.';

--
-- Name: COLUMN contact_imports.failure_code; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contact_imports.failure_code IS 'Why the import failed, for programs. Null unless status is failed.';

--
-- Name: COLUMN contact_imports.failure_reason; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contact_imports.failure_reason IS 'Why the import failed, written for the user.';

--
-- Name: COLUMN contact_imports.pulled_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contact_imports.pulled_at IS 'When the request for the contacts of the Evolution instance started. It is sent once: a second answer would replace the file while it is read. Null for the other sources.';

--
-- Name: COLUMN contact_imports.last_progress_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contact_imports.last_progress_at IS 'When a batch last committed, or when the sweep last requested a slice. Null before the first slice.';

--
-- Name: COLUMN contact_imports.warnings; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contact_imports.warnings IS 'What was not read as the file has it, as a list of code and message, one of each code. The import continued.';

--
-- Name: COLUMN contact_imports.file_version; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contact_imports.file_version IS 'S3''s version of the file that arrived first. A later upload is another version, which is never read. Null before the file has arrived, and in a bucket without versions.';

--
-- Name: COLUMN contact_imports.leased_until; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contact_imports.leased_until IS 'Until then a slice runs, or was killed, and no other slice starts. Null if none runs, also after a cancel.';

--
-- Name: COLUMN contact_imports.held_back_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contact_imports.held_back_at IS 'When a slice found that as many slices of this user run as may. Null once a slice has started.';

--
-- Name: contact_segments; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.contact_segments (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    description text,
    import_source hidra.contact_import_source DEFAULT 'manual'::hidra.contact_import_source NOT NULL,
    total_contacts integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT contact_segments_total_not_negative CHECK ((total_contacts >= 0))
);

ALTER TABLE ONLY hidra.contact_segments FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE contact_segments; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.contact_segments IS 'A row is a named set of contacts to which a campaign can be sent.';

--
-- Name: COLUMN contact_segments.total_contacts; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contact_segments.total_contacts IS 'The number of rows in segment_contacts. The triggers of that table keep it exact.';

--
-- Name: contacts; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.contacts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    phone text NOT NULL,
    phone_hash bytea NOT NULL,
    name text,
    attributes jsonb DEFAULT '{}'::jsonb NOT NULL,
    consent jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    subscriber text GENERATED ALWAYS AS (hidra.subscriber(phone)) STORED NOT NULL,
    not_on_whatsapp_at timestamp with time zone,
    CONSTRAINT contacts_attributes_object CHECK ((jsonb_typeof(attributes) = 'object'::text)),
    CONSTRAINT contacts_consent_basis_known CHECK (((consent IS NULL) OR COALESCE(((consent ->> 'basis'::text) = ANY (ARRAY['consent'::text, 'legal_obligation'::text, 'public_policy'::text, 'research'::text, 'contract'::text, 'legal_proceedings'::text, 'protection_of_life'::text, 'health_protection'::text, 'legitimate_interest'::text, 'credit_protection'::text])), false))),
    CONSTRAINT contacts_consent_object CHECK ((jsonb_typeof(consent) = 'object'::text)),
    CONSTRAINT contacts_phone_is_e164 CHECK (((phone ~ '^\+[1-9][0-9]+$'::text) AND ((length(phone) >= 8) AND (length(phone) <= 16))))
);

ALTER TABLE ONLY hidra.contacts FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE contacts; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.contacts IS 'A row is a person with one phone number to which the user may send messages.';

--
-- Name: COLUMN contacts.id; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contacts.id IS 'A random UUID. hidra.search_contacts needs ids that do not follow the order of insertion.';

--
-- Name: COLUMN contacts.phone; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contacts.phone IS 'The number as E.164, with its plus sign, as it was first written: one of the valid spellings of the subscriber.';

--
-- Name: COLUMN contacts.phone_hash; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contacts.phone_hash IS 'HMAC-SHA-256 of user_id and the subscriber with a secret key. The same phone has unrelated hashes for two users.';

--
-- Name: COLUMN contacts.attributes; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contacts.attributes IS 'Values for template variables, by name. They take precedence over name and phone.';

--
-- Name: COLUMN contacts.consent; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contacts.consent IS 'The legal basis for messages: an object with basis, source and at (ISO 8601). Null when none is recorded.';

--
-- Name: COLUMN contacts.subscriber; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contacts.subscriber IS 'The spelling that all valid ones of the number share. A user has one contact for each subscriber.';

--
-- Name: COLUMN contacts.not_on_whatsapp_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.contacts.not_on_whatsapp_at IS 'When a message to this phone was last refused because the phone is not on WhatsApp. Null if none was, or if a later message was accepted or delivered, the person wrote, or the contact got another phone since.';

--
-- Name: CONSTRAINT contacts_consent_basis_known ON contacts; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON CONSTRAINT contacts_consent_basis_known ON hidra.contacts IS 'The ten legal bases of the LGPD, article 7.';

--
-- Name: CONSTRAINT contacts_phone_is_e164 ON contacts; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON CONSTRAINT contacts_phone_is_e164 ON hidra.contacts IS 'The length is checked apart, because a counted repetition makes the regular expression several times slower.';

--
-- Name: delivery_events_rejected; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.delivery_events_rejected (
    id bigint NOT NULL,
    stream_position text NOT NULL,
    reason text NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: TABLE delivery_events_rejected; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.delivery_events_rejected IS 'A row is a stream record that could not be read or applied. It is parked here so that the records after it are processed.';

--
-- Name: COLUMN delivery_events_rejected.stream_position; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.delivery_events_rejected.stream_position IS 'Where the record is in the stream. Its content may hold phones, so it is not copied.';

--
-- Name: delivery_events_rejected_id_seq; Type: SEQUENCE; Schema: hidra; Owner: -
--

ALTER TABLE hidra.delivery_events_rejected ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME hidra.delivery_events_rejected_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: delivery_events_unmatched; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.delivery_events_unmatched (
    user_id uuid NOT NULL,
    evolution_config_id uuid NOT NULL,
    provider_message_id text NOT NULL,
    status hidra.message_status NOT NULL,
    received_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY hidra.delivery_events_unmatched FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE delivery_events_unmatched; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.delivery_events_unmatched IS 'A row is a status that was received before its message was known, because the webhook was faster than the answer to the post. It is applied when the message is known, or deleted after 48 hours.';

--
-- Name: COLUMN delivery_events_unmatched.received_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.delivery_events_unmatched.received_at IS 'When the status was first received.';

--
-- Name: direct_sends; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.direct_sends (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    evolution_config_id uuid NOT NULL,
    kind text NOT NULL,
    phone_hash bytea NOT NULL,
    claimed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    ended_at timestamp with time zone,
    provider_message_id text,
    requested_message_id text,
    CONSTRAINT direct_sends_kind_known CHECK ((kind = ANY (ARRAY['trial'::text, 'confirmation'::text])))
);

ALTER TABLE ONLY hidra.direct_sends FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE direct_sends; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.direct_sends IS 'A row is a message outside every campaign, claimed for its one post: a trial or an opt-out confirmation. It is kept for 72 hours, so that no lookup takes the message for one of a campaign.';

--
-- Name: COLUMN direct_sends.kind; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.direct_sends.kind IS 'trial: the user tries a message on one number. confirmation: the answer to an opt-out by reply.';

--
-- Name: COLUMN direct_sends.ended_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.direct_sends.ended_at IS 'When the post ended. While it is null, the row counts as an open request until the timeout of the sender.';

--
-- Name: COLUMN direct_sends.provider_message_id; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.direct_sends.provider_message_id IS 'The id of the message in WhatsApp. Null while the post is open, and if its outcome is unknown.';

--
-- Name: COLUMN direct_sends.requested_message_id; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.direct_sends.requested_message_id IS 'As in campaign_messages: the id under which Evolution is asked to send the message. Null on the Cloud API.';

--
-- Name: evolution_api_config; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.evolution_api_config (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    base_url text,
    instance_name text,
    integration text DEFAULT 'baileys'::text NOT NULL,
    api_key_encrypted bytea,
    status hidra.evolution_connection_status DEFAULT 'disconnected'::hidra.evolution_connection_status NOT NULL,
    status_at timestamp with time zone,
    error_message text,
    connected_at timestamp with time zone,
    check_started_at timestamp with time zone,
    last_health_check_at timestamp with time zone,
    last_webhook_at timestamp with time zone,
    acknowledged_until timestamp with time zone DEFAULT now() NOT NULL,
    distrusted_since timestamp with time zone,
    distrust_reason text,
    max_messages_per_minute integer DEFAULT 60 NOT NULL,
    max_concurrent_sends integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    integration_saved text,
    evolution_instance_id text,
    evolution_number text,
    warnings jsonb DEFAULT '[]'::jsonb NOT NULL,
    recheck_at timestamp with time zone,
    last_status_at timestamp with time zone,
    jitter double precision DEFAULT 0.25 NOT NULL,
    send_window jsonb,
    max_messages_per_day integer,
    max_first_contacts_per_day integer,
    warm_up_since date,
    warm_up_limits integer[],
    time_zone text DEFAULT 'America/Sao_Paulo'::text NOT NULL,
    error_code text,
    distrust_code text,
    CONSTRAINT evolution_api_config_concurrency_range CHECK (((max_concurrent_sends >= 1) AND (max_concurrent_sends <= 1000))),
    CONSTRAINT evolution_api_config_deleted_is_empty CHECK (
CASE
    WHEN (deleted_at IS NULL) THEN (num_nulls(base_url, instance_name, api_key_encrypted) = 0)
    ELSE ((num_nonnulls(base_url, instance_name, api_key_encrypted) = 0) AND (status = 'disconnected'::hidra.evolution_connection_status))
END),
    CONSTRAINT evolution_api_config_first_contacts_range CHECK (((max_first_contacts_per_day >= 1) AND (max_first_contacts_per_day <= 1000000))),
    CONSTRAINT evolution_api_config_integration_known CHECK ((integration = ANY (ARRAY['baileys'::text, 'cloud_api'::text]))),
    CONSTRAINT evolution_api_config_integration_saved_known CHECK ((integration_saved = ANY (ARRAY['baileys'::text, 'cloud_api'::text]))),
    CONSTRAINT evolution_api_config_jitter_range CHECK (((jitter >= (0)::double precision) AND (jitter <= (0.5)::double precision))),
    CONSTRAINT evolution_api_config_per_day_range CHECK (((max_messages_per_day >= 1) AND (max_messages_per_day <= 1000000))),
    CONSTRAINT evolution_api_config_rate_range CHECK (((max_messages_per_minute >= 1) AND (max_messages_per_minute <= 6000))),
    CONSTRAINT evolution_api_config_warm_up_whole CHECK ((((warm_up_since IS NULL) = (warm_up_limits IS NULL)) AND (cardinality(warm_up_limits) > 0)))
);

ALTER TABLE ONLY hidra.evolution_api_config FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE evolution_api_config; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.evolution_api_config IS 'A row is the connection of a user: an Evolution API server, an instance on it, and the encrypted API key. A deleted connection keeps its row, id and limits, but not its server, instance and key; a later save fills it again.';

--
-- Name: COLUMN evolution_api_config.base_url; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.base_url IS 'The address of the Evolution server. Null if deleted.';

--
-- Name: COLUMN evolution_api_config.instance_name; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.instance_name IS 'The instance on the server. Null if deleted.';

--
-- Name: COLUMN evolution_api_config.integration; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.integration IS 'How the instance reaches WhatsApp: baileys (WhatsApp Web) or cloud_api (Meta). Each check replaces it by what Evolution reports.';

--
-- Name: COLUMN evolution_api_config.api_key_encrypted; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.api_key_encrypted IS 'A libsodium envelope bound to user_id and to the origin of base_url. It opens for no other user or server. Null if deleted.';

--
-- Name: COLUMN evolution_api_config.status_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.status_at IS 'The time for which status holds. Older events and checks do not change status. Null until the first check or event of this server, instance and key.';

--
-- Name: COLUMN evolution_api_config.error_message; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.error_message IS 'The reason for status, written for the user. Null when there is nothing to report.';

--
-- Name: COLUMN evolution_api_config.connected_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.connected_at IS 'When status last changed to connected. Null if it never did with this server, instance and key.';

--
-- Name: COLUMN evolution_api_config.check_started_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.check_started_at IS 'When the last scheduled check started, even if it recorded no result. The oldest value is checked first.';

--
-- Name: COLUMN evolution_api_config.last_health_check_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.last_health_check_at IS 'When the last check that recorded a result started.';

--
-- Name: COLUMN evolution_api_config.last_webhook_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.last_webhook_at IS 'When the last webhook of this connection was received. Null before the first.';

--
-- Name: COLUMN evolution_api_config.acknowledged_until; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.acknowledged_until IS 'The latest claimed_at of a message that is known to be acknowledged. It lags by up to 15 seconds. A new server, instance or key sets it to the current time.';

--
-- Name: COLUMN evolution_api_config.distrusted_since; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.distrusted_since IS 'The circuit is open while this is not before acknowledged_until. Only the acknowledgement of a message that was claimed later closes it. Null if the circuit never opened.';

--
-- Name: COLUMN evolution_api_config.distrust_reason; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.distrust_reason IS 'Why the circuit last opened, written for the user.';

--
-- Name: COLUMN evolution_api_config.max_messages_per_minute; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.max_messages_per_minute IS 'The limit of the connection over all campaigns and direct sends. pace_limits.rate holds the same number.';

--
-- Name: COLUMN evolution_api_config.max_concurrent_sends; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.max_concurrent_sends IS 'How many requests to Evolution may be open at the same time, over all campaigns and direct sends.';

--
-- Name: COLUMN evolution_api_config.deleted_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.deleted_at IS 'When the user deleted the connection. Null while it is in use.';

--
-- Name: COLUMN evolution_api_config.integration_saved; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.integration_saved IS 'What the user saved as integration, if Evolution reports another one. Null if the two are equal.';

--
-- Name: COLUMN evolution_api_config.evolution_instance_id; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.evolution_instance_id IS 'The id of the instance in its Evolution server, as the last check found it. Two connections with the same id use the same instance. Null until a check finds it.';

--
-- Name: COLUMN evolution_api_config.evolution_number; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.evolution_number IS 'Of a Cloud API instance the phone number id, as the last check found it. Null until a check finds it.';

--
-- Name: COLUMN evolution_api_config.warnings; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.warnings IS 'What the last check warns of, as a list of objects with code and message.';

--
-- Name: COLUMN evolution_api_config.recheck_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.recheck_at IS 'When the next check of a stopped connection is due, between the scheduled ones. A ticket of the send queue asks for it and carries this time; any other ticket is out of date. Null if there is none.';

--
-- Name: COLUMN evolution_api_config.last_status_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.last_status_at IS 'When the last status of a message was received from this instance. Null before the first: versions of Evolution discard the statuses of the Cloud API.';

--
-- Name: COLUMN evolution_api_config.jitter; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.jitter IS 'By how much of the time between two messages one may be late, at random. 0: all are equally far apart.';

--
-- Name: COLUMN evolution_api_config.send_window; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.send_window IS 'The sending window of the campaigns that have none of their own. Null: they send at any time.';

--
-- Name: COLUMN evolution_api_config.max_messages_per_day; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.max_messages_per_day IS 'How many messages may be sent in one local day. Null: no limit of its own.';

--
-- Name: COLUMN evolution_api_config.max_first_contacts_per_day; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.max_first_contacts_per_day IS 'How many of the messages of a local day may go to phones that have neither got a message nor written. Null: all.';

--
-- Name: COLUMN evolution_api_config.warm_up_since; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.warm_up_since IS 'The local day on which warm_up_limits begins. Null: no warm-up.';

--
-- Name: COLUMN evolution_api_config.warm_up_limits; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.warm_up_limits IS 'The most messages of each local day since warm_up_since. After the last one only max_messages_per_day limits.';

--
-- Name: COLUMN evolution_api_config.time_zone; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.time_zone IS 'The IANA zone whose days are meant.';

--
-- Name: COLUMN evolution_api_config.error_code; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.error_code IS 'error_message for programs. Statements that write one of the two write both. Null without a message, or if the message was written before there were codes.';

--
-- Name: COLUMN evolution_api_config.distrust_code; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.evolution_api_config.distrust_code IS 'distrust_reason for programs, as error_code.';

--
-- Name: exports; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.exports (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    kind text NOT NULL,
    format text NOT NULL,
    delimiter text,
    campaign_id uuid,
    message_status hidra.message_status,
    segment_id uuid,
    attribute_names text[] DEFAULT '{}'::text[] NOT NULL,
    status text DEFAULT 'waiting'::text NOT NULL,
    failure_code text,
    failure_reason text,
    rows bigint DEFAULT 0 NOT NULL,
    rows_expected bigint,
    bytes bigint DEFAULT 0 NOT NULL,
    slices integer DEFAULT 0 NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    restarts integer DEFAULT 0 NOT NULL,
    cursor text,
    upload_id text,
    parts jsonb DEFAULT '[]'::jsonb NOT NULL,
    leased_until timestamp with time zone,
    leftover boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    last_progress_at timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT exports_campaign_of_recipients CHECK (((kind = 'recipients'::text) = (campaign_id IS NOT NULL))),
    CONSTRAINT exports_delimiter_known CHECK ((delimiter = ANY (ARRAY[';'::text, ','::text]))),
    CONSTRAINT exports_delimiter_of_csv CHECK (((format = 'csv'::text) = (delimiter IS NOT NULL))),
    CONSTRAINT exports_failure_has_reason CHECK (((status = 'failed'::text) = (failure_code IS NOT NULL))),
    CONSTRAINT exports_format_known CHECK ((format = ANY (ARRAY['csv'::text, 'jsonl'::text]))),
    CONSTRAINT exports_kind_known CHECK ((kind = ANY (ARRAY['recipients'::text, 'contacts'::text, 'opt_outs'::text]))),
    CONSTRAINT exports_segment_of_contacts CHECK (((segment_id IS NULL) OR (kind = 'contacts'::text))),
    CONSTRAINT exports_status_known CHECK ((status = ANY (ARRAY['waiting'::text, 'running'::text, 'completed'::text, 'failed'::text, 'canceled'::text, 'erased'::text])))
);

ALTER TABLE ONLY hidra.exports FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE exports; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.exports IS 'A row is an export of one list to a file: the request, the progress and the result. One statement writes the counts and the checkpoint, after the part of the file is stored.';

--
-- Name: COLUMN exports.campaign_id; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.exports.campaign_id IS 'The campaign of the recipients. No foreign key: the row stays when the campaign is deleted.';

--
-- Name: COLUMN exports.segment_id; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.exports.segment_id IS 'The segment of the contacts. Null: all contacts. No foreign key.';

--
-- Name: COLUMN exports.attribute_names; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.exports.attribute_names IS 'The attributes that are columns of a CSV of contacts: the names that were known when the export was requested.';

--
-- Name: COLUMN exports.status; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.exports.status IS 'waiting: no slice has started. erased: the file may name a person who was erased, so it is deleted.';

--
-- Name: COLUMN exports.failure_reason; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.exports.failure_reason IS 'Why the export failed, written for the user.';

--
-- Name: COLUMN exports.rows_expected; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.exports.rows_expected IS 'The length of the list when the first slice started.';

--
-- Name: COLUMN exports.slices; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.exports.slices IS 'How many slices have started. A slice writes a checkpoint only while this is its own number.';

--
-- Name: COLUMN exports.attempts; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.exports.attempts IS 'How many slices have started since the last stored part. A slice that ended because a service was unavailable is not counted.';

--
-- Name: COLUMN exports.restarts; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.exports.restarts IS 'How often the export began anew because S3 did not accept its parts.';

--
-- Name: COLUMN exports.cursor; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.exports.cursor IS 'The key of the last row in the stored parts: the id of a contact or the hash of a phone. Null before and at the end.';

--
-- Name: COLUMN exports.parts; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.exports.parts IS 'Of each stored part of the multipart upload: ETag and CRC32.';

--
-- Name: COLUMN exports.leased_until; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.exports.leased_until IS 'Until then a slice runs, or was killed, and no other slice starts. Null if none runs.';

--
-- Name: COLUMN exports.leftover; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.exports.leftover IS 'Whether the bucket may hold a file or parts of this export that have to be deleted.';

--
-- Name: COLUMN exports.last_progress_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.exports.last_progress_at IS 'When a part was last stored, or when the sweep last requested a slice. Null before the first slice.';

--
-- Name: identity; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.identity (
    one_row boolean DEFAULT true NOT NULL,
    version integer NOT NULL,
    key_check bytea,
    CONSTRAINT identity_one_row CHECK (one_row)
);

--
-- Name: TABLE identity; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.identity IS 'A row is how the phone hashes of this database were made; there is exactly one. A function that hashes phones in another way or with another key refuses the database.';

--
-- Name: COLUMN identity.version; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.identity.version IS 'The version of the rules that make a hash from a number: hidra.domain.phone.IDENTITY_VERSION.';

--
-- Name: COLUMN identity.key_check; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.identity.key_check IS 'Made with the key of the phone hashes (hidra.domain.phone.key_check): with another key no opt-out would be found. migrate writes it, and a function that hashes refuses a key that does not match. Null until migrate has run.';

--
-- Name: message_templates; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.message_templates (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    variables text[] DEFAULT '{}'::text[] NOT NULL,
    media_url text,
    media_type text,
    file_name text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT message_templates_file_name_of_document CHECK (((file_name IS NULL) OR (media_type = 'document'::text))),
    CONSTRAINT message_templates_media_has_type CHECK (((media_url IS NULL) = (media_type IS NULL))),
    CONSTRAINT message_templates_media_type_known CHECK ((media_type = ANY (ARRAY['image'::text, 'document'::text, 'video'::text, 'audio'::text])))
);

ALTER TABLE ONLY hidra.message_templates FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE message_templates; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.message_templates IS 'A row is a text with placeholders such as {{name}}, and its media.';

--
-- Name: COLUMN message_templates.variables; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.message_templates.variables IS 'Exactly the placeholders of the body, each once.';

--
-- Name: COLUMN message_templates.media_url; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.message_templates.media_url IS 'The image, document, video or audio of the message. Null: only text.';

--
-- Name: COLUMN message_templates.media_type; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.message_templates.media_type IS 'WhatsApp shows each type of media in its own way.';

--
-- Name: COLUMN message_templates.file_name; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.message_templates.file_name IS 'The name that WhatsApp shows for a document.';

--
-- Name: opt_out_confirmations; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.opt_out_confirmations (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    evolution_config_id uuid NOT NULL,
    phone text NOT NULL,
    phone_hash bytea NOT NULL,
    requested_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    claimed_at timestamp with time zone
);

ALTER TABLE ONLY hidra.opt_out_confirmations FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE opt_out_confirmations; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.opt_out_confirmations IS 'A row is a confirmation to send to a recipient that opted out by reply. It is deleted after the post, and after ten minutes in any case, because the phone must not be kept longer.';

--
-- Name: COLUMN opt_out_confirmations.requested_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.opt_out_confirmations.requested_at IS 'When the opt-out was recorded.';

--
-- Name: COLUMN opt_out_confirmations.claimed_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.opt_out_confirmations.claimed_at IS 'When a sender claimed the confirmation for its one post. Null while it waits.';

--
-- Name: opt_out_requests; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.opt_out_requests (
    user_id uuid NOT NULL,
    phone_hash bytea NOT NULL,
    opted_out_at timestamp with time zone,
    opted_in_at timestamp with time zone
);

ALTER TABLE ONLY hidra.opt_out_requests FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE opt_out_requests; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.opt_out_requests IS 'A row is the latest opt-out and the latest opt-in of a phone. The later of the two holds, so repeated replies and replies in another order give the same result.';

--
-- Name: COLUMN opt_out_requests.opted_out_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.opt_out_requests.opted_out_at IS 'When the recipient last sent an opt-out word. Null if never.';

--
-- Name: COLUMN opt_out_requests.opted_in_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.opt_out_requests.opted_in_at IS 'When the recipient last sent an opt-in word, or the user lifted the opt-out. Null if never.';

--
-- Name: opt_out_settings; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.opt_out_settings (
    user_id uuid NOT NULL,
    opt_out_words text[] NOT NULL,
    opt_in_words text[] NOT NULL,
    confirmation text,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT opt_out_settings_confirmation_length CHECK (((length(confirmation) >= 1) AND (length(confirmation) <= 1000))),
    CONSTRAINT opt_out_settings_in_number CHECK ((cardinality(opt_in_words) <= 40)),
    CONSTRAINT opt_out_settings_out_number CHECK ((cardinality(opt_out_words) <= 40))
);

ALTER TABLE ONLY hidra.opt_out_settings FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE opt_out_settings; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.opt_out_settings IS 'A row is what a user chose for opt-outs by reply. A user without a row has the words of hidra.domain.reply and sends no confirmation.';

--
-- Name: COLUMN opt_out_settings.opt_out_words; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.opt_out_settings.opt_out_words IS 'Replies that opt the recipient out, as the user wrote them.';

--
-- Name: COLUMN opt_out_settings.opt_in_words; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.opt_out_settings.opt_in_words IS 'Replies that opt the recipient in again, as the user wrote them.';

--
-- Name: COLUMN opt_out_settings.confirmation; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.opt_out_settings.confirmation IS 'The text that answers an opt-out by reply. Null: no answer is sent.';

--
-- Name: opt_outs; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.opt_outs (
    user_id uuid NOT NULL,
    phone_hash bytea NOT NULL,
    reason text,
    source text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT opt_outs_source_known CHECK ((source = ANY (ARRAY['api'::text, 'reply'::text, 'erasure'::text, 'import'::text])))
);

ALTER TABLE ONLY hidra.opt_outs FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE opt_outs; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.opt_outs IS 'A row is a phone to which the user must not send messages. The phone itself is not stored, only its hash.';

--
-- Name: COLUMN opt_outs.source; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.opt_outs.source IS 'reply: the recipient sent an opt-out word and can opt in again with a word. api, import: only the user lifts it. erasure: the person was erased.';

--
-- Name: pace_limits; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.pace_limits (
    subject uuid NOT NULL,
    user_id uuid NOT NULL,
    rate integer NOT NULL,
    probed_at timestamp with time zone,
    lowered_at timestamp with time zone,
    slow_answers integer DEFAULT 0 NOT NULL,
    slow_at timestamp with time zone,
    plan timestamp with time zone,
    CONSTRAINT pace_limits_rate_range CHECK (((rate >= 1) AND (rate <= 6000)))
);

ALTER TABLE ONLY hidra.pace_limits FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE pace_limits; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.pace_limits IS 'A row is the rate limit of one connection or one campaign. Permits and claims lock it. The statements that write a connection or a campaign also write its limit.';

--
-- Name: COLUMN pace_limits.subject; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.pace_limits.subject IS 'The id of the connection or of the campaign. No foreign key: it refers to two tables.';

--
-- Name: COLUMN pace_limits.rate; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.pace_limits.rate IS 'Messages in a minute.';

--
-- Name: COLUMN pace_limits.probed_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.pace_limits.probed_at IS 'When the last probe was claimed: a message of a campaign or a direct send, while the circuit of the connection was open. Null before the first, and for a campaign.';

--
-- Name: COLUMN pace_limits.lowered_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.pace_limits.lowered_at IS 'When the rate was last lowered. A permit from before that time is void: its slot may be too early now.';

--
-- Name: COLUMN pace_limits.slow_answers; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.pace_limits.slow_answers IS 'How many slow answers the server of the connection gave, none of them long after the one before. Three open the circuit; a probe that is answered in time sets it to 0. Always 0 for a campaign.';

--
-- Name: COLUMN pace_limits.slow_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.pace_limits.slow_at IS 'When the last of them came. Null if there is none.';

--
-- Name: COLUMN pace_limits.plan; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.pace_limits.plan IS 'The next planned slot. A permit moves it by one spacing, a slot that is given back moves it by one spacing back. Null before the first permit.';

--
-- Name: pace_slots; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.pace_slots (
    subject uuid NOT NULL,
    user_id uuid NOT NULL,
    slot timestamp with time zone NOT NULL,
    shift double precision DEFAULT 0 NOT NULL
);

ALTER TABLE ONLY hidra.pace_slots FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE pace_slots; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.pace_slots IS 'A row is an instant for which a limit permitted one post. Each permit deletes the slots that are too old to matter.';

--
-- Name: COLUMN pace_slots.shift; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.pace_slots.shift IS 'By how much of a spacing the slot was to be later than planned.';

--
-- Name: replies_unmatched; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.replies_unmatched (
    id bigint NOT NULL,
    user_id uuid NOT NULL,
    evolution_config_id uuid NOT NULL,
    phone_hash bytea,
    lid_hash bytea,
    quoted_id text,
    replied_at timestamp with time zone NOT NULL,
    kept_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE ONLY hidra.replies_unmatched FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE replies_unmatched; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.replies_unmatched IS 'A row is the time of a reply whose message is not known yet: the message is still being posted, or the sender is hidden and nothing shows its phone. It is applied when the message is known, or deleted after an hour.';

--
-- Name: COLUMN replies_unmatched.lid_hash; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.replies_unmatched.lid_hash IS 'The same hash as whatsapp_lids.lid_hash, of the hidden id of the sender. Null: WhatsApp showed the phone only.';

--
-- Name: COLUMN replies_unmatched.quoted_id; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.replies_unmatched.quoted_id IS 'The id in WhatsApp of the message that the reply quotes. Null: it quotes none.';

--
-- Name: COLUMN replies_unmatched.replied_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.replies_unmatched.replied_at IS 'The time of the reply in WhatsApp.';

--
-- Name: replies_unmatched_id_seq; Type: SEQUENCE; Schema: hidra; Owner: -
--

ALTER TABLE hidra.replies_unmatched ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME hidra.replies_unmatched_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: segment_contacts; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.segment_contacts (
    user_id uuid NOT NULL,
    segment_id uuid NOT NULL,
    contact_id uuid NOT NULL
);

ALTER TABLE ONLY hidra.segment_contacts FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE segment_contacts; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.segment_contacts IS 'A row is a member: a contact that is in a segment. Triggers take the place of the two foreign keys.';

--
-- Name: status_backfills; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.status_backfills (
    evolution_config_id uuid NOT NULL,
    user_id uuid NOT NULL,
    cause text NOT NULL,
    detected_at timestamp with time zone NOT NULL,
    silent_since timestamp with time zone,
    sent_from timestamp with time zone NOT NULL,
    delivered_from timestamp with time zone NOT NULL,
    sent_until timestamp with time zone,
    started_at timestamp with time zone,
    webhook_restored boolean DEFAULT false NOT NULL,
    before_sent_at timestamp with time zone DEFAULT 'infinity'::timestamp with time zone NOT NULL,
    before_id bigint DEFAULT 0 NOT NULL,
    messages_total integer DEFAULT 0 NOT NULL,
    messages_checked integer DEFAULT 0 NOT NULL,
    messages_updated integer DEFAULT 0 NOT NULL,
    completed_at timestamp with time zone,
    CONSTRAINT status_backfills_cause_known CHECK ((cause = ANY (ARRAY['silence'::text, 'webhook'::text, 'request'::text]))),
    CONSTRAINT status_backfills_started_has_end CHECK (((started_at IS NULL) = (sent_until IS NULL)))
);

ALTER TABLE ONLY hidra.status_backfills FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE status_backfills; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.status_backfills IS 'A row is the latest status backfill of a connection. After lost webhooks, each message that may have a newer status is looked up once in Evolution, the newest first.';

--
-- Name: COLUMN status_backfills.cause; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.status_backfills.cause IS 'silence: no webhook came though messages were sent. webhook: a check found another webhook in place of the one of Hidra. request: the user asked for it.';

--
-- Name: COLUMN status_backfills.detected_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.status_backfills.detected_at IS 'When the outage was detected, or the backfill was requested.';

--
-- Name: COLUMN status_backfills.silent_since; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.status_backfills.silent_since IS 'The time of the last webhook before the outage, or the sent_until of an earlier pass. Null if unknown, or if the cause is request.';

--
-- Name: COLUMN status_backfills.sent_from; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.status_backfills.sent_from IS 'Messages with an earlier sent_at are not looked up.';

--
-- Name: COLUMN status_backfills.delivered_from; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.status_backfills.delivered_from IS 'Messages with status delivered and an earlier sent_at are not looked up.';

--
-- Name: COLUMN status_backfills.sent_until; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.status_backfills.sent_until IS 'Messages with a later sent_at are not looked up: their webhooks may still come. Null until the backfill starts.';

--
-- Name: COLUMN status_backfills.started_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.status_backfills.started_at IS 'When the current pass started. Null until the first starts.';

--
-- Name: COLUMN status_backfills.webhook_restored; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.status_backfills.webhook_restored IS 'Whether webhooks came again when the pass started. If not, a second pass follows when they do.';

--
-- Name: COLUMN status_backfills.before_sent_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.status_backfills.before_sent_at IS 'The cursor, with before_id: sent_at of the last message that was looked up. Infinity at the start of a pass.';

--
-- Name: COLUMN status_backfills.before_id; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.status_backfills.before_id IS 'The cursor, with before_sent_at: id of the last message that was looked up.';

--
-- Name: COLUMN status_backfills.messages_total; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.status_backfills.messages_total IS 'The messages to look up, counted when a pass starts. Equal to messages_checked after the end.';

--
-- Name: COLUMN status_backfills.messages_checked; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.status_backfills.messages_checked IS 'The messages looked up so far.';

--
-- Name: COLUMN status_backfills.messages_updated; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.status_backfills.messages_updated IS 'The messages for which the lookup found a newer status.';

--
-- Name: vault_keys; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.vault_keys (
    id text NOT NULL,
    public_key text NOT NULL
);

--
-- Name: TABLE vault_keys; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.vault_keys IS 'A row is a public key that API keys may be sealed to. migrate writes the keys that it is given, and refuses to do without one that sealed API keys need. Only the owner reads it.';

--
-- Name: COLUMN vault_keys.id; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.vault_keys.id IS 'The id that stands in each sealed API key.';

--
-- Name: COLUMN vault_keys.public_key; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.vault_keys.public_key IS 'Base64 of 32 bytes.';

--
-- Name: whatsapp_lids; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.whatsapp_lids (
    user_id uuid NOT NULL,
    lid_hash bytea NOT NULL,
    phone_hash bytea,
    opted_out_at timestamp with time zone,
    opted_in_at timestamp with time zone
);

ALTER TABLE ONLY hidra.whatsapp_lids FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE whatsapp_lids; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TABLE hidra.whatsapp_lids IS 'A row is a hidden id (@lid) that WhatsApp showed in place of a phone. Its requests are kept until the phone is known, and are applied to the phone then.';

--
-- Name: COLUMN whatsapp_lids.lid_hash; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.whatsapp_lids.lid_hash IS 'A keyed hash of the hidden id, as contacts.phone_hash is of a phone.';

--
-- Name: COLUMN whatsapp_lids.phone_hash; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.whatsapp_lids.phone_hash IS 'The hash of the phone behind the hidden id. Null until it is known.';

--
-- Name: COLUMN whatsapp_lids.opted_out_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.whatsapp_lids.opted_out_at IS 'When an opt-out word last came from the hidden id. Null if never.';

--
-- Name: COLUMN whatsapp_lids.opted_in_at; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON COLUMN hidra.whatsapp_lids.opted_in_at IS 'When an opt-in word last came from the hidden id. Null if never.';

--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

--
-- Name: attribute_names attribute_names_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.attribute_names
    ADD CONSTRAINT attribute_names_pkey PRIMARY KEY (user_id, name);

--
-- Name: campaign_excluded_segments campaign_excluded_segments_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.campaign_excluded_segments
    ADD CONSTRAINT campaign_excluded_segments_pkey PRIMARY KEY (campaign_id, segment_id);

--
-- Name: campaign_messages campaign_messages_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.campaign_messages
    ADD CONSTRAINT campaign_messages_pkey PRIMARY KEY (id);

--
-- Name: campaign_messages campaign_messages_run_id_contact_id_key; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.campaign_messages
    ADD CONSTRAINT campaign_messages_run_id_contact_id_key UNIQUE (run_id, contact_id);

--
-- Name: campaign_metrics campaign_metrics_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.campaign_metrics
    ADD CONSTRAINT campaign_metrics_pkey PRIMARY KEY (campaign_id);

--
-- Name: campaign_runs campaign_runs_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.campaign_runs
    ADD CONSTRAINT campaign_runs_pkey PRIMARY KEY (id);

--
-- Name: campaign_runs campaign_runs_user_id_campaign_id_id_key; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.campaign_runs
    ADD CONSTRAINT campaign_runs_user_id_campaign_id_id_key UNIQUE (user_id, campaign_id, id);

--
-- Name: campaign_timeline_points campaign_timeline_points_campaign_id_timestamp_key; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.campaign_timeline_points
    ADD CONSTRAINT campaign_timeline_points_campaign_id_timestamp_key UNIQUE (campaign_id, "timestamp");

--
-- Name: campaign_timeline_points campaign_timeline_points_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.campaign_timeline_points
    ADD CONSTRAINT campaign_timeline_points_pkey PRIMARY KEY (id);

--
-- Name: campaigns campaigns_external_id_key; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.campaigns
    ADD CONSTRAINT campaigns_external_id_key UNIQUE (external_id);

--
-- Name: campaigns campaigns_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.campaigns
    ADD CONSTRAINT campaigns_pkey PRIMARY KEY (id);

--
-- Name: campaigns campaigns_user_id_id_key; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.campaigns
    ADD CONSTRAINT campaigns_user_id_id_key UNIQUE (user_id, id);

--
-- Name: connection_days connection_days_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.connection_days
    ADD CONSTRAINT connection_days_pkey PRIMARY KEY (evolution_config_id, begins_at);

--
-- Name: connection_endpoints connection_endpoints_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.connection_endpoints
    ADD CONSTRAINT connection_endpoints_pkey PRIMARY KEY (evolution_config_id, since);

--
-- Name: contact_import_rejects contact_import_rejects_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.contact_import_rejects
    ADD CONSTRAINT contact_import_rejects_pkey PRIMARY KEY (import_id, line);

--
-- Name: contact_imports contact_imports_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.contact_imports
    ADD CONSTRAINT contact_imports_pkey PRIMARY KEY (id);

--
-- Name: contact_imports contact_imports_user_id_id_key; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.contact_imports
    ADD CONSTRAINT contact_imports_user_id_id_key UNIQUE (user_id, id);

--
-- Name: contact_segments contact_segments_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.contact_segments
    ADD CONSTRAINT contact_segments_pkey PRIMARY KEY (id);

--
-- Name: contact_segments contact_segments_user_id_id_key; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.contact_segments
    ADD CONSTRAINT contact_segments_user_id_id_key UNIQUE (user_id, id);

--
-- Name: contacts contacts_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.contacts
    ADD CONSTRAINT contacts_pkey PRIMARY KEY (user_id, id);

--
-- Name: contacts contacts_subscriber; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.contacts
    ADD CONSTRAINT contacts_subscriber UNIQUE (user_id, subscriber);

--
-- Name: delivery_events_rejected delivery_events_rejected_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.delivery_events_rejected
    ADD CONSTRAINT delivery_events_rejected_pkey PRIMARY KEY (id);

--
-- Name: delivery_events_rejected delivery_events_rejected_position_key; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.delivery_events_rejected
    ADD CONSTRAINT delivery_events_rejected_position_key UNIQUE (stream_position);

--
-- Name: delivery_events_unmatched delivery_events_unmatched_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.delivery_events_unmatched
    ADD CONSTRAINT delivery_events_unmatched_pkey PRIMARY KEY (evolution_config_id, provider_message_id, status);

--
-- Name: direct_sends direct_sends_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.direct_sends
    ADD CONSTRAINT direct_sends_pkey PRIMARY KEY (id);

--
-- Name: evolution_api_config evolution_api_config_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.evolution_api_config
    ADD CONSTRAINT evolution_api_config_pkey PRIMARY KEY (id);

--
-- Name: evolution_api_config evolution_api_config_user_id_id_key; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.evolution_api_config
    ADD CONSTRAINT evolution_api_config_user_id_id_key UNIQUE (user_id, id);

--
-- Name: evolution_api_config evolution_api_config_user_id_key; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.evolution_api_config
    ADD CONSTRAINT evolution_api_config_user_id_key UNIQUE (user_id);

--
-- Name: exports exports_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.exports
    ADD CONSTRAINT exports_pkey PRIMARY KEY (id);

--
-- Name: identity identity_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.identity
    ADD CONSTRAINT identity_pkey PRIMARY KEY (one_row);

--
-- Name: message_templates message_templates_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.message_templates
    ADD CONSTRAINT message_templates_pkey PRIMARY KEY (id);

--
-- Name: message_templates message_templates_user_id_id_key; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.message_templates
    ADD CONSTRAINT message_templates_user_id_id_key UNIQUE (user_id, id);

--
-- Name: opt_out_confirmations opt_out_confirmations_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.opt_out_confirmations
    ADD CONSTRAINT opt_out_confirmations_pkey PRIMARY KEY (id);

--
-- Name: opt_out_requests opt_out_requests_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.opt_out_requests
    ADD CONSTRAINT opt_out_requests_pkey PRIMARY KEY (user_id, phone_hash);

--
-- Name: opt_out_settings opt_out_settings_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.opt_out_settings
    ADD CONSTRAINT opt_out_settings_pkey PRIMARY KEY (user_id);

--
-- Name: opt_outs opt_outs_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.opt_outs
    ADD CONSTRAINT opt_outs_pkey PRIMARY KEY (user_id, phone_hash);

--
-- Name: pace_limits pace_limits_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.pace_limits
    ADD CONSTRAINT pace_limits_pkey PRIMARY KEY (subject);

--
-- Name: pace_limits pace_limits_user_id_subject_key; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.pace_limits
    ADD CONSTRAINT pace_limits_user_id_subject_key UNIQUE (user_id, subject);

--
-- Name: pace_slots pace_slots_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.pace_slots
    ADD CONSTRAINT pace_slots_pkey PRIMARY KEY (subject, slot);

--
-- Name: replies_unmatched replies_unmatched_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.replies_unmatched
    ADD CONSTRAINT replies_unmatched_pkey PRIMARY KEY (id);

--
-- Name: replies_unmatched replies_unmatched_reply_key; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.replies_unmatched
    ADD CONSTRAINT replies_unmatched_reply_key UNIQUE NULLS NOT DISTINCT (evolution_config_id, phone_hash, lid_hash, quoted_id, replied_at);

--
-- Name: segment_contacts segment_contacts_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.segment_contacts
    ADD CONSTRAINT segment_contacts_pkey PRIMARY KEY (segment_id, contact_id);

--
-- Name: status_backfills status_backfills_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.status_backfills
    ADD CONSTRAINT status_backfills_pkey PRIMARY KEY (evolution_config_id);

--
-- Name: vault_keys vault_keys_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.vault_keys
    ADD CONSTRAINT vault_keys_pkey PRIMARY KEY (id);

--
-- Name: whatsapp_lids whatsapp_lids_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.whatsapp_lids
    ADD CONSTRAINT whatsapp_lids_pkey PRIMARY KEY (user_id, lid_hash);

--
-- Name: attribute_names_folded; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX attribute_names_folded ON hidra.attribute_names USING btree (user_id, folded);

--
-- Name: campaign_excluded_segments_segment; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaign_excluded_segments_segment ON hidra.campaign_excluded_segments USING btree (user_id, segment_id);

--
-- Name: INDEX campaign_excluded_segments_segment; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON INDEX hidra.campaign_excluded_segments_segment IS 'Which campaigns exclude a segment that is to be deleted.';

--
-- Name: campaign_messages_backfill; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaign_messages_backfill ON hidra.campaign_messages USING btree (evolution_config_id, sent_at) WHERE (status = ANY (ARRAY['sent'::hidra.message_status, 'delivered'::hidra.message_status]));

--
-- Name: INDEX campaign_messages_backfill; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON INDEX hidra.campaign_messages_backfill IS 'Messages whose status can still advance, in the order in which a status backfill checks them.';

--
-- Name: campaign_messages_first_contacts; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaign_messages_first_contacts ON hidra.campaign_messages USING btree (run_id, first_contact DESC, id) WHERE ((status = 'pending'::hidra.message_status) AND (first_contact IS NOT NULL));

--
-- Name: INDEX campaign_messages_first_contacts; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON INDEX hidra.campaign_messages_first_contacts IS 'Claims find the next first contact, and the next known one once the day''s first contacts are used up.';

--
-- Name: campaign_messages_pending; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaign_messages_pending ON hidra.campaign_messages USING btree (run_id, id) WHERE (status = 'pending'::hidra.message_status);

--
-- Name: campaign_messages_phone; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaign_messages_phone ON hidra.campaign_messages USING btree (user_id, phone_hash, COALESCE(sent_at, claimed_at));

--
-- Name: INDEX campaign_messages_phone; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON INDEX hidra.campaign_messages_phone IS 'Opt-outs and erasures find the messages of a phone in any status, and freezes the phones that were contacted.';

--
-- Name: campaign_messages_provider_failed; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaign_messages_provider_failed ON hidra.campaign_messages USING btree (run_id, id) WHERE (error_code = 'provider_failed'::text);

--
-- Name: INDEX campaign_messages_provider_failed; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON INDEX hidra.campaign_messages_provider_failed IS 'Failures that may pause their campaign.';

--
-- Name: campaign_messages_provider_id; Type: INDEX; Schema: hidra; Owner: -
--

CREATE UNIQUE INDEX campaign_messages_provider_id ON hidra.campaign_messages USING btree (evolution_config_id, provider_message_id) WHERE (provider_message_id IS NOT NULL);

--
-- Name: campaign_messages_reason; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaign_messages_reason ON hidra.campaign_messages USING btree (run_id, error_code, status, counted, contact_id) WHERE (error_code IS NOT NULL);

--
-- Name: INDEX campaign_messages_reason; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON INDEX hidra.campaign_messages_reason IS 'Recipients are listed and counted by reason.';

--
-- Name: campaign_messages_replied; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaign_messages_replied ON hidra.campaign_messages USING btree (run_id, contact_id) WHERE (replied_at IS NOT NULL);

--
-- Name: INDEX campaign_messages_replied; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON INDEX hidra.campaign_messages_replied IS 'Recipients that replied are listed. A message enters the index with its first reply, so freezes and sends do not write it.';

--
-- Name: campaign_messages_requested_id; Type: INDEX; Schema: hidra; Owner: -
--

CREATE UNIQUE INDEX campaign_messages_requested_id ON hidra.campaign_messages USING btree (evolution_config_id, requested_message_id) WHERE ((requested_message_id IS NOT NULL) AND (provider_message_id IS NULL));

--
-- Name: INDEX campaign_messages_requested_id; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON INDEX hidra.campaign_messages_requested_id IS 'Messages whose answer was lost are found by their statuses. A message leaves the index once its provider_message_id is known.';

--
-- Name: campaign_messages_sending; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaign_messages_sending ON hidra.campaign_messages USING btree (evolution_config_id, run_id) WHERE (status = 'sending'::hidra.message_status);

--
-- Name: campaign_messages_state; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaign_messages_state ON hidra.campaign_messages USING btree (run_id, status, counted, contact_id);

--
-- Name: INDEX campaign_messages_state; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON INDEX hidra.campaign_messages_state IS 'Recipients are listed and counted by status, those that count and the others apart.';

--
-- Name: campaign_messages_unacknowledged; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaign_messages_unacknowledged ON hidra.campaign_messages USING btree (evolution_config_id, claimed_at) WHERE ((status = 'sent'::hidra.message_status) AND (acked_at IS NULL));

--
-- Name: INDEX campaign_messages_unacknowledged; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON INDEX hidra.campaign_messages_unacknowledged IS 'Messages that may open the circuit of their connection. A message enters and leaves the index once.';

--
-- Name: campaign_messages_unknown; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaign_messages_unknown ON hidra.campaign_messages USING btree (run_id) WHERE (status = 'unknown'::hidra.message_status);

--
-- Name: campaign_runs_initiator; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaign_runs_initiator ON hidra.campaign_runs USING btree (initiated_by);

--
-- Name: campaign_runs_one_open; Type: INDEX; Schema: hidra; Owner: -
--

CREATE UNIQUE INDEX campaign_runs_one_open ON hidra.campaign_runs USING btree (campaign_id) WHERE (ended_at IS NULL);

--
-- Name: INDEX campaign_runs_one_open; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON INDEX hidra.campaign_runs_one_open IS 'A campaign has at most one open run.';

--
-- Name: campaign_runs_without_room; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaign_runs_without_room ON hidra.campaign_runs USING btree (user_id) WHERE (requeue_at IS NOT NULL);

--
-- Name: INDEX campaign_runs_without_room; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON INDEX hidra.campaign_runs_without_room IS 'Each post that ends asks for it; it is nearly always empty.';

--
-- Name: campaigns_active; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaigns_active ON hidra.campaigns USING btree (scheduled_at) WHERE (status = ANY (ARRAY['scheduled'::hidra.campaign_status, 'running'::hidra.campaign_status]));

--
-- Name: campaigns_connection; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaigns_connection ON hidra.campaigns USING btree (user_id, evolution_config_id);

--
-- Name: campaigns_segment; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaigns_segment ON hidra.campaigns USING btree (user_id, segment_id);

--
-- Name: campaigns_template; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaigns_template ON hidra.campaigns USING btree (user_id, template_id);

--
-- Name: campaigns_user_id_created; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaigns_user_id_created ON hidra.campaigns USING btree (user_id, created_at DESC, id DESC);

--
-- Name: campaigns_user_id_status; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaigns_user_id_status ON hidra.campaigns USING btree (user_id, status);

--
-- Name: contact_imports_leased; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX contact_imports_leased ON hidra.contact_imports USING btree (user_id) WHERE (leased_until IS NOT NULL);

--
-- Name: contact_imports_open; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX contact_imports_open ON hidra.contact_imports USING btree (created_at) WHERE (status = ANY (ARRAY['waiting'::text, 'running'::text]));

--
-- Name: contact_imports_open_of_user; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX contact_imports_open_of_user ON hidra.contact_imports USING btree (user_id) WHERE (status = ANY (ARRAY['waiting'::text, 'running'::text]));

--
-- Name: contact_imports_user; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX contact_imports_user ON hidra.contact_imports USING btree (user_id, created_at);

--
-- Name: contacts_last_digits; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX contacts_last_digits ON hidra.contacts USING btree (user_id, reverse("right"(phone, 4)));

--
-- Name: INDEX contacts_last_digits; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON INDEX hidra.contacts_last_digits IS 'For searches by the end of a phone number.';

--
-- Name: contacts_name_words; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX contacts_name_words ON hidra.contacts USING gin (hidra.search_terms(user_id, name));

--
-- Name: contacts_not_on_whatsapp; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX contacts_not_on_whatsapp ON hidra.contacts USING btree (user_id, phone_hash) WHERE (not_on_whatsapp_at IS NOT NULL);

--
-- Name: INDEX contacts_not_on_whatsapp; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON INDEX hidra.contacts_not_on_whatsapp IS 'Accepted messages, deliveries and replies find a mark to clear.';

--
-- Name: delivery_events_unmatched_received; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX delivery_events_unmatched_received ON hidra.delivery_events_unmatched USING btree (received_at);

--
-- Name: direct_sends_claimed; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX direct_sends_claimed ON hidra.direct_sends USING btree (claimed_at);

--
-- Name: direct_sends_connection; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX direct_sends_connection ON hidra.direct_sends USING btree (evolution_config_id, claimed_at);

--
-- Name: exports_one_open_of_a_kind; Type: INDEX; Schema: hidra; Owner: -
--

CREATE UNIQUE INDEX exports_one_open_of_a_kind ON hidra.exports USING btree (user_id, kind) WHERE (status = ANY (ARRAY['waiting'::text, 'running'::text]));

--
-- Name: exports_to_do; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX exports_to_do ON hidra.exports USING btree (created_at) WHERE ((status = ANY (ARRAY['waiting'::text, 'running'::text])) OR leftover);

--
-- Name: exports_user; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX exports_user ON hidra.exports USING btree (user_id, created_at);

--
-- Name: opt_out_confirmations_connection; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX opt_out_confirmations_connection ON hidra.opt_out_confirmations USING btree (user_id, evolution_config_id);

--
-- Name: segment_contacts_contact; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX segment_contacts_contact ON hidra.segment_contacts USING btree (user_id, contact_id);

--
-- Name: whatsapp_lids_unknown; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX whatsapp_lids_unknown ON hidra.whatsapp_lids USING btree (user_id) WHERE (phone_hash IS NULL);

--
-- Name: contact_segments contact_segments_removed; Type: TRIGGER; Schema: hidra; Owner: -
--

CREATE TRIGGER contact_segments_removed AFTER DELETE ON hidra.contact_segments REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT EXECUTE FUNCTION hidra.delete_members_of_segments();

--
-- Name: TRIGGER contact_segments_removed ON contact_segments; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TRIGGER contact_segments_removed ON hidra.contact_segments IS 'Replaces ON DELETE CASCADE of segment_contacts.';

--
-- Name: contacts contacts_added; Type: TRIGGER; Schema: hidra; Owner: -
--

CREATE TRIGGER contacts_added AFTER INSERT ON hidra.contacts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION hidra.note_attribute_names();

--
-- Name: TRIGGER contacts_added ON contacts; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TRIGGER contacts_added ON hidra.contacts IS 'Keeps attribute_names complete.';

--
-- Name: contacts contacts_changed; Type: TRIGGER; Schema: hidra; Owner: -
--

CREATE TRIGGER contacts_changed AFTER UPDATE ON hidra.contacts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION hidra.note_attribute_names();

--
-- Name: TRIGGER contacts_changed ON contacts; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TRIGGER contacts_changed ON hidra.contacts IS 'Keeps attribute_names complete.';

--
-- Name: contacts contacts_removed; Type: TRIGGER; Schema: hidra; Owner: -
--

CREATE TRIGGER contacts_removed AFTER DELETE ON hidra.contacts REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT EXECUTE FUNCTION hidra.delete_members_of_contacts();

--
-- Name: TRIGGER contacts_removed ON contacts; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TRIGGER contacts_removed ON hidra.contacts IS 'Replaces ON DELETE CASCADE of segment_contacts.';

--
-- Name: pace_limits pace_limits_lowered; Type: TRIGGER; Schema: hidra; Owner: -
--

CREATE TRIGGER pace_limits_lowered BEFORE UPDATE OF rate ON hidra.pace_limits FOR EACH ROW WHEN ((new.rate < old.rate)) EXECUTE FUNCTION hidra.note_lowered_rate();

--
-- Name: TRIGGER pace_limits_lowered ON pace_limits; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TRIGGER pace_limits_lowered ON hidra.pace_limits IS 'Makes permits of the higher rate void.';

--
-- Name: segment_contacts segment_contacts_added; Type: TRIGGER; Schema: hidra; Owner: -
--

CREATE TRIGGER segment_contacts_added AFTER INSERT ON hidra.segment_contacts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION hidra.check_and_count_members();

--
-- Name: TRIGGER segment_contacts_added ON segment_contacts; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TRIGGER segment_contacts_added ON hidra.segment_contacts IS 'Replaces the foreign keys of new members and adds them to total_contacts.';

--
-- Name: segment_contacts segment_contacts_removed; Type: TRIGGER; Schema: hidra; Owner: -
--

CREATE TRIGGER segment_contacts_removed AFTER DELETE ON hidra.segment_contacts REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION hidra.check_and_count_members();

--
-- Name: TRIGGER segment_contacts_removed ON segment_contacts; Type: COMMENT; Schema: hidra; Owner: -
--

COMMENT ON TRIGGER segment_contacts_removed ON hidra.segment_contacts IS 'Subtracts deleted members from total_contacts, also when another trigger deletes them.';

--
-- Name: attribute_names attribute_names_user_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.attribute_names
    ADD CONSTRAINT attribute_names_user_fk FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;

--
-- Name: campaign_excluded_segments campaign_excluded_segments_campaign_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.campaign_excluded_segments
    ADD CONSTRAINT campaign_excluded_segments_campaign_fk FOREIGN KEY (user_id, campaign_id) REFERENCES hidra.campaigns(user_id, id) ON DELETE CASCADE;

--
-- Name: campaign_excluded_segments campaign_excluded_segments_segment_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.campaign_excluded_segments
    ADD CONSTRAINT campaign_excluded_segments_segment_fk FOREIGN KEY (user_id, segment_id) REFERENCES hidra.contact_segments(user_id, id) ON DELETE RESTRICT;

--
-- Name: campaign_messages campaign_messages_run_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.campaign_messages
    ADD CONSTRAINT campaign_messages_run_fk FOREIGN KEY (user_id, campaign_id, run_id) REFERENCES hidra.campaign_runs(user_id, campaign_id, id) ON DELETE CASCADE;

--
-- Name: campaign_metrics campaign_metrics_campaign_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.campaign_metrics
    ADD CONSTRAINT campaign_metrics_campaign_fk FOREIGN KEY (user_id, campaign_id) REFERENCES hidra.campaigns(user_id, id) ON DELETE CASCADE;

--
-- Name: campaign_runs campaign_runs_campaign_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.campaign_runs
    ADD CONSTRAINT campaign_runs_campaign_fk FOREIGN KEY (user_id, campaign_id) REFERENCES hidra.campaigns(user_id, id) ON DELETE CASCADE;

--
-- Name: campaign_runs campaign_runs_initiator_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.campaign_runs
    ADD CONSTRAINT campaign_runs_initiator_fk FOREIGN KEY (initiated_by) REFERENCES core.users(id) ON DELETE RESTRICT;

--
-- Name: campaign_timeline_points campaign_timeline_points_campaign_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.campaign_timeline_points
    ADD CONSTRAINT campaign_timeline_points_campaign_fk FOREIGN KEY (user_id, campaign_id) REFERENCES hidra.campaigns(user_id, id) ON DELETE CASCADE;

--
-- Name: campaigns campaigns_connection_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.campaigns
    ADD CONSTRAINT campaigns_connection_fk FOREIGN KEY (user_id, evolution_config_id) REFERENCES hidra.evolution_api_config(user_id, id) ON DELETE SET NULL (evolution_config_id);

--
-- Name: campaigns campaigns_segment_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.campaigns
    ADD CONSTRAINT campaigns_segment_fk FOREIGN KEY (user_id, segment_id) REFERENCES hidra.contact_segments(user_id, id) ON DELETE RESTRICT;

--
-- Name: campaigns campaigns_template_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.campaigns
    ADD CONSTRAINT campaigns_template_fk FOREIGN KEY (user_id, template_id) REFERENCES hidra.message_templates(user_id, id) ON DELETE RESTRICT;

--
-- Name: campaigns campaigns_user_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.campaigns
    ADD CONSTRAINT campaigns_user_fk FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;

--
-- Name: connection_days connection_days_connection_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.connection_days
    ADD CONSTRAINT connection_days_connection_fk FOREIGN KEY (user_id, evolution_config_id) REFERENCES hidra.evolution_api_config(user_id, id) ON DELETE CASCADE;

--
-- Name: connection_endpoints connection_endpoints_connection_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.connection_endpoints
    ADD CONSTRAINT connection_endpoints_connection_fk FOREIGN KEY (user_id, evolution_config_id) REFERENCES hidra.evolution_api_config(user_id, id) ON DELETE CASCADE;

--
-- Name: contact_import_rejects contact_import_rejects_import_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.contact_import_rejects
    ADD CONSTRAINT contact_import_rejects_import_fk FOREIGN KEY (user_id, import_id) REFERENCES hidra.contact_imports(user_id, id) ON DELETE CASCADE;

--
-- Name: contact_imports contact_imports_segment_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.contact_imports
    ADD CONSTRAINT contact_imports_segment_fk FOREIGN KEY (user_id, segment_id) REFERENCES hidra.contact_segments(user_id, id) ON DELETE SET NULL (segment_id);

--
-- Name: contact_imports contact_imports_user_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.contact_imports
    ADD CONSTRAINT contact_imports_user_fk FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;

--
-- Name: contact_segments contact_segments_user_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.contact_segments
    ADD CONSTRAINT contact_segments_user_fk FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;

--
-- Name: contacts contacts_user_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.contacts
    ADD CONSTRAINT contacts_user_fk FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;

--
-- Name: delivery_events_unmatched delivery_events_unmatched_connection_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.delivery_events_unmatched
    ADD CONSTRAINT delivery_events_unmatched_connection_fk FOREIGN KEY (user_id, evolution_config_id) REFERENCES hidra.evolution_api_config(user_id, id) ON DELETE CASCADE;

--
-- Name: direct_sends direct_sends_connection_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.direct_sends
    ADD CONSTRAINT direct_sends_connection_fk FOREIGN KEY (user_id, evolution_config_id) REFERENCES hidra.evolution_api_config(user_id, id) ON DELETE CASCADE;

--
-- Name: evolution_api_config evolution_api_config_user_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.evolution_api_config
    ADD CONSTRAINT evolution_api_config_user_fk FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;

--
-- Name: exports exports_user_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.exports
    ADD CONSTRAINT exports_user_fk FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;

--
-- Name: message_templates message_templates_user_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.message_templates
    ADD CONSTRAINT message_templates_user_fk FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;

--
-- Name: opt_out_confirmations opt_out_confirmations_connection_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.opt_out_confirmations
    ADD CONSTRAINT opt_out_confirmations_connection_fk FOREIGN KEY (user_id, evolution_config_id) REFERENCES hidra.evolution_api_config(user_id, id) ON DELETE CASCADE;

--
-- Name: opt_out_requests opt_out_requests_user_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.opt_out_requests
    ADD CONSTRAINT opt_out_requests_user_fk FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;

--
-- Name: opt_out_settings opt_out_settings_user_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.opt_out_settings
    ADD CONSTRAINT opt_out_settings_user_fk FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;

--
-- Name: opt_outs opt_outs_user_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.opt_outs
    ADD CONSTRAINT opt_outs_user_fk FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;

--
-- Name: pace_limits pace_limits_user_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.pace_limits
    ADD CONSTRAINT pace_limits_user_fk FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;

--
-- Name: pace_slots pace_slots_limit_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.pace_slots
    ADD CONSTRAINT pace_slots_limit_fk FOREIGN KEY (user_id, subject) REFERENCES hidra.pace_limits(user_id, subject) ON DELETE CASCADE;

--
-- Name: replies_unmatched replies_unmatched_connection_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.replies_unmatched
    ADD CONSTRAINT replies_unmatched_connection_fk FOREIGN KEY (user_id, evolution_config_id) REFERENCES hidra.evolution_api_config(user_id, id) ON DELETE CASCADE;

--
-- Name: status_backfills status_backfills_connection_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.status_backfills
    ADD CONSTRAINT status_backfills_connection_fk FOREIGN KEY (user_id, evolution_config_id) REFERENCES hidra.evolution_api_config(user_id, id) ON DELETE CASCADE;

--
-- Name: whatsapp_lids whatsapp_lids_user_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.whatsapp_lids
    ADD CONSTRAINT whatsapp_lids_user_fk FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;

--
-- Name: campaign_metrics admin; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY admin ON hidra.campaign_metrics FOR SELECT TO hidra_admin USING (true);

--
-- Name: campaigns admin; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY admin ON hidra.campaigns FOR SELECT TO hidra_admin USING (true);

--
-- Name: attribute_names; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.attribute_names ENABLE ROW LEVEL SECURITY;

--
-- Name: campaign_excluded_segments; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.campaign_excluded_segments ENABLE ROW LEVEL SECURITY;

--
-- Name: campaign_messages; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.campaign_messages ENABLE ROW LEVEL SECURITY;

--
-- Name: campaign_metrics; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.campaign_metrics ENABLE ROW LEVEL SECURITY;

--
-- Name: campaign_runs; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.campaign_runs ENABLE ROW LEVEL SECURITY;

--
-- Name: campaign_timeline_points; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.campaign_timeline_points ENABLE ROW LEVEL SECURITY;

--
-- Name: campaigns; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.campaigns ENABLE ROW LEVEL SECURITY;

--
-- Name: connection_days; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.connection_days ENABLE ROW LEVEL SECURITY;

--
-- Name: connection_endpoints; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.connection_endpoints ENABLE ROW LEVEL SECURITY;

--
-- Name: contact_import_rejects; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.contact_import_rejects ENABLE ROW LEVEL SECURITY;

--
-- Name: contact_imports; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.contact_imports ENABLE ROW LEVEL SECURITY;

--
-- Name: contact_segments; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.contact_segments ENABLE ROW LEVEL SECURITY;

--
-- Name: contacts; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.contacts ENABLE ROW LEVEL SECURITY;

--
-- Name: delivery_events_unmatched; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.delivery_events_unmatched ENABLE ROW LEVEL SECURITY;

--
-- Name: direct_sends; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.direct_sends ENABLE ROW LEVEL SECURITY;

--
-- Name: evolution_api_config; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.evolution_api_config ENABLE ROW LEVEL SECURITY;

--
-- Name: exports; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.exports ENABLE ROW LEVEL SECURITY;

--
-- Name: message_templates; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.message_templates ENABLE ROW LEVEL SECURITY;

--
-- Name: opt_out_confirmations; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.opt_out_confirmations ENABLE ROW LEVEL SECURITY;

--
-- Name: opt_out_requests; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.opt_out_requests ENABLE ROW LEVEL SECURITY;

--
-- Name: opt_out_settings; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.opt_out_settings ENABLE ROW LEVEL SECURITY;

--
-- Name: opt_outs; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.opt_outs ENABLE ROW LEVEL SECURITY;

--
-- Name: attribute_names owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.attribute_names TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: campaign_excluded_segments owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.campaign_excluded_segments TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: campaign_messages owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.campaign_messages TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: campaign_metrics owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.campaign_metrics TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: campaign_runs owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.campaign_runs TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: campaign_timeline_points owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.campaign_timeline_points TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: campaigns owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.campaigns TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: connection_days owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.connection_days TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: connection_endpoints owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.connection_endpoints TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: contact_import_rejects owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.contact_import_rejects TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: contact_imports owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.contact_imports TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: contact_segments owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.contact_segments TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: contacts owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.contacts TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: delivery_events_unmatched owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.delivery_events_unmatched TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: direct_sends owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.direct_sends TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: evolution_api_config owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.evolution_api_config TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: exports owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.exports TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: message_templates owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.message_templates TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: opt_out_confirmations owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.opt_out_confirmations TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: opt_out_requests owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.opt_out_requests TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: opt_out_settings owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.opt_out_settings TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: opt_outs owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.opt_outs TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: pace_limits owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.pace_limits TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: pace_slots owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.pace_slots TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: replies_unmatched owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.replies_unmatched TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: segment_contacts owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.segment_contacts TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: status_backfills owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.status_backfills TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: whatsapp_lids owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.whatsapp_lids TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: pace_limits; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.pace_limits ENABLE ROW LEVEL SECURITY;

--
-- Name: pace_slots; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.pace_slots ENABLE ROW LEVEL SECURITY;

--
-- Name: replies_unmatched; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.replies_unmatched ENABLE ROW LEVEL SECURITY;

--
-- Name: segment_contacts; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.segment_contacts ENABLE ROW LEVEL SECURITY;

--
-- Name: status_backfills; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.status_backfills ENABLE ROW LEVEL SECURITY;

--
-- Name: attribute_names tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.attribute_names TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: campaign_excluded_segments tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.campaign_excluded_segments TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: campaign_messages tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.campaign_messages TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: campaign_metrics tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.campaign_metrics TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: campaign_runs tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.campaign_runs TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: campaign_timeline_points tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.campaign_timeline_points TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: campaigns tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.campaigns TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: connection_days tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.connection_days TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: connection_endpoints tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.connection_endpoints TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: contact_import_rejects tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.contact_import_rejects TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: contact_imports tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.contact_imports TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: contact_segments tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.contact_segments TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: contacts tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.contacts TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: delivery_events_unmatched tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.delivery_events_unmatched TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: direct_sends tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.direct_sends TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: evolution_api_config tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.evolution_api_config TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: exports tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.exports TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: message_templates tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.message_templates TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: opt_out_confirmations tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.opt_out_confirmations TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: opt_out_requests tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.opt_out_requests TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: opt_out_settings tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.opt_out_settings TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: opt_outs tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.opt_outs TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: pace_limits tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.pace_limits TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: pace_slots tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.pace_slots TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: replies_unmatched tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.replies_unmatched TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: segment_contacts tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.segment_contacts TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: status_backfills tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.status_backfills TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: whatsapp_lids tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.whatsapp_lids TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: whatsapp_lids; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.whatsapp_lids ENABLE ROW LEVEL SECURITY;

--
-- Name: attribute_names worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.attribute_names TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: campaign_excluded_segments worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.campaign_excluded_segments TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: campaign_messages worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.campaign_messages TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: campaign_metrics worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.campaign_metrics TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: campaign_runs worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.campaign_runs TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: campaign_timeline_points worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.campaign_timeline_points TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: campaigns worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.campaigns TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: connection_days worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.connection_days TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: connection_endpoints worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.connection_endpoints TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: contact_import_rejects worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.contact_import_rejects TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: contact_imports worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.contact_imports TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: contact_segments worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.contact_segments TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: contacts worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.contacts TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: delivery_events_unmatched worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.delivery_events_unmatched TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: direct_sends worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.direct_sends TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: evolution_api_config worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.evolution_api_config TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: exports worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.exports TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: message_templates worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.message_templates TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: opt_out_confirmations worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.opt_out_confirmations TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: opt_out_requests worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.opt_out_requests TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: opt_out_settings worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.opt_out_settings TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: opt_outs worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.opt_outs TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: pace_limits worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.pace_limits TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: pace_slots worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.pace_slots TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: replies_unmatched worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.replies_unmatched TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: segment_contacts worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.segment_contacts TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: status_backfills worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.status_backfills TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: whatsapp_lids worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.whatsapp_lids TO hidra_worker USING (true) WITH CHECK (true);

--
-- PostgreSQL database dump complete
--
