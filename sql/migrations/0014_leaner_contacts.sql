-- migrate:up

-- Contacts are written by the million, and each index on them costs a tenth of an import. Every look-up names the owner,
-- so the key that references use is the primary key, and an index over random ids alone serves nobody.
alter table hidra.segment_contacts drop constraint segment_contacts_contact_fk;
alter table hidra.contacts drop constraint contacts_pkey;
alter table hidra.contacts drop constraint contacts_user_id_id_key;
alter table hidra.contacts add constraint contacts_pkey primary key (user_id, id);
alter table hidra.segment_contacts add constraint segment_contacts_contact_fk foreign key (user_id, contact_id)
    references hidra.contacts (user_id, id) on delete cascade;

-- A foreign key looks a segment up once for each member. Whoever adds members updates their segment's total, so the
-- same statement can say once that there is no such segment of theirs; it holds the segment's row until the commit, so a
-- deletion waits for it and then finds the members.
alter table hidra.segment_contacts drop constraint segment_contacts_segment_fk;
revoke update on hidra.segment_contacts from hidra_api, hidra_worker;

create or replace function hidra.count_segment_contacts() returns trigger language plpgsql as $$
declare
    missing boolean;
begin
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

create function hidra.delete_segment_contacts() returns trigger language plpgsql
    security definer set search_path = pg_catalog as $$
begin
    delete from hidra.segment_contacts m using gone g where m.segment_id = g.id;
    return null;
end
$$;
create trigger contact_segments_removed after delete on hidra.contact_segments
    referencing old table as gone for each statement execute function hidra.delete_segment_contacts();

-- migrate:down
-- Forward only: what is wrong is mended by the next migration.
