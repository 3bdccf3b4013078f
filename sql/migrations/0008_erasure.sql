-- migrate:up

-- The message of an erased person stays for the counts, with nothing of the person: neither a late outcome nor a look-up
-- may write any of it back.
alter table hidra.campaign_messages
    alter column phone drop not null,
    alter column phone_hash drop not null,
    add constraint campaign_messages_erased_is_empty check (
        (phone is not null and phone_hash is not null)
        or (
            phone is null and phone_hash is null and variables = '{}' and provider_message_id is null
            and error_detail is null and status not in ('pending', 'sending', 'unknown')
        )
    );

-- Whatever was ever sent to a phone is asked for by its hash, not only what waits.
drop index hidra.campaign_messages_pending_phone;
create index campaign_messages_phone on hidra.campaign_messages (user_id, phone_hash);

-- The legal bases of the LGPD, article 7.
alter table hidra.contacts add constraint contacts_consent_basis_known check (
    consent is null or coalesce(consent ->> 'basis' in (
        'consent', 'legal_obligation', 'public_policy', 'research', 'contract', 'legal_proceedings', 'protection_of_life',
        'health_protection', 'legitimate_interest', 'credit_protection'
    ), false)
);

-- migrate:down
-- Forward only: what is wrong is mended by the next migration.
