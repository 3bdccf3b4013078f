-- migrate:up

-- Null in the rows of before, until a check, a send or a webhook writes the message anew.
alter table hidra.evolution_api_config
    add column error_code text,
    add column distrust_code text;
comment on column hidra.evolution_api_config.error_code is
    'error_message for programs. Statements that write one of the two write both. '
    'Null without a message, or if the message was written before there were codes.';
comment on column hidra.evolution_api_config.distrust_code is
    'distrust_reason for programs, as error_code.';

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
