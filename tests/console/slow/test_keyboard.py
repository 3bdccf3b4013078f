"""From signing in to a paused campaign without a mouse, with the focus always to be seen."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.console.conftest import Instance, Visitor
from tests.console.person import Person

MOST = 80  # steps from one end of a page to the other
SEEN = """() => {
    const at = document.activeElement;
    if (at === document.body || at.tagName === "HTML") return true;
    const near = [at, at.nextElementSibling, at.closest("label")].filter(Boolean);
    return near.some((it) => getComputedStyle(it).outlineStyle !== "none" && getComputedStyle(it).outlineWidth !== "0px");
}"""


class Keys:
    """A person who has a keyboard only."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, target: Locator) -> None:
        """Press Tab until the target has the focus; each place on the way shows that it has it."""
        expect(target).to_be_visible()
        for _ in range(MOST):
            if target.evaluate("it => it === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
            focused = self.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
            assert self.page.evaluate(SEEN), f"the focus cannot be seen on {focused}"
        raise AssertionError(f"no {target} within {MOST} steps")

    def press(self, role: str, name: str) -> None:
        self.reach(self.page.get_by_role(role, name=name, exact=True).first)  # type: ignore[arg-type]
        self.page.keyboard.press("Enter")

    def choose(self, name: str) -> None:
        """The radio button of this name; a detail stands behind it."""
        self.reach(self.page.get_by_role("radio", name=re.compile(f"^{name}")))
        self.page.keyboard.press(" ")

    def type(self, label: str, text: str) -> None:
        self.reach(self.page.get_by_label(label, exact=True).first)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)


def linked(instance: Instance, name: str) -> Person:
    person = Person(instance.stack, name)
    instance.scan()
    address = {"base_url": instance.stack.evolution_url, "api_key": instance.stack.evolution_api_key}
    person.call("PUT", "/v1/evolution-config", {**address, "instance_name": instance.name})
    return person


def sign_in(keys: Keys, name: str) -> None:
    keys.press("button", "Entrar")
    keys.page.locator("input[name=name]").wait_for()
    keys.page.locator("input[name=name]").focus()
    keys.page.keyboard.type(name)
    keys.page.keyboard.press("Enter")
    keys.page.locator(".shell").wait_for()


def make_segment(keys: Keys) -> None:
    """Two contacts, and a segment that a filter fills with them."""
    page = keys.page
    for name, phone in (("Ana", "11987650001"), ("Bia", "11987650002")):
        keys.press("link", "Contatos")
        keys.press("button", "Adicionar contato")
        keys.type("Telefone", phone)
        keys.type("Nome", name)
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text(name)
    keys.press("link", "Segmentos")
    keys.press("button", "Novo segmento")
    keys.type("Nome", "Clientes")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Clientes")
    keys.reach(page.locator("header details.menu summary"))
    page.keyboard.press("Enter")
    keys.press("button", "Adicionar por filtro")
    keys.type("Valor", "a")
    keys.press("button", "Adicionar 2 pessoas")
    expect(page.locator("main .lead").first).to_have_text("2 pessoas neste segmento.")


def make_template(keys: Keys) -> None:
    """A text whose variable is chosen from the list that `{{` opens."""
    page = keys.page
    keys.press("link", "Modelos")
    keys.press("link", "Novo modelo")
    keys.type("Nome do modelo", "Aviso")
    keys.type("Texto", "Olá, {{no")
    expect(page.get_by_role("option").first).to_have_text("nome")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Texto", exact=True)).to_have_value("Olá, {{nome}}")
    page.keyboard.type("!")
    keys.press("button", "Salvar modelo")
    expect(page.locator("h1")).to_have_text("Aviso")


def make_campaign(keys: Keys) -> None:
    """The cards up to the last one, at a pace that leaves the time to pause."""
    page = keys.page
    keys.press("link", "Campanhas")
    keys.press("link", "Nova campanha")
    keys.choose("Clientes")
    keys.press("button", "Continuar")
    keys.choose("Aviso")
    keys.press("button", "Continuar")
    keys.type("Mensagens por minuto", "1")
    keys.press("button", "Continuar")
    expect(page.locator(".checked .lead")).to_contain_text("Todas as 2 pessoas recebem.")


def test_a_campaign_is_made_started_and_paused_without_a_mouse(
    visit: Callable[..., Visitor], instance: Instance
) -> None:
    person = linked(instance, f"Téo {instance.name}")
    page = visit().open()
    keys = Keys(page)
    sign_in(keys, person.name)
    make_segment(keys)
    make_template(keys)
    make_campaign(keys)

    # Escape is no yes.
    keys.press("button", "Começar a campanha")
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("2 pessoas recebem")
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    [campaign] = person.call("GET", "/v1/campaigns")["items"]
    assert campaign["status"] == "draft"
    keys.press("button", "Começar a campanha")
    keys.reach(question.get_by_role("button", name="Começar", exact=True))
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"#/campaigns/[0-9a-f-]{36}$"))
    keys.press("button", "Pausar")
    expect(page.locator(".now .status")).to_have_text("pausada")
    assert person.call("GET", f"/v1/campaigns/{campaign['id']}")["status"] == "paused"

    # A menu closes by Escape and gives the focus back; a person's story opens in place.
    menu = page.locator("header details.menu summary")
    keys.reach(menu)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Cancelar campanha")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Cancelar campanha")).to_be_hidden()
    expect(menu).to_be_focused()
    keys.reach(page.locator("details.unfold summary").first)
    page.keyboard.press("Enter")
    expect(page.locator("details.unfold[open] .story").first).to_be_visible()
