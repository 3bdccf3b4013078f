"""Runs benchmarks and keeps their results: python -m bench [NAME...] [--quick] [--rows N].

Without a name every stage runs, the shortest first. Each is a module with ``measure(size)``, and the sizes FULL and
QUICK. ``--rows`` sets another size, whose unit is the stage's own. QUICK=1 and ROWS=N in the environment do the same.
"""

import argparse
import importlib
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace

from bench import cost_model, results
from bench.results import Result
from hidra.telemetry import logger
from local.processes import LocalError

STAGES = ("webhook", "starts", "checks", "pace", "recorder", "send", "reads", "imports", "search", "freeze")
ON_REQUEST = ("recipients", "memory")  # print only, and have no yardstick


def measured(names: Sequence[str], *, quick: bool, rows: int | None = None) -> list[Result]:
    """Runs the stages one after the other and returns their results."""
    found: list[Result] = []
    for name in names:
        stage = importlib.import_module(f"bench.{name}")
        began = time.monotonic()
        print(f"== {name}", flush=True)
        new = stage.measure(rows or (stage.QUICK if quick else stage.FULL))
        print(f"   {time.monotonic() - began:.0f} s", flush=True)
        found += _noted(new, quick=quick)
    return found


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join((*STAGES, *ON_REQUEST)))
    parser.add_argument("--quick", action="store_true", default=os.environ.get("QUICK", "") not in ("", "0"))
    parser.add_argument("--rows", type=int, default=int(os.environ.get("ROWS") or 0) or None)
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - {*STAGES, *ON_REQUEST}:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    logger.setLevel("ERROR")
    found: list[Result] = []
    for name in given.names or STAGES:
        new = measured([name], quick=given.quick, rows=given.rows)
        _keep(new)  # at once: a later stage may fail
        found += new
    if took := cost_model.durations():
        prices = _noted(cost_model.rows(cost_model.deployment(), took), quick=given.quick)
        _keep(prices)
        found += prices
    print(results.table(found), end="")


def _keep(new: Sequence[Result]) -> None:
    results.write(new)
    results.write_table(new)


def _noted(new: Sequence[Result], *, quick: bool) -> list[Result]:
    return [replace(result, run=results.run_note(quick=quick)) for result in new]


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except LocalError as error:
        sys.exit(str(error))
