"""A scheduled run of connection_check over many connections: python -m bench checks.

Each connection belongs to another tenant, and its server answers at once over TLS, in a process of its own. The first
run sets our webhook on each; a later run finds it there. Each call has a TLS connection of its own, as on AWS.
"""

import time
from contextlib import ExitStack

from bench import functions
from bench.loading import migrated
from bench.results import Result
from bench.server import served
from bench.world import fill, jobs_database
from hidra.services.check_connection import check_all

FULL, QUICK = 1_000, 200  # connections
GOAL_SECONDS, PATIENCE_SECONDS = 30, 200


def measure(size: int) -> list[Result]:
    with ExitStack() as stack:
        server = stack.enter_context(migrated())
        url, _ = stack.enter_context(served(functions.SECRETS))
        campaigns = fill(server, campaigns=size, messages=0, base_url=url)
        functions.seal_keys(server, campaigns, url)
        database = jobs_database(server)
        stack.callback(database.close)
        app = functions.load("connection_check", functions.settings(url, server, login="jobs"))
        stack.callback(app.db.close)
        results = []
        for which in ("the first run", "a later run"):
            began = time.monotonic()
            keys = app.Keys()
            answering = check_all(db=database, examine=keys.examine, now=app.now, seconds=PATIENCE_SECONDS)
            took = time.monotonic() - began
            assert len(answering) == size, len(answering)
            results.append(
                Result(
                    name=f"connection_check over HTTPS, {which}",
                    size=f"{size:,} connections",
                    value=took,
                    unit="s",
                    goal=f"≤ {GOAL_SECONDS} s for {FULL:,}",
                    ok=took <= GOAL_SECONDS if size >= FULL else None,
                    seconds=took,
                )
            )
    return results
