"""The README's tour, taken twice on one stack."""

from tests.documents import ROOT
from tests.flow.test_tour import environment, steps, take

__all__ = ["environment"]  # a fixture


def test_the_tour_prints_what_the_readme_says_also_when_it_is_taken_again(environment: dict[str, str]) -> None:
    once = steps(ROOT / "README.md")
    sends = next(place for place, (commands, _) in enumerate(once) if "follow()" in commands)
    # What lasts is made before the campaign starts: the second time ends there, as sending takes the most time.
    take([*once[:-1], *once[:sends], once[-1]], environment)
