"""Breaks each promise on purpose and shows that a test notices: python -m tests.slow.mutants [promise or name ...]

mutants.toml lists the changes. Each is made in a copy of the sources, where its tests have to fail; before that
they have to pass unchanged, or a failure would prove nothing.
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
SECONDS = 300  # for one mutant's tests; a mutant that makes them hang is noticed, too
PASSED, FAILED = 0, 1  # pytest's exit codes


@dataclass(frozen=True)
class Mutant:
    """One change that breaks a promise: ``old`` stands once in ``file``, and one of ``tests`` fails with ``new``."""

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
            raise SystemExit(f"{self.name}: what it replaces stands {text.count(self.old)} times in {self.file}")
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
    """pytest's exit code, None if it had to be ended, and what it said."""
    command = [sys.executable, "-m", "pytest", "--tb", "line", "--maxfail", "1", *tests]
    environment = {**os.environ, "PYTHONPATH": "layers/hidra", "PYTHONDONTWRITEBYTECODE": "1"}
    # A session of its own: a mutant that hangs must not leave the servers behind that its tests have started.
    with subprocess.Popen(
        command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    ) as running:  # fmt: skip
        try:
            said, _ = running.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            return None, f"ended after {SECONDS} s"
    return running.returncode, said


def survives(mutant: Mutant) -> str | None:
    """What is wrong if no test notices the mutant, None if one does."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hidra-mutant-") as made:
        root = Path(made)
        copy_to(root)
        mutant.apply(root)
        code, said = run(mutant.tests, root)
    caught = code in (FAILED, None)
    word, took = "caught" if caught else "MISSED", time.monotonic() - began
    print(f"  {mutant.promise:>2}  {mutant.name:70} {word} {took:6.1f} s", flush=True)
    if caught:
        return None
    return f"{mutant.name}: its tests {'passed' if code == PASSED else 'could not run'}\n{said[-2_000:]}"


def main(words: list[str]) -> int:
    """The number of mutants that no test noticed."""
    chosen = [each for each in read() if not words or any(w in (str(each.promise), each.name) for w in words)]
    if not chosen:
        raise SystemExit("no such promise or mutant; tests/slow/mutants.toml lists them")
    tests = sorted({test for each in chosen for test in each.tests})
    print(f"{len(chosen)} mutants; first their {len(tests)} tests as the sources are")
    code, said = run(tests, ROOT)
    if code != PASSED:
        raise SystemExit(f"the tests fail without any mutant:\n{said[-4_000:]}")
    with ThreadPoolExecutor(SIDE_BY_SIDE) as side_by_side:
        missed = [each for each in side_by_side.map(survives, chosen) if each]
    for each in missed:
        print(each, file=sys.stderr)
    print(f"{len(chosen) - len(missed)} of {len(chosen)} mutants are caught")
    return len(missed)


if __name__ == "__main__":
    sys.exit(min(1, main(sys.argv[1:])))
