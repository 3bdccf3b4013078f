-- migrate:up

alter table hidra.campaign_messages add column requested_message_id text;
comment on column hidra.campaign_messages.requested_message_id is
    'The id under which Evolution is asked to send the message: made at the first claim on a Baileys connection and kept '
    'for every attempt. Evolution before 2.4 chooses an id of its own, so only provider_message_id says how the message '
    'was sent. Null before the first claim, on the Cloud API, and after an erasure.';
create unique index campaign_messages_requested_id
    on hidra.campaign_messages (evolution_config_id, requested_message_id)
    where requested_message_id is not null and provider_message_id is null;
comment on index hidra.campaign_messages_requested_id is
    'Messages whose answer was lost are found by their statuses. A message leaves the index once its provider_message_id '
    'is known.';
alter table hidra.campaign_messages
    drop constraint campaign_messages_erased_is_empty,
    add constraint campaign_messages_erased_is_empty check (
        (phone is not null and phone_hash is not null)
        or (
            phone is null and phone_hash is null and variables = '{}' and provider_message_id is null
            and requested_message_id is null and error_detail is null and status not in ('pending', 'sending', 'unknown')
        )
    );
comment on constraint campaign_messages_erased_is_empty on hidra.campaign_messages is
    'The row of an erased person keeps its counts and nothing of the person. '
    'A late result must not write any of it again.';

alter table hidra.direct_sends add column requested_message_id text;
comment on column hidra.direct_sends.requested_message_id is
    'As in campaign_messages: the id under which Evolution is asked to send the message. Null on the Cloud API.';
comment on column hidra.pace_limits.probed_at is
    'When the last probe was claimed: a message of a campaign or a direct send, while the circuit of the connection was '
    'open. Null before the first, and for a campaign.';

alter table hidra.campaign_runs add column requeue_at timestamptz;
comment on column hidra.campaign_runs.requeue_at is
    'The last tickets of the run were issued while its connection had no room. The sender whose post ends next asks for '
    'a pass, at this time at the earliest. Null if no pass waits for room.';
create index campaign_runs_without_room on hidra.campaign_runs (user_id) where requeue_at is not null;
comment on index hidra.campaign_runs_without_room is 'Each post that ends asks for it; it is nearly always empty.';

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
