"""Breaks each promise on purpose and shows that a test fails: python -m tests.slow.mutants [promise or name ...]

mutants.toml lists the changes. Each is made in a copy of the sources, where one of its tests must fail. First, all tests
must pass without any change, or a failure would prove nothing.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LIST = Path(__file__).with_name("mutants.toml")
SIDE_BY_SIDE = 2
SECONDS = 300  # for one mutant's tests; a mutant that makes them hang is caught, too
PASSED, FAILED = 0, 1  # pytest's exit codes


@dataclass(frozen=True)
class Mutant:
    """One change that breaks a promise: ``file`` contains ``old`` once, and one of ``tests`` fails with ``new``."""

    promise: int
    name: str
    file: str
    old: str
    new: str
    tests: list[str]

    def apply(self, root: Path) -> None:
        path = root / self.file
        text = path.read_text()
        if text.count(self.old) != 1:
            raise SystemExit(f"{self.name}: {self.file} contains the text to replace {text.count(self.old)} times")
        path.write_text(text.replace(self.old, self.new))


def read() -> list[Mutant]:
    return [Mutant(**each) for each in tomllib.loads(LIST.read_text())["mutant"]]


def copy_to(root: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, root / name)


def run(tests: list[str], root: Path) -> tuple[int | None, str]:
    """Returns pytest's exit code, None if it was killed, and its output."""
    command = [sys.executable, "-m", "pytest", "--tb", "line", "--maxfail", "1", *tests]
    environment = {**os.environ, "PYTHONPATH": "layers/hidra", "PYTHONDONTWRITEBYTECODE": "1"}
    # In a session of its own, so that the servers of a mutant that hangs are killed with it.
    with subprocess.Popen(
        command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    ) as running:  # fmt: skip
        try:
            output, _ = running.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            return None, f"killed after {SECONDS} s"
    return running.returncode, output


def survives(mutant: Mutant) -> str | None:
    """Returns None if a test fails with the mutant, otherwise what went wrong."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hidra-mutant-") as made:
        root = Path(made)
        copy_to(root)
        mutant.apply(root)
        code, output = run(mutant.tests, root)
    caught = code in (FAILED, None)
    word, took = "caught" if caught else "MISSED", time.monotonic() - began
    print(f"  {mutant.promise:>2}  {mutant.name:76} {word} {took:6.1f} s", flush=True)
    if caught:
        return None
    return f"{mutant.name}: its tests {'passed' if code == PASSED else 'could not run'}\n{output[-2_000:]}"


def main(words: list[str]) -> int:
    """Runs the chosen mutants; returns the number of those that no test caught."""
    chosen = [each for each in read() if not words or any(w in (str(each.promise), each.name) for w in words)]
    if not chosen:
        raise SystemExit("No promise or mutant has this name. See tests/slow/mutants.toml for the list.")
    tests = sorted({test for each in chosen for test in each.tests})
    print(f"{len(chosen)} mutants; first their {len(tests)} tests without any mutant")
    code, output = run(tests, ROOT)
    if code != PASSED:
        raise SystemExit(f"the tests fail without any mutant:\n{output[-4_000:]}")
    with ThreadPoolExecutor(SIDE_BY_SIDE) as side_by_side:
        missed = [each for each in side_by_side.map(survives, chosen) if each]
    for each in missed:
        print(each, file=sys.stderr)
    print(f"{len(chosen) - len(missed)} of {len(chosen)} mutants are caught")
    return len(missed)


if __name__ == "__main__":
    sys.exit(min(1, main(sys.argv[1:])))
