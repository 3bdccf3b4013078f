"""How often a sender waits for the database: each wait costs the time of the network between them."""

from bench.round_trips import proxy
from hidra.services.send_message import End
from hidra.store.db import Database
from tests.conftest import Databases
from tests.store.test_send import Outside, started


def test_a_message_waits_for_the_database_at_most_nine_times(databases: Databases) -> None:
    world, ticket = started(databases)
    with proxy(int(databases.settings["DATABASE_PORT"])) as counting:
        settings = {**databases.settings, "DATABASE_PORT": str(counting.port), "DATABASE_SECRET": "jobs"}
        db = Database(settings, databases.logins.__getitem__)
        try:
            db.as_worker(lambda tx: tx.value("select 1"))
            before = counting.round_trips
            assert Outside().send(world, ticket, db=db) is End.POSTED
            assert counting.round_trips - before <= 9
        finally:
            db.close()


def test_a_transaction_that_reads_nothing_waits_once_and_one_that_reads_waits_twice(databases: Databases) -> None:
    with proxy(int(databases.settings["DATABASE_PORT"])) as counting:
        settings = {**databases.settings, "DATABASE_PORT": str(counting.port), "DATABASE_SECRET": "jobs"}
        db = Database(settings, databases.logins.__getitem__)
        try:
            db.as_worker(lambda tx: tx.run("select 1"))
            before = counting.round_trips
            db.as_worker(lambda tx: tx.run("select 1"))
            assert counting.round_trips - before == 1
            db.as_worker(lambda tx: tx.value("select 1"))
            assert counting.round_trips - before == 3
        finally:
            db.close()
