"""How often a client waits for the database: each wait costs the time of the network between them."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from selectors import EVENT_READ, DefaultSelector


@dataclass
class Proxy:
    """Forwards one connection; counts the answers that a client waited for before it sent more."""

    port: int
    round_trips: int = 0


@contextmanager
def proxy(port: int) -> Iterator[Proxy]:
    """Listens on a free port for one client of the server on this port."""
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
