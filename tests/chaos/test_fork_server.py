"""The timeout of a worker."""

import socket
import subprocess
from multiprocessing.connection import Connection

from tests.chaos.fork_server import Worker


def test_a_worker_that_exceeds_the_timeout_of_its_function_is_killed() -> None:
    ours, theirs = socket.socketpair()
    with subprocess.Popen(["sleep", "60"], pass_fds=[theirs.fileno()]) as process:
        theirs.close()
        worker = Worker(Connection(ours.detach()), process.pid)
        reply = worker.invoke("send", {}, 0.05, {}, lambda *_: None)
        worker.close()
        assert reply.died
        assert process.wait(10) == -9
