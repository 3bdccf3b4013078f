-- migrate:up

create table hidra.opt_outs (
    user_id uuid not null constraint opt_outs_user_fk references core.users (id) on delete cascade,
    phone_hash bytea not null,
    reason text,
    source text not null constraint opt_outs_source_known check (source in ('api', 'reply', 'erasure', 'import')),
    at timestamptz not null default now(),
    constraint opt_outs_pkey primary key (user_id, phone_hash)
);
comment on table hidra.opt_outs is
    'A row is a phone to which the user must not send messages. The phone itself is not stored, only its hash.';
comment on column hidra.opt_outs.source is
    'reply: the recipient sent an opt-out word and can opt in again with a word. api, import: only the user lifts it. '
    'erasure: the person was erased.';

create table hidra.opt_out_settings (
    user_id uuid constraint opt_out_settings_pkey primary key
        constraint opt_out_settings_user_fk references core.users (id) on delete cascade,
    opt_out_words text[] not null constraint opt_out_settings_out_number check (cardinality(opt_out_words) <= 40),
    opt_in_words text[] not null constraint opt_out_settings_in_number check (cardinality(opt_in_words) <= 40),
    confirmation text constraint opt_out_settings_confirmation_length check (length(confirmation) between 1 and 1000),
    updated_at timestamptz not null default now()
);
comment on table hidra.opt_out_settings is
    'A row is what a user chose for opt-outs by reply. '
    'A user without a row has the words of hidra.domain.reply and sends no confirmation.';
comment on column hidra.opt_out_settings.opt_out_words is 'Replies that opt the recipient out, as the user wrote them.';
comment on column hidra.opt_out_settings.opt_in_words is
    'Replies that opt the recipient in again, as the user wrote them.';
comment on column hidra.opt_out_settings.confirmation is
    'The text that answers an opt-out by reply. Null: no answer is sent.';

create table hidra.opt_out_requests (
    user_id uuid not null constraint opt_out_requests_user_fk references core.users (id) on delete cascade,
    phone_hash bytea not null,
    opted_out_at timestamptz,
    opted_in_at timestamptz,
    constraint opt_out_requests_pkey primary key (user_id, phone_hash)
);
comment on table hidra.opt_out_requests is
    'A row is the latest opt-out and the latest opt-in of a phone. The later of the two holds, '
    'so repeated replies and replies in another order give the same result.';
comment on column hidra.opt_out_requests.opted_out_at is 'When the recipient last sent an opt-out word. Null if never.';
comment on column hidra.opt_out_requests.opted_in_at is
    'When the recipient last sent an opt-in word, or the user lifted the opt-out. Null if never.';

create table hidra.whatsapp_lids (
    user_id uuid not null constraint whatsapp_lids_user_fk references core.users (id) on delete cascade,
    lid_hash bytea not null,
    phone_hash bytea,
    opted_out_at timestamptz,
    opted_in_at timestamptz,
    constraint whatsapp_lids_pkey primary key (user_id, lid_hash)
);
comment on table hidra.whatsapp_lids is
    'A row is a hidden id (@lid) that WhatsApp showed in place of a phone. '
    'Its requests are kept until the phone is known, and are applied to the phone then.';
comment on column hidra.whatsapp_lids.lid_hash is
    'A keyed hash of the hidden id, as contacts.phone_hash is of a phone.';
comment on column hidra.whatsapp_lids.phone_hash is
    'The hash of the phone behind the hidden id. Null until it is known.';
comment on column hidra.whatsapp_lids.opted_out_at is
    'When an opt-out word last came from the hidden id. Null if never.';
comment on column hidra.whatsapp_lids.opted_in_at is 'When an opt-in word last came from the hidden id. Null if never.';
create index whatsapp_lids_unknown on hidra.whatsapp_lids (user_id) where phone_hash is null;

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
