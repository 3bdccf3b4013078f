"""An entry of Evolution's contacts, as a line of an import."""

from collections.abc import Mapping

from hidra.domain.phone import canonical, subscriber
from hidra.domain.whatsapp_message import HIDDEN, person_of


def own_phone(jid: str | None) -> str | None:
    """The canonical E.164 number of an instance's own address; None if the address holds no number."""
    user, server = person_of(jid or "") or ("", HIDDEN)
    return None if server == HIDDEN else canonical(f"+{user}")


def as_line(entry: object, own: str | None) -> dict[str, str] | None:
    """The entry as a JSON line of an import; None for a group, a broadcast, a channel and the instance's own number.

    Two kinds of entry become a line without a phone, so that the import counts and shows them as rejected: a person
    that WhatsApp shows by a hidden id (``@lid``) only, and an entry of an unknown shape. ``pushName`` is the name that
    the person chose; a number in WhatsApp's address includes the country's code, and gets the digit that WhatsApp
    leaves out.

    Evolution API 2.3.7, src/api/services/channel.service.ts: ``type`` is "group_member" for an entry with neither name
    nor picture, and "contact" for every other member of a group. So it is not used here.

    Args:
        own: as ``own_phone`` returns it.
    """
    if not isinstance(entry, Mapping) or not isinstance(jid := entry.get("remoteJid"), str):
        return {}
    name = entry.get("pushName")
    named = {"name": name} if isinstance(name, str) and name else {}
    person = person_of(jid)
    if person is None:
        return None
    user, server = person
    if server == HIDDEN:
        return {"hidden_id": jid, **named}
    phone = canonical(f"+{user}")
    return None if own and subscriber(phone) == subscriber(own) else {"phone": phone, **named}
