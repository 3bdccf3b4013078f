"""Every page in English and dark, as tests/console/test_pages.py reads them in Portuguese and light; more screens."""

from collections.abc import Callable

from tests.console.conftest import Visitor
from tests.console.test_pages import every_page_is_for_all, places

__all__ = ["places"]  # a fixture


def test_every_page_in_english_and_dark_can_be_read_by_all_and_fits_the_narrowest_phone(
    visit: Callable[..., Visitor], session: dict[str, str], places: dict[str, str]
) -> None:
    screens = ((768, 900), (3840, 1600))
    every_page_is_for_all(visit, session, places, language="en", theme="dark", also=screens)
