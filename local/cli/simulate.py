"""simulate: the Evolution simulator, alone or of a running stack."""

import json
import secrets
import zlib
from datetime import UTC, datetime
from typing import Annotated, Any

import requests
import typer

from local import named_stacks
from local.cli.app import TRY, Name, app, echo, make, table
from local.demo.simulator_log import SimulatorLog
from local.evolution import __main__ as server
from local.evolution import phones, presets
from local.evolution.instance import BAILEYS, CLOUD
from local.processes import LocalError
from local.stack import SIMULATOR

simulate = make(
    help="""Control the Evolution simulator.

    Make it fail, change how a phone behaves, read its log. A phone behaves by the last four digits of its number:

    \b
    """
    + "\n    ".join(phones.described().splitlines())
)
app.add_typer(simulate, name="simulate", rich_help_panel=TRY)

Instance = Annotated[str, typer.Argument(metavar="INSTANCE", help="The instance's name.")]
OneInstance = Annotated[str | None, typer.Option("--instance", metavar="INSTANCE", help="This instance only.")]


@simulate.command()
def serve(
    *,
    port: Annotated[int, typer.Option(metavar="PORT", min=0, max=65_535, help="0: any free port.")] = 8080,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="The address to listen on.")] = "127.0.0.1",
    api_key: Annotated[
        str | None, typer.Option(metavar="KEY", help="The global key, AUTHENTICATION_API_KEY.", show_default="random")
    ] = None,
    scan_after: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="Let a phone scan each instance's first QR code after so many seconds."),
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option("--fault", metavar="NAME", help="Arm this fault for all instances; see `fault --help`."),
    ] = None,
    virtual_clock: Annotated[
        float | None,
        typer.Option(
            metavar="RATE", help="Let `clock` drive time, which passes so much faster by itself; 0: it stands."
        ),
    ] = None,
) -> None:
    """Run a simulator alone, until Ctrl-C.

    A stack of `./hidra up` has its own simulator.

    \b
    Example:  ./hidra simulate serve --port 8080 --api-key secret --scan-after 1
              ./hidra simulate serve --fault unacknowledged --virtual-clock 1
    """
    key = api_key or secrets.token_hex(16)
    if api_key is None:
        echo(f"apikey: {key}")
    words = ["--host", host, "--port", str(port), "--api-key", key]
    words += ["--scan-after-seconds", str(scan_after)] if scan_after is not None else []
    words += ["--virtual-clock", str(virtual_clock)] if virtual_clock is not None else []
    server.main(words + [word for name in fault or [] for word in ("--fault", known(name))])


@simulate.command()
def instance(
    name: Instance,
    cloud_api: Annotated[bool, typer.Option("--cloud-api", help="Meta's Cloud API instead of Baileys.")] = False,
    unlinked: Annotated[bool, typer.Option("--unlinked", help="Leave its QR code to be scanned, by `scan`.")] = False,
    stack: Name = "local",
) -> None:
    """Create an instance, or take the one of this name, and let a phone scan its QR code.

    Prints the body for PUT /v1/evolution-config.

    \b
    Example:  ./hidra simulate instance loja
    """
    simulator = RunningSimulator(stack)
    wanted = CLOUD if cloud_api else BAILEYS
    existing = simulator.integrations()
    found = existing.get(name, wanted)
    if found != wanted:
        raise LocalError(f"The instance {name!r} exists, with the integration {found}. Choose another name.")
    if name not in existing:
        body: dict[str, Any] = {"instanceName": name, "integration": wanted, "qrcode": not cloud_api}
        if cloud_api:
            # Evolution reports each number to one instance only.
            number = str(1_000_000_000 + zlib.crc32(name.encode()))
            body |= {"token": f"meta-{name}", "number": number, "businessId": "2000000001"}
        simulator.ask("POST", "/instance/create", body)
    if not cloud_api and not unlinked:
        simulator.ask("POST", f"/_control/instances/{name}/scan", {})
    connection = {
        "base_url": simulator.url,
        "instance_name": name,
        "api_key": simulator.key,
        "integration": "cloud_api" if cloud_api else "baileys",
    }
    echo(json.dumps(connection, indent=2))


@simulate.command()
def disconnect(
    name: Instance,
    banned: Annotated[bool, typer.Option("--banned", help="Ban the number instead of logging out.")] = False,
    stack: Name = "local",
) -> None:
    """End an instance's connection, as when the phone logs out.

    `scan` connects it again.

    \b
    Example:  ./hidra simulate disconnect loja
    """
    answer = RunningSimulator(stack).ask(
        "POST", f"/_control/instances/{name}/disconnect", {"reason": 403 if banned else 401}
    )
    echo(f"{name} is {answer['instance']['state']}.")


@simulate.command()
def scan(name: Instance, stack: Name = "local") -> None:
    """Let a phone scan the QR code again.

    \b
    Example:  ./hidra simulate scan loja
    """
    answer = RunningSimulator(stack).ask("POST", f"/_control/instances/{name}/scan", {})
    echo(f"{name} is {answer['instance']['state']}.")


@simulate.command()
def behaviour(
    number: Annotated[str, typer.Argument(metavar="PHONE", help="The phone's number.")],
    like: Annotated[str | None, typer.Option(metavar="NAME", help=f"One of {', '.join(phones.NAMED)}.")] = None,
    change: Annotated[
        str, typer.Option("--set", metavar="JSON", help="Fields that replace those of the behaviour.")
    ] = "{}",
    forget: Annotated[bool, typer.Option("--forget", help="Return to the behaviour of the number.")] = False,
    stack: Name = "local",
) -> None:
    """Show or change what a phone does with a message.

    \b
    Example:  ./hidra simulate behaviour 5511987650001 --like failed
              ./hidra simulate behaviour 5511987650001 --set '{"copies": 3, "reply": "PARAR"}'
    """
    simulator, path = RunningSimulator(stack), f"/_control/phones/{number}"
    changed = parsed(change)
    if forget:
        shown = simulator.ask("DELETE", path)
    elif like or changed:
        shown = simulator.ask("POST", path, ({"like": like} if like else {}) | changed)
    else:
        shown = simulator.ask("GET", path)
    echo(table(["field", "value"], [[name, json.dumps(value, ensure_ascii=False)] for name, value in shown.items()]))


@simulate.command()
def log(
    instance: OneInstance = None,
    last: Annotated[int, typer.Option(metavar="N", help="The newest so many.")] = 20,
    clear: Annotated[bool, typer.Option("--clear", help="Clear the log and the totals.")] = False,
    stack: Name = "local",
) -> None:
    """Print the sends received, with their answers and statuses.

    \b
    Example:  ./hidra simulate log --instance loja --last 5
    """
    simulator = RunningSimulator(stack)
    if clear:
        simulator.ask("DELETE", "/_log")
        echo("The log is empty.")
        return
    sends = [one for one in SimulatorLog(simulator.url, instance or "").sends() if instance in (None, one["instance"])]
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
    echo(table(["UTC", "instance", "phone", "answer", "final", "statuses", "text"], rows))


@simulate.command()
def totals(instance: OneInstance = None, stack: Name = "local") -> None:
    """Print counts: sends, final states, webhooks.

    \b
    Example:  ./hidra simulate totals
    """
    summary = RunningSimulator(stack).ask("GET", "/_log/summary" + (f"?instance={instance}" if instance else ""))
    rows: list[list[object]] = [
        [name.replace("_", " "), value] for name, value in summary.items() if isinstance(value, int)
    ]
    rows += [[f"finally {name}", number] for name, number in summary["final"].items()]
    rows += [[f"webhooks {name.replace('_', ' ')}", number] for name, number in summary["webhooks"].items()]
    echo(table(["", "number"], rows))


class RunningSimulator:
    """The simulator of a running stack. Raises LocalError with its answer for any error status."""

    def __init__(self, name: str) -> None:
        stack = named_stacks.attach(name)
        if SIMULATOR not in stack.processes:
            raise LocalError(
                f"The stack {name!r} uses a real Evolution server. Start it without EVOLUTION_URL to have a simulator."
            )
        self.url, self.key = stack.evolution_url, stack.evolution_api_key
        self._session = requests.Session()
        self._session.trust_env = False

    def integrations(self) -> dict[str, str]:
        """The integration of each instance by its name."""
        return {row["name"]: row["integration"] for row in self.ask("GET", "/instance/fetchInstances")}

    def ask(self, method: str, path: str, body: object = None, *, seconds: float = 10) -> Any:
        """The JSON of its answer, which must come within so many seconds."""
        headers = {"apikey": self.key}
        answer = self._session.request(method, self.url + path, json=body, headers=headers, timeout=seconds)
        if not answer.ok:
            raise LocalError(f"The simulator answered {answer.status_code}: {answer.text}")
        return answer.json()


def known(name: str) -> str:
    """The name itself if a fault has it. Raises LocalError."""
    if name not in presets.PRESETS:
        raise LocalError(f"There is no fault {name!r}. See `./hidra simulate fault --help`.")
    return name


def parsed(text: str) -> Any:
    """The value of an argument in JSON. Raises LocalError."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise LocalError(f"{text} is not JSON: {error}.") from error


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:39] + "…"
