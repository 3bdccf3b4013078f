"""rebuild-metrics: the function metrics_rebuild, on a local stack or on AWS, invoked until no campaign is left."""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import boto3
import typer
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local import named_stacks
from local.cli.app import OPERATE, Name, app, count, echo, table
from local.processes import LocalError

type Invoke = Callable[[dict[str, Any]], dict[str, Any]]


@app.command(rich_help_panel=OPERATE)
def rebuild_metrics(
    stack: Name = "local",
    function: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A function on AWS (output MetricsRebuildFunction) instead of a stack here."),
    ] = None,
    campaign: Annotated[str | None, typer.Option(metavar="ID", help="One campaign only.")] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Replace the numbers that differ by the recounted ones.")
    ] = False,
) -> None:
    """Compare the metrics with a recount of the messages.

    Covers counters and timelines. Prints the differences and changes nothing without --apply. Without it no lock is
    taken and no campaign is disturbed. The exit status is 1 if there are differences and they were not written.

    \b
    Example:  ./hidra rebuild-metrics
              AWS_PROFILE=prod ./hidra rebuild-metrics --function hidra-MetricsRebuildFunction-1A2B --apply
    """
    invoke = _on_aws(function) if function else _on_stack(stack)
    campaigns, differences = recount(invoke, campaign=campaign, apply=apply)
    if differences:
        rows = [
            [row["campaign_id"], row["counter"], _minute(row["minute"]), row["shown"], row["recounted"]]
            for row in differences
        ]
        echo(table(["campaign", "counter", "UTC minute", "shown", "recounted"], rows))
    done = ", fixed." if apply else "; --apply writes the recounted numbers."
    echo(f"{count(len(differences), 'difference')} in {count(campaigns, 'campaign')}{done if differences else ''}")
    raise typer.Exit(1 if differences and not apply else 0)


def recount(invoke: Invoke, *, campaign: str | None, apply: bool) -> tuple[int, list[dict[str, Any]]]:
    """Invoke until no campaign is left; returns their number and the differences."""
    payload: dict[str, Any] = {"dry_run": not apply} | ({"campaign_id": campaign} if campaign else {})
    campaigns, differences = 0, []
    while True:
        answer = invoke(payload)
        campaigns += answer["campaigns"]
        differences += answer["differences"]
        if answer["continue_after"] is None:
            return campaigns, differences
        print(f"{count(campaigns, 'campaign')} so far ...", file=sys.stderr, flush=True)
        payload["after"] = answer["continue_after"]


def _minute(timestamp: str | None) -> str | None:
    return datetime.fromisoformat(timestamp).strftime("%Y-%m-%d %H:%M") if timestamp else None


def _on_stack(name: str) -> Invoke:
    stack = named_stacks.attach(name)
    return lambda payload: dict(stack.invoke("metrics_rebuild", payload))


def _on_aws(function: str) -> Invoke:
    def invoke(payload: dict[str, Any]) -> dict[str, Any]:
        try:
            # One attempt: it may take five minutes, and a second one would run beside the first.
            config = Config(read_timeout=310, retries={"total_max_attempts": 1})
            client = boto3.client("lambda", config=config)
            answer = client.invoke(FunctionName=function, Payload=json.dumps(payload).encode())
        except (BotoCoreError, ClientError) as error:
            raise LocalError(f"AWS did not invoke {function}: {error}") from error
        body = json.load(answer["Payload"])
        if "FunctionError" in answer:
            raise LocalError(f"{function} failed: {body.get('errorMessage', body)}")
        return dict(body)

    return invoke
