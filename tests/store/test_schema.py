"""The migrated database, held against the list that the project's user wrote (their names are binding)."""

import re
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

import hidra.store
from hidra.domain import campaign as vocabulary
from hidra.domain.message import MessageStatus
from hidra.store import import_rows, schema
from local.database import Database as Server
from local.schema import SCHEMA, summed_up
from tests.conftest import MIGRATIONS, Databases

SEED_TABLES = {
    "evolution_api_config": "id user_id base_url api_key_encrypted connected_at last_health_check_at status error_message",
    "contact_segments": "id user_id name description import_source total_contacts",
    "message_templates": "id user_id title body variables media_url",
    "campaigns": "id user_id evolution_config_id name description channel status scheduled_at started_at completed_at"
    " segment_id template_id external_id max_messages_per_minute",
    "campaign_runs": "id campaign_id initiated_by started_at ended_at status summary",
    "campaign_metrics": "campaign_id total_messages delivered failed pending average_delivery_ms last_updated_at",
    "campaign_timeline_points": "id campaign_id timestamp delivered failed",
    "campaign_owner_metrics_view": "owner_id total_campaigns running_campaigns scheduled_campaigns delivered_messages"
    " failed_messages pending_messages",
}
DESIGN_TABLES = {
    "evolution_api_config": "instance_name integration max_messages_per_minute max_concurrent_sends jitter"
    " last_webhook_at",
    "campaigns": "send_window not_after blocked_reason scheduled_by",
    "campaign_runs": "user_id body media_url summary ticketed_until",
    "campaign_messages": "id user_id campaign_id run_id contact_id evolution_config_id phone phone_hash variables status"
    " attempts not_before counted provider_message_id claimed_at sent_at acked_at delivered_at read_at failed_at"
    " replied_at error_code error_detail",
    "campaign_metrics": "user_id skipped read replied delivery_ms_total",
    "campaign_timeline_points": "user_id",
    "contacts": "user_id phone subscriber phone_hash name attributes consent",
    "segment_contacts": "user_id segment_id contact_id",
    "opt_outs": "user_id phone_hash reason source at",
    "contact_imports": "user_id",
    "exports": "user_id",
    "pace_limits": "user_id subject rate plan",
    "pace_slots": "user_id subject slot shift",
    "delivery_events_unmatched": "user_id evolution_config_id provider_message_id status received_at",
    "replies_unmatched": "user_id evolution_config_id phone_hash lid_hash quoted_id replied_at",
    "delivery_events_rejected": "reason",
}
# table: columns -> referenced table, what a deletion there does
REFERENCES = {
    ("evolution_api_config", "user_id"): ("core.users", "cascade"),
    ("contact_segments", "user_id"): ("core.users", "cascade"),
    ("message_templates", "user_id"): ("core.users", "cascade"),
    ("campaigns", "user_id"): ("core.users", "cascade"),
    ("campaigns", "user_id,evolution_config_id"): ("hidra.evolution_api_config", "set null (evolution_config_id)"),
    ("campaigns", "user_id,segment_id"): ("hidra.contact_segments", "restrict"),
    ("campaigns", "user_id,template_id"): ("hidra.message_templates", "restrict"),
    ("campaign_runs", "user_id,campaign_id"): ("hidra.campaigns", "cascade"),
    ("campaign_runs", "initiated_by"): ("core.users", "restrict"),
    ("campaign_messages", "user_id,campaign_id,run_id"): ("hidra.campaign_runs", "cascade"),
    ("pace_slots", "user_id,subject"): ("hidra.pace_limits", "cascade"),
    ("campaign_metrics", "user_id,campaign_id"): ("hidra.campaigns", "cascade"),
    ("campaign_timeline_points", "user_id,campaign_id"): ("hidra.campaigns", "cascade"),
}
UNIQUE = [
    ("evolution_api_config", "user_id"),
    ("campaigns", "external_id"),
    ("campaign_timeline_points", 'campaign_id, timestamp|campaign_id, "timestamp"'),
    ("campaign_messages", "run_id, contact_id"),
    ("campaign_messages", "evolution_config_id, provider_message_id"),
    ("contacts", "user_id, subscriber"),
]
ENUMS = {
    "campaign_status": vocabulary.CampaignStatus,
    "campaign_channel": vocabulary.CampaignChannel,
    "evolution_connection_status": vocabulary.EvolutionConnectionStatus,
    "contact_import_source": vocabulary.ContactImportSource,
    "message_status": MessageStatus,
}


@pytest.mark.parametrize("table", sorted({*SEED_TABLES, *DESIGN_TABLES}))
def test_every_table_has_its_columns(databases: Databases, table: str) -> None:
    wanted = set(f"{SEED_TABLES.get(table, '')} {DESIGN_TABLES.get(table, '')}".split())
    found = databases.owner.execute(
        "select attname from pg_attribute where attrelid = to_regclass(%s) and attnum > 0", [f"hidra.{table}"]
    ).fetchall()
    assert wanted <= {row[0] for row in found}


@pytest.mark.parametrize(("table", "columns"), REFERENCES)
def test_every_foreign_key_is_there_with_its_delete_rule(databases: Databases, table: str, columns: str) -> None:
    target, rule = REFERENCES[table, columns]
    definitions = databases.owner.execute(
        "select pg_get_constraintdef(oid) from pg_constraint where conrelid = to_regclass(%s) and contype = 'f'",
        [f"hidra.{table}"],
    ).fetchall()
    wanted = rf"FOREIGN KEY \({columns.replace(',', ', ')}\) REFERENCES {target}\(.*ON DELETE {re.escape(rule)}$"
    assert any(re.match(wanted, row[0], re.IGNORECASE) for row in definitions), definitions


def test_messages_have_one_foreign_key_only(databases: Databases) -> None:
    assert databases.owner.execute(
        "select count(*) from pg_constraint where conrelid = 'hidra.campaign_messages'::regclass and contype = 'f'"
    ).fetchone() == (1,)


@pytest.mark.parametrize(("table", "columns"), UNIQUE)
def test_every_unique_key_is_there(databases: Databases, table: str, columns: str) -> None:
    found = databases.owner.execute(
        "select indexdef from pg_indexes where schemaname = 'hidra' and tablename = %s", [table]
    ).fetchall()
    assert any(
        f"({alternative})" in row[0] and "UNIQUE" in row[0] for row in found for alternative in columns.split("|")
    )


def test_the_dashboards_index_is_plain(databases: Databases) -> None:
    found = databases.owner.execute(
        "select indexdef from pg_indexes where indexname = 'campaigns_user_id_status'"
    ).fetchone()
    assert found is not None
    assert found[0] == "CREATE INDEX campaigns_user_id_status ON hidra.campaigns USING btree (user_id, status)"


@pytest.mark.parametrize("name", ENUMS)
def test_the_codes_enums_are_the_databases(databases: Databases, name: str) -> None:
    found = databases.owner.execute(
        "select enumlabel from pg_enum where enumtypid = to_regtype(%s) order by enumsortorder", [f"hidra.{name}"]
    ).fetchall()
    assert [row[0] for row in found] == [str(value) for value in ENUMS[name]]


def test_every_tenant_table_forces_row_level_security(databases: Databases) -> None:
    rows = databases.owner.execute(
        "select c.relname, c.relrowsecurity and c.relforcerowsecurity,"
        " array(select p.policyname::text from pg_policies p where p.schemaname = 'hidra' and p.tablename = c.relname)"
        " from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id'"
        " where c.relnamespace = 'hidra'::regnamespace and c.relkind = 'r'"
    ).fetchall()
    assert len(rows) >= 15
    assert [table for table, forced, _ in rows if not forced] == []
    assert [table for table, _, policies in rows if not {"owner", "worker", "tenant"} <= set(policies)] == []


def test_the_view_uses_the_rights_of_the_role_that_queries_it(databases: Databases) -> None:
    found = databases.owner.execute(
        "select reloptions from pg_class where relname = 'campaign_owner_metrics_view'"
    ).fetchone()
    assert found == (["security_invoker=true"],)


def test_the_average_is_generated_and_the_total_checked(databases: Databases) -> None:
    assert databases.owner.execute(
        "select attgenerated from pg_attribute where attrelid = 'hidra.campaign_metrics'::regclass"
        " and attname = 'average_delivery_ms'"
    ).fetchone() == ("s",)
    assert databases.owner.execute(
        "select pg_get_constraintdef(oid) from pg_constraint where conname = 'campaign_metrics_total_is_sum'"
    ).fetchone() == ("CHECK ((total_messages = (((delivered + failed) + pending) + skipped)))",)


def test_roles_own_nothing_and_cannot_log_in(databases: Databases) -> None:
    rows = databases.owner.execute(
        "select rolname, rolcanlogin, exists (select from pg_class where relowner = r.oid) from pg_roles r"
        " where rolname in ('hidra_api', 'hidra_worker', 'hidra_admin') order by 1"
    ).fetchall()
    assert rows == [("hidra_admin", False, False), ("hidra_api", False, False), ("hidra_worker", False, False)]


def test_every_table_of_a_migration_has_a_comment_that_says_what_a_row_is() -> None:
    for path in MIGRATIONS.glob("*.sql"):
        text = path.read_text()
        for table in re.findall(r"^create table ([\w.]+)", text, re.MULTILINE):
            assert re.search(rf"^comment on table {table} is\s+'A row is ", text, re.MULTILINE), f"{path.name}: {table}"


def test_every_constraint_has_a_name_of_its_own(databases: Databases) -> None:
    unnamed = databases.owner.execute(
        "select conname from pg_constraint where connamespace = 'hidra'::regnamespace"
        " and contype in ('c', 'f', 'u', 'p') and conname ~ '_(check|fkey|key|pkey)[0-9]*$'"
    ).fetchall()
    text = "".join(path.read_text() for path in MIGRATIONS.glob("*.sql"))
    assert [row[0] for row in unnamed if row[0] not in text and not row[0].startswith("schema_migrations")] == []


def statements() -> list[tuple[str, str]]:
    found = []
    for path in sorted(Path(hidra.store.__path__[0]).glob("*.py")):
        module = import_module(f"hidra.store.{path.stem}")
        found += [
            (f"{path.stem}.{name}", text)
            for name, text in vars(module).items()
            if name.isupper()
            and isinstance(text, str)
            and re.match(r"\s*(with|select|insert|update|delete)\b", text, re.IGNORECASE)
        ]
    assert len(found) > 30
    return found


@pytest.fixture
def staged(databases: Databases) -> psycopg.Connection:
    """The database with the table that an import works in."""
    databases.owner.execute(import_rows.STAGE.replace(" on commit drop", ""))
    return databases.owner


@pytest.mark.parametrize(("name", "text"), statements(), ids=[name for name, _ in statements()])
def test_every_statement_fits_the_schema(staged: psycopg.Connection, name: str, text: str) -> None:
    """Prepared with parameters of unknown type, as the driver sends them: names, columns and types must fit."""
    numbers: dict[str, int] = {}
    numbered = re.sub(r"%\((\w+)\)s", lambda m: f"${numbers.setdefault(m[1], len(numbers) + 1)}", text).replace(
        "%%", "%"
    )
    try:
        staged.execute(f"prepare statement as {numbered}; deallocate statement".encode())
    except psycopg.errors.IndeterminateDatatype:
        pytest.fail(f"{name} leaves a parameter's type open; cast it")


def test_the_schema_file_is_current(server: Server, migrated: str) -> None:
    assert summed_up(server, migrated) == SCHEMA.read_text(), "run `make schema`"


def test_migrating_again_changes_nothing_and_gives_the_logins_their_new_passwords(
    server: Server, migrated: str
) -> None:
    url = server.create(template=migrated)
    assert "Applied" not in schema.migrate(f"{url}?sslmode=disable", MIGRATIONS)
    login = {"username": "test_again", "password": "first"}
    schema.ensure_login(url, login, schema.JOBS_ROLES)
    schema.ensure_login(url, login | {"password": "second"}, schema.JOBS_ROLES)
    place = urlsplit(url)
    with psycopg.connect(
        host="127.0.0.1", port=place.port, dbname=place.path[1:], user="test_again", password="second"
    ) as mine:
        mine.execute("set role hidra_worker")
        assert mine.execute("select count(*) from hidra.campaigns").fetchone() == (0,)
