"""Phones that were damaged on the way into a list: they are read as the number that they were, or refused.

Never as another's, with these exceptions, which no reader can tell from a number that is meant so:

- two digits changed places: the text has as many digits as before;
- the calling code behind ``+`` or ``00`` was hit, so that the text names another country; or ``00`` came into being;
- Brazilian digits behind 55 that WhatsApp itself would write so: a mobile of eight digits with an area code from 31 on.
  A mobile of the area 55 with one digit too many may look so as well, if nothing but digits is written;
- a digit in front or doubled there makes another area code: of a landline of an area that ends in 9, whose number is a
  mobile's then, and of an Argentine number behind 9.

The share of each outcome is recorded in the test's report (``pytest -rP``).
"""

import random
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import pytest

from hidra.domain.phone import PhoneProblem, parse, subscriber

EACH = 300  # damaged texts of each kind of number and damage
BRAZILIAN_AREAS = [
    "11",
    "19",
    "21",
    "24",
    "31",
    "38",
    "44",
    "49",
    "53",
    "54",
    "55",
    "61",
    "79",
    "81",
    "85",
    "91",
    "98",
    "99",
]
MEXICAN_AREAS = ["55", "33", "81", "222", "442", "477", "614", "664", "871", "998"]
AMERICAN_AREAS = ["201", "212", "305", "312", "415", "512", "702", "917"]


@dataclass(frozen=True)
class Kind:
    country: str
    code: str
    make: Callable[[random.Random], str]  # national digits
    spellings: tuple[str, ...]  # with the digits as N, grouped by {2}; see ``spelled``

    def text(self, pick: random.Random) -> tuple[str, str]:
        """A number as E.164, and as a person wrote it."""
        national = self.make(pick)
        left, spelling = iter(national), pick.choice(self.spellings)
        return f"+{self.code}{national}", "".join(next(left) if sign == "N" else sign for sign in spelling)


def digits(pick: random.Random, number: int) -> str:
    return "".join(pick.choices("0123456789", k=number))


def brazilian_mobile(pick: random.Random) -> str:
    return pick.choice(BRAZILIAN_AREAS) + "9" + pick.choice("6789") + digits(pick, 7)


def brazilian_landline(pick: random.Random) -> str:
    return pick.choice(BRAZILIAN_AREAS) + pick.choice("2345") + digits(pick, 7)


def mexican(pick: random.Random) -> str:
    area = pick.choice(MEXICAN_AREAS)
    return area + pick.choice("23456789") + digits(pick, 9 - len(area))


def argentine(pick: random.Random) -> str:
    return "11" + pick.choice("23456") + digits(pick, 7)


def portuguese(pick: random.Random) -> str:
    return pick.choice(("91", "92", "93", "96")) + digits(pick, 7)


def american(pick: random.Random) -> str:
    return pick.choice(AMERICAN_AREAS) + pick.choice("23456789") + pick.choice("023456789") + digits(pick, 5)


KINDS = {
    "BR mobile": Kind(
        "BR",
        "55",
        brazilian_mobile,
        ("NNNNNNNNNNN", "(NN) NNNNN-NNNN", "0NN NNNNN-NNNN", "NN N NNNN NNNN", "NN.NNNNN.NNNN", "NNNNNNNNNNN.0"),
    ),
    "BR mobile with 55": Kind(
        "BR", "55", brazilian_mobile, ("55NNNNNNNNNNN", "+55 NN NNNNN-NNNN", "0055NNNNNNNNNNN", "55 (NN) NNNNN-NNNN")
    ),
    "BR landline": Kind("BR", "55", brazilian_landline, ("NNNNNNNNNN", "(NN) NNNN-NNNN", "0NN NNNN NNNN")),
    "MX": Kind("MX", "52", mexican, ("NNNNNNNNNN", "NN NNNN NNNN", "1 NN NNNN NNNN", "52NNNNNNNNNN", "521NNNNNNNNNN")),
    "AR": Kind("AR", "54", argentine, ("NN NNNN-NNNN", "0NN 15 NNNN NNNN", "9NNNNNNNNNN", "54 9 NN NNNN-NNNN")),
    "PT": Kind("PT", "351", portuguese, ("NNNNNNNNN", "NNN NNN NNN", "351NNNNNNNNN")),
    "US": Kind("US", "1", american, ("NNNNNNNNNN", "(NNN) NNN-NNNN", "1-NNN-NNN-NNNN", "1NNNNNNNNNN", "NNN.NNN.NNNN")),
}


def places(text: str) -> list[int]:
    return [at for at, sign in enumerate(text.removesuffix(".0")) if sign.isdigit()]


def drop(text: str, pick: random.Random) -> str:
    at = pick.choice(places(text))
    return text[:at] + text[at + 1 :]


def double(text: str, pick: random.Random) -> str:
    at = pick.choice(places(text))
    return text[:at] + text[at] + text[at:]


def swap(text: str, pick: random.Random) -> str:
    found = places(text)
    a, b = pick.choice([(a, b) for a, b in pairwise(found) if text[a] != text[b]])
    return text[:a] + text[b] + text[a + 1 : b] + text[a] + text[b + 1 :]


def suffix(text: str, pick: random.Random) -> str:
    return text + pick.choice(("", " ", "-", "/")) + pick.choice("0123456789")


def prefix(text: str, pick: random.Random) -> str:
    return pick.choice("0123456789") + pick.choice(("", " ")) + text


def letter_for_a_digit(text: str, pick: random.Random) -> str:
    at = pick.choice(places(text))
    return text[:at] + pick.choice("XxOlIa*?_") + text[at + 1 :]


def letter_between(text: str, pick: random.Random) -> str:
    at = pick.choice(places(text))
    return text[:at] + pick.choice("XxOlIaçñ") + text[at:]


def word_for_the_end(text: str, pick: random.Random) -> str:
    at = pick.choice(places(text)[2:])
    gone = sum(sign.isdigit() for sign in text[at:])
    return text[:at] + pick.choice(("X" * gone, " abc", "-CASA", " sem", " (x)", "*" * gone))


def glued_letters(text: str, pick: random.Random) -> str:
    return text + pick.choice(("R2", " R2", " x12", "a", " ramal 12", ";ext=5"))


def same_digits(found: str, e164: str) -> bool:
    return sorted(found) == sorted(e164) or sorted(subscriber(found)) == sorted(subscriber(e164))


# The most of a hundred damaged texts that may become another number; of the other pairs of damage and kind none may.
MAY_MEAN_ANOTHER = {
    ("drop", "BR mobile with 55"): 45,
    ("double", "BR mobile"): 5,
    ("double", "BR landline"): 4,
    ("prefix", "BR mobile"): 2,
    ("prefix", "BR landline"): 12,
    ("prefix", "AR"): 1,
}


@pytest.mark.parametrize(
    "damage",
    [drop, double, suffix, prefix, letter_for_a_digit, letter_between, word_for_the_end, glued_letters, swap],
    ids=lambda damage: damage.__name__,
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_number_is_no_other_number(kind: str, damage: Callable[[str, random.Random], str]) -> None:
    pick = random.Random(f"{kind} {damage.__name__}")
    outcomes: Counter[str] = Counter()
    others = []
    for _ in range(EACH):
        e164, text = KINDS[kind].text(pick)
        damaged = damage(text, pick)
        found = parse(damaged, country=KINDS[kind].country)
        if isinstance(found, PhoneProblem):
            outcomes[found.value] += 1
        elif subscriber(found) == subscriber(e164):
            outcomes["itself"] += 1
        else:
            outcomes["another"] += 1
            others.append((e164, damaged, found))
    shares = ", ".join(f"{outcome} {100 * count / EACH:.0f} %" for outcome, count in sorted(outcomes.items()))
    sys.stdout.write(f"{kind}, {damage.__name__}: {shares}\n")
    if damage is swap:
        assert all(same_digits(found, e164) for e164, _, found in others), others
    else:
        assert len(others) * 100 <= MAY_MEAN_ANOTHER.get((damage.__name__, kind), 0) * EACH, others


@pytest.mark.parametrize("kind", KINDS)
def test_an_undamaged_number_is_itself_in_each_spelling(kind: str) -> None:
    pick = random.Random(kind)
    for _ in range(EACH):
        e164, text = KINDS[kind].text(pick)
        found = parse(text, country=KINDS[kind].country)
        assert isinstance(found, str), text
        assert subscriber(found) == subscriber(e164), text
        assert parse(f"{text} (Ana)", country=KINDS[kind].country) == found
