"""Who asks by their replies to leave or to come back, and by which phone we know them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from hidra.domain.delivery import ReplyEvent
from hidra.domain.phone import of_lid
from hidra.domain.reply import DEFAULT, Intent, Words
from hidra.store import opt_out_requests, opt_out_settings
from hidra.store.confirmations import OptedOutPhone
from hidra.store.db import Tx
from hidra.store.opt_out_requests import OptOutRequests, Person
from hidra.store.opt_out_settings import Listening
from hidra.telemetry import logger

NOTHING = OptOutRequests()
type HashPhone = Callable[[UUID, str], bytes]


@dataclass(frozen=True)
class OptOutChanges:
    """Whose wish to leave holds, and whose to come back; ``to_answer`` are those of the first whose phone is known."""

    leaving: set[Person] = field(default_factory=set)
    returning: set[Person] = field(default_factory=set)
    to_answer: dict[Person, OptedOutPhone] = field(default_factory=dict)


@dataclass(frozen=True)
class _Sender:
    """Who wrote a reply, as far as it tells; ``lid_hash`` is that of the hidden id."""

    phone_hash: bytes | None
    lid_hash: bytes | None
    phone: str | None


def apply_replies(tx: Tx, replies: Sequence[ReplyEvent], hash_phone: HashPhone) -> OptOutChanges:
    """Learns from replies whose hidden ids are whose, and joins what they ask for to what was asked before.

    The phones that are told of stay locked until the transaction ends. Whoever hides stays on record: their wish
    is done as soon as their phone becomes known.
    """
    if not replies:
        return OptOutChanges()
    listening = opt_out_settings.of_connections(tx, {reply.connection_id for reply in replies})
    heard = [(reply, listening[reply.connection_id]) for reply in replies if reply.connection_id in listening]
    hidden = {(reply.connection_id, reply.quoted_id) for reply, _ in heard if not reply.phone and reply.quoted_id}
    addressees = opt_out_requests.addressees(tx, hidden)
    words = {connection_id: _words(owner) for connection_id, owner in listening.items()}

    asked: dict[Person, OptOutRequests] = {}
    lids: dict[Person, tuple[bytes | None, OptOutRequests]] = {}
    to_answer: dict[Person, OptedOutPhone] = {}
    for reply, owner in heard:
        user_id = owner.user_id
        quoted = addressees.get((reply.connection_id, reply.quoted_id or ""))
        sender = _sender(reply, quoted, partial(hash_phone, user_id))
        wish = _wishes(reply, words[reply.connection_id])
        if sender.lid_hash and (sender.phone_hash or wish):
            known, before = lids.get((user_id, sender.lid_hash), (None, NOTHING))
            lids[user_id, sender.lid_hash] = (sender.phone_hash or known, before.with_more(wish))
        if sender.phone_hash and wish:
            person = (user_id, sender.phone_hash)
            asked[person] = asked.get(person, NOTHING).with_more(wish)
        if sender.phone_hash and sender.phone and owner.confirms:
            person = (user_id, sender.phone_hash)
            to_answer[person] = OptedOutPhone(user_id, reply.connection_id, sender.phone, sender.phone_hash)
    for lid in opt_out_requests.join_lids(tx, lids):
        told = OptOutRequests(lid.opted_out_at, lid.opted_in_at)
        if lid.phone_hash and told:
            person = (lid.user_id, lid.phone_hash)
            asked[person] = asked.get(person, NOTHING).with_more(told)
        elif told.gone:
            logger.warning("an opt-out waits for the phone of its sender, whom WhatsApp hides", user_id=lid.user_id)
    holds = opt_out_requests.join(tx, asked)
    leaving = {person for person, known in holds.items() if known.gone}
    return OptOutChanges(
        leaving, set(holds) - leaving, {person: leaver for person, leaver in to_answer.items() if person in leaving}
    )


def _words(owner: Listening) -> Words:
    if owner.opt_out_words is None or owner.opt_in_words is None:
        return DEFAULT
    return Words.of(owner.opt_out_words, owner.opt_in_words)


def _sender(reply: ReplyEvent, quoted: opt_out_requests.Addressee | None, hash_text: Callable[[str], bytes]) -> _Sender:
    lid_hash = hash_text(of_lid(reply.lid)) if reply.lid else None
    if reply.phone:
        return _Sender(hash_text(reply.phone), lid_hash, reply.phone)
    return _Sender(quoted.phone_hash if quoted else None, lid_hash, quoted.phone if quoted else None)


def _wishes(reply: ReplyEvent, words: Words) -> OptOutRequests:
    match words.intent(reply.text):
        case Intent.OPT_OUT:
            return OptOutRequests(opted_out_at=reply.asked_at)
        case Intent.OPT_IN:
            return OptOutRequests(opted_in_at=reply.asked_at)
        case None:
            return NOTHING
