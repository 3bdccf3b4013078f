-- migrate:up

create function hidra.is_user(user_id uuid) returns boolean
    language sql stable security definer set search_path to 'pg_catalog'
    as $$ select exists (select from core.users u where u.id = is_user.user_id) $$;
comment on function hidra.is_user is
    'Tells whether the user exists, and creates none: for a deployment that refuses unknown users.';
revoke execute on function hidra.is_user from public;
grant execute on function hidra.is_user to hidra_api;

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
