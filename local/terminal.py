"""Standard input, output and errors as the user's environment has them: other encodings, closed, full or gone."""

import codecs
import contextlib
import io
import locale
import os
import sys


def prepare() -> None:
    """Make output possible wherever it goes, and drop settings that are meant for other programs."""
    for number in range(3):  # a closed one would be taken by the next file or pipe that is opened
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                encoding=encoding(stream.encoding, utf8_mode=bool(sys.flags.utf8_mode)), errors="replace"
            )
    for name in ("NO_PROXY", "no_proxy"):  # no proxy is asked for what runs on this machine
        os.environ[name] = ",".join(filter(None, ["127.0.0.1", "localhost", os.environ.get(name)]))
    if "DATABASE_URL" not in os.environ:
        # libpq reads them (PGOPTIONS, PGSERVICE, PGSSLMODE ...); the server of a stack needs none.
        for name in [name for name in os.environ if name.startswith("PG")]:
            del os.environ[name]


def last_words(status: int) -> int:
    """Write what is still to be written; returns the exit status."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        silence()
        return status or 1
    return status


def silence() -> None:
    """Write to nowhere from now on: the reader or the terminal is gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            os.dup2(nowhere, stream.fileno())


def encoding(chosen: str, *, utf8_mode: bool) -> str:
    """The terminal's encoding. Python's UTF-8 mode, in which this project runs, writes UTF-8 whatever the locale is.

    A locale that knows only ASCII says nothing about the terminal: it is the one of a machine without any setting.
    """
    if not utf8_mode:
        return chosen
    with contextlib.suppress(LookupError):
        name = codecs.lookup(locale.getencoding()).name
        return chosen if name == "ascii" else name
    return chosen
