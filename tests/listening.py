"""A server on loopback that tests write themselves, connection by connection."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """Gives the port on which each client is served, one after the other, in a thread.

    The thread has ended before the socket is closed: it could accept a client of the next test's socket otherwise, which
    gets the same number.
    """
    ended = threading.Event()

    def accept() -> None:
        while True:
            client, _ = listener.accept()
            with client, suppress(OSError):
                if ended.is_set():
                    return
                serve(client)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield address[1]
        finally:
            ended.set()
            with socket.socket() as last:  # not by create_connection, which tests replace
                last.connect(address)
            thread.join(10)
