-- migrate:up

-- A foreign key to the contact asks once for each member, with a statement of its own, which was a sixth of an import.
-- The trigger that counts members already sees all of a statement's: it asks for their contacts in one go. Who adds
-- members and who deletes contacts of one user exclude each other until they commit, and neither sees an older state
-- after it has waited. So a contact that is gone has no members, and a member has its contact.
alter table hidra.segment_contacts drop constraint segment_contacts_contact_fk;

create or replace function hidra.count_segment_contacts() returns trigger language plpgsql as $$
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

create function hidra.delete_contacts_members() returns trigger language plpgsql
    security definer set search_path = pg_catalog as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('members ' || g.user_id, 0))
    from (select distinct user_id from gone order by user_id) g;
    delete from hidra.segment_contacts m using gone g where m.user_id = g.user_id and m.contact_id = g.id;
    return null;
end
$$;
create trigger contacts_removed after delete on hidra.contacts
    referencing old table as gone for each statement execute function hidra.delete_contacts_members();

-- The same numbers. A counted repetition makes the regular expression several times as dear, once for each contact.
alter table hidra.contacts drop constraint contacts_phone_is_e164;
alter table hidra.contacts add constraint contacts_phone_is_e164
    check (phone ~ '^\+[1-9][0-9]+$' and length(phone) between 8 and 16);

-- migrate:down
-- Forward only: what is wrong is mended by the next migration.
