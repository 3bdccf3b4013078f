-- migrate:up

-- The same list as BLANK in hidra/domain/text.py: a test compares them over all of Unicode.
create function hidra.blank(given text) returns boolean language sql immutable parallel safe
return given !~ '[^\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f'
    '\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb'
    '\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff]';
comment on function hidra.blank is
    'Whether the text shows nothing: it is empty, or all of its characters are white space, control characters or '
    'invisible ones.';

-- The same rule as fold in hidra/domain/attribute_name.py: a test compares them over all of Unicode. The letters
-- are written out because lower() depends on the locale of the database.
create function hidra.fold_attribute_name(given text) returns text language sql immutable parallel safe
return coalesce(nullif(btrim(regexp_replace(
    translate(
        lower(regexp_replace(
            normalize(given, nfkd),
            '[\u00ad\u0300-\u036f\u061c\u17b4\u17b5\u180b-\u180f\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f'
            '\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\ufff0-\ufffb'
            '\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]',
            '', 'g'
        ) collate "C"),
        'ÆÐØÞĐĦŁŊŒŦƁƂƄƆƇƉƊƋƎƏƐƑƓƔƖƗƘƜƝƟƢƤƦƧƩƬƮƱƲƳƵƷƸƼǤǶǷȜȠȢȤȺȻȽȾɁɃɄɅɆɈɊɌɎͰͲͶͿΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧ'
            || 'ΨΩϏϘϚϜϞϠϢϤϦϨϪϬϮϷϺϽϾϿЂЄЅІЈЉЊЋЏАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯѠѢѤѦѨѪѬѮѰѲѴѸѺѼѾҀҊҌҎҐҒҔҖҘҚҜҞҠҢҤ'
            || 'ҦҨҪҬҮҰҲҴҶҸҺҼҾӀӃӅӇӉӋӍӔӘӠӨӶӺӼӾԀԂԄԆԈԊԌԎԐԒԔԖԘԚԜԞԠԢԤԦԨԪԬԮԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖ'
            || 'ς',
        'æðøþđħłŋœŧɓƃƅɔƈɖɗƌǝəɛƒɠɣɩɨƙɯɲɵƣƥʀƨʃƭʈʊʋƴƶʒƹƽǥƕƿȝƞȣȥⱥȼƚⱦɂƀʉʌɇɉɋɍɏͱͳͷϳαβγδεζηθικλμνξοπρστυφχ'
            || 'ψωϗϙϛϝϟϡϣϥϧϩϫϭϯϸϻͻͼͽђєѕіјљњћџабвгдежзиклмнопрстуфхцчшщъыьэюяѡѣѥѧѩѫѭѯѱѳѵѹѻѽѿҁҋҍҏґғҕҗҙқҝҟҡңҥ'
            || 'ҧҩҫҭүұҳҵҷҹһҽҿӏӄӆӈӊӌӎӕәӡөӷӻӽӿԁԃԅԇԉԋԍԏԑԓԕԗԙԛԝԟԡԣԥԧԩԫԭԯաբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ'
            || 'σ'
    ),
    '[\u0001-\u0020\-_|{}\u007f-\u00a0\u115f\u1160\u1680\u2000-\u200a\u2010-\u2015\u2028\u2029\u202f\u205f\u2212'
    '\u2800\u3000\u3164\uffa0\U0001d159]+',
    ' ', 'g'
)), ''), '_');
comment on function hidra.fold_attribute_name is
    'What two spellings of the name of an attribute have in common: without case, accents and invisible characters, '
    'with one space for spaces, hyphens, underscores and | { }. A name of these alone is _.';

create table hidra.attribute_names (
    user_id uuid not null constraint attribute_names_user_fk references core.users (id) on delete cascade,
    name text not null,
    folded text not null generated always as (hidra.fold_attribute_name(name)) stored,
    constraint attribute_names_pkey primary key (user_id, name)
);
comment on table hidra.attribute_names is
    'A row is the name of an attribute, in one spelling, that some contact of the user has or had. Triggers of contacts '
    'insert the rows. Nothing deletes them with a contact: the name of a column is no personal data.';
comment on column hidra.attribute_names.folded is 'What the name is found by in templates and filters.';
create index attribute_names_folded on hidra.attribute_names (user_id, folded);

-- No template and no filter can name an attribute with more than 64 characters.
create function hidra.note_attribute_names() returns trigger language plpgsql as $$
begin
    -- Sorted, so that two statements with the same new names wait for each other instead of deadlocking.
    insert into hidra.attribute_names (user_id, name)
    select k.user_id, k.name
    from (select distinct n.user_id, jsonb_object_keys(n.attributes) as name from changed n) k
    where length(k.name) <= 64 and not exists (
        select from hidra.attribute_names o where o.user_id = k.user_id and o.name = k.name
    )
    order by k.user_id, k.name
    on conflict do nothing;
    return null;
end
$$;
comment on function hidra.note_attribute_names is
    'Keeps attribute_names complete, whichever statement writes contacts.';
create trigger contacts_added after insert on hidra.contacts
    referencing new table as changed for each statement execute function hidra.note_attribute_names();
create trigger contacts_changed after update on hidra.contacts
    referencing new table as changed for each statement execute function hidra.note_attribute_names();
comment on trigger contacts_added on hidra.contacts is 'Keeps attribute_names complete.';
comment on trigger contacts_changed on hidra.contacts is 'Keeps attribute_names complete.';

insert into hidra.attribute_names (user_id, name)
select k.user_id, k.name
from (select distinct c.user_id, jsonb_object_keys(c.attributes) as name from hidra.contacts c) k
where length(k.name) <= 64;

create function hidra.spellings(owner uuid, wanted text) returns text[] language sql stable parallel safe
return array(
    select n.name from hidra.attribute_names n
    where n.user_id = owner and n.folded = hidra.fold_attribute_name(wanted)
    order by n.name <> wanted, n.name collate "C"
);
comment on function hidra.spellings is
    'The names of attributes of the user that the wanted name means, in the order in which a contact''s attributes are '
    'tried: the wanted spelling itself, then the others by their code points.';

create function hidra.attribute(attributes jsonb, spellings text[]) returns jsonb language sql immutable parallel safe
return (
    select attributes -> s.name from unnest(spellings) with ordinality as s (name, place)
    where attributes ? s.name order by s.place limit 1
);
comment on function hidra.attribute is 'The first of a contact''s attributes in these spellings; null if it has none.';

create function hidra.value(attributes jsonb, spellings text[], otherwise text) returns text
    language sql immutable parallel safe
return (
    select btrim(t.value)
    from (
        select attributes ->> s.name as value, s.place from unnest(spellings) with ordinality as s (name, place)
        union all select otherwise, null
    ) t
    where not hidra.blank(t.value) order by t.place limit 1
);
comment on function hidra.value is
    'The text of the first of a contact''s attributes in these spellings that is not blank; else the other text, null if '
    'that is blank.';

alter table hidra.attribute_names enable row level security;
alter table hidra.attribute_names force row level security;
create policy owner on hidra.attribute_names to current_user using (true) with check (true);
create policy worker on hidra.attribute_names to hidra_worker using (true) with check (true);
create policy tenant on hidra.attribute_names to hidra_api
    using (user_id = (select nullif(current_setting('hidra.user_id', true), '')::uuid))
    with check (user_id = (select nullif(current_setting('hidra.user_id', true), '')::uuid));
grant select, insert, update, delete on hidra.attribute_names to hidra_api, hidra_worker;

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
