-- migrate:up

-- What a template's media is, for WhatsApp shows each kind in its own way; a document also has a name.
alter table hidra.message_templates add column media_type text, add column file_name text;
update hidra.message_templates
set media_type = case
    when media_url ~* '\.(mp4|3gp)($|[?#])' then 'video'
    when media_url ~* '\.(mp3|ogg|opus|m4a|aac|amr)($|[?#])' then 'audio'
    when media_url ~* '\.(jpe?g|png|webp)($|[?#])' then 'image'
    else 'document'
end
where media_url is not null;
alter table hidra.message_templates
    add constraint message_templates_media_type_known check (media_type in ('image', 'document', 'video', 'audio')),
    add constraint message_templates_media_has_type check ((media_url is null) = (media_type is null)),
    add constraint message_templates_file_name_of_document check (file_name is null or media_type = 'document');
alter table hidra.campaign_runs add column media_type text, add column file_name text;

-- A row is a test message that was claimed for its one post: until it ended it takes room on its connection. Its phone's
-- hash and its provider's id are kept so that no look-up takes it for a campaign's. The clock drops rows of three days.
create table hidra.test_sends (
    id uuid constraint test_sends_pkey primary key default gen_random_uuid(),
    user_id uuid not null,
    evolution_config_id uuid not null,
    phone_hash bytea not null,
    claimed_at timestamptz not null default clock_timestamp(),
    ended_at timestamptz,
    provider_message_id text,
    constraint test_sends_config_fk foreign key (user_id, evolution_config_id)
        references hidra.evolution_api_config (user_id, id) on delete cascade
);
create index test_sends_config on hidra.test_sends (evolution_config_id, claimed_at);
create index test_sends_claimed on hidra.test_sends (claimed_at);

alter table hidra.test_sends enable row level security;
alter table hidra.test_sends force row level security;
create policy owner on hidra.test_sends to current_user using (true) with check (true);
create policy worker on hidra.test_sends to hidra_worker using (true) with check (true);
create policy tenant on hidra.test_sends to hidra_api
    using (user_id = (select nullif(current_setting('hidra.user_id', true), '')::uuid))
    with check (user_id = (select nullif(current_setting('hidra.user_id', true), '')::uuid));
grant select, insert, update, delete on hidra.test_sends to hidra_api, hidra_worker;

-- migrate:down
-- Forward only: what is wrong is mended by the next migration.
