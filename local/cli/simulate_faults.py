"""simulate fault, chaos and clock: what goes wrong with the simulator, by name, by hand and at random."""

import json
from typing import Annotated, Any

import typer

from local.cli.app import Name, say, table
from local.cli.simulate import Instance, Running, known, parsed, simulate
from local.evolution import presets
from local.processes import LocalError

_AN_ADVANCE = 600.0
"""Seconds: every webhook that falls due is posted meanwhile, and a receiver may hang."""
_FAULTS = "\n\n    \b\n    Faults by name:\n    " + "\n    ".join(presets.described().splitlines())


@simulate.command(
    help="""Make things go wrong by name or by hand; list the faults armed.

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
    named: Annotated[str | None, typer.Option("--fault", metavar="NAME", help="One of the list below.")] = None,
    phone: Annotated[
        str | None, typer.Option(metavar="PHONE", help="For this phone only, whatever the instance.")
    ] = None,
    status: Annotated[int, typer.Option(metavar="STATUS", help="Answer with this HTTP status.")] = 500,
    body: Annotated[str, typer.Option(metavar="JSON", help="Answer with this body.")] = "null",
    cut: Annotated[
        str | None,
        typer.Option(metavar="before|during|after", help="Cut the connection, before the message was accepted, ..."),
    ] = None,
    accepted: Annotated[bool, typer.Option("--accepted", help="The message goes out all the same.")] = False,
    hold: Annotated[float, typer.Option(metavar="SECONDS", help="Keep the client waiting first.")] = 0.0,
    times: Annotated[int | None, typer.Option(metavar="N", help="So often.", show_default="for ever")] = None,
    after: Annotated[int, typer.Option(metavar="N", help="Leave the first requests or webhooks alone.")] = 0,
    after_seconds: Annotated[float, typer.Option(metavar="SECONDS", help="Begin so much later.")] = 0.0,
    for_seconds: Annotated[
        float | None, typer.Option("--for", metavar="SECONDS", help="End so much later.", show_default="never")
    ] = None,
    everything: Annotated[bool, typer.Option("--everything", help="Every route, not only sends.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Take all of this instance's faults away.")] = False,
    stack: Name = "local",
) -> None:
    subject = phone or name
    running, path = Running(stack), f"/_control/{f'phones/{phone}' if phone else f'instances/{name}'}/faults"
    if clear:
        running.ask("DELETE", path)
    else:
        script: dict[str, Any] = {"after": after, "after_seconds": after_seconds, "for_seconds": for_seconds}
        script |= {"times": times} if times or not named else {}
        if named:
            script |= {"fault": known(named)} | ({"accepted": True} if accepted else {})
            script |= {"hold_seconds": hold} if hold else {}
        else:
            script |= {"status": status, "body": parsed(body), "cut": cut, "accepted": accepted, "hold_seconds": hold}
            script |= {"scope": "all" if everything else "sends"}
        made = running.ask("POST", path, script)
        if made.get("disconnect") and not phone and not after:
            say(f"WhatsApp ends the connection of {name}{f' in {after_seconds:g} s' if after_seconds else ''}.")
            return
    armed = running.ask("GET", path)
    if not armed:
        say(f"No fault is armed for {subject}.")
        return
    titles = ["answer", "body", "message goes out", "held, s", "times", "routes", "name"]
    say(table(titles, [_armed(one) for one in armed]))


@simulate.command()
def chaos(
    name: Instance,
    rate: Annotated[
        list[str] | None, typer.Option("--rate", metavar="NAME=SHARE", help="So often, of all sends or webhooks.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="SEED", help="The same seed draws the same faults.")] = 1,
    clear: Annotated[bool, typer.Option("--clear", help="End it.")] = False,
    stack: Name = "local",
) -> None:
    """Let faults befall sends and webhooks at random.

    The names are those of `fault --help`. Each send and each webhook tells in the log which one befell it.

    \b
    Example:  ./hidra simulate chaos loja --rate cut_after=0.02 --rate lost=0.1 --seed 7
              ./hidra simulate chaos loja --clear
    """
    running, path = Running(stack), f"/_control/instances/{name}/chaos"
    if clear:
        running.ask("DELETE", path)
    elif rate:
        running.ask("PUT", path, {"seed": seed, "rates": dict(_share(one) for one in rate)})
    mix = running.ask("GET", path)
    if mix is None:
        say(f"Nothing goes wrong at random with {name}.")
        return
    say(table(["fault", "share"], [[fault, json.dumps(share)] for fault, share in mix["rates"].items()]))


@simulate.command()
def clock(
    advance: Annotated[float | None, typer.Option(metavar="SECONDS", help="Let so much time pass at once.")] = None,
    stack: Name = "local",
) -> None:
    """Show or drive the clock of a simulator that was started with --virtual-clock.

    \b
    Example:  ./hidra simulate clock --advance 3600
    """
    running = Running(stack)
    shown = running.ask("GET", "/_control/clock")
    if advance is not None:
        shown = running.ask("POST", "/_control/clock", {"advance": advance}, seconds=_AN_ADVANCE)
    if not shown["virtual"]:
        say("The clock is the real one.")
        return
    say(f"{shown['passed']:.1f} s have passed; {shown['sleeping']} events wait for their moment.")


def _share(text: str) -> tuple[str, float]:
    name, _, share = text.partition("=")
    try:
        return known(name), float(share)
    except ValueError as error:
        raise LocalError(f"{text} is not NAME=SHARE, such as cut_after=0.02.") from error


def _armed(one: dict[str, Any]) -> list[object]:
    times = one["times"] or "for ever"
    if one["scope"] in ("phones", "webhooks"):
        return ["", "", "", "", times, one["scope"], one["name"]]
    goes_out = one["accepted"] or one["cut"] in ("during", "after") or (one["status"] is None and not one["cut"])
    answer = "cut " + one["cut"] if one["cut"] else one["status"] or "its own"
    goes = "yes" if goes_out else "no"
    return [answer, json.dumps(one["body"]), goes, one["hold_seconds"], times, one["scope"], one["name"]]
