"""How often a sender waits for the database: each wait costs the time of the network between them."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from selectors import EVENT_READ, DefaultSelector

from hidra.services.send_message import End
from hidra.store.db import Database
from tests.conftest import Databases
from tests.store.test_send import Outside, started


@dataclass
class Proxy:
    """Forwards one connection; counts the answers that a client waited for before it sent more."""

    port: int
    round_trips: int = 0


@contextmanager
def proxy(port: int) -> Iterator[Proxy]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        counting = Proxy(listener.getsockname()[1])

        def forward() -> None:
            client, _ = listener.accept()
            with client, socket.create_connection(("127.0.0.1", port)) as server, DefaultSelector() as ready:
                ready.register(client, EVENT_READ, server)
                ready.register(server, EVENT_READ, client)
                asked = False
                while True:
                    for key, _ in ready.select():
                        data = key.fileobj.recv(65_536)  # type: ignore[union-attr]
                        if not data:
                            return
                        counting.round_trips += asked and key.fileobj is server
                        asked = key.fileobj is client
                        key.data.sendall(data)

        thread = threading.Thread(target=forward)
        thread.start()
        yield counting
        thread.join(10)


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
