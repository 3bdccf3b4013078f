"""`python -m local.evolution`: the simulator as a process of its own."""

import argparse
import asyncio
import gc
import json
import os
import signal
import sys
from collections.abc import Sequence

from aiohttp import web

from local.evolution import phones, presets
from local.evolution.faults import ANY
from local.evolution.request_times import TimedRunner
from local.evolution.server import application
from local.evolution.simulator import Simulator
from local.evolution.versions import V2_3_7, VERSIONS
from local.evolution.virtual import VirtualTime
from local.evolution.webhooks import Schedule

_ROUTES = """
routes of its own, without a key:
  GET    /_control/health, /_control/behaviours, /_control/presets
  POST   /_control/phones/{number}               {"like": "failed", "copies": 2, "fault": {"cut": "after"}}
  POST   /_control/instances/{instance}/faults   {"fault": "cut_after", "times": 3}, {"status": 500, "after": 20}
  POST   /_control/phones/{number}/faults        {"fault": "lost", "after_seconds": 60, "for_seconds": 300}
         GET shows them, DELETE removes them; the instance * means all
  PUT    /_control/instances/{instance}/chaos    {"seed": 7, "rates": {"cut_after": 0.02, "lost": 0.1}}; GET, DELETE
  POST   /_control/instances/{instance}/scan     {"after_seconds": 0.5, "number": "551140000000"}
  POST   /_control/instances/{instance}/contacts {"contacts": [{"remoteJid": "123456@lid", "pushName": "Ana"}]}
  POST   /_control/instances/{instance}/disconnect {"reason": 401, "order": ["status.instance", "logout.instance"]}
  POST   /_control/restart                      restarts the server: Cloud API instances are open again
  GET    /_control/clock; POST {"advance": 3600} with --virtual-clock: answers once everything due has happened
  GET    /_log/messages?after=0&limit=1000, /_log/webhooks?after=0&limit=1000, /_log/summary?instance=NAME
  DELETE /_log
"""


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local.evolution",
        description="A simulator of Evolution API.",
        epilog=f"behaviour of a phone, by its last four digits:\n{phones.described()}\n\n"
        f"faults by name:\n{presets.described()}\n{_ROUTES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    defaults = Schedule()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080, help="0: any free one")
    parser.add_argument("--api-key", required=True, help="the global key, AUTHENTICATION_API_KEY")
    parser.add_argument("--evolution-version", choices=VERSIONS, default=V2_3_7.number, help="the version it plays")
    parser.add_argument("--seed", type=int, help="seed of the phones' latencies; ids are always new")
    parser.add_argument("--retry-attempts", type=int, default=defaults.attempts)
    parser.add_argument("--retry-initial-seconds", type=float, default=defaults.initial_seconds)
    parser.add_argument("--retry-max-seconds", type=float, default=defaults.max_seconds)
    parser.add_argument(
        "--scan-after-seconds", type=float, help="let a phone scan each instance's first QR code after so many seconds"
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        choices=presets.PRESETS,
        metavar="NAME",
        help="arm this fault for all instances",
    )
    parser.add_argument(
        "--virtual-clock",
        type=float,
        nargs="?",
        const=1.0,
        metavar="RATE",
        help="POST /_control/clock advances time; by itself it passes RATE times as fast as real (1; 0: it stands)",
    )
    parser.add_argument("--webhooks-at-once", type=int, default=100, help="the most webhooks posted at the same time")
    return parser.parse_args(words)


async def serve(arguments: argparse.Namespace) -> None:
    """Listen until SIGTERM or SIGINT; pending webhooks are lost then, as they are in Evolution."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    schedule = Schedule(
        attempts=arguments.retry_attempts,
        initial_seconds=arguments.retry_initial_seconds,
        max_seconds=arguments.retry_max_seconds,
    )
    simulator = Simulator(
        seed=arguments.seed,
        schedule=schedule,
        scan_after=arguments.scan_after_seconds,
        webhooks_at_once=arguments.webhooks_at_once,
        version=VERSIONS[arguments.evolution_version],
        virtual=None if arguments.virtual_clock is None else VirtualTime(arguments.virtual_clock),
    )
    for name in arguments.fault:
        simulator.faults.add(ANY, presets.parse(name))
    runner = TimedRunner(application(simulator, arguments.api_key), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, arguments.host, arguments.port, backlog=1024)
    await site.start()
    host, port = runner.addresses[0][:2]
    url = f"http://{host}:{port}"
    simulator.webhooks.server_url = url
    print(json.dumps({"url": url}), flush=True)
    await stop.wait()
    await runner.cleanup()


def main(words: Sequence[str] | None = None) -> None:
    """Run the process to its end, with `words` instead of the command line."""
    # The log only grows: a full garbage collection would halt every request for tenths of a second.
    gc.set_threshold(10_000, 10, 1_000)
    asyncio.run(serve(_arguments(words)))
    # An orderly end of the interpreter would free the log row by row, for seconds after many messages.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
