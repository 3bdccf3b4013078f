"""demo, up, down, status, token, invoke, logs: a stack from its start to its end."""

import json
import time
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from local import named_stacks
from local.cli.app import STACK, TRY, Name, app, say
from local.demo import campaign, recipients
from local.processes import LocalError
from local.stack import ROOT, Stack

_DAY = 86_400

Function = Annotated[str, typer.Argument(metavar="FUNCTION", help="The function's folder, such as campaign_clock.")]


@app.command(rich_help_panel=TRY)
def demo(
    csv: Annotated[
        Path,
        typer.Option(metavar="FILE", help="Recipients: columns telefone, nome, cidade, pontos.", show_default="ours"),
    ] = recipients.SHIPPED,
) -> None:
    """Run a campaign from a CSV file to exact metrics.

    On a stack of its own, which is removed afterwards, with a simulated WhatsApp that does to the messages what a
    real one does. At the end every recipient is compared with what the simulator saw; the exit status is 1 if one
    differs.

    \b
    Example:  ./hidra demo --csv recipients.csv
    """
    began = time.monotonic()
    contacts = recipients.read(csv)
    with Stack.running("demo", say=lambda line: say(f"  {line}")) as running:
        equal = campaign.run(running, contacts, source=csv.name)
    say(f"Everything is stopped and removed again; that took {time.monotonic() - began:.0f} s.")
    raise typer.Exit(0 if equal else 1)


@app.command(rich_help_panel=STACK)
def up(
    stack: Name = "local",
    port: Annotated[int, typer.Option(metavar="PORT", help="The API's; 0 for any free one.")] = 0,
) -> None:
    """Start a stack, or deploy changed sources to it.

    It runs in the background: database, AWS emulator, token issuer and Evolution simulator, with the application
    deployed. DATABASE_URL, or EVOLUTION_URL with EVOLUTION_API_KEY, in the environment take the place of the embedded
    ones.

    \b
    Example:  ./hidra up --port 8000
    """
    running = named_stacks.up(stack, port=port, say=say)
    if time.time() - running.started > _DAY * 0.8:
        # ministack 1.5.33: expired records shift its stream's index and some are skipped.
        say("It has run for most of a day; after a day the emulator's stream loses records: `make down up`.")
    say()
    _describe(running)
    suffix = "" if stack == "local" else f" --stack {stack}"
    say(f'\n  curl -H "Authorization: Bearer $(./hidra token{suffix})" {running.api_url}/v1/campaigns')
    say(f"\nStop it with `./hidra down{suffix}`.")


@app.command(rich_help_panel=STACK)
def down(
    stack: Name = "local",
    every: Annotated[bool, typer.Option("--all", help="All stacks of this folder.")] = False,
) -> None:
    """Stop a stack and remove everything of it.

    \b
    Example:  ./hidra down --all
    """
    for name in named_stacks.names() if every else [stack]:
        stopped = named_stacks.down(name)
        say(f"The stack {name!r} is stopped and removed." if stopped else f"There is no stack {name!r}.")


@app.command(rich_help_panel=STACK)
def status(stack: Name = "local") -> None:
    """Show the addresses and processes of a stack.

    \b
    Example:  ./hidra status --stack trial
    """
    running = named_stacks.attach(stack)
    _describe(running)
    for name, process in running.processes.items():
        say(f"  {name:<20} process {process.pid}")


@app.command(rich_help_panel=STACK)
def url(stack: Name = "local") -> None:
    """Print the address of a stack's API.

    \b
    Example:  curl -H "Authorization: Bearer $(./hidra token)" "$(./hidra url)/v1/campaigns"
    """
    print(named_stacks.attach(stack).api_url)


@app.command(rich_help_panel=STACK)
def token(
    stack: Name = "local",
    name: Annotated[str | None, typer.Option(metavar="NAME", help="The user's name.")] = None,
    email: Annotated[str | None, typer.Option(metavar="ADDRESS", help="The user's address.")] = None,
    groups: Annotated[
        str, typer.Option(metavar="NAMES", help="Separated by commas; admin sees every tenant's metrics.")
    ] = "",
    sub: Annotated[UUID | None, typer.Option(metavar="UUID", help="The user's id: each one is a tenant.")] = None,
) -> None:
    """Print a bearer token for a local user.

    And nothing else. Always the same user unless told otherwise. A token is good for a day.

    \b
    Example:  curl -H "Authorization: Bearer $(./hidra token --groups admin)" ...
    """
    wanted = [group.strip() for group in groups.split(",") if group.strip()]
    say(named_stacks.attach(stack).token(sub=str(sub) if sub else None, email=email, name=name, groups=wanted))


@app.command(rich_help_panel=STACK)
def invoke(
    function: Function,
    payload: Annotated[str, typer.Argument(metavar="JSON", help="What it is called with.")] = "{}",
    stack: Name = "local",
) -> None:
    """Call a function and print its answer.

    \b
    Example:  ./hidra invoke campaign_clock
              ./hidra invoke metrics_rebuild "$(cat events/metrics_rebuild_report.json)"
    """
    name, given = _known(function), _parsed(payload)
    answer = named_stacks.attach(stack).invoke(name, given)
    say(json.dumps(answer, indent=2, ensure_ascii=False))


@app.command(rich_help_panel=STACK)
def logs(function: Function, stack: Name = "local") -> None:
    """Print what a function has logged, oldest first.

    \b
    Example:  ./hidra logs message_sender | grep WARNING
    """
    name = _known(function)
    for line in named_stacks.attach(stack).logs(name):
        say(line)


def _known(function: str) -> str:
    names = sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))
    if function not in names:
        raise LocalError(f"There is no function {function!r}; there are {', '.join(names)}.")
    return function


def _parsed(payload: str) -> Any:
    try:
        return json.loads(payload)
    except ValueError as error:
        raise LocalError(f"The payload is not JSON: {error}.") from error


def _describe(stack: Stack) -> None:
    say(f"  API        {stack.api_url}")
    say(f"  Its page   {stack.api_url}/docs")
    say(f"  Tokens     {stack.issuer_url}")
    say(f"  Evolution  {stack.evolution_url}  key {stack.evolution_api_key}")
    say(f"  Database   {stack.database_url}")
    say(f"  AWS        {stack.aws_endpoint}")
    say(f"  Logs       {stack.folder}")
