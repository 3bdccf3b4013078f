"""What opens on a page: forms, steps, menus and questions, in the colours and languages that no other test reads."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.console.conftest import Instance, Visitor
from tests.console.person import Person
from tests.console.test_pages import every_page_is_for_all, faults, places, settle, too_wide

__all__ = ["places"]  # a fixture
OTHERS = [("pt-BR", "dark"), ("en", "light")]
ROWS = "Telefone;Nome;Uma coluna de nome bastante comprido\n11987650001;Ana;x\n1234;Bia;y\n"


@pytest.mark.parametrize(("language", "theme"), OTHERS)
def test_every_page_can_be_read_by_all_in_its_other_colours(
    visit: Callable[..., Visitor], session: dict[str, str], places: dict[str, str], language: str, theme: str
) -> None:
    every_page_is_for_all(visit, session, places, language=language, theme=theme)


@dataclass(frozen=True)
class Opened:
    """A page that has something open, in whatever language."""

    route: str
    open: Callable[[Page], None] = lambda page: None


def first(selector: str) -> Callable[[Page], None]:
    return lambda page: page.locator(selector).first.click()


def chosen(file: Path) -> Callable[[Page], None]:
    def choose(page: Page) -> None:
        page.locator("input[type=file]").set_input_files(file)
        page.locator(".preview-rows tbody tr").first.wait_for()

    return choose


def asked_to_erase(page: Page) -> None:
    page.locator("header details.menu summary").click()
    page.locator("header details.menu button.danger").last.click()
    page.locator("dialog").wait_for()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "clientes.csv"
    made.write_text(ROWS, encoding="utf-8")
    return made


def every_state(places: dict[str, str], file: Path) -> list[Opened]:
    segment, contact = places["/segments/:id"].partition("?")[0], places["/contacts/:id"]
    wizard, template = places["/campaigns/:id/edit"], places["/templates/:id"]
    return [
        Opened("/contacts", first("header button.primary")),
        Opened("/contacts", first("header details.menu summary")),
        Opened("/opt-outs", first("header button.primary")),
        Opened(contact, first("header button.primary")),
        Opened(contact, asked_to_erase),
        Opened("/segments?new=1"),
        *(Opened(f"{segment}?do={way}") for way in ("search", "merge", "subtract", "rename")),
        Opened("/imports/new", chosen(file)),
        Opened(template, asked_to_erase),
        *(Opened(f"{wizard}?step={step}") for step in ("audience", "message", "time", "check")),
        Opened("/campaigns", first("main details.menu summary")),
    ]


def is_for_all(page: Page, state: Opened, url: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.once("dialog", lambda question: question.accept())  # what the state before had chosen is given up
    page.goto("about:blank")  # nothing stays open
    page.goto(f"{url}#{state.route}")
    settle(page)
    state.open(page)
    settle(page)
    assert faults(page) == [], state.route
    page.set_viewport_size({"width": 360, "height": 740})
    assert not too_wide(page), state.route
    assert faults(page) == [], f"{state.route} at 360"


@pytest.mark.parametrize("colours", OTHERS)
def test_what_opens_on_a_page_has_no_fault_either(
    visit: Callable[..., Visitor],
    session: dict[str, str],
    places: dict[str, str],
    file: Path,
    colours: tuple[str, str],
) -> None:
    language, theme = colours
    visitor = visit(session, locale=language, color_scheme=theme, reduced_motion="reduce")
    page = visitor.open()
    for state in every_state(places, file):
        is_for_all(page, state, visitor.url)


@pytest.mark.parametrize(("language", "theme"), OTHERS)
def test_a_number_that_waits_for_its_code_and_its_limits_have_no_fault(
    visit: Callable[..., Visitor], instance: Instance, language: str, theme: str
) -> None:
    person = Person(instance.stack, f"Gil {instance.name}")
    visitor = visit(locale=language, color_scheme=theme, reduced_motion="reduce")
    page = visitor.open("#/connection")
    visitor.sign_in(page, person.name)
    is_for_all(page, Opened("/connection"), visitor.url)
    address = {"base_url": instance.stack.evolution_url, "api_key": instance.stack.evolution_api_key}
    person.call("PUT", "/v1/evolution-config", {**address, "instance_name": instance.name})
    is_for_all(page, Opened("/connection", lambda page: page.locator(".qr img").wait_for()), visitor.url)
    instance.scan()
    expect(page.locator(".state.green")).to_be_visible()
    is_for_all(page, Opened("/connection", first(".section-head button, main section button")), visitor.url)
