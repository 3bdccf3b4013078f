"""The form of the command: groups, help without boxes, tables, and errors of one line."""

import contextlib
import errno
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Sequence
from operator import itemgetter
from typing import Annotated

import typer
from typer._click import Context, HelpFormatter
from typer._click.exceptions import ClickException, NoArgsIsHelpError, UsageError
from typer.core import TyperGroup

from local import terminal
from local.emulator import FunctionFailed
from local.interrupts import Interrupted
from local.processes import LocalError

TRY, STACK, OPERATE = "Try it", "A stack", "Operate"


class Grouped(TyperGroup):
    """Lists the commands under their headings."""

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        sections: dict[str, list[tuple[str, str]]] = {TRY: [], STACK: [], OPERATE: []}
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                heading = getattr(command, "rich_help_panel", None)
                rows = sections.setdefault(heading if isinstance(heading, str) else "Commands", [])
                rows.append((name, command.get_short_help_str(formatter.width)))
        widest = max((len(name) for rows in sections.values() for name, _ in rows), default=0)
        for heading, rows in filter(itemgetter(1), sections.items()):
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(widest), text) for name, text in rows])


def make(*, help: str, epilog: str | None = None) -> typer.Typer:
    """A group of commands; its help is the same text on a terminal and in a pipe."""
    return typer.Typer(
        help=help,
        epilog=epilog,
        cls=Grouped,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    )


app = make(
    help="""Run Hidra on this machine, and operate a deployment.

    \b
    See a campaign run, in two minutes:   ./hidra demo
    Start a stack of your own:            ./hidra up
    Find out what is wrong:               ./hidra doctor
    """,
    epilog="For details and an example: ./hidra COMMAND --help",
)

Name = Annotated[
    str, typer.Option("--stack", metavar="NAME", envvar="STACK", help="The stack's name; several run side by side.")
]

Port = Annotated[int, typer.Option(metavar="PORT", min=0, max=65_535, help="The port of the API; 0: any free one.")]


@app.callback()
def _options(
    _debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected error.")] = False,
) -> None:
    """`run` reads --debug itself, wherever it stands."""


def run(arguments: Sequence[str]) -> int:
    """Run the command; returns its exit status: 2 for a wrong command line, 1 for any other error."""
    words = [word for word in arguments if word != "--debug"]
    try:
        return int(app(args=words, prog_name="hidra", standalone_mode=False) or 0)
    except NoArgsIsHelpError as error:
        error.show()
        return 2
    except (ClickException, LocalError, FunctionFailed) as error:
        _complain(_message(error))
        return 2 if isinstance(error, UsageError) else 1
    except (typer.Abort, Interrupted) as error:
        _complain("Interrupted. What this command had started is stopped.")
        return error.status if isinstance(error, Interrupted) else 128 + signal.SIGINT
    except SystemExit as error:  # typer's own answer to a reader that is gone
        return int(error.code or 0)
    except Exception as error:
        if "--debug" in arguments and not _is_output_gone(error):
            raise
        return _failed(error)


def _failed(error: Exception) -> int:
    """An unexpected error is one line too; its traceback goes to a file."""
    if _is_output_gone(error):
        terminal.silence()
        return 128 + signal.SIGPIPE
    _complain(_system_message(error) or f"{_summary(error)}{_save_traceback()}")
    return 1


def echo(line: str = "") -> None:
    """Print a line at once; colours only reach a terminal."""
    typer.echo(line)


def count(number: int, what: str) -> str:
    """1 campaign, 2 campaigns."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Aligned columns, numbers to the right, without lines around them."""
    cells = [list(header), *([("-" if value is None else str(value)) for value in row] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(header))]
    numeric = [
        bool(rows) and all(isinstance(row[place], int | float | None) for row in rows) for place in range(len(header))
    ]
    lines = (
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        )
        for row in cells
    )
    return "\n".join(f"  {line}".rstrip() for line in lines)


def _complain(message: str) -> None:
    with contextlib.suppress(OSError):
        print(f"hidra: {message}", file=sys.stderr, flush=True)


def _is_output_gone(error: Exception) -> bool:
    """The reader of the output has ended (`| head`), or the terminal is closed: EIO."""
    return isinstance(error, BrokenPipeError) or (
        isinstance(error, OSError) and error.errno == errno.EIO and error.filename is None
    )


def _system_message(error: Exception) -> str | None:
    """What the operating system refused: a full disk, a folder that must not be written."""
    refusals = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT)
    if not isinstance(error, OSError) or error.errno not in refusals:
        return None
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror}. Change that and try again."


def _message(error: Exception) -> str:
    if not isinstance(error, ClickException):
        return str(error)
    where = error.ctx.command_path if isinstance(error, UsageError) and error.ctx else "hidra"
    message = error.format_message()
    return f"{message}{'' if message.endswith(('.', '?')) else '.'} See `./{where} --help`."


def _summary(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0].rstrip('.')}." if lines else f"{type(error).__name__}."


def _save_traceback() -> str:
    try:
        handle, path = tempfile.mkstemp(prefix="hidra-error-", suffix=".txt")
    except OSError:
        return " --debug shows more."
    with os.fdopen(handle, "w") as file:
        traceback.print_exc(file=file)
    return f" The details are in {path}."
