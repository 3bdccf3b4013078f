-- migrate:up

alter table hidra.campaigns
    add column labels text[] not null default '{}',
    add constraint campaigns_labels_few check (cardinality(labels) <= 20);

comment on column hidra.campaigns.labels is
    'Words of the user''s own by which campaigns are found. They say nothing to Hidra and change in any status.';

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
