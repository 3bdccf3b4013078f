"""demo, up, down, status, url, token, invoke, logs: the life of a stack."""

import contextlib
import json
import sys
import threading
import time
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from local import named_stacks
from local.cli.app import STACK, TRY, Name, Port, app, echo
from local.demo import campaign, recipients
from local.interrupts import Interrupted
from local.processes import Identity, LocalError
from local.stack import AWS, ROOT, Stack

_DAY = 86_400

Function = Annotated[str, typer.Argument(metavar="FUNCTION", help="The function's folder, such as campaign_clock.")]


@app.command(rich_help_panel=TRY)
def demo(
    csv: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="Recipients, in columns telefone, nome, cidade, pontos: CSV, XLSX or JSON Lines, as imports read.",
            show_default="300 recipients",
        ),
    ] = recipients.SHIPPED,
    *,
    watch: Annotated[bool, typer.Option("--watch", help="Keep the stack up afterwards, until Ctrl-C.")] = False,
) -> None:
    """Run a campaign from a file of recipients to exact metrics.

    Starts a stack of its own with a simulated WhatsApp, and removes it afterwards. At the end it compares every
    recipient with the simulator's log; the exit status is 1 if one differs. The console shows it while it runs.

    \b
    Example:  ./hidra demo --csv recipients.csv
              ./hidra demo --watch
    """
    began = time.monotonic()
    recipients.read(csv)  # a wrong path is reported before the stack starts
    with Stack.running("demo", report=lambda line: echo(f"  {line}")) as running:
        echo(f"  Console            {running.console_url}  (choose the user {campaign.USER})")
        equal = campaign.run(running, csv)
        if watch:
            _wait_for_interrupt(running)
    echo(f"The demo's stack is stopped and removed. The demo took {time.monotonic() - began:.0f} s.")
    raise typer.Exit(0 if equal else 1)


@app.command(rich_help_panel=STACK)
def up(
    *,
    stack: Name = "local",
    port: Port = 0,
    restart: Annotated[bool, typer.Option("--restart", help="End its processes first; the data is kept.")] = False,
    start_over: Annotated[
        bool, typer.Option("--start-over", help="Remove the stack and its data first, without a question.")
    ] = False,
) -> None:
    """Start a stack, or deploy changed sources to it.

    A stack runs in the background: database, AWS emulator, token issuer and Evolution simulator, with the application
    deployed. DATABASE_URL in the environment replaces the database, EVOLUTION_URL with EVOLUTION_API_KEY the simulator.
    Processes that ended, also by a restart of the machine, are started again with their data and addresses.

    \b
    Example:  ./hidra up --port 8000
    """
    try:
        running = named_stacks.up(stack, port=port, restart=restart, start_over=start_over, report=echo)
    except named_stacks.DataGone as gone:
        if not (sys.stdin and sys.stdin.isatty() and sys.stdout and sys.stdout.isatty()):
            raise
        echo(str(gone))
        if not typer.confirm("Start over with an empty database?"):
            raise typer.Exit(1) from None
        running = named_stacks.up(stack, port=port, start_over=True, report=echo)
    suffix = named_stacks.option(stack)
    emulator = running.processes[AWS]
    if isinstance(emulator, Identity) and time.time() - emulator.created > _DAY * 0.8:
        # ministack 1.5.33: expired records shift its stream's index and some are skipped.
        echo(
            "It has run for most of a day. After a day the emulator's stream loses records. "
            f"`./hidra up{suffix} --restart` starts it again and keeps the data."
        )
    echo()
    _describe(running)
    echo(f"\n  curl --noproxy '*' -H \"Authorization: Bearer $(./hidra token{suffix})\" {running.api_url}/v1/campaigns")
    echo(f"\nStop it and remove its data with `./hidra down{suffix}`.")


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
        echo(f"The stack {name!r} is stopped and removed." if stopped else f"There is no stack {name!r}.")


@app.command(rich_help_panel=STACK)
def status(stack: Name = "local") -> None:
    """Show the addresses and processes of a stack, and what it has lost.

    The exit status is 1 if a process has ended.

    \b
    Example:  ./hidra status --stack trial
    """
    found = named_stacks.existing(stack)
    lost = named_stacks.lost_processes(found)
    _describe(found)
    for name, process in found.processes.items():
        echo(f"  {name:<20} {'lost' if name in lost else f'process {process.pid}'}")
    suffix = named_stacks.option(stack)
    if found.lacks_data():
        echo(f"\nThe data of the stack {stack!r} is gone: {found.database_folder} was removed.")
        echo(f"`./hidra up{suffix} --start-over` starts it with an empty database.")
    elif lost:
        echo(f"\nThe stack {stack!r} has lost {named_stacks.listed(lost)}. Its data is kept.")
        for line in named_stacks.not_kept(lost):
            echo(line)
        echo(f"`./hidra up{suffix}` starts it again with its data and addresses.")
    raise typer.Exit(1 if lost or found.lacks_data() else 0)


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
        str, typer.Option(metavar="NAMES", help="Groups, separated by commas; admin may see every tenant's metrics.")
    ] = "",
    sub: Annotated[UUID | None, typer.Option(metavar="UUID", help="The user's id; each user is a tenant.")] = None,
) -> None:
    """Print a bearer token for a local user.

    Prints nothing else. Without options it is always the same user. A token is valid for a day.

    \b
    Example:  curl -H "Authorization: Bearer $(./hidra token --groups admin)" ...
    """
    wanted = [group.strip() for group in groups.split(",") if group.strip()]
    echo(named_stacks.attach(stack).token(sub=str(sub) if sub else None, email=email, name=name, groups=wanted))


@app.command(rich_help_panel=STACK)
def invoke(
    function: Function,
    payload: Annotated[str, typer.Argument(metavar="JSON", help="The event to invoke it with.")] = "{}",
    stack: Name = "local",
) -> None:
    """Call a function and print its answer.

    \b
    Example:  ./hidra invoke campaign_clock
              ./hidra invoke metrics_rebuild "$(cat events/metrics_rebuild_report.json)"
    """
    name, event = _existing(function), _parsed(payload)
    answer = named_stacks.attach(stack).invoke(name, event)
    echo(json.dumps(answer, indent=2, ensure_ascii=False))


@app.command(rich_help_panel=STACK)
def logs(function: Function, stack: Name = "local") -> None:
    """Print the log of a function, oldest line first.

    \b
    Example:  ./hidra logs message_sender | grep WARNING
    """
    name = _existing(function)
    for line in named_stacks.attach(stack).logs(name):
        echo(line)


def _wait_for_interrupt(running: Stack) -> None:
    echo(f"The stack stays up until Ctrl-C: {running.console_url}")
    with contextlib.suppress(KeyboardInterrupt, Interrupted):
        threading.Event().wait()


def _existing(function: str) -> str:
    names = sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))
    if function not in names:
        raise LocalError(f"There is no function {function!r}. Choose from {', '.join(names)}.")
    return function


def _parsed(payload: str) -> Any:
    try:
        return json.loads(payload)
    except ValueError as error:
        raise LocalError(f"The payload is not JSON: {error}.") from error


def _describe(stack: Stack) -> None:
    echo(f"  Console    {stack.console_url}")
    echo(f"  API        {stack.api_url}")
    echo(f"  API page   {stack.api_url}/docs")
    echo(f"  Tokens     {stack.issuer_url}")
    echo(f"  Evolution  {stack.evolution_url}  key {stack.evolution_api_key}")
    echo(f"  Database   {stack.database_url}")
    echo(f"  AWS        {stack.aws_endpoint}")
    echo(f"  Logs       {stack.folder}")
