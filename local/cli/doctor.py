"""doctor: checks of this machine, of the servers named in the environment and of a stack."""

import os

import typer

from local.cli.app import OPERATE, Name, app, count, echo
from local.doctor import database, evolution, machine, running
from local.doctor.findings import Finding, State, run

SECONDS = 8

_COLOURS = {State.OK: typer.colors.GREEN, State.WARNING: typer.colors.YELLOW, State.FAILS: typer.colors.RED}


@app.command(rich_help_panel=OPERATE)
def doctor(stack: Name = "local") -> None:
    """Check this machine and a stack; print what is wrong and how to fix it.

    Checks the machine, the servers that DATABASE_URL and EVOLUTION_URL (with EVOLUTION_API_KEY, EVOLUTION_INSTANCE)
    name, and the stack if it is up. Changes nothing and takes some seconds. The exit status is 1 if a check fails.

    \b
    Example:  ./hidra doctor
              EVOLUTION_URL=https://evo.example.com EVOLUTION_API_KEY=... ./hidra doctor
    """
    counts = dict.fromkeys(State, 0)
    for finding in run(
        [*machine.checks(), *database.checks(), *evolution.checks(), *running.checks(stack)], seconds=SECONDS
    ):
        counts[finding.state] += 1
        echo(line(finding, colour="NO_COLOR" not in os.environ))
    echo()
    if counts[State.FAILS]:
        echo(f"{count(counts[State.FAILS], 'check')} of {sum(counts.values())} failed.")
    elif counts[State.WARNING]:
        echo(f"No check failed; {count(counts[State.WARNING], 'warning')}.")
    else:
        echo("All checks passed.")
    raise typer.Exit(1 if counts[State.FAILS] else 0)


def line(finding: Finding, *, colour: bool) -> str:
    """A finding as text; typer.echo drops its colour outside a terminal."""
    state = f"{finding.state:<7}"
    shown = typer.style(state, fg=_COLOURS[finding.state]) if colour else state
    advice = f"\n{'':<29}→ {finding.advice}" if finding.advice else ""
    return f"  {shown}  {finding.subject:<18}  {finding.text}{advice}"
