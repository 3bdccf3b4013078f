-- migrate:up

create type hidra.contact_import_source as enum ('manual', 'csv', 'api', 'evolution');
comment on type hidra.contact_import_source is
    'Where contacts come from. evolution: the contacts of the user''s WhatsApp instance.';

-- Contacts are inserted by the million, and each index costs a tenth of an import. Every lookup names the user, so the
-- primary key is (user_id, id), and there is no index on id alone.
create table hidra.contacts (
    id uuid not null default gen_random_uuid(),
    user_id uuid not null constraint contacts_user_fk references core.users (id) on delete cascade,
    phone text not null
        constraint contacts_phone_is_e164 check (phone ~ '^\+[1-9][0-9]+$' and length(phone) between 8 and 16),
    phone_hash bytea not null,
    name text,
    attributes jsonb not null default '{}'
        constraint contacts_attributes_object check (jsonb_typeof(attributes) = 'object'),
    consent jsonb
        constraint contacts_consent_object check (jsonb_typeof(consent) = 'object')
        constraint contacts_consent_basis_known check (
            consent is null or coalesce(consent ->> 'basis' in (
                'consent', 'legal_obligation', 'public_policy', 'research', 'contract', 'legal_proceedings',
                'protection_of_life', 'health_protection', 'legitimate_interest', 'credit_protection'
            ), false)
        ),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint contacts_pkey primary key (user_id, id),
    constraint contacts_user_id_phone_key unique (user_id, phone)
);
comment on table hidra.contacts is 'A row is a person with one phone number to which the user may send messages.';
comment on column hidra.contacts.id is
    'A random UUID. hidra.search_contacts needs ids that do not follow the order of insertion.';
comment on column hidra.contacts.phone is 'The canonical E.164 number, with its plus sign.';
comment on column hidra.contacts.phone_hash is
    'HMAC-SHA-256 of user_id and phone with a secret key. The same phone has unrelated hashes for two users.';
comment on column hidra.contacts.attributes is
    'Values for template variables, by name. They take precedence over name and phone.';
comment on column hidra.contacts.consent is
    'The legal basis for messages: an object with basis, source and at (ISO 8601). Null when none is recorded.';
comment on constraint contacts_phone_is_e164 on hidra.contacts is
    'The length is checked apart, because a counted repetition makes the regular expression several times slower.';
comment on constraint contacts_consent_basis_known on hidra.contacts is 'The ten legal bases of the LGPD, article 7.';

create table hidra.contact_segments (
    id uuid constraint contact_segments_pkey primary key default gen_random_uuid(),
    user_id uuid not null constraint contact_segments_user_fk references core.users (id) on delete cascade,
    name text not null,
    description text,
    import_source hidra.contact_import_source not null default 'manual',
    total_contacts integer not null default 0
        constraint contact_segments_total_not_negative check (total_contacts >= 0),
    created_at timestamptz not null default now(),
    constraint contact_segments_user_id_id_key unique (user_id, id)
);
comment on table hidra.contact_segments is 'A row is a named set of contacts to which a campaign can be sent.';
comment on column hidra.contact_segments.total_contacts is
    'The number of rows in segment_contacts. The triggers of that table keep it exact.';

create table hidra.segment_contacts (
    user_id uuid not null,
    segment_id uuid not null,
    contact_id uuid not null,
    constraint segment_contacts_pkey primary key (segment_id, contact_id)
);
comment on table hidra.segment_contacts is
    'A row is a member: a contact that is in a segment. Triggers take the place of the two foreign keys.';
create index segment_contacts_contact on hidra.segment_contacts (user_id, contact_id);

-- A foreign key runs one query for each inserted row, which is too slow for an import. This trigger checks all rows of
-- a statement at once. It raises foreign_key_violation under the names of the constraints that it replaces,
-- segment_contacts_segment_fk and segment_contacts_contact_fk: the error handler reads these names.
create function hidra.check_and_count_members() returns trigger language plpgsql as $$
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
comment on function hidra.check_and_count_members is
    'Checks that the segment and the contact of each new member belong to the user, and updates total_contacts. '
    'A missing row raises foreign_key_violation with the constraint name segment_contacts_segment_fk or '
    'segment_contacts_contact_fk; no constraint has these names. '
    'An insert shares the advisory lock members of the user until its commit.';
create trigger segment_contacts_added after insert on hidra.segment_contacts
    referencing new table as changed for each statement execute function hidra.check_and_count_members();
create trigger segment_contacts_removed after delete on hidra.segment_contacts
    referencing old table as changed for each statement execute function hidra.check_and_count_members();
comment on trigger segment_contacts_added on hidra.segment_contacts is
    'Replaces the foreign keys of new members and adds them to total_contacts.';
comment on trigger segment_contacts_removed on hidra.segment_contacts is
    'Subtracts deleted members from total_contacts, also when another trigger deletes them.';

create function hidra.delete_members_of_segments() returns trigger language plpgsql
    security definer set search_path = pg_catalog as $$
begin
    delete from hidra.segment_contacts m using deleted d where m.segment_id = d.id;
    return null;
end
$$;
comment on function hidra.delete_members_of_segments is
    'Deletes the members of deleted segments, as a foreign key with ON DELETE CASCADE does.';
create trigger contact_segments_removed after delete on hidra.contact_segments
    referencing old table as deleted for each statement execute function hidra.delete_members_of_segments();
comment on trigger contact_segments_removed on hidra.contact_segments is
    'Replaces ON DELETE CASCADE of segment_contacts.';

create function hidra.delete_members_of_contacts() returns trigger language plpgsql
    security definer set search_path = pg_catalog as $$
begin
    perform pg_advisory_xact_lock(hidra.lock_key('members', d.user_id))
    from (select distinct user_id from deleted order by user_id) d;
    delete from hidra.segment_contacts m using deleted d where m.user_id = d.user_id and m.contact_id = d.id;
    return null;
end
$$;
comment on function hidra.delete_members_of_contacts is
    'Takes deleted contacts out of their segments, as a foreign key with ON DELETE CASCADE does. '
    'It takes the advisory lock members of the user alone until its commit, '
    'so no transaction adds a contact that is being deleted.';
create trigger contacts_removed after delete on hidra.contacts
    referencing old table as deleted for each statement execute function hidra.delete_members_of_contacts();
comment on trigger contacts_removed on hidra.contacts is 'Replaces ON DELETE CASCADE of segment_contacts.';

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
