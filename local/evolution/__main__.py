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
from local.evolution.arrivals import Runner
from local.evolution.faults import ANY
from local.evolution.server import Simulator
from local.evolution.virtual import VirtualTime
from local.evolution.webhooks import Schedule

_ROUTES = """
routes of its own, without a key:
  GET    /_control/health, /_control/behaviours, /_control/presets
  POST   /_control/phones/{number}               {"like": "failed", "copies": 2, "fault": {"cut": "after"}}
  POST   /_control/instances/{instance}/faults   {"fault": "cut_after", "times": 3}, {"status": 500, "after": 20}
  POST   /_control/phones/{number}/faults        {"fault": "lost", "after_seconds": 60, "for_seconds": 300}
         GET shows them, DELETE takes them away; the instance * is every one
  PUT    /_control/instances/{instance}/chaos    {"seed": 7, "rates": {"cut_after": 0.02, "lost": 0.1}}; GET, DELETE
  POST   /_control/instances/{instance}/scan     {"after_seconds": 0.5, "number": "551140000000"}
  POST   /_control/instances/{instance}/contacts {"contacts": [{"remoteJid": "123456@lid", "pushName": "Ana"}]}
  POST   /_control/instances/{instance}/disconnect {"reason": 401, "order": ["status.instance", "logout.instance"]}
  GET    /_control/clock; POST {"advance": 3600} with --virtual-clock: whatever falls due meanwhile has happened then
  GET    /_log/messages?after=0&limit=1000, /_log/webhooks?after=0&limit=1000, /_log/summary?instance=NAME
  DELETE /_log
"""


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local.evolution",
        description="A simulator of Evolution API 2.3.7.",
        epilog=f"what a phone does, by its last four digits:\n{phones.described()}\n\n"
        f"faults by name:\n{presets.described()}\n{_ROUTES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    defaults = Schedule()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080, help="0 chooses a free one")
    parser.add_argument("--api-key", required=True, help="the global key, AUTHENTICATION_API_KEY")
    parser.add_argument("--seed", type=int, help="of the phones' latencies; ids are never repeated")
    parser.add_argument("--retry-attempts", type=int, default=defaults.attempts)
    parser.add_argument("--retry-initial-seconds", type=float, default=defaults.initial_seconds)
    parser.add_argument("--retry-max-seconds", type=float, default=defaults.max_seconds)
    parser.add_argument("--scan-after-seconds", type=float, help="a phone scans every first QR code after so long")
    parser.add_argument(
        "--fault", action="append", default=[], choices=presets.PRESETS, metavar="NAME", help="armed for all instances"
    )
    parser.add_argument(
        "--virtual-clock",
        type=float,
        nargs="?",
        const=1.0,
        metavar="RATE",
        help="time passes by POST /_control/clock, and by itself RATE times as fast as the real one (1; 0: it stands)",
    )
    parser.add_argument("--webhooks-at-once", type=int, default=100, help="how many are being posted together at most")
    return parser.parse_args(words)


async def serve(arguments: argparse.Namespace) -> None:
    """Listen until SIGTERM or SIGINT; pending webhooks are lost then, as Evolution's are."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    schedule = Schedule(
        attempts=arguments.retry_attempts,
        initial_seconds=arguments.retry_initial_seconds,
        max_seconds=arguments.retry_max_seconds,
    )
    simulator = Simulator(
        arguments.api_key,
        seed=arguments.seed,
        schedule=schedule,
        scan_after=arguments.scan_after_seconds,
        webhooks_at_once=arguments.webhooks_at_once,
        virtual=None if arguments.virtual_clock is None else VirtualTime(arguments.virtual_clock),
    )
    for name in arguments.fault:
        simulator.faults.add(ANY, presets.parse(name))
    runner = Runner(simulator.app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, arguments.host, arguments.port, backlog=1024)
    await site.start()
    host, port = runner.addresses[0][:2]
    url = f"http://{host}:{port}"
    simulator.listening_at(url)
    print(json.dumps({"url": url}), flush=True)
    await stop.wait()
    await runner.cleanup()


def main(words: Sequence[str] | None = None) -> None:
    """Run the process to its end, with these arguments in the place of the command line's."""
    # The log only grows: looking through all of it for garbage would halt every request for tenths of a second.
    gc.set_threshold(10_000, 10, 1_000)
    asyncio.run(serve(_arguments(words)))
    # And nothing of it is worth being taken apart, which takes seconds after many messages.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
