"""The functions as the tests of functions reach them."""

from tests.functions.conftest import _few_metrics, call, load_function, nudges, stranger

__all__ = ["_few_metrics", "call", "load_function", "nudges", "stranger"]
