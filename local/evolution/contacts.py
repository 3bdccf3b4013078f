"""The contacts of an instance. Source: Evolution API 2.3.7, src/api/services/channel.service.ts, fetchContacts."""

from collections.abc import Iterable, Mapping
from typing import Any

from local.evolution.clock import Clock, iso
from local.evolution.jid import Ids, create_jid


class Contacts:
    """Rows of the table Contact: contacts, hidden ids (`@lid`) and groups alike, each address once."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Any]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, instance_id: str, contacts: Iterable[Mapping[str, Any]], *, ids: Ids, clock: Clock) -> None:
        """Add or replace contacts by `remoteJid`; `pushName` and `profilePicUrl` may be missing."""
        for each in contacts:
            jid, now = str(each["remoteJid"]), iso(clock.now())
            self._rows[jid] = {
                "id": ids.row(),
                "remoteJid": jid,
                "pushName": each.get("pushName"),
                "profilePicUrl": each.get("profilePicUrl"),
                "createdAt": now,
                "updatedAt": now,
                "instanceId": instance_id,
            }

    def find(self, query: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The body of findContacts. `offset` is the page's size; without it, all rows."""
        where, size, page = query.get("where") or {}, query.get("offset"), query.get("page")
        jid = where.get("remoteJid")
        rows = [row for row in self._rows.values() if not jid or row["remoteJid"] == create_jid(jid)]
        start = size * (max(page, 1) - 1) if size and page else 0
        return [_shown(row) for row in rows[start : start + size if size else None]]


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with the `type` that Evolution derives: an address without name and picture is a group member."""
    group, saved = str(row["remoteJid"]).endswith("@g.us"), bool(row["pushName"] or row["profilePicUrl"])
    kind = "group" if group else "contact" if saved else "group_member"
    return {**row, "isGroup": group, "isSaved": saved, "type": kind}
