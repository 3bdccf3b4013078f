"""The senders of replies, with the phone of each as far as it is known, and their opt-out and opt-in requests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID

from hidra.domain.delivery import ReplyEvent
from hidra.domain.phone import of_lid
from hidra.domain.reply import DEFAULT, Intent, Words
from hidra.store import erasure, opt_out_requests, opt_out_settings
from hidra.store.confirmations import OptedOutPhone
from hidra.store.db import Tx
from hidra.store.opt_out_requests import Addressee, OptOutRequests, Person
from hidra.store.opt_out_settings import ReplySettings
from hidra.store.replies import Reply
from hidra.telemetry import logger

NOTHING = OptOutRequests()
type HashPhone = Callable[[UUID, str], bytes]


@dataclass(frozen=True)
class OptOutChanges:
    """The persons whose latest request is an opt-out, and those whose latest is an opt-in.

    ``to_confirm``: of the opted out, those whose phone is known and whose user wants opt-outs confirmed.
    """

    opted_out: set[Person] = field(default_factory=set)
    opted_in: set[Person] = field(default_factory=set)
    to_confirm: dict[Person, OptedOutPhone] = field(default_factory=dict)


@dataclass(frozen=True)
class Sender:
    """The sender of a reply, as far as it is known; ``lid_hash`` is the hash of the hidden id."""

    reply: ReplyEvent
    user_id: UUID
    phone_hash: bytes | None
    lid_hash: bytes | None
    phone: str | None


def lock_for_replies(tx: Tx, replies: Sequence[ReplyEvent]) -> dict[UUID, ReplySettings]:
    """Returns the settings by which ``apply_replies`` reads the replies; blocks erasures until the transaction ends.

    Otherwise an erasure that commits while the replies are applied would leave what they wrote about its person. Call
    it before any row lock: a transaction that blocks erasures may go on to wait for one.
    """
    if not replies:
        return {}
    settings = opt_out_settings.of_connections(tx, {reply.connection_id for reply in replies})
    erasure.block_all(tx, user_ids={of_user.user_id for of_user in settings.values()})
    return settings


def find_senders(
    tx: Tx, replies: Sequence[ReplyEvent], settings: Mapping[UUID, ReplySettings], hash_phone: HashPhone
) -> list[Sender]:
    """Returns the sender of each reply on a connection that there is; locks nothing.

    Args:
        settings: what ``lock_for_replies`` returned.
    """
    known = [reply for reply in replies if reply.connection_id in settings]
    hidden = {(reply.connection_id, reply.quoted_id) for reply in known if not reply.phone and reply.quoted_id}
    addressees = opt_out_requests.addressees(tx, hidden)
    return [
        _sender(
            reply,
            settings[reply.connection_id].user_id,
            addressees.get((reply.connection_id, reply.quoted_id or "")),
            hash_phone,
        )
        for reply in known
    ]


def written(senders: Sequence[Sender]) -> list[Reply]:
    """Returns the replies that a person wrote or sent, for ``replies.match``."""
    return [
        Reply(
            sender.user_id,
            sender.reply.connection_id,
            sender.phone_hash,
            sender.lid_hash,
            sender.reply.quoted_id,
            sender.reply.requested_at,
        )
        for sender in senders
        if sender.reply.written
    ]


def last_wrote(senders: Sequence[Sender]) -> dict[Person, datetime]:
    """When the person of each phone, or hidden id, last wrote."""
    times: dict[Person, datetime] = {}
    for sender in senders:
        for hashed in filter(None, (sender.phone_hash, sender.lid_hash)):
            at = sender.reply.requested_at
            times[sender.user_id, hashed] = max(at, times.get((sender.user_id, hashed), at))
    return times


def apply_replies(tx: Tx, senders: Sequence[Sender], settings: Mapping[UUID, ReplySettings]) -> OptOutChanges:
    """Records which phone a hidden id belongs to, and merges the requests of replies with earlier ones.

    The requests of the returned persons stay locked until the transaction ends. A request from a hidden id whose phone
    is not known stays on record, and is applied as soon as the phone becomes known.

    Args:
        settings: what ``lock_for_replies`` returned.
    """
    if not senders:
        return OptOutChanges()
    words = {connection_id: _words(of_user) for connection_id, of_user in settings.items()}

    requests: dict[Person, OptOutRequests] = {}
    lids: dict[Person, tuple[bytes | None, OptOutRequests]] = {}
    to_confirm: dict[Person, OptedOutPhone] = {}
    for sender in senders:
        reply, user_id = sender.reply, sender.user_id
        request = _request(reply, words[reply.connection_id])
        if sender.lid_hash and (sender.phone_hash or request):
            phone_hash, before = lids.get((user_id, sender.lid_hash), (None, NOTHING))
            lids[user_id, sender.lid_hash] = (sender.phone_hash or phone_hash, before.merged(request))
        if sender.phone_hash and request:
            person = (user_id, sender.phone_hash)
            requests[person] = requests.get(person, NOTHING).merged(request)
        if sender.phone_hash and sender.phone and settings[reply.connection_id].confirms:
            person = (user_id, sender.phone_hash)
            to_confirm[person] = OptedOutPhone(user_id, reply.connection_id, sender.phone, sender.phone_hash)
    for lid in opt_out_requests.merge_lids(tx, lids):
        request = OptOutRequests(lid.opted_out_at, lid.opted_in_at)
        if lid.phone_hash and request:
            person = (lid.user_id, lid.phone_hash)
            requests[person] = requests.get(person, NOTHING).merged(request)
        elif request.opted_out:
            logger.warning("opt-out received from a hidden id; phone not known yet", user_id=lid.user_id)
    latest = opt_out_requests.merge(tx, requests)
    opted_out = {person for person, merged in latest.items() if merged.opted_out}
    return OptOutChanges(
        opted_out,
        set(latest) - opted_out,
        {person: phone for person, phone in to_confirm.items() if person in opted_out},
    )


def _words(settings: ReplySettings) -> Words:
    if settings.opt_out_words is None or settings.opt_in_words is None:
        return DEFAULT
    return Words.of(settings.opt_out_words, settings.opt_in_words)


def _sender(reply: ReplyEvent, user_id: UUID, quoted: Addressee | None, hash_phone: HashPhone) -> Sender:
    hash_text = partial(hash_phone, user_id)
    lid_hash = hash_text(of_lid(reply.lid)) if reply.lid else None
    if reply.phone:
        return Sender(reply, user_id, hash_text(reply.phone), lid_hash, reply.phone)
    phone_hash, phone = (quoted.phone_hash, quoted.phone) if quoted else (None, None)
    return Sender(reply, user_id, phone_hash, lid_hash, phone)


def _request(reply: ReplyEvent, words: Words) -> OptOutRequests:
    match words.intent(reply.text):
        case Intent.OPT_OUT:
            return OptOutRequests(opted_out_at=reply.requested_at)
        case Intent.OPT_IN:
            return OptOutRequests(opted_in_at=reply.requested_at)
        case None:
            return NOTHING
