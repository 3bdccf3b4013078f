"""Messages as Evolution stores and shows them, and the rules of its two look-ups."""

import math
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

PAGE_SIZE = 50

STATUS_WORDS: Mapping[str, tuple[str, str]] = {
    "server_ack": ("SERVER_ACK", "SENT"),
    "delivered": ("DELIVERY_ACK", "DELIVERED"),
    "read": ("READ", "READ"),
    "played": ("PLAYED", "READ"),
    "failed": ("ERROR", "FAILED"),
}
"""The words of Baileys and of the Cloud API for each status."""


def status_word(status: str, *, cloud: bool) -> str:
    """The integration's own word for a neutral status; an unknown status in capitals."""
    words = STATUS_WORDS.get(status)
    return words[cloud] if words else status.upper()


@dataclass(slots=True, eq=False)
class Row:
    """One message of an instance, sent or received; `updates` are (row id, status)."""

    id: str
    key: dict[str, Any]
    push_name: str | None
    kind: str
    message: dict[str, Any]
    timestamp: int
    source: str
    instance_id: str
    updates: list[tuple[str, str]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """A record of findMessages: it has no status of its own."""
        return {
            "id": self.id,
            "key": self.key,
            "pushName": self.push_name,
            "messageType": self.kind,
            "message": self.message,
            "messageTimestamp": self.timestamp,
            "instanceId": self.instance_id,
            "source": self.source,
            "contextInfo": None,
            "MessageUpdate": [{"status": status} for _, status in self.updates],
        }


def sent_answer(row: Row, *, cloud: bool) -> dict[str, Any]:
    """The body of a send's 201 and the data of its send.message.

    Source: Evolution API 2.3.7, whatsapp.baileys.service.ts and whatsapp.business.service.ts.
    """
    common = {
        "message": row.message,
        "messageType": row.kind,
        "messageTimestamp": row.timestamp,
        "instanceId": row.instance_id,
        "status": "PENDING",
        "source": row.source,
    }
    if cloud:
        return {"key": row.key} | common
    context: dict[str, Any] = {"mentionedJid": [], "groupMentions": []}
    return {"key": row.key, "pushName": row.push_name, "status": "PENDING", "contextInfo": context} | common


def status_data(row: Row, status: str, *, cloud: bool) -> dict[str, Any]:
    """The data of messages.update: no time in it, `keyId` is WhatsApp's id and `messageId` the row's."""
    jid = row.key["remoteJid"]
    data = {"keyId": row.key["id"], "remoteJid": jid, "fromMe": not cloud, "status": status}
    data |= {"instanceId": row.instance_id, "messageId": row.id}
    return data | {"participant": jid} if cloud else data


def hidden(event: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The data of an event whose phone WhatsApp hides behind a `@lid` address; send.message never does.

    Source: Evolution API 2.3.7, whatsapp.baileys.service.ts; github.com/evolution-foundation/evolution-api/issues/1764.
    """
    if event == "messages.update":
        return {**data, "remoteJid": lid(str(data["remoteJid"]))}
    if event == "messages.upsert":
        key = {name: value for name, value in data["key"].items() if name != "remoteJidAlt"}
        return {**data, "key": key | {"remoteJid": lid(str(key["remoteJid"]))}}
    return data


def lid(jid: str) -> str:
    """The hidden address of a phone: fifteen digits that do not reveal its number, always the same."""
    return f"{10**14 + zlib.crc32(jid.encode()) * 20_000 % (9 * 10**14)}@lid"


def inbound_data(row: Row, *, cloud: bool, context: Mapping[str, Any] | None) -> dict[str, Any]:
    """The data of messages.upsert for a message from the phone; ``context`` is its contextInfo, if it quotes one."""
    data = {
        "key": row.key,
        "pushName": row.push_name,
        "message": row.message,
        "messageType": row.kind,
        "messageTimestamp": row.timestamp,
        "source": row.source,
        "instanceId": row.instance_id,
    }
    if cloud:
        return data | ({"contextInfo": context} if context else {})
    return data | {"status": "DELIVERY_ACK", "contextInfo": context}


class MessageStore:
    """The messages of one instance, by id and by address."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._by_id: dict[str, Row] = {}
        self._by_jid: defaultdict[str, list[Row]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: Row) -> None:
        """Keep a message, in order of time."""
        self._rows.append(row)
        self._by_id[row.key["id"]] = row
        self._by_jid[row.key["remoteJid"]].append(row)

    def _candidates(self, key_id: Any, jid: Any) -> Iterable[Row]:
        if key_id:
            row = self._by_id.get(str(key_id))
            return [row] if row else []
        return self._by_jid.get(str(jid), []) if jid else self._rows

    def find(self, query: Mapping[str, Any]) -> dict[str, Any]:
        """The body of /chat/findMessages, newest first.

        `offset` is the page size; a time window counts only with both ends; `fromMe: false` is no filter.
        Source: Evolution API 2.3.7, channel.service.ts, fetchMessages.
        """
        where = query.get("where") or {}
        key = where.get("key") or {}
        rows = [row for row in self._candidates(key.get("id"), key.get("remoteJid")) if _matches(row, where, key)]
        rows.sort(key=lambda row: row.timestamp, reverse=True)
        size, page = _paging(query)
        records = [row.to_json() for row in rows[(page - 1) * size : page * size]]
        pages = math.ceil(len(rows) / size)
        return {"messages": {"total": len(rows), "pages": pages, "currentPage": page, "records": records}}

    def find_statuses(self, query: Mapping[str, Any], *, cloud: bool) -> list[dict[str, Any]]:
        """The body of /chat/findStatusMessage: no times, duplicates kept, unknown ids an empty list."""
        where = query.get("where") or {}
        jid = where.get("remoteJid")
        found = [
            {"id": update_id, **status_data(row, status, cloud=cloud), "pollUpdates": None}
            | ({} if cloud else {"participant": None})
            for row in self._candidates(where.get("id"), jid)
            for update_id, status in row.updates
            if (not jid or row.key["remoteJid"] == jid) and where.get("status") in (None, status)
        ]
        size, page = _paging(query)
        return found[(page - 1) * size : page * size]


def _matches(row: Row, where: Mapping[str, Any], key: Mapping[str, Any]) -> bool:
    window = where.get("messageTimestamp") or {}
    if window.get("gte") and window.get("lte") and not _epoch(window["gte"]) <= row.timestamp <= _epoch(window["lte"]):
        return False
    jid = key.get("remoteJid")
    return (
        (not jid or row.key["remoteJid"] == jid)
        and (not key.get("fromMe") or row.key["fromMe"])
        and where.get("id") in (None, row.id)
        and where.get("messageType") in (None, row.kind)
        and where.get("source") in (None, row.source)
    )


def _epoch(text: str) -> int:
    return math.floor(datetime.fromisoformat(text).timestamp())


def _paging(query: Mapping[str, Any]) -> tuple[int, int]:
    return int(query.get("offset") or PAGE_SIZE), max(1, int(query.get("page") or 1))
