"""The instances in a file, so that they outlive the process as they do in Evolution's own database.

Messages, contacts, phones' behaviours, faults and the log are not kept.
"""

import asyncio
import json
import os
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from local.evolution.instance import Instance
from local.evolution.webhook_config import WebhookConfig

_SECONDS = 0.5
_NOT_KEPT = {"messages", "contacts", "webhook", "disconnection"}
_KEPT = [each.name for each in fields(Instance) if each.name not in _NOT_KEPT]


def load(path: Path) -> dict[str, Instance]:
    """The instances by name; none without a file."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {row["name"]: _instance(row) for row in rows}


def save(path: Path, instances: dict[str, Instance], before: str = "") -> str:
    """Write the file unless its text is `before`; returns the text."""
    text = json.dumps([_row(instance) for instance in instances.values()])
    if text != before:
        written = path.with_suffix(".new")
        with open(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        written.replace(path)
    return text


async def keep(path: Path, instances: dict[str, Instance]) -> None:
    """Write the file after each change, half a second late at most, until cancelled."""
    text = ""
    while True:
        text = save(path, instances, text)
        await asyncio.sleep(_SECONDS)


def _row(instance: Instance) -> dict[str, Any]:
    """A connection in progress needs a new code after a start."""
    row = {name: getattr(instance, name) for name in _KEPT}
    row["state"] = "close" if instance.state == "connecting" else instance.state
    return row | {
        "webhook": asdict(instance.webhook) if instance.webhook else None,
        "disconnection": instance.disconnection,
    }


def _instance(row: dict[str, Any]) -> Instance:
    webhook, disconnection = row.pop("webhook"), row.pop("disconnection")
    return Instance(
        **row,
        webhook=WebhookConfig(**webhook) if webhook else None,
        disconnection=tuple(disconnection) if disconnection else None,
    )
