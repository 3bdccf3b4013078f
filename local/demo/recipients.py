"""A file of recipients, imported as users do it: the form of an import uploads it, and Hidra reads it."""

import csv
import io
from pathlib import Path
from typing import Any

import requests

from local.demo.client import Client
from local.demo.console import console
from local.demo.waiting import wait_for
from local.processes import LocalError

SHIPPED = Path(__file__).parent / "recipients.csv"
# By a file's ending. Any other one is read as CSV, whatever its delimiter and encoding are.
FORMATS = {".xlsx": "xlsx", ".xlsm": "xlsx", ".jsonl": "jsonl", ".ndjson": "jsonl"}
WITHIN_SECONDS = 600
SHOWN_REJECTS = 10


def read(path: Path) -> bytes:
    """The file's bytes.

    Raises:
        LocalError: it cannot be read, or is empty.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LocalError(f"{path} cannot be read: {error}") from error
    if not content:
        raise LocalError(f"{path} is empty. Its first line names the columns, one of them telefone.")
    return content


def import_file(client: Client, path: Path) -> str:
    """Imports the file into a segment of its name and prints what became of its rows; returns the segment's id.

    Raises:
        LocalError: the import failed, took too long, or imported no contact; the message says why.
    """
    wanted = {"segment_name": path.name, "format": FORMATS.get(path.suffix.lower(), "csv")}
    created = client.call("POST", "/v1/imports", wanted)
    form, import_path = created["upload"], f"/v1/imports/{created['contact_import']['id']}"
    with requests.Session() as session:
        session.trust_env = False
        uploaded = session.post(form["url"], data=form["fields"], files={"file": read(path)}, timeout=60)
    if not uploaded.ok:
        raise LocalError(f"The upload of {path} failed with {uploaded.status_code}: {uploaded.text}")
    found: dict[str, Any] = {}

    def ended() -> bool:
        found.update(client.call("GET", import_path))
        return found["status"] not in ("waiting", "running")

    with console.status(f"Importing {path.name}"):
        wait_for(f"the import of {path}", seconds=WITHIN_SECONDS, ready=ended)
    if found["status"] != "completed":
        raise LocalError(f"The import of {path} {found['status']}: {found['failure_reason']}")
    for line in rejects(client, import_path) if found["rejected"] else []:
        console.print(f"    [yellow]rejected[/yellow] {line}")
    imported = found["created"] + found["updated"] + found["unchanged"]
    if not imported:
        raise LocalError(f"{path} has no recipients: {reasons(found)}. Correct its phones.")
    if found["rejected"]:
        console.print(f"  Rejected           {found['rejected']} of {found['rows_read']} rows: {reasons(found)}")
    segment_id: str = found["segment_id"]
    return segment_id


def reasons(found: dict[str, Any]) -> str:
    """Why rows of an import were rejected, the most frequent reason first."""
    by_reason = sorted(found["rejected_by_reason"].items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count} {reason}" for reason, count in by_reason) or "it has no rows"


def rejects(client: Client, import_path: str) -> list[str]:
    """The first rejected rows, as lines for people."""
    url = client.call("GET", f"{import_path}/rejects")["url"]
    with requests.Session() as session:
        session.trust_env = False
        text = session.get(url, timeout=30).content.decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    shown = [f"line {row['line']}: {row['reason']}" for row in rows[:SHOWN_REJECTS]]
    return [*shown, "and more"] if len(rows) > SHOWN_REJECTS else shown
