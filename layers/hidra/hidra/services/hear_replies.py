"""Who asks by their replies to leave or to come back, and by which phone we know them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from hidra.domain.delivery import ReplyEvent
from hidra.domain.phone import of_lid
from hidra.domain.reply import DEFAULT, Wish, Words
from hidra.store import opt_out_settings, wishes
from hidra.store.confirmations import Leaver
from hidra.store.db import Tx
from hidra.store.opt_out_settings import Listening
from hidra.store.wishes import Person, Wishes
from hidra.telemetry import logger

NOTHING = Wishes()
type HashPhone = Callable[[UUID, str], bytes]


@dataclass(frozen=True)
class Heard:
    """Whose wish to leave holds, and whose to come back; ``to_answer`` are those of the first whose phone is known."""

    leaving: set[Person] = field(default_factory=set)
    returning: set[Person] = field(default_factory=set)
    to_answer: dict[Person, Leaver] = field(default_factory=dict)


@dataclass(frozen=True)
class _Sender:
    """Who wrote a reply, as far as it tells; ``lid_hash`` is that of the hidden id."""

    phone_hash: bytes | None
    lid_hash: bytes | None
    phone: str | None


def hear_replies(tx: Tx, replies: Sequence[ReplyEvent], hash_phone: HashPhone) -> Heard:
    """Learns from replies whose hidden ids are whose, and joins what they ask for to what was asked before.

    The phones that are told of stay locked until the transaction ends. Whoever hides stays on record: their wish
    is done as soon as their phone becomes known.
    """
    if not replies:
        return Heard()
    listening = opt_out_settings.of_connections(tx, {reply.config_id for reply in replies})
    heard = [(reply, listening[reply.config_id]) for reply in replies if reply.config_id in listening]
    hidden = {(reply.config_id, reply.quoted_id) for reply, _ in heard if not reply.phone and reply.quoted_id}
    addressees = wishes.addressees(tx, hidden)
    words = {config_id: _words(owner) for config_id, owner in listening.items()}

    asked: dict[Person, Wishes] = {}
    lids: dict[Person, tuple[bytes | None, Wishes]] = {}
    to_answer: dict[Person, Leaver] = {}
    for reply, owner in heard:
        user_id = owner.user_id
        quoted = addressees.get((reply.config_id, reply.quoted_id or ""))
        sender = _sender(reply, quoted, partial(hash_phone, user_id))
        wish = _wishes(reply, words[reply.config_id])
        if sender.lid_hash and (sender.phone_hash or wish):
            known, before = lids.get((user_id, sender.lid_hash), (None, NOTHING))
            lids[user_id, sender.lid_hash] = (sender.phone_hash or known, before.with_more(wish))
        if sender.phone_hash and wish:
            person = (user_id, sender.phone_hash)
            asked[person] = asked.get(person, NOTHING).with_more(wish)
        if sender.phone_hash and sender.phone and owner.confirms:
            person = (user_id, sender.phone_hash)
            to_answer[person] = Leaver(user_id, reply.config_id, sender.phone, sender.phone_hash)
    for lid in wishes.join_lids(tx, lids):
        told = Wishes(lid.left_at, lid.returned_at)
        if lid.phone_hash and told:
            person = (lid.user_id, lid.phone_hash)
            asked[person] = asked.get(person, NOTHING).with_more(told)
        elif told.gone:
            logger.warning("an opt-out waits for the phone of its sender, whom WhatsApp hides", user_id=lid.user_id)
    holds = wishes.join(tx, asked)
    leaving = {person for person, known in holds.items() if known.gone}
    return Heard(
        leaving, set(holds) - leaving, {person: leaver for person, leaver in to_answer.items() if person in leaving}
    )


def _words(owner: Listening) -> Words:
    if owner.opt_out_words is None or owner.opt_in_words is None:
        return DEFAULT
    return Words.of(owner.opt_out_words, owner.opt_in_words)


def _sender(reply: ReplyEvent, quoted: wishes.Addressee | None, hash_text: Callable[[str], bytes]) -> _Sender:
    lid_hash = hash_text(of_lid(reply.lid)) if reply.lid else None
    if reply.phone:
        return _Sender(hash_text(reply.phone), lid_hash, reply.phone)
    return _Sender(quoted.phone_hash if quoted else None, lid_hash, quoted.phone if quoted else None)


def _wishes(reply: ReplyEvent, words: Words) -> Wishes:
    match words.wish(reply.text):
        case Wish.LEAVE:
            return Wishes(left_at=reply.asked_at)
        case Wish.RETURN:
            return Wishes(returned_at=reply.asked_at)
        case None:
            return NOTHING
