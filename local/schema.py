"""sql/schema.sql: all migrations in one file, for readers. `make schema` writes it, a test compares it with them."""

import re
import subprocess
from pathlib import Path

from hidra.store import schema
from local.database import Database
from local.postgres_binaries import server_binaries

ROOT = Path(__file__).parent.parent
MIGRATIONS = ROOT / "sql" / "migrations"
SCHEMA = ROOT / "sql" / "schema.sql"

# Lines that differ between dumps or server versions and describe no schema.
_NOISE = re.compile(r"^(\\(un)?restrict .*|-- Dumped .*|SET .*|SELECT pg_catalog\.set_config.*)\n", re.MULTILINE)


def summed_up(server: Database, name: str) -> str:
    """The migrated database's schema as SQL, without privileges."""
    options = ["--schema-only", "--no-owner", "--no-privileges", "--exclude-table=hidra.schema_migrations"]
    dump = subprocess.run(
        [server_binaries() / "pg_dump", *options, "--dbname", server.url_of(name)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    return re.sub(r"\n{3,}", "\n\n", _NOISE.sub("", dump)).strip() + "\n"


def main() -> None:
    with Database.running() as server:
        schema.migrate(f"{server.url}?sslmode=disable", MIGRATIONS)
        SCHEMA.write_text(summed_up(server, "hidra"))


if __name__ == "__main__":
    main()
