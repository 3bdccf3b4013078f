"""What the user's environment does to a command: signals, outputs that end, locales, folders, half installed packages."""

import errno
import io
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from local import interrupts, named_stacks, terminal
from local.__main__ import run
from local.interrupts import Interrupted, held
from local.processes import clean_environment

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Where the file of a traceback would appear: no test here may leave one."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield
    assert list(folder.iterdir()) == []


@pytest.fixture
def _signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    interrupts.end_in_order()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("_signals")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_an_interrupted_command_ends_in_order_with_one_line(
    number: int, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cleaned: list[bool] = []

    def interrupted(_: str) -> None:
        try:
            signal.raise_signal(number)
        finally:
            cleaned.append(True)

    monkeypatch.setattr(named_stacks, "attach", interrupted)
    assert run(["token"]) == status
    assert cleaned
    assert capsys.readouterr().err == "hidra: Interrupted. What this command had started is stopped.\n"


def test_a_refused_question_is_an_interruption(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def abort(_: str) -> None:
        raise typer.Abort

    monkeypatch.setattr(named_stacks, "attach", abort)
    assert run(["token"]) == 130
    assert capsys.readouterr().err.startswith("hidra: Interrupted.")


@pytest.mark.usefixtures("_signals")
def test_an_interrupt_waits_until_what_is_made_is_known() -> None:
    known = []

    def make() -> None:
        with held():
            signal.raise_signal(signal.SIGTERM)
            known.append("made")

    with pytest.raises(Interrupted):
        make()
    assert known
    with held():
        pass


@pytest.mark.parametrize("error", [BrokenPipeError(errno.EPIPE, "Broken pipe"), OSError(errno.EIO, "I/O error")])
def test_a_reader_or_terminal_that_is_gone_ends_the_command_without_a_word(
    error: OSError, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "silence", lambda: None)

    def write(_: str) -> None:
        raise error

    monkeypatch.setattr(named_stacks, "attach", write)
    monkeypatch.setattr("sys.stdout", io.StringIO())  # typer replaces it where a reader is gone
    monkeypatch.setattr("sys.stderr", errors := io.StringIO())
    assert run(["token"]) != 0
    assert errors.getvalue() == ""


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "hidra: No space left on device. "),
        (PermissionError(errno.EACCES, "Permission denied", "/srv/.hidra"), "hidra: /srv/.hidra: Permission denied. "),
        (OSError(errno.EROFS, "Read-only file system", "/srv/.hidra"), "hidra: /srv/.hidra: Read-only file system. "),
    ],
)
def test_what_the_system_refuses_is_one_line(
    error: OSError, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(named_stacks, "up", refuse)
    assert run(["up"]) == 1
    assert capsys.readouterr().err == f"{line}Change that and try again.\n"


@pytest.mark.parametrize("port", ["-1", "65536", "99999", "80.5", "x", ""])
@pytest.mark.parametrize("words", [["up"], ["simulate", "serve"]])
def test_a_port_that_is_none_is_one_line(words: list[str], port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*words, f"--port={port}"]) == 2
    assert capsys.readouterr().err.startswith("hidra: Invalid value for '--port': ")


def test_children_get_a_locale_and_a_temporary_folder_that_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "LANG": "xx",
        "LC_ALL": "pt_BR.ISO-8859-1",
        "TMPDIR": "/nonexistent",
        "HTTP_PROXY": "x",
    }.items():
        monkeypatch.setenv(name, value)
    child = clean_environment()
    assert (child["LC_ALL"], child["PYTHONUTF8"]) == ("C", "1")
    assert Path(child["TMPDIR"]).is_dir()
    assert not {"LANG", "HTTP_PROXY"} & set(child)


@pytest.mark.parametrize(
    ("utf8_mode", "locale_encoding", "expected"),
    [(True, "ISO-8859-1", "iso8859-1"), (True, "ANSI_X3.4-1968", "utf-8"), (True, "UTF-8", "utf-8"),
     (True, "nonsense", "utf-8"), (False, "ISO-8859-1", "utf-8")],
)  # fmt: skip
def test_output_has_the_terminals_encoding(
    utf8_mode: bool, locale_encoding: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("locale.getencoding", lambda: locale_encoding)
    assert terminal.encoding("utf-8", utf8_mode=utf8_mode) == expected


def test_no_sign_stops_a_command_and_no_setting_for_others_reaches_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="iso8859-1")
    monkeypatch.setattr("sys.stdout", stream)
    monkeypatch.setattr("locale.getencoding", lambda: "ISO-8859-1")
    for name in ("DATABASE_URL", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PGOPTIONS", "-c nonsense=1")
    terminal.prepare()
    stream.write("→ Olá ━")
    stream.flush()
    assert stream.buffer.getvalue() == b"? Ol\xe1 ?"  # type: ignore[attr-defined]
    assert "PGOPTIONS" not in os.environ
    assert os.environ["NO_PROXY"].startswith("127.0.0.1")


def test_missing_packages_are_one_line() -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-P", "-m", "local", "up"],
        env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith("hidra: The installed packages are not complete: No module named ")


class Setup:
    """local/setup.sh in a folder of its own, with a uv that only notes how it was called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "uma pasta çã"
        (self.folder / "local").mkdir(parents=True)
        shutil.copy(ROOT / "local/setup.sh", self.folder / "local/setup.sh")
        (self.folder / "list.txt").write_text("a==1\n")
        self.venv = self.folder / ".venv"
        uv = self.folder / "uv"
        uv.write_text(
            '#!/bin/sh\n[ "$1" = --version ] && exit\necho "$1" >>uv-calls\n'
            "site=.venv/lib/python3.13/site-packages\n"
            'if [ "$1" = venv ]; then rm -rf .venv; mkdir -p .venv/bin; ln -s "$PYTHON" .venv/bin/python; fi\n'
            'if [ "$1" = pip ]; then [ -z "$BROKEN" ] || exit 1; mkdir -p "$site/a" "$site/b.dist-info"; fi\n'
        )
        uv.chmod(0o755)

    def run(self, **environment: str) -> tuple[int, list[str]]:
        """Its exit status, and what it let uv do."""
        calls = self.folder / "uv-calls"
        calls.unlink(missing_ok=True)
        settings = {"PATH": os.environ["PATH"], "PYTHON": sys.executable, "UV": "./uv", "BROKEN": "", **environment}
        done = subprocess.run(
            ["sh", "local/setup.sh", ".venv", "list.txt"],
            cwd=self.folder, env=settings, capture_output=True, text=True, check=False,
        )  # fmt: skip
        found = calls.read_text().split() if calls.exists() else []
        assert found or (done.stdout, done.stderr) == ("", "")
        return done.returncode, found


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    made = Setup(tmp_path)
    assert made.run() == (0, ["venv", "pip"])
    assert made.run() == (0, [])
    return made


def test_other_programs_settings_do_not_install_anew(setup: Setup) -> None:
    wrong = {
        "PYTHONHOME": "/nonexistent", "PYTHONPATH": "/nonexistent", "PYTHONSTARTUP": "/nonexistent",
        "PYTHONIOENCODING": "nonsense", "CDPATH": "/:/tmp", "LC_ALL": "pt_BR.ISO-8859-1", "HTTP_PROXY": "http://127.0.0.1:9",
    }  # fmt: skip
    assert setup.run(**wrong) == (0, [])


def test_an_installation_that_is_not_whole_is_made_anew(setup: Setup) -> None:
    shutil.rmtree(setup.venv / "lib/python3.13/site-packages/a")
    assert setup.run() == (0, ["venv", "pip"])
    (setup.venv / "bin/python").unlink()
    (setup.venv / "bin/python").symlink_to("/nonexistent/python3.13")
    assert setup.run() == (0, ["venv", "pip"])
    (setup.venv / "hidra-packages.txt").unlink()  # as installed by earlier sources
    assert setup.run() == (0, ["pip"])
    (setup.venv / "hidra-installed.txt").unlink()  # as after Ctrl-C
    assert setup.run() == (0, ["venv", "pip"])
    assert setup.run() == (0, [])


def test_an_installation_that_failed_is_made_anew_the_next_time(setup: Setup) -> None:
    (setup.folder / "list.txt").write_text("a==2\n")
    assert setup.run(BROKEN="1") == (1, ["pip"])
    assert setup.run() == (0, ["venv", "pip"])


def test_the_command_file_keeps_wrong_settings_away_and_refuses_a_folder_with_a_colon(tmp_path: Path) -> None:
    for name, status in (("uma pasta ç", 0), ("a:b", 1)):
        folder = tmp_path / name
        (folder / "local").mkdir(parents=True)
        (folder / ".venv/bin").mkdir(parents=True)
        (folder / "local/setup.sh").touch()
        shutil.copy(ROOT / "hidra", folder / "hidra")
        python = folder / ".venv/bin/python"
        python.write_text('#!/bin/sh\nenv | grep -E "^(PYTHON|CDPATH)" | sort\n')
        python.chmod(0o755)
        wrong = {"PYTHONHOME": "/x", "PYTHONSTARTUP": "/x", "PYTHONPATH": "/x", "CDPATH": f"/:{tmp_path}"}
        done = subprocess.run(
            ["sh", f"{name}/hidra", "up"],
            cwd=tmp_path, env={"PATH": os.environ["PATH"], **wrong}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == status
        if status == 0:
            assert done.stdout == f"PYTHONPATH={folder}/layers/hidra:{folder}\nPYTHONUTF8=1\n"
        else:
            assert done.stderr.startswith("hidra: The folder ")
            assert done.stderr.count("\n") == 1
