"""The demo: a campaign from a file of recipients to exact metrics."""

import os
from pathlib import Path
from uuid import uuid4

from local.demo import preparation, progress, report
from local.demo.client import Client
from local.demo.console import console
from local.demo.simulator_log import SimulatorLog
from local.stack import SENDERS, Stack

USER = "Demo"


def run(stack: Stack, file: Path) -> bool:
    """Run a campaign for a file of recipients; True if Hidra's numbers equal the simulator's for every recipient.

    Raises:
        LocalError: a step failed or took too long; the message says which.
    """
    instance = os.environ.get("EVOLUTION_INSTANCE") or f"demo-{uuid4().hex[:8]}"
    simulated = "EVOLUTION_URL" not in os.environ
    if simulated:
        preparation.make_instance(stack, instance)
    # A new tenant, so that a second demo on the same database starts from nothing too.
    client = Client(stack.api_url, stack.token(sub=str(uuid4()), email="demo@example.com", name=USER))
    campaign_id = preparation.schedule_campaign(client, stack, instance, file)
    log = SimulatorLog(stack.evolution_url, instance) if simulated else None
    with console.status("Starting the senders"):
        stack.warm("message_sender", SENDERS)
    progress.follow(client, campaign_id, log)
    if log is None:
        console.print(report.metrics_table(client, campaign_id))
        console.print("A real Evolution server keeps no log to compare with.")
        return True
    return report.compare(client, campaign_id, log)
