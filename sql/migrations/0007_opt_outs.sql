-- migrate:up

-- A row is what an owner chose: the words by which people leave and come back, as the owner wrote them, and the text that
-- whoever leaves is answered with. An owner without one has the words of hidra.domain.reply and sends no answer.
create table hidra.opt_out_settings (
    user_id uuid constraint opt_out_settings_pkey primary key
        constraint opt_out_settings_user_fk references core.users (id) on delete cascade,
    opt_out_words text[] not null constraint opt_out_settings_out_number check (cardinality(opt_out_words) <= 40),
    opt_in_words text[] not null constraint opt_out_settings_in_number check (cardinality(opt_in_words) <= 40),
    confirmation text constraint opt_out_settings_confirmation_length check (length(confirmation) between 1 and 1000),
    updated_at timestamptz not null default now()
);

-- A row is what became of one phone's wishes: when its person last asked to leave, and when they last came back. The later
-- one holds; so copies of a reply, and replies in another order, end in the same state.
create table hidra.opt_out_wishes (
    user_id uuid not null constraint opt_out_wishes_user_fk references core.users (id) on delete cascade,
    phone_hash bytea not null,
    left_at timestamptz,
    returned_at timestamptz,
    constraint opt_out_wishes_pkey primary key (user_id, phone_hash)
);
insert into hidra.opt_out_wishes (user_id, phone_hash, left_at)
select user_id, phone_hash, at from hidra.opt_outs where source = 'reply';

-- A row is a hidden id (@lid) that WhatsApp showed in the place of a phone, as a keyed hash, and whose it is once that is
-- known. What its person asked for is kept, so that it can be done when the phone becomes known.
create table hidra.whatsapp_lids (
    user_id uuid not null constraint whatsapp_lids_user_fk references core.users (id) on delete cascade,
    lid_hash bytea not null,
    phone_hash bytea,
    left_at timestamptz,
    returned_at timestamptz,
    constraint whatsapp_lids_pkey primary key (user_id, lid_hash)
);
create index whatsapp_lids_unknown on hidra.whatsapp_lids (user_id) where phone_hash is null;

-- A row is an answer that somebody who left is still to get; claimed from before its one post on. It goes when it was
-- posted, and after ten minutes in any case: the phone of somebody who left is kept no longer.
create table hidra.opt_out_confirmations (
    id uuid constraint opt_out_confirmations_pkey primary key default gen_random_uuid(),
    user_id uuid not null,
    evolution_config_id uuid not null,
    phone text not null,
    phone_hash bytea not null,
    asked_at timestamptz not null default clock_timestamp(),
    claimed_at timestamptz,
    constraint opt_out_confirmations_config_fk foreign key (user_id, evolution_config_id)
        references hidra.evolution_api_config (user_id, id) on delete cascade
);
create index opt_out_confirmations_config on hidra.opt_out_confirmations (user_id, evolution_config_id);

do $$
declare
    tenant_table text;
begin
    foreach tenant_table in array array[
        'opt_out_settings', 'opt_out_wishes', 'whatsapp_lids', 'opt_out_confirmations'
    ] loop
        execute format('alter table hidra.%I enable row level security', tenant_table);
        execute format('alter table hidra.%I force row level security', tenant_table);
        execute format('create policy owner on hidra.%I to current_user using (true) with check (true)', tenant_table);
        execute format('create policy worker on hidra.%I to hidra_worker using (true) with check (true)', tenant_table);
        execute format(
            'create policy tenant on hidra.%I to hidra_api '
            'using (user_id = (select nullif(current_setting(''hidra.user_id'', true), '''')::uuid)) '
            'with check (user_id = (select nullif(current_setting(''hidra.user_id'', true), '''')::uuid))',
            tenant_table
        );
        execute format('grant select, insert, update, delete on hidra.%I to hidra_api, hidra_worker', tenant_table);
    end loop;
end
$$;

-- migrate:down
-- Forward only: what is wrong is mended by the next migration.
