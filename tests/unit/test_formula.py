"""Cells that a spreadsheet would run."""

import pytest

from hidra.domain.formula import guarded, unguarded

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "'=1",
    "''=1",
    " '=1",
    "\uff1d1",
    "+55 11 9",
]
TEXTS = ["", "Ana", "a=b", "1-2", "'", "'Ana", "O'Neill", " Ana", "(=1)"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_looks_like_a_formula_begins_with_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", TEXTS)
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert guarded(text) == unguarded(text) == text


@pytest.mark.parametrize("text", FORMULAS + TEXTS)
def test_reading_returns_what_was_written(text: str) -> None:
    assert unguarded(guarded(text)) == text
