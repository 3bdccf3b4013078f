-- migrate:up

create schema if not exists core;
create schema if not exists hidra;

-- The platform around Hidra owns core.users. Where there is none, a minimal one is made; its comment is how
-- ensure_user tells ours from a foreign one, which nothing here ever alters.
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
        comment on table core.users is 'hidra: minimal users, a row is one tenant';
    end if;
end
$$;

-- Whether the token's subject is a known user; in a table of our own making its first request makes it one.
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
revoke execute on function hidra.ensure_user from public;

-- Roles belong to the server, not to the database: another installation may be making them at this moment.
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
grant execute on function hidra.ensure_user to hidra_api;

-- migrate:down
-- Forward only: what is wrong is mended by the next migration.
