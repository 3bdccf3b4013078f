"""What an entry of Evolution's contacts says of a person, as a line of an import."""

import re
from collections.abc import Mapping

from hidra.domain.phone import canonical

_PERSON = re.compile(r"^([^@:]*)(?::\d+)?@(?:s\.whatsapp\.net|c\.us)$")
_HIDDEN = re.compile(r"^[^@]*@lid$")


def own_phone(jid: str | None) -> str | None:
    """The canonical E.164 number of an instance's own address."""
    match = _PERSON.match(jid or "")
    return canonical(f"+{match[1]}") if match else None


def as_line(entry: object, own: str | None) -> dict[str, str] | None:
    """The entry as a JSON line of an import, or None for what nobody would look for among contacts.

    Left out are groups, broadcasts, channels and the instance's own number. A person whom WhatsApp shows by a hidden id
    alone (``@lid``) gives a line without a phone, so that the import counts and tells them as refused; so does an entry
    that is none. ``pushName`` is the name that the person chose; WhatsApp's addresses are numbers with their country's.

    Evolution API 2.3.7, src/api/services/channel.service.ts: its ``type`` says "group_member" of whoever has neither
    name nor picture, and "contact" of every other member of a group, so it tells nothing here.

    Args:
        own: as ``own_phone`` gives it.
    """
    if not isinstance(entry, Mapping) or not isinstance(jid := entry.get("remoteJid"), str):
        return {}
    name = entry.get("pushName")
    named = {"name": name} if isinstance(name, str) and name else {}
    if _HIDDEN.match(jid):
        return {"hidden_id": jid, **named}
    match = _PERSON.match(jid)
    if match is None or canonical(f"+{match[1]}") == own:
        return None
    return {"phone": f"+{match[1]}", **named}
