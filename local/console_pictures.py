"""The pictures of the console in docs/images: `python -m local.console_pictures`.

Starts a stack with the simulator, makes a manager's number, contacts, templates and campaigns over the API, and takes
the pictures in Chromium. Names and data are always the same; times are those of the run.
"""

import csv
import shutil
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect, sync_playwright

from local.demo import preparation, recipients
from local.demo.client import Client
from local.demo.waiting import wait_for
from local.picture import with_palette
from local.processes import LocalError
from local.sign_in import LocalUser
from local.stack import ROOT, SENDERS, Stack

IMAGES = ROOT / "docs" / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SIZE = {"width": 1280, "height": 800}
ZONE = "America/Sao_Paulo"
PATIENCE = 90_000  # ms
MANAGER = "Marina Alves"
INSTANCE = "loja-centro"
TEXT = """Olá {{nome}}! Aqui é a Loja Centro. Você tem *{{pontos}} pontos* para trocar.

Responda SAIR para não receber mais."""
NOT_ON_WHATSAPP = {"+5551987659401": "Rita Nunes", "+5551987659402": "Paulo Dias", "+5551987659403": "Vera Lopes"}
FILE = """Telefone;Nome;Cidade;Pontos
(51) 99103-4320;Nuno Oliveira;Porto Alegre;70
(11) 98739-3039;Quitéria Pereira;São Paulo;180
21 98954-9440;Inês Lima;Rio de Janeiro;50
11998874211;Ana Silva;São Paulo;70
(81) 8765-43;Bruno Costa;Recife;20
(71) 99876-1020;Célia Souza;Salvador;90
;Davi Rocha;Fortaleza;30
(41) 99654-3021;Elisa Martins;Curitiba;110
"""
CONSENT = {"basis": "consent", "source": "formulário do site", "at": "2026-01-31T09:00:00-03:00"}
PACE = 60
SEEN_DELIVERED = 90


@dataclass(frozen=True)
class Prepared:
    """The ids of what the pictures show."""

    template: str
    plan: str
    finished: str
    live: str
    person: str


def main() -> None:
    began = time.monotonic()
    with Stack.running("pictures", report=print) as stack:
        take(stack)
    print(f"The pictures are in {IMAGES.relative_to(ROOT)}. They took {time.monotonic() - began:.0f} s.")


def take(stack: Stack, manager: str = MANAGER, instance: str = INSTANCE) -> None:
    """Prepare the manager's data, and write the pictures.

    Raises:
        LocalError: a step failed or took too long; the message says which.
    """
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise LocalError("Chromium is not installed: `apt-get install chromium`.")
    user = LocalUser.named(manager, admin=False)
    client = Client(stack.api_url, stack.token(sub=user.sub, email=user.email, name=user.name))
    stack.warm("message_sender", SENDERS)
    prepared = _prepare(client, stack, instance)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--no-proxy-server"])
        context = opened.new_context(
            viewport=SIZE,  # type: ignore[arg-type]
            locale="pt-BR",
            timezone_id=ZONE,
            color_scheme="light",
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(stack.console_url)
        page.locator("button.primary").click()
        page.locator("input[name=name]").fill(manager)
        page.locator("button.new").click()
        page.locator(".shell").wait_for()
        _take_all(page, client, stack.console_url, prepared)
        opened.close()


def _take_all(page: Page, client: Client, url: str, prepared: Prepared) -> None:
    page.goto(f"{url}#/connection")
    _write(page, "connection", ".warm-up")
    page.goto(f"{url}#/imports/new")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "clientes-de-dezembro.csv"
        file.write_text(FILE, encoding="utf-8")
        page.locator("input[type=file]").set_input_files(file)
        _write(page, "import", ".preview-rows tbody tr")
    page.once("dialog", lambda question: question.accept())  # the chosen file is given up
    page.goto("about:blank")
    page.goto(f"{url}#/templates/{prepared.template}")
    _write(page, "template", ".editor .phone .who")
    page.goto(f"{url}#/campaigns/{prepared.plan}/edit?step=time")
    page.locator(".picture-of-days").evaluate("days => days.scrollIntoView({block: 'end'})")
    _write(page, "plan", ".picture-of-days")
    page.goto(f"{url}#/campaigns/{prepared.finished}?status=failed")
    page.locator("details.unfold").first.evaluate("people => people.scrollIntoView({block: 'center'})")
    _write(page, "retry", "details.unfold")
    page.goto(f"{url}#/contacts/{prepared.person}")
    page.locator("details.unfold summary").first.click()
    _write(page, "person", "details.unfold[open]")
    page.goto(f"{url}#/campaigns/{prepared.live}")
    wait_for(
        "the campaign to be under way",
        seconds=300,
        ready=lambda: _metrics(client, prepared.live)["delivered"] >= SEEN_DELIVERED,
    )
    page.wait_for_timeout(4_000)  # the page reads its numbers every three seconds
    _write(page, "live", ".timeline .bucket")


def _write(page: Page, name: str, shown: str) -> None:
    """The picture of this name, once the page shows what is meant and reads nothing more."""
    page.locator(shown).first.wait_for(timeout=PATIENCE)
    expect(page.locator("main [aria-busy=true]")).to_have_count(0, timeout=PATIENCE)
    IMAGES.mkdir(exist_ok=True)
    path = IMAGES / f"{name}.png"
    path.write_bytes(with_palette(page.screenshot(animations="disabled", caret="hide")))
    print(f"  {path.relative_to(ROOT)}  {path.stat().st_size / 1000:.0f} kB")


def _prepare(client: Client, stack: Stack, instance: str) -> Prepared:
    _connect(client, stack, instance)
    rows = list(csv.DictReader(recipients.SHIPPED.open(encoding="utf-8")))
    everyone = _segment(client, "Clientes", [_contact(row) for row in rows])
    south = [_contact(row) for row in rows if row["cidade"] == "Porto Alegre"]
    lost = [{"phone": phone, "name": name, "attributes": {"pontos": 40}} for phone, name in NOT_ON_WHATSAPP.items()]
    nearby = _segment(client, "Porto Alegre", [*south, *lost])
    body = {"title": "Pontos para trocar", "body": TEXT, "variables": ["nome", "pontos"]}
    template: str = client.call("POST", "/v1/templates", body)["id"]
    finished = _campaign(client, "Aviso de pontos", nearby, template, PACE)
    client.call("POST", f"/v1/campaigns/{finished}/start")
    wait_for("the first campaign to end", seconds=300, ready=lambda: _status(client, finished) == "completed")
    weekdays = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "11:00"}
    window = {"time_zone": ZONE, "ranges": [weekdays]}
    plan = _campaign(client, "Volta às aulas", everyone, template, 1, send_window=window)
    live = _campaign(client, "Natal na loja", everyone, template, PACE)
    client.call("POST", f"/v1/campaigns/{live}/start")
    delivered = client.call("GET", f"/v1/campaigns/{finished}/recipients", status="delivered", limit=1)["items"]
    read = client.call("GET", f"/v1/campaigns/{finished}/recipients", status="read", limit=1)["items"]
    return Prepared(template, plan, finished, live, (read or delivered)[0]["contact_id"])


def _connect(client: Client, stack: Stack, instance: str) -> None:
    """A number in the ninth day of its warm-up."""
    preparation.make_instance(stack, instance)
    since = datetime.now(ZoneInfo(ZONE)).date() - timedelta(days=8)
    body = {
        "base_url": stack.evolution_url,
        "api_key": stack.evolution_api_key,
        "instance_name": instance,
        "max_messages_per_minute": PACE,
        "max_concurrent_sends": 4,
        "warm_up": {"since": since.isoformat()},
        "time_zone": ZONE,
    }
    client.call("PUT", "/v1/evolution-config", body)


def _contact(row: dict[str, str]) -> dict[str, Any]:
    attributes = {"cidade": row["cidade"], "pontos": row["pontos"]}
    return {"phone": row["telefone"], "name": row["nome"], "attributes": attributes, "consent": CONSENT}


def _segment(client: Client, name: str, contacts: list[dict[str, Any]]) -> str:
    segment: str = client.call("POST", "/v1/segments", {"name": name})["id"]
    for start in range(0, len(contacts), 100):
        client.call("POST", "/v1/contacts", {"segment_id": segment, "contacts": contacts[start : start + 100]})
    return segment


def _campaign(client: Client, name: str, segment: str, template: str, pace: int, **more: Any) -> str:
    body = {"name": name, "segment_id": segment, "template_id": template, "max_messages_per_minute": pace, **more}
    campaign: str = client.call("POST", "/v1/campaigns", body)["id"]
    return campaign


def _status(client: Client, campaign: str) -> str:
    status: str = client.call("GET", f"/v1/campaigns/{campaign}")["status"]
    return status


def _metrics(client: Client, campaign: str) -> dict[str, int]:
    found: dict[str, int] = client.call("GET", f"/v1/campaigns/{campaign}/metrics")
    return found


if __name__ == "__main__":
    main()
