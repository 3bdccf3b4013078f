"""The command behind the Makefile: python -m local --help."""

import json
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from local import kept
from local.demo import recipients, story
from local.processes import LocalError
from local.stack import Stack

app = typer.Typer(help="Hidra on this machine.", no_args_is_help=True, add_completion=False)

Name = Annotated[str, typer.Option("--stack", help="Which stack; several run side by side.")]

_DAY = 86_400


@app.command()
def demo(
    csv: Annotated[Path, typer.Option(help="Recipients: columns telefone, nome, cidade, pontos.")] = recipients.SHIPPED,
) -> None:
    """Run a campaign from a CSV file to exact metrics on a stack of its own; fails if one recipient differs."""
    began = time.monotonic()
    with Stack.running("demo", say=lambda line: _say(f"  {line}")) as running:
        equal = story.tell(running, csv=csv)
    _say(f"Everything is stopped and removed again; that took {time.monotonic() - began:.0f} s.")
    raise typer.Exit(0 if equal else 1)


@app.command()
def up(stack: Name = "local", port: Annotated[int, typer.Option(help="The API's; 0 for any free one.")] = 0) -> None:
    """Start a stack in the background, or deploy the present sources to it."""
    running = kept.up(stack, port=port, say=_say)
    if time.time() - running.started > _DAY * 0.8:
        # ministack 1.5.33: expired records shift its stream's index and some are skipped.
        _say("It has run for most of a day; after a day the emulator's stream loses records: `make down up`.")
    _say("")
    _describe(running)
    suffix = "" if stack == "local" else f" STACK={stack}"
    _say(f'\n  curl -H "Authorization: Bearer $(make -s token{suffix})" {running.api_url}/v1/campaigns')
    _say(f"\nStop it with `make down{suffix}`.")


@app.command()
def down(
    stack: Name = "local",
    every: Annotated[bool, typer.Option("--all", help="All stacks of this folder.")] = False,
) -> None:
    """Stop a stack and remove everything of it."""
    for name in kept.names() if every else [stack]:
        stopped = kept.down(name)
        _say(f"The stack {name!r} is stopped and removed." if stopped else f"There is no stack {name!r}.")


@app.command()
def status(stack: Name = "local") -> None:
    """Show the addresses and processes of a stack."""
    running = kept.attach(stack)
    _describe(running)
    for name, process in running.processes.items():
        _say(f"  {name:<20} process {process.pid}")


@app.command()
def token(
    stack: Name = "local",
    name: Annotated[str | None, typer.Option()] = None,
    email: Annotated[str | None, typer.Option()] = None,
    groups: Annotated[str, typer.Option(help="Separated by commas; admin sees every tenant's metrics.")] = "",
    sub: Annotated[str | None, typer.Option(help="The user's id, a UUID.")] = None,
) -> None:
    """Print a bearer token, for a fixed local user if nothing is said."""
    wanted = [group.strip() for group in groups.split(",") if group.strip()]
    print(kept.attach(stack).token(sub=sub, email=email, name=name, groups=wanted))


@app.command()
def invoke(function: str, payload: str = "{}", stack: Name = "local") -> None:
    """Call a function, named by its folder, with a JSON payload."""
    print(json.dumps(kept.attach(stack).invoke(function, json.loads(payload)), indent=2, ensure_ascii=False))


@app.command()
def logs(function: str, stack: Name = "local") -> None:
    """Print what a function, named by its folder, has logged."""
    for line in kept.attach(stack).logs(function):
        print(line)


def _describe(stack: Stack) -> None:
    _say(f"  API        {stack.api_url}")
    _say(f"  Tokens     {stack.issuer_url}")
    _say(f"  Evolution  {stack.evolution_url}  key {stack.evolution_api_key}")
    _say(f"  Database   {stack.database_url}")
    _say(f"  AWS        {stack.aws_endpoint}")
    _say(f"  Logs       {stack.folder}")


def _say(line: str) -> None:
    print(line, flush=True)


def main() -> None:
    try:
        app(standalone_mode=True)
    except LocalError as error:
        sys.exit(f"hidra: {error}")


if __name__ == "__main__":
    main()
