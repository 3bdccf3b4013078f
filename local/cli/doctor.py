"""doctor: is everything there and as it should be?"""

import os

import typer

from local.cli.app import OPERATE, Name, app, count, say
from local.doctor import database, evolution, machine, running
from local.doctor.findings import Finding, State, run

SECONDS = 8

_COLOURS = {State.OK: typer.colors.GREEN, State.WARNING: typer.colors.YELLOW, State.FAILS: typer.colors.RED}


@app.command(rich_help_panel=OPERATE)
def doctor(stack: Name = "local") -> None:
    """Check that all is well, and say what to do.

    This machine, the servers named by DATABASE_URL and EVOLUTION_URL (with EVOLUTION_API_KEY, EVOLUTION_INSTANCE), and
    the stack if it is up. Changes nothing, takes some seconds; the exit status is 1 if something fails.

    \b
    Example:  ./hidra doctor
              EVOLUTION_URL=https://evo.example.com EVOLUTION_API_KEY=... ./hidra doctor
    """
    seen = dict.fromkeys(State, 0)
    for finding in run(
        [*machine.checks(), *database.checks(), *evolution.checks(), *running.checks(stack)], seconds=SECONDS
    ):
        seen[finding.state] += 1
        say(line(finding, colour="NO_COLOR" not in os.environ))
    say()
    if seen[State.FAILS]:
        say(f"{count(seen[State.FAILS], 'check')} of {sum(seen.values())} failed.")
    elif seen[State.WARNING]:
        say(f"Nothing fails; {count(seen[State.WARNING], 'warning')}.")
    else:
        say("All is well.")
    raise typer.Exit(1 if seen[State.FAILS] else 0)


def line(finding: Finding, *, colour: bool) -> str:
    """One finding; its colour is dropped by typer.echo where nobody could see it."""
    state = f"{finding.state:<7}"
    shown = typer.style(state, fg=_COLOURS[finding.state]) if colour else state
    advice = f"\n{'':<29}→ {finding.advice}" if finding.advice else ""
    return f"  {shown}  {finding.subject:<18}  {finding.text}{advice}"
