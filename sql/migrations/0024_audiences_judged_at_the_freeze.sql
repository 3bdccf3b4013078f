-- migrate:up

-- Which contacts of the segment a campaign skips, beside those that opted out. The first freeze judges them, once.
alter table hidra.campaigns
    add column not_contacted_for_days integer,
    add column skip_not_on_whatsapp_days integer not null default 90,
    add constraint campaigns_not_contacted_range check (not_contacted_for_days between 1 and 365),
    add constraint campaigns_skip_not_on_whatsapp_range check (skip_not_on_whatsapp_days between 0 and 365);
comment on column hidra.campaigns.not_contacted_for_days is
    'The first freeze skips a phone to which any campaign of the user sent a message, or may have sent one, within so '
    'many days. Null: none is skipped for that.';
comment on column hidra.campaigns.skip_not_on_whatsapp_days is
    'The first freeze skips a contact whose not_on_whatsapp_at is within so many days. 0: none is skipped for that.';

create table hidra.campaign_excluded_segments (
    user_id uuid not null,
    campaign_id uuid not null,
    segment_id uuid not null,
    constraint campaign_excluded_segments_pkey primary key (campaign_id, segment_id),
    constraint campaign_excluded_segments_campaign_fk foreign key (user_id, campaign_id)
        references hidra.campaigns (user_id, id) on delete cascade,
    constraint campaign_excluded_segments_segment_fk foreign key (user_id, segment_id)
        references hidra.contact_segments (user_id, id) on delete restrict
);
comment on table hidra.campaign_excluded_segments is
    'A row is a segment whose contacts the first freeze of a campaign skips.';
create index campaign_excluded_segments_segment on hidra.campaign_excluded_segments (user_id, segment_id);
comment on index hidra.campaign_excluded_segments_segment is 'Which campaigns exclude a segment that is to be deleted.';

alter table hidra.campaign_excluded_segments enable row level security;
alter table hidra.campaign_excluded_segments force row level security;
create policy owner on hidra.campaign_excluded_segments to current_user using (true) with check (true);
create policy worker on hidra.campaign_excluded_segments to hidra_worker using (true) with check (true);
create policy tenant on hidra.campaign_excluded_segments to hidra_api
    using (user_id = (select nullif(current_setting('hidra.user_id', true), '')::uuid))
    with check (user_id = (select nullif(current_setting('hidra.user_id', true), '')::uuid));
grant select, insert, delete on hidra.campaign_excluded_segments to hidra_api, hidra_worker;

alter table hidra.contacts add column not_on_whatsapp_at timestamptz;
comment on column hidra.contacts.not_on_whatsapp_at is
    'When a message to this phone was last refused because the phone is not on WhatsApp. Null if none was, or if a '
    'later message was accepted or delivered, the person wrote, or the contact got another phone since.';
create index contacts_not_on_whatsapp on hidra.contacts (user_id, phone_hash) where not_on_whatsapp_at is not null;
comment on index hidra.contacts_not_on_whatsapp is 'Accepted messages, deliveries and replies find a mark to clear.';

-- The same index with the time at which a message was, or may have been, sent.
drop index hidra.campaign_messages_phone;
create index campaign_messages_phone
    on hidra.campaign_messages (user_id, phone_hash, (coalesce(sent_at, claimed_at)));
comment on index hidra.campaign_messages_phone is
    'Opt-outs and erasures find the messages of a phone in any status, and freezes the phones that were contacted.';

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
