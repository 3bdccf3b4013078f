"""The server that DATABASE_URL names."""

import os
from pathlib import Path

import psycopg

from local import foreign_database
from local.doctor.findings import Check, Finding, fails, ok, warning
from local.processes import LocalError
from local.stack import ROOT

MIGRATIONS = ROOT / "sql" / "migrations"

_HAS_MIGRATIONS = "select to_regclass('hidra.schema_migrations') is not null"
_APPLIED = "select version from hidra.schema_migrations order by version"


def checks() -> list[Check]:
    url = os.environ.get("DATABASE_URL")
    return [Check("DATABASE_URL", lambda: check(url))] if url else []


def check(url: str) -> list[Finding]:
    try:
        version = foreign_database.check(url)
    except LocalError as error:
        return [fails("DATABASE_URL", str(error).removeprefix("DATABASE_URL "))]
    reached = ok("DATABASE_URL", f"PostgreSQL {version // 10000}.{version % 10000}, may create roles")
    shipped = [path.name.split("_")[0] for path in sorted(Path(MIGRATIONS).glob("*.sql"))]
    return [reached, migrations(_applied(url), shipped)]


def migrations(applied: list[str] | None, shipped: list[str]) -> Finding:
    """`applied` is None in a database that Hidra has never used."""
    if applied is None:
        return ok("Migrations", "none yet; ./hidra up applies them")
    if unknown := sorted(set(applied) - set(shipped)):
        return fails(
            "Migrations",
            f"{', '.join(unknown)} came from newer sources than these",
            "update these sources, or set DATABASE_URL to another database",
        )
    if missing := sorted(set(shipped) - set(applied)):
        return warning("Migrations", f"{', '.join(missing)} not applied", "./hidra up applies them, as a deploy does")
    return ok("Migrations", f"all {len(shipped)} applied")


def _applied(url: str) -> list[str] | None:
    with psycopg.connect(url, connect_timeout=5, options="-c statement_timeout=5000") as connection:
        known = connection.execute(_HAS_MIGRATIONS).fetchone()
        if not known or not known[0]:
            return None
        return [version for (version,) in connection.execute(_APPLIED)]
