"""The README's tour: its commands run in one shell, and print what the README says."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.documents import ROOT, blocks, section

MARK = "=== next block ==="
HEADING = "The five-minute tour"


def steps(readme: Path) -> list[tuple[str, str | None]]:
    """Each block of commands with the block of output under it."""
    found: list[tuple[str, str | None]] = []
    for block in blocks(section(readme.read_text(), HEADING)):
        if block.language == "sh":
            found.append((block.text, None))
        else:
            assert found[-1][1] is None, "two blocks of output follow one block of commands"
            found[-1] = (found[-1][0], block.text)
    return found


def pattern(output: str) -> str:
    """`…` alone on a line stands for any lines or none, inside a line for any text."""
    lines = [
        r"(?:.*\n)*?" if line.strip() == "…" else ".*?".join(map(re.escape, line.split("…"))) + r"\n"
        for line in output.splitlines()
    ]
    return "".join(lines)


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """A stack of its own, always stopped at the end."""
    without = {"DATABASE_URL", "EVOLUTION_URL", "EVOLUTION_API_KEY", "EVOLUTION_INSTANCE", "MAKEFLAGS", "MAKELEVEL"}
    kept = {name: value for name, value in os.environ.items() if name not in without}
    settings = kept | {"STACK": f"tour-{uuid4().hex[:8]}"}
    yield settings
    subprocess.run(["make", "-s", "down"], cwd=ROOT, env=settings, check=True, capture_output=True)


def test_the_tour_prints_what_the_readme_says_also_when_it_is_taken_again(environment: dict[str, str]) -> None:
    once = steps(ROOT / "README.md")
    sends = next(place for place, (commands, _) in enumerate(once) if "follow()" in commands)
    # What lasts is made before the campaign starts: the second time ends there, as sending takes the most time.
    tour = [*once[:-1], *once[:sends], once[-1]]
    script = "set -eu -o pipefail\n" + "".join(f"{commands}echo '{MARK}'\n" for commands, _ in tour)
    # It usually takes a minute and a half.
    done = subprocess.run(
        ["timeout", "270", "bash", "-c", script],
        cwd=ROOT,
        env=environment,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    printed = done.stdout.split(f"{MARK}\n")
    for (commands, expected), output in zip(tour, printed, strict=False):
        if expected is not None:
            assert re.fullmatch(pattern(expected), output), f"{commands}printed\n{output}instead of\n{expected}"
    assert (done.returncode, len(printed)) == (0, len(tour) + 1), done.stdout


def test_a_wildcard_stands_for_a_value_or_for_lines() -> None:
    assert re.fullmatch(pattern("a\n…\nb …\n"), "a\nb 1\n")
    assert re.fullmatch(pattern("a\n…\nb …\n"), "a\nx\ny\nb 2\n")
    assert not re.fullmatch(pattern("a\n…\nb …\n"), "a\nb 1\nc\n")
    assert not re.fullmatch(pattern('"id": "…",\n'), '"id": "1"\n')
