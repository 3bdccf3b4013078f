-- migrate:up

create schema if not exists core;
create schema if not exists hidra;

-- core.users belongs to the platform around Hidra. Where the platform has no such table, this creates a minimal one.
-- No migration alters a core.users that the platform created.
do $$
begin
    if to_regclass('core.users') is null then
        create table core.users (
            id uuid constraint users_pkey primary key default gen_random_uuid(),
            email text,
            name text,
            role text not null default 'user',
            created_at timestamptz not null default now()
        );
        comment on table core.users is
            'hidra: minimal users. A row is a tenant. '
            'hidra.ensure_user inserts users only if this comment begins with "hidra:".';
    end if;
end
$$;

-- Roles belong to the server, not to the database. Another installation may be creating the same roles now.
do $$
declare
    wanted text;
begin
    foreach wanted in array array['hidra_api', 'hidra_worker', 'hidra_admin'] loop
        begin
            execute format('create role %I nologin', wanted);
        exception
            when duplicate_object or unique_violation then null;
        end;
    end loop;
end
$$;
grant usage on schema hidra to hidra_api, hidra_worker, hidra_admin;

create function hidra.ensure_user(user_id uuid, user_email text, user_name text) returns boolean
    language plpgsql security definer set search_path = pg_catalog as $$
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
comment on function hidra.ensure_user is
    'Tells whether the user exists. If Hidra created core.users, a missing user is inserted. '
    'A core.users table of the platform is only read.';
revoke execute on function hidra.ensure_user from public;
grant execute on function hidra.ensure_user to hidra_api;

-- id::text: a concatenation with a uuid is only stable, and PostgreSQL would not inline the function.
create function hidra.lock_key(kind text, id uuid) returns bigint language sql immutable parallel safe
return hashtextextended(kind || ' ' || id::text, 0);
comment on function hidra.lock_key is
    'The key of an advisory lock. '
    'campaign, id of a campaign: claims share it; a pause or a cancellation takes it alone. '
    'erasure, id of a user: imports, freezes and trial messages share it; an erasure takes it alone. '
    'members, id of a user: inserts of members share it; a deletion of contacts takes it alone.';
revoke execute on function hidra.lock_key from public;
grant execute on function hidra.lock_key to hidra_api, hidra_worker, hidra_admin;

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
