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
-- Name: contact_import_source; Type: TYPE; Schema: hidra; Owner: -
--

CREATE TYPE hidra.contact_import_source AS ENUM (
    'manual',
    'csv',
    'api',
    'evolution'
);

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
-- Name: count_segment_contacts(); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.count_segment_contacts() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    missing boolean;
begin
    if tg_op = 'INSERT' then
        -- Before the segment's row is held, as whoever deletes contacts does it.
        perform pg_advisory_xact_lock_shared(hashtextextended('members ' || n.user_id, 0))
        from (select distinct user_id from changed order by user_id) n;
        -- OFFSET 0: each is looked up by index, however many there are and whatever the planner believes.
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
    if missing and tg_op = 'INSERT' then
        raise exception 'there is no such segment of this user'
            using errcode = 'foreign_key_violation', constraint = 'segment_contacts_segment_fk',
                schema = 'hidra', table = 'segment_contacts';
    end if;
    return null;
end
$$;

--
-- Name: delete_contacts_members(); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.delete_contacts_members() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
begin
    perform pg_advisory_xact_lock(hashtextextended('members ' || g.user_id, 0))
    from (select distinct user_id from gone order by user_id) g;
    delete from hidra.segment_contacts m using gone g where m.user_id = g.user_id and m.contact_id = g.id;
    return null;
end
$$;

--
-- Name: delete_segment_contacts(); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.delete_segment_contacts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
begin
    delete from hidra.segment_contacts m using gone g where m.segment_id = g.id;
    return null;
end
$$;

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
-- Name: fold(text); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.fold(given text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (octet_length(given) = char_length(given)) THEN lower(given) ELSE lower(translate(NORMALIZE(given, NFD), '̧̀́̂̃̈'::text, ''::text)) END;

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
-- Name: search_contacts(text[], text, text, uuid, integer, integer, integer); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.search_contacts(prefixes text[], suffix text, name_part text, after_id uuid, page_size integer, look integer DEFAULT 1000, enough integer DEFAULT 10000) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    SET enable_seqscan TO 'off'
    SET work_mem TO '32MB'
    AS $$
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

--
-- Name: words(text); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.words(given text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN translate("left"(hidra.fold("left"(given, 200)), 200), '.,-''()/'::text, '       '::text);

--
-- Name: search_query(uuid, text); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.search_query(owner uuid, given text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT (string_agg((((''''::text || "left"((search_query.owner)::text, 8)) || replace(replace(word.word, '\'::text, '\\'::text), ''''::text, ''''''::text)) || ''':*'::text), ' & '::text))::tsquery AS string_agg FROM unnest(string_to_array(hidra.words(search_query.given), ' '::text)) word(word) WHERE (word.word <> ''::text));

--
-- Name: search_terms(uuid, text); Type: FUNCTION; Schema: hidra; Owner: -
--

CREATE FUNCTION hidra.search_terms(owner uuid, given text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN array_to_tsvector(string_to_array(substr(replace((' '::text || hidra.words(given)), ' '::text, (' '::text || "left"((owner)::text, 8))), 2), ' '::text));

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

COMMENT ON TABLE core.users IS 'hidra: minimal users, a row is one tenant';

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
    CONSTRAINT campaign_messages_delivered_was_sent CHECK (((delivered_at IS NULL) OR (sent_at IS NOT NULL))),
    CONSTRAINT campaign_messages_erased_is_empty CHECK ((((phone IS NOT NULL) AND (phone_hash IS NOT NULL)) OR ((phone IS NULL) AND (phone_hash IS NULL) AND (variables = '{}'::jsonb) AND (provider_message_id IS NULL) AND (error_detail IS NULL) AND (status <> ALL (ARRAY['pending'::hidra.message_status, 'sending'::hidra.message_status, 'unknown'::hidra.message_status])))))
);

ALTER TABLE ONLY hidra.campaign_messages FORCE ROW LEVEL SECURITY;

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
    CONSTRAINT campaign_metrics_delivered_not_negative CHECK ((delivered >= 0)),
    CONSTRAINT campaign_metrics_delivery_ms_not_negative CHECK ((delivery_ms_total >= 0)),
    CONSTRAINT campaign_metrics_failed_not_negative CHECK ((failed >= 0)),
    CONSTRAINT campaign_metrics_pending_not_negative CHECK ((pending >= 0)),
    CONSTRAINT campaign_metrics_skipped_not_negative CHECK ((skipped >= 0)),
    CONSTRAINT campaign_metrics_total_is_sum CHECK ((total_messages = (((delivered + failed) + pending) + skipped)))
);

ALTER TABLE ONLY hidra.campaign_metrics FORCE ROW LEVEL SECURITY;

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
    CONSTRAINT campaigns_external_id_is_owned CHECK ((external_id ~~ ((user_id)::text || '/%'::text))),
    CONSTRAINT campaigns_rate_range CHECK (((max_messages_per_minute >= 1) AND (max_messages_per_minute <= 6000))),
    CONSTRAINT campaigns_scheduled_has_time CHECK (((status <> 'scheduled'::hidra.campaign_status) OR (scheduled_at IS NOT NULL)))
);

ALTER TABLE ONLY hidra.campaigns FORCE ROW LEVEL SECURITY;

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
    COALESCE(sum(m.pending), (0)::bigint) AS pending_messages
   FROM (hidra.campaigns c
     LEFT JOIN hidra.campaign_metrics m ON ((m.campaign_id = c.id)))
  GROUP BY c.user_id;

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
    ended_at timestamp with time zone,
    body text NOT NULL,
    media_url text,
    ticketed_until timestamp with time zone,
    drained_at timestamp with time zone,
    summary jsonb,
    media_type text,
    file_name text,
    resumed_at timestamp with time zone
);

ALTER TABLE ONLY hidra.campaign_runs FORCE ROW LEVEL SECURITY;

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
-- Name: contact_imports; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.contact_imports (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    segment_id uuid,
    source hidra.contact_import_source NOT NULL,
    status text DEFAULT 'waiting'::text NOT NULL,
    options jsonb DEFAULT '{}'::jsonb NOT NULL,
    checkpoint jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    format text DEFAULT 'csv'::text NOT NULL,
    bytes_total bigint,
    bytes_read bigint DEFAULT 0 NOT NULL,
    rows_read bigint DEFAULT 0 NOT NULL,
    created bigint DEFAULT 0 NOT NULL,
    updated bigint DEFAULT 0 NOT NULL,
    unchanged bigint DEFAULT 0 NOT NULL,
    rejected bigint DEFAULT 0 NOT NULL,
    rejected_by_reason jsonb DEFAULT '{}'::jsonb NOT NULL,
    batches integer DEFAULT 0 NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    failure_code text,
    failure_reason text,
    started_at timestamp with time zone,
    last_progress_at timestamp with time zone,
    ended_at timestamp with time zone,
    pulled_at timestamp with time zone,
    CONSTRAINT contact_imports_failure_has_reason CHECK (((status = 'failed'::text) = (failure_code IS NOT NULL))),
    CONSTRAINT contact_imports_format_known CHECK ((format = ANY (ARRAY['csv'::text, 'xlsx'::text, 'jsonl'::text]))),
    CONSTRAINT contact_imports_rows_are_accounted CHECK ((rows_read = (((created + updated) + unchanged) + rejected))),
    CONSTRAINT contact_imports_status_known CHECK ((status = ANY (ARRAY['waiting'::text, 'running'::text, 'completed'::text, 'failed'::text, 'canceled'::text])))
);

ALTER TABLE ONLY hidra.contact_imports FORCE ROW LEVEL SECURITY;

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
    CONSTRAINT contacts_attributes_object CHECK ((jsonb_typeof(attributes) = 'object'::text)),
    CONSTRAINT contacts_consent_basis_known CHECK (((consent IS NULL) OR COALESCE(((consent ->> 'basis'::text) = ANY (ARRAY['consent'::text, 'legal_obligation'::text, 'public_policy'::text, 'research'::text, 'contract'::text, 'legal_proceedings'::text, 'protection_of_life'::text, 'health_protection'::text, 'legitimate_interest'::text, 'credit_protection'::text])), false))),
    CONSTRAINT contacts_consent_object CHECK ((jsonb_typeof(consent) = 'object'::text)),
    CONSTRAINT contacts_phone_is_e164 CHECK (((phone ~ '^\+[1-9][0-9]+$'::text) AND ((length(phone) >= 8) AND (length(phone) <= 16))))
);

ALTER TABLE ONLY hidra.contacts FORCE ROW LEVEL SECURITY;

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
-- Name: evolution_api_config; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.evolution_api_config (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    base_url text NOT NULL,
    instance_name text NOT NULL,
    integration text DEFAULT 'baileys'::text NOT NULL,
    api_key_encrypted bytea NOT NULL,
    status hidra.evolution_connection_status DEFAULT 'disconnected'::hidra.evolution_connection_status NOT NULL,
    error_message text,
    status_at timestamp with time zone,
    connected_at timestamp with time zone,
    checked_from timestamp with time zone,
    last_health_check_at timestamp with time zone,
    last_webhook_at timestamp with time zone,
    max_messages_per_minute integer DEFAULT 60 NOT NULL,
    max_concurrent_sends integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    acknowledged_until timestamp with time zone DEFAULT now() NOT NULL,
    distrusted_since timestamp with time zone,
    distrust_reason text,
    CONSTRAINT evolution_api_config_concurrency_range CHECK (((max_concurrent_sends >= 1) AND (max_concurrent_sends <= 1000))),
    CONSTRAINT evolution_api_config_integration_known CHECK ((integration = ANY (ARRAY['baileys'::text, 'cloud_api'::text]))),
    CONSTRAINT evolution_api_config_rate_range CHECK (((max_messages_per_minute >= 1) AND (max_messages_per_minute <= 6000)))
);

ALTER TABLE ONLY hidra.evolution_api_config FORCE ROW LEVEL SECURITY;

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
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    media_type text,
    file_name text,
    CONSTRAINT message_templates_file_name_of_document CHECK (((file_name IS NULL) OR (media_type = 'document'::text))),
    CONSTRAINT message_templates_media_has_type CHECK (((media_url IS NULL) = (media_type IS NULL))),
    CONSTRAINT message_templates_media_type_known CHECK ((media_type = ANY (ARRAY['image'::text, 'document'::text, 'video'::text, 'audio'::text])))
);

ALTER TABLE ONLY hidra.message_templates FORCE ROW LEVEL SECURITY;

--
-- Name: opt_out_confirmations; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.opt_out_confirmations (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    evolution_config_id uuid NOT NULL,
    phone text NOT NULL,
    phone_hash bytea NOT NULL,
    asked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    claimed_at timestamp with time zone
);

ALTER TABLE ONLY hidra.opt_out_confirmations FORCE ROW LEVEL SECURITY;

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
-- Name: opt_out_wishes; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.opt_out_wishes (
    user_id uuid NOT NULL,
    phone_hash bytea NOT NULL,
    left_at timestamp with time zone,
    returned_at timestamp with time zone
);

ALTER TABLE ONLY hidra.opt_out_wishes FORCE ROW LEVEL SECURITY;

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
-- Name: pace_limits; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.pace_limits (
    subject uuid NOT NULL,
    user_id uuid NOT NULL,
    rate integer NOT NULL,
    tried_at timestamp with time zone,
    CONSTRAINT pace_limits_rate_range CHECK (((rate >= 1) AND (rate <= 6000)))
);

ALTER TABLE ONLY hidra.pace_limits FORCE ROW LEVEL SECURITY;

--
-- Name: pace_slots; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.pace_slots (
    subject uuid NOT NULL,
    user_id uuid NOT NULL,
    slot timestamp with time zone NOT NULL
);

ALTER TABLE ONLY hidra.pace_slots FORCE ROW LEVEL SECURITY;

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
-- Name: status_repairs; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.status_repairs (
    evolution_config_id uuid NOT NULL,
    user_id uuid NOT NULL,
    cause text NOT NULL,
    noticed_at timestamp with time zone NOT NULL,
    silent_since timestamp with time zone,
    sent_from timestamp with time zone NOT NULL,
    delivered_from timestamp with time zone NOT NULL,
    sent_until timestamp with time zone,
    begun_at timestamp with time zone,
    heard boolean DEFAULT false NOT NULL,
    before_sent_at timestamp with time zone DEFAULT 'infinity'::timestamp with time zone NOT NULL,
    before_id bigint DEFAULT 0 NOT NULL,
    to_look_up integer DEFAULT 0 NOT NULL,
    looked_up integer DEFAULT 0 NOT NULL,
    learned integer DEFAULT 0 NOT NULL,
    completed_at timestamp with time zone,
    CONSTRAINT status_repairs_begun_has_end CHECK (((begun_at IS NULL) = (sent_until IS NULL))),
    CONSTRAINT status_repairs_cause_known CHECK ((cause = ANY (ARRAY['silence'::text, 'webhook'::text, 'request'::text])))
);

ALTER TABLE ONLY hidra.status_repairs FORCE ROW LEVEL SECURITY;

--
-- Name: test_sends; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.test_sends (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    evolution_config_id uuid NOT NULL,
    phone_hash bytea NOT NULL,
    claimed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    ended_at timestamp with time zone,
    provider_message_id text
);

ALTER TABLE ONLY hidra.test_sends FORCE ROW LEVEL SECURITY;

--
-- Name: whatsapp_lids; Type: TABLE; Schema: hidra; Owner: -
--

CREATE TABLE hidra.whatsapp_lids (
    user_id uuid NOT NULL,
    lid_hash bytea NOT NULL,
    phone_hash bytea,
    left_at timestamp with time zone,
    returned_at timestamp with time zone
);

ALTER TABLE ONLY hidra.whatsapp_lids FORCE ROW LEVEL SECURITY;

--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: core; Owner: -
--

ALTER TABLE ONLY core.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

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
-- Name: contacts contacts_user_id_phone_key; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.contacts
    ADD CONSTRAINT contacts_user_id_phone_key UNIQUE (user_id, phone);

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
-- Name: opt_out_settings opt_out_settings_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.opt_out_settings
    ADD CONSTRAINT opt_out_settings_pkey PRIMARY KEY (user_id);

--
-- Name: opt_out_wishes opt_out_wishes_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.opt_out_wishes
    ADD CONSTRAINT opt_out_wishes_pkey PRIMARY KEY (user_id, phone_hash);

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
-- Name: segment_contacts segment_contacts_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.segment_contacts
    ADD CONSTRAINT segment_contacts_pkey PRIMARY KEY (segment_id, contact_id);

--
-- Name: status_repairs status_repairs_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.status_repairs
    ADD CONSTRAINT status_repairs_pkey PRIMARY KEY (evolution_config_id);

--
-- Name: test_sends test_sends_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.test_sends
    ADD CONSTRAINT test_sends_pkey PRIMARY KEY (id);

--
-- Name: whatsapp_lids whatsapp_lids_pkey; Type: CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.whatsapp_lids
    ADD CONSTRAINT whatsapp_lids_pkey PRIMARY KEY (user_id, lid_hash);

--
-- Name: campaign_messages_growing; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaign_messages_growing ON hidra.campaign_messages USING btree (evolution_config_id, sent_at) WHERE (status = ANY (ARRAY['sent'::hidra.message_status, 'delivered'::hidra.message_status]));

--
-- Name: campaign_messages_pending; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaign_messages_pending ON hidra.campaign_messages USING btree (run_id, id) WHERE (status = 'pending'::hidra.message_status);

--
-- Name: campaign_messages_phone; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaign_messages_phone ON hidra.campaign_messages USING btree (user_id, phone_hash);

--
-- Name: campaign_messages_provider_failed; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaign_messages_provider_failed ON hidra.campaign_messages USING btree (run_id, id) WHERE (error_code = 'provider_failed'::text);

--
-- Name: campaign_messages_provider_id; Type: INDEX; Schema: hidra; Owner: -
--

CREATE UNIQUE INDEX campaign_messages_provider_id ON hidra.campaign_messages USING btree (evolution_config_id, provider_message_id) WHERE (provider_message_id IS NOT NULL);

--
-- Name: campaign_messages_sending; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaign_messages_sending ON hidra.campaign_messages USING btree (evolution_config_id, run_id) WHERE (status = 'sending'::hidra.message_status);

--
-- Name: campaign_messages_unacknowledged; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaign_messages_unacknowledged ON hidra.campaign_messages USING btree (evolution_config_id, claimed_at) WHERE ((status = 'sent'::hidra.message_status) AND (acked_at IS NULL));

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
-- Name: campaigns_active; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaigns_active ON hidra.campaigns USING btree (scheduled_at) WHERE (status = ANY (ARRAY['scheduled'::hidra.campaign_status, 'running'::hidra.campaign_status]));

--
-- Name: campaigns_config; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX campaigns_config ON hidra.campaigns USING btree (user_id, evolution_config_id);

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
-- Name: contact_imports_open; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX contact_imports_open ON hidra.contact_imports USING btree (created_at) WHERE (status = ANY (ARRAY['waiting'::text, 'running'::text]));

--
-- Name: contact_imports_user; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX contact_imports_user ON hidra.contact_imports USING btree (user_id, created_at);

--
-- Name: contacts_last_digits; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX contacts_last_digits ON hidra.contacts USING btree (user_id, reverse("right"(phone, 4)));

--
-- Name: contacts_name_words; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX contacts_name_words ON hidra.contacts USING gin (hidra.search_terms(user_id, name));

--
-- Name: delivery_events_unmatched_received; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX delivery_events_unmatched_received ON hidra.delivery_events_unmatched USING btree (received_at);

--
-- Name: opt_out_confirmations_config; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX opt_out_confirmations_config ON hidra.opt_out_confirmations USING btree (user_id, evolution_config_id);

--
-- Name: segment_contacts_contact; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX segment_contacts_contact ON hidra.segment_contacts USING btree (user_id, contact_id);

--
-- Name: test_sends_claimed; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX test_sends_claimed ON hidra.test_sends USING btree (claimed_at);

--
-- Name: test_sends_config; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX test_sends_config ON hidra.test_sends USING btree (evolution_config_id, claimed_at);

--
-- Name: whatsapp_lids_unknown; Type: INDEX; Schema: hidra; Owner: -
--

CREATE INDEX whatsapp_lids_unknown ON hidra.whatsapp_lids USING btree (user_id) WHERE (phone_hash IS NULL);

--
-- Name: contact_segments contact_segments_removed; Type: TRIGGER; Schema: hidra; Owner: -
--

CREATE TRIGGER contact_segments_removed AFTER DELETE ON hidra.contact_segments REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION hidra.delete_segment_contacts();

--
-- Name: contacts contacts_removed; Type: TRIGGER; Schema: hidra; Owner: -
--

CREATE TRIGGER contacts_removed AFTER DELETE ON hidra.contacts REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION hidra.delete_contacts_members();

--
-- Name: segment_contacts segment_contacts_added; Type: TRIGGER; Schema: hidra; Owner: -
--

CREATE TRIGGER segment_contacts_added AFTER INSERT ON hidra.segment_contacts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION hidra.count_segment_contacts();

--
-- Name: segment_contacts segment_contacts_removed; Type: TRIGGER; Schema: hidra; Owner: -
--

CREATE TRIGGER segment_contacts_removed AFTER DELETE ON hidra.segment_contacts REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION hidra.count_segment_contacts();

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
-- Name: campaigns campaigns_config_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.campaigns
    ADD CONSTRAINT campaigns_config_fk FOREIGN KEY (user_id, evolution_config_id) REFERENCES hidra.evolution_api_config(user_id, id) ON DELETE SET NULL (evolution_config_id);

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
-- Name: delivery_events_unmatched delivery_events_unmatched_config_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.delivery_events_unmatched
    ADD CONSTRAINT delivery_events_unmatched_config_fk FOREIGN KEY (user_id, evolution_config_id) REFERENCES hidra.evolution_api_config(user_id, id) ON DELETE CASCADE;

--
-- Name: evolution_api_config evolution_api_config_user_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.evolution_api_config
    ADD CONSTRAINT evolution_api_config_user_fk FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;

--
-- Name: message_templates message_templates_user_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.message_templates
    ADD CONSTRAINT message_templates_user_fk FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;

--
-- Name: opt_out_confirmations opt_out_confirmations_config_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.opt_out_confirmations
    ADD CONSTRAINT opt_out_confirmations_config_fk FOREIGN KEY (user_id, evolution_config_id) REFERENCES hidra.evolution_api_config(user_id, id) ON DELETE CASCADE;

--
-- Name: opt_out_settings opt_out_settings_user_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.opt_out_settings
    ADD CONSTRAINT opt_out_settings_user_fk FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;

--
-- Name: opt_out_wishes opt_out_wishes_user_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.opt_out_wishes
    ADD CONSTRAINT opt_out_wishes_user_fk FOREIGN KEY (user_id) REFERENCES core.users(id) ON DELETE CASCADE;

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
-- Name: status_repairs status_repairs_config_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.status_repairs
    ADD CONSTRAINT status_repairs_config_fk FOREIGN KEY (user_id, evolution_config_id) REFERENCES hidra.evolution_api_config(user_id, id) ON DELETE CASCADE;

--
-- Name: test_sends test_sends_config_fk; Type: FK CONSTRAINT; Schema: hidra; Owner: -
--

ALTER TABLE ONLY hidra.test_sends
    ADD CONSTRAINT test_sends_config_fk FOREIGN KEY (user_id, evolution_config_id) REFERENCES hidra.evolution_api_config(user_id, id) ON DELETE CASCADE;

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
-- Name: evolution_api_config; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.evolution_api_config ENABLE ROW LEVEL SECURITY;

--
-- Name: message_templates; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.message_templates ENABLE ROW LEVEL SECURITY;

--
-- Name: opt_out_confirmations; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.opt_out_confirmations ENABLE ROW LEVEL SECURITY;

--
-- Name: opt_out_settings; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.opt_out_settings ENABLE ROW LEVEL SECURITY;

--
-- Name: opt_out_wishes; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.opt_out_wishes ENABLE ROW LEVEL SECURITY;

--
-- Name: opt_outs; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.opt_outs ENABLE ROW LEVEL SECURITY;

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
-- Name: evolution_api_config owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.evolution_api_config TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: message_templates owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.message_templates TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: opt_out_confirmations owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.opt_out_confirmations TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: opt_out_settings owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.opt_out_settings TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: opt_out_wishes owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.opt_out_wishes TO hidra_owner USING (true) WITH CHECK (true);

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
-- Name: segment_contacts owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.segment_contacts TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: status_repairs owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.status_repairs TO hidra_owner USING (true) WITH CHECK (true);

--
-- Name: test_sends owner; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY owner ON hidra.test_sends TO hidra_owner USING (true) WITH CHECK (true);

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
-- Name: segment_contacts; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.segment_contacts ENABLE ROW LEVEL SECURITY;

--
-- Name: status_repairs; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.status_repairs ENABLE ROW LEVEL SECURITY;

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
-- Name: evolution_api_config tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.evolution_api_config TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: message_templates tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.message_templates TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: opt_out_confirmations tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.opt_out_confirmations TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: opt_out_settings tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.opt_out_settings TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: opt_out_wishes tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.opt_out_wishes TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

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
-- Name: segment_contacts tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.segment_contacts TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: status_repairs tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.status_repairs TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: test_sends tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.test_sends TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: whatsapp_lids tenant; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY tenant ON hidra.whatsapp_lids TO hidra_api USING ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((user_id = ( SELECT (NULLIF(current_setting('hidra.user_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: test_sends; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.test_sends ENABLE ROW LEVEL SECURITY;

--
-- Name: whatsapp_lids; Type: ROW SECURITY; Schema: hidra; Owner: -
--

ALTER TABLE hidra.whatsapp_lids ENABLE ROW LEVEL SECURITY;

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
-- Name: evolution_api_config worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.evolution_api_config TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: message_templates worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.message_templates TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: opt_out_confirmations worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.opt_out_confirmations TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: opt_out_settings worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.opt_out_settings TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: opt_out_wishes worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.opt_out_wishes TO hidra_worker USING (true) WITH CHECK (true);

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
-- Name: segment_contacts worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.segment_contacts TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: status_repairs worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.status_repairs TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: test_sends worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.test_sends TO hidra_worker USING (true) WITH CHECK (true);

--
-- Name: whatsapp_lids worker; Type: POLICY; Schema: hidra; Owner: -
--

CREATE POLICY worker ON hidra.whatsapp_lids TO hidra_worker USING (true) WITH CHECK (true);

--
-- PostgreSQL database dump complete
--
