"""The limits of a contact's fields, however they arrive: in a request or in a file of an import."""

from hidra.domain.text import storable

# An attribute's value.
type Value = str | int | float | bool

# Characters; MAX_PHONE is of a cell that may hold several phones and words beside them.
MAX_PHONE, MAX_NAME, MAX_VALUE, MAX_ATTRIBUTE_NAME = 120, 200, 500, 64
MAX_ATTRIBUTES = 50
MAX_NUMBER = 2**53  # up to this value a double holds every integer


def fits(value: object) -> bool:
    """Whether an attribute may have this value."""
    match value:
        case str():
            return len(value) <= MAX_VALUE and storable(value)
        case bool():
            return True
        case int() | float():
            return abs(value) <= MAX_NUMBER
    return False
