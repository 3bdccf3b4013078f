"""simulate fault, chaos and clock: make the simulator fail by name, by hand or at random, and drive its time."""

import json
from typing import Annotated, Any

import typer

from local.cli.app import Name, echo, table
from local.cli.simulate import Instance, RunningSimulator, known, parsed, simulate
from local.evolution import presets
from local.processes import LocalError

_ADVANCE_TIMEOUT = 600.0
"""Seconds: every webhook due is posted meanwhile, and a receiver may hang."""
_FAULTS = "\n\n    \b\n    Faults by name:\n    " + "\n    ".join(presets.described().splitlines())


@simulate.command(
    help="""Arm a fault by name or by hand, and list the armed faults.

    \b
    Example:  ./hidra simulate fault loja --fault banned
              ./hidra simulate fault loja --fault cut_after --times 3 --after 10
              ./hidra simulate fault loja --fault lost --phone 5511987650001 --for 60
              ./hidra simulate fault '*' --status 503 --body '{"code": "LICENSE_REQUIRED"}' --everything
              ./hidra simulate fault loja --clear"""
    + _FAULTS
)
def fault(
    name: Annotated[str, typer.Argument(metavar="INSTANCE", help="The instance's name, '*' for all.")],
    *,
    named: Annotated[str | None, typer.Option("--fault", metavar="NAME", help="One of the names below.")] = None,
    phone: Annotated[str | None, typer.Option(metavar="PHONE", help="For this phone only, at every instance.")] = None,
    status: Annotated[int, typer.Option(metavar="STATUS", help="Answer with this HTTP status.")] = 500,
    body: Annotated[str, typer.Option(metavar="JSON", help="Answer with this body.")] = "null",
    cut: Annotated[
        str | None,
        typer.Option(
            metavar="before|during|after",
            help="Cut the connection before or after the message is accepted, or during the answer.",
        ),
    ] = None,
    accepted: Annotated[bool, typer.Option("--accepted", help="Send the message nevertheless.")] = False,
    hold: Annotated[float, typer.Option(metavar="SECONDS", help="Keep the client waiting so long first.")] = 0.0,
    times: Annotated[
        int | None, typer.Option(metavar="N", help="End after so many requests or webhooks.", show_default="never")
    ] = None,
    after: Annotated[int, typer.Option(metavar="N", help="Leave the first so many requests or webhooks alone.")] = 0,
    after_seconds: Annotated[float, typer.Option(metavar="SECONDS", help="Begin after so many seconds.")] = 0.0,
    for_seconds: Annotated[
        float | None,
        typer.Option("--for", metavar="SECONDS", help="End so many seconds after the beginning.", show_default="never"),
    ] = None,
    everything: Annotated[bool, typer.Option("--everything", help="For every route, not only sends.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Disarm all faults of the instance or phone.")] = False,
    stack: Name = "local",
) -> None:
    subject = phone or name
    simulator, path = RunningSimulator(stack), f"/_control/{f'phones/{phone}' if phone else f'instances/{name}'}/faults"
    if clear:
        simulator.ask("DELETE", path)
    else:
        script: dict[str, Any] = {"after": after, "after_seconds": after_seconds, "for_seconds": for_seconds}
        script |= {"times": times} if times or not named else {}
        if named:
            script |= {"fault": known(named)} | ({"accepted": True} if accepted else {})
            script |= {"hold_seconds": hold} if hold else {}
        else:
            script |= {"status": status, "body": parsed(body), "cut": cut, "accepted": accepted, "hold_seconds": hold}
            script |= {"scope": "all" if everything else "sends"}
        made = simulator.ask("POST", path, script)
        if made.get("disconnect") and not phone and not after:
            echo(f"WhatsApp ends the connection of {name}{f' in {after_seconds:g} s' if after_seconds else ''}.")
            return
    armed = simulator.ask("GET", path)
    if not armed:
        echo(f"No fault is armed for {subject}.")
        return
    titles = ["answer", "body", "message sent", "held, s", "ends after", "scope", "name"]
    echo(table(titles, [_armed(one) for one in armed]))


@simulate.command()
def chaos(
    name: Instance,
    rate: Annotated[
        list[str] | None,
        typer.Option("--rate", metavar="NAME=SHARE", help="The share of all sends or webhooks that meet this fault."),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="SEED", help="The same seed draws the same faults.")] = 1,
    clear: Annotated[bool, typer.Option("--clear", help="End the random faults.")] = False,
    stack: Name = "local",
) -> None:
    """Make sends and webhooks fail at random.

    The names are those of `fault --help`. The log names the fault of each send and each webhook.

    \b
    Example:  ./hidra simulate chaos loja --rate cut_after=0.02 --rate lost=0.1 --seed 7
              ./hidra simulate chaos loja --clear
    """
    simulator, path = RunningSimulator(stack), f"/_control/instances/{name}/chaos"
    if clear:
        simulator.ask("DELETE", path)
    elif rate:
        simulator.ask("PUT", path, {"seed": seed, "rates": dict(_share(one) for one in rate)})
    mix = simulator.ask("GET", path)
    if mix is None:
        echo(f"No random faults are set for {name}.")
        return
    echo(table(["fault", "share"], [[fault, json.dumps(share)] for fault, share in mix["rates"].items()]))


@simulate.command()
def clock(
    advance: Annotated[float | None, typer.Option(metavar="SECONDS", help="Let so many seconds pass at once.")] = None,
    stack: Name = "local",
) -> None:
    """Show or drive the clock of a simulator that was started with --virtual-clock.

    \b
    Example:  ./hidra simulate clock --advance 3600
    """
    simulator = RunningSimulator(stack)
    shown = simulator.ask("GET", "/_control/clock")
    if advance is not None:
        shown = simulator.ask("POST", "/_control/clock", {"advance": advance}, seconds=_ADVANCE_TIMEOUT)
    if not shown["virtual"]:
        echo("This simulator has the real clock. Start one with `./hidra simulate serve --virtual-clock 1`.")
        return
    echo(f"{shown['passed']:.1f} s have passed; {shown['sleeping']} events are pending.")


def _share(text: str) -> tuple[str, float]:
    name, _, share = text.partition("=")
    try:
        return known(name), float(share)
    except ValueError as error:
        raise LocalError(f"{text} is not NAME=SHARE. An example: cut_after=0.02.") from error


def _armed(one: dict[str, Any]) -> list[object]:
    times = one["times"] or "never"
    if one["scope"] in ("phones", "webhooks"):
        return ["", "", "", "", times, one["scope"], one["name"]]
    goes_out = one["accepted"] or one["cut"] in ("during", "after") or (one["status"] is None and not one["cut"])
    answer = "cut " + one["cut"] if one["cut"] else one["status"] or "its own"
    goes = "yes" if goes_out else "no"
    return [answer, json.dumps(one["body"]), goes, one["hold_seconds"], times, one["scope"], one["name"]]
