"""simulate: the Evolution simulator by hand, on its own or behind a running stack."""

import json
import secrets
from datetime import UTC, datetime
from typing import Annotated, Any

import requests
import typer

from local import kept
from local.cli.app import TRY, Name, app, make, say, table
from local.demo.truth import Simulator
from local.evolution import __main__ as server
from local.evolution import phones
from local.processes import LocalError

simulate = make(
    help="""Handle the Evolution simulator.

    Make it fail, give a phone a character, read what it saw. What a phone does follows from the last four digits of
    its number:

    \b
    """
    + "\n    ".join(phones.described().splitlines())
)
app.add_typer(simulate, name="simulate", rich_help_panel=TRY)

Instance = Annotated[str, typer.Argument(metavar="INSTANCE", help="The instance's name.")]
OneInstance = Annotated[str | None, typer.Option("--instance", metavar="INSTANCE", help="Of one instance only.")]


@simulate.command()
def serve(
    port: Annotated[int, typer.Option(metavar="PORT", help="0 for any free one.")] = 8080,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    api_key: Annotated[
        str | None, typer.Option(metavar="KEY", help="The global key, AUTHENTICATION_API_KEY.", show_default="random")
    ] = None,
    scan_after: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="A phone scans every first QR code after so long.")
    ] = None,
) -> None:
    """Run a simulator alone, until Ctrl-C.

    A stack of `./hidra up` brings its own.

    \b
    Example:  ./hidra simulate serve --port 8080 --api-key secret --scan-after 1
    """
    key = api_key or secrets.token_hex(16)
    if api_key is None:
        say(f"apikey: {key}")
    words = ["--host", host, "--port", str(port), "--api-key", key]
    server.main(words + (["--scan-after-seconds", str(scan_after)] if scan_after is not None else []))


@simulate.command()
def instance(
    name: Instance,
    cloud_api: Annotated[bool, typer.Option("--cloud-api", help="Meta's Cloud API instead of Baileys.")] = False,
    stack: Name = "local",
) -> None:
    """Create an instance and let a phone scan its QR code.

    Prints what PUT /v1/evolution-config takes.

    \b
    Example:  ./hidra simulate instance loja
    """
    running = _Running(stack)
    body: dict[str, Any] = {"instanceName": name, "integration": "WHATSAPP-BAILEYS", "qrcode": True}
    if cloud_api:
        meta = {"token": f"meta-{name}", "number": "1000000001", "businessId": "2000000001", "qrcode": False}
        body |= {"integration": "WHATSAPP-BUSINESS", **meta}
    running.ask("POST", "/instance/create", body)
    if not cloud_api:
        running.ask("POST", f"/_control/instances/{name}/scan", {})
    config = {
        "base_url": running.url,
        "instance_name": name,
        "api_key": running.key,
        "integration": "cloud_api" if cloud_api else "baileys",
    }
    say(json.dumps(config, indent=2))


@simulate.command()
def disconnect(
    name: Instance,
    banned: Annotated[bool, typer.Option("--banned", help="Banned by WhatsApp, not logged out.")] = False,
    stack: Name = "local",
) -> None:
    """End the connection, as when the phone logs out.

    `scan` connects the instance again.

    \b
    Example:  ./hidra simulate disconnect loja
    """
    answer = _Running(stack).ask("POST", f"/_control/instances/{name}/disconnect", {"reason": 403 if banned else 401})
    say(f"{name} is {answer['instance']['state']}.")


@simulate.command()
def scan(name: Instance, stack: Name = "local") -> None:
    """Let a phone scan the QR code again.

    \b
    Example:  ./hidra simulate scan loja
    """
    answer = _Running(stack).ask("POST", f"/_control/instances/{name}/scan", {})
    say(f"{name} is {answer['instance']['state']}.")


@simulate.command()
def fault(
    name: Annotated[str, typer.Argument(metavar="INSTANCE", help="The instance's name, '*' for all.")],
    *,
    status: Annotated[int, typer.Option(metavar="STATUS", help="Answer with this HTTP status.")] = 500,
    body: Annotated[str, typer.Option(metavar="JSON", help="Answer with this body.")] = "null",
    cut: Annotated[
        str | None,
        typer.Option(metavar="before|after", help="Cut the connection, before or after the message was accepted."),
    ] = None,
    accepted: Annotated[bool, typer.Option("--accepted", help="The message goes out all the same.")] = False,
    hold: Annotated[float, typer.Option(metavar="SECONDS", help="Keep the client waiting first.")] = 0.0,
    times: Annotated[int | None, typer.Option(metavar="N", help="So often.", show_default="for ever")] = None,
    everything: Annotated[bool, typer.Option("--everything", help="Every route, not only sends.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Take all of this instance's faults away.")] = False,
    stack: Name = "local",
) -> None:
    """Make Evolution answer wrong; list the faults armed.

    \b
    Example:  ./hidra simulate fault loja --cut after --times 3
              ./hidra simulate fault '*' --status 503 --body '{"code": "LICENSE_REQUIRED"}' --everything
              ./hidra simulate fault loja --clear
    """
    running, path = _Running(stack), f"/_control/instances/{name}/faults"
    if clear:
        running.ask("DELETE", path)
    else:
        scope = "all" if everything else "sends"
        script = {"status": status, "body": _parsed(body), "cut": cut, "accepted": accepted, "hold_seconds": hold}
        running.ask("POST", path, script | {"times": times, "scope": scope})
    armed = running.ask("GET", path)
    if not armed:
        say(f"No fault is armed for {name}.")
        return
    rows = [
        [
            "cut " + one["cut"] if one["cut"] else one["status"],
            json.dumps(one["body"]),
            "yes" if one["accepted"] or one["cut"] == "after" else "no",
            one["hold_seconds"],
            one["times"] or "for ever",
            one["scope"],
        ]
        for one in armed
    ]
    say(table(["answer", "body", "message goes out", "held, s", "times", "routes"], rows))


@simulate.command()
def behaviour(
    number: Annotated[str, typer.Argument(metavar="PHONE", help="The phone's number.")],
    like: Annotated[str | None, typer.Option(metavar="NAME", help=f"One of {', '.join(phones.NAMED)}.")] = None,
    change: Annotated[
        str, typer.Option("--set", metavar="JSON", help="Fields of the behaviour that this one replaces.")
    ] = "{}",
    forget: Annotated[bool, typer.Option("--forget", help="Back to what the number says.")] = False,
    stack: Name = "local",
) -> None:
    """Show or change what a phone does with a message.

    \b
    Example:  ./hidra simulate behaviour 5511987650001 --like failed
              ./hidra simulate behaviour 5511987650001 --set '{"copies": 3, "reply": "PARAR"}'
    """
    running, path = _Running(stack), f"/_control/phones/{number}"
    changed = _parsed(change)
    if forget:
        shown = running.ask("DELETE", path)
    elif like or changed:
        shown = running.ask("POST", path, ({"like": like} if like else {}) | changed)
    else:
        shown = running.ask("GET", path)
    say(table(["field", "value"], [[name, json.dumps(value, ensure_ascii=False)] for name, value in shown.items()]))


@simulate.command()
def log(
    instance: OneInstance = None,
    last: Annotated[int, typer.Option(metavar="N", help="So many, the newest.")] = 20,
    clear: Annotated[bool, typer.Option("--clear", help="Forget everything, and the totals with it.")] = False,
    stack: Name = "local",
) -> None:
    """Print the sends received and what became of them.

    \b
    Example:  ./hidra simulate log --instance loja --last 5
    """
    running = _Running(stack)
    if clear:
        running.ask("DELETE", "/_log")
        say("The log is empty.")
        return
    sends = [one for one in Simulator(running.url, instance or "").sends() if instance in (None, one["instance"])]
    rows = [
        [
            datetime.fromtimestamp(one["received_at"], UTC).strftime("%H:%M:%S"),
            one["instance"],
            one["digits"],
            one["http_status"] if one["answered_at"] is None or one["http_status"] else "cut",
            one["final"],
            " ".join(status["status"] for status in one["statuses"]),
            _short(one["text"]),
        ]
        for one in sends[-last:]
    ]
    say(table(["UTC", "instance", "phone", "answer", "final", "statuses", "text"], rows))


@simulate.command()
def totals(instance: OneInstance = None, stack: Name = "local") -> None:
    """Print counts: sends, final states, webhooks.

    \b
    Example:  ./hidra simulate totals
    """
    summary = _Running(stack).ask("GET", "/_log/summary" + (f"?instance={instance}" if instance else ""))
    rows: list[list[object]] = [
        [name.replace("_", " "), value] for name, value in summary.items() if isinstance(value, int)
    ]
    rows += [[f"finally {name}", number] for name, number in summary["final"].items()]
    rows += [[f"webhooks {name.replace('_', ' ')}", number] for name, number in summary["webhooks"].items()]
    say(table(["", "number"], rows))


class _Running:
    """The simulator of a running stack. Raises LocalError with its words where it refuses."""

    def __init__(self, name: str) -> None:
        stack = kept.attach(name)
        if "Evolution simulator" not in stack.processes:
            raise LocalError(f"The stack {name!r} has a real Evolution server, which cannot be told what to do.")
        self.url, self.key = stack.evolution_url, stack.evolution_api_key
        self._session = requests.Session()
        self._session.trust_env = False

    def ask(self, method: str, path: str, body: object = None) -> Any:
        answer = self._session.request(method, self.url + path, json=body, headers={"apikey": self.key}, timeout=10)
        if not answer.ok:
            raise LocalError(f"The simulator answered {answer.status_code}: {answer.text}")
        return answer.json()


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise LocalError(f"{text} is not JSON: {error}.") from error


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:39] + "…"
