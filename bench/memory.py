"""How little memory the sender needs on Lambda: python -m bench memory. Needs Linux, and root for its control group.

A function of so many MB gets MB / 1,769 of a processor (docs.aws.amazon.com/lambda, "Configure memory"). Here a
process of its own has that share by a quota, and handles one batch of ten tickets after the other: of one
campaign whose slots are 0.15 s apart, at a server that takes a second to answer, over TLS. Printed are its peak memory,
its processor time a message, how long after its slot a message was claimed, and how many tickets sent none.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from bench import functions
from bench.loading import migrated
from bench.results import Result, percentile
from bench.server import ROOT, served
from bench.world import RunningCampaign, fill, jobs_database
from hidra.domain.ticket import Ticket
from local.database import Database as Server
from local.processes import LocalError, clean_environment

FULL, QUICK = 20, 4  # invocations with each memory
SIZES = (None, 512, 256, 192, 128)  # MB; None: a whole processor
TICKETS, PACE, ANSWER_SECONDS = 10, 400, 1
MB_OF_A_PROCESSOR, PERIOD_US = 1_769, 20_000
SLOW_DOWN = """
update hidra.pace_limits set rate = %(pace)s;
update hidra.campaigns set max_messages_per_minute = %(pace)s;
update hidra.evolution_api_config set max_messages_per_minute = %(pace)s, jitter = 0
"""
# The slots that were used and the claims, each in their order.
LATENESS = """
select extract(epoch from m.claimed_at - s.slot) * 1000
from (select slot, row_number() over (order by slot) as n from hidra.pace_slots where subject = %(campaign_id)s) s
join (
    select claimed_at, row_number() over (order by claimed_at) as n from hidra.campaign_messages
    where campaign_id = %(campaign_id)s and claimed_at is not null
) m using (n)
"""


@dataclass(frozen=True)
class Used:
    """What a sender used: processor milliseconds of its invocations, and MB at most."""

    processor_ms: float
    peak_mb: float


def measure(size: int) -> list[Result]:
    """Prints a line for each memory, and has no result for the table."""
    print("memory     peak   processor  claimed after the slot, median and 99 %  without a message")
    for memory in SIZES:
        with ExitStack() as stack:
            server = stack.enter_context(migrated())
            url, certificate = stack.enter_context(served(functions.SECRETS, posts_take=ANSWER_SECONDS))
            [campaign] = fill(server, campaigns=1, messages=size * TICKETS, base_url=url)
            functions.seal_keys(server, [campaign], url)
            jobs_database(server).close()  # makes the login
            with psycopg.connect(server.url, autocommit=True) as owner, psycopg.ClientCursor(owner) as cursor:
                cursor.execute(SLOW_DOWN, {"pace": PACE})
                used = _run(server, url, certificate, campaign, memory=memory, invocations=size)
                late = [float(row[0]) for row in cursor.execute(LATENESS, vars(campaign)).fetchall()]
            print(
                f"{memory or 'whole':>6} {used.peak_mb:5.0f} MB {used.processor_ms / size / TICKETS:7.1f} ms"
                f" {percentile(late, 0.5):12.0f} ms {percentile(late, 0.99):8.0f} ms {size * TICKETS - len(late):18}"
            )
    return []


def _run(
    server: Server, url: str, certificate: Path, campaign: RunningCampaign, *, memory: int | None, invocations: int
) -> Used:
    """Runs the sender in a process of its own, whose share of a processor is that of so much memory."""
    settings = functions.settings(url, server, login="jobs")
    given = {"campaign": {name: str(value) for name, value in asdict(campaign).items()}, "invocations": invocations}
    environment = clean_environment(PYTHONPATH=f"{ROOT / 'layers' / 'hidra'}:{ROOT}")
    command = [sys.executable, "-m", "bench.memory", json.dumps({**given, "settings": settings}), str(certificate)]
    with _share(memory) as group:
        found = subprocess.run(
            ["sh", "-c", f'echo $$ >"{group}" && exec "$@"', "sender", *command],
            check=True, capture_output=True, text=True, env=environment, cwd=ROOT, timeout=60 + 30 * invocations,
        )  # fmt: skip
    return Used(**json.loads(found.stdout.splitlines()[-1]))


@contextmanager
def _share(memory: int | None) -> Iterator[Path]:
    """A control group; yields the file that takes the processes of it."""
    quota = PERIOD_US * memory // MB_OF_A_PROCESSOR if memory else PERIOD_US
    first = Path("/sys/fs/cgroup/cpu")
    group = (first if first.exists() else first.parent) / f"hidra-bench-{os.getpid()}"
    try:
        group.mkdir()
        if first.exists():
            (group / "cpu.cfs_period_us").write_text(str(PERIOD_US))
            (group / "cpu.cfs_quota_us").write_text(str(quota))
        else:
            (group / "cpu.max").write_text(f"{quota} {PERIOD_US}")
    except OSError as error:
        raise LocalError(f"This benchmark needs a control group of its own: {error}") from error
    try:
        yield group / "cgroup.procs"
    finally:
        group.rmdir()


def sender(given: dict[str, Any], certificate: str) -> None:
    """Handles the batches, and prints what that took."""
    from hidra.gateways import tls  # noqa: PLC0415 - the starting process does not send

    app = functions.load("message_sender", given["settings"])
    tls.context().load_verify_locations(certificate)
    ticket = Ticket(**given["campaign"])
    event = functions.event("message_sender_ticket")
    [record] = event["Records"]
    records = [{**record, "messageId": str(uuid4()), "body": ticket.to_json()} for _ in range(TICKETS)]
    began = time.process_time()
    for _ in range(given["invocations"]):
        answer = app.handler({"Records": records}, functions.CONTEXT)
        assert answer == {"batchItemFailures": []}, answer
    worked = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(asdict(Used(processor_ms=worked * 1000, peak_mb=peak))))


if __name__ == "__main__":
    sender(json.loads(sys.argv[1]), sys.argv[2])
