"""The functions as the tests of functions reach them."""

from tests.functions.conftest import call, load_function, nudges, stranger

__all__ = ["call", "load_function", "nudges", "stranger"]
