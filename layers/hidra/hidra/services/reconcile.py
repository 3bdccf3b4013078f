"""Messages that may have been sent are looked up in Evolution, and given up after a day. Never is one sent again."""

import re
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from hidra.domain import template
from hidra.errors import Conflict, HidraError, Rejected
from hidra.gateways.evolution import Evolution, Found
from hidra.services.parallel import in_parallel
from hidra.settings import SENDER_TIMEOUT_SECONDS
from hidra.store import connection_health, deliveries, messages
from hidra.store.connection_health import Connection, Unresolved
from hidra.store.db import Database, Tx
from hidra.telemetry import logger

EACH = 20  # messages of one connection in one run: each look-up makes Evolution scan its messages
AT_MOST = 500
OVERDUE_AFTER = timedelta(hours=24)
PATIENCE = timedelta(hours=24)  # beyond that, with a server that does not answer
# The post follows the claim within a second and may take 90; Evolution's clock is not ours.
BEFORE_CLAIM, AFTER_CLAIM = timedelta(seconds=5), timedelta(seconds=180)
SENDING = timedelta(seconds=SENDER_TIMEOUT_SECONDS)
ONE_LOOK_UP_SECONDS = 26  # two addresses, each up to its time-outs

_BRAZILIAN_MOBILE = re.compile(r"^55(\d\d)9(\d{8})$")
_MEXICO_OR_ARGENTINA = re.compile(r"^(52|54)\d(\d{10})$")


@dataclass(frozen=True)
class LookUp:
    """A message, and what its connection sent to its phone at about the time of its claim."""

    message: Unresolved
    found: Sequence[Found]


def reconcile(
    answering: Collection[Connection],
    *,
    db: Database,
    evolution: Callable[[Connection], Evolution],
    now: datetime,
    seconds: float,
) -> None:
    """Resolves what can be found, and gives up what is more than a day old and cannot.

    Args:
        answering: the connections whose server takes our calls.
        evolution: opens one; called in threads.
    """
    overdue = now - OVERDUE_AFTER
    begin_until = time.monotonic() + seconds - ONE_LOOK_UP_SECONDS
    known = {connection.id: connection for connection in answering}
    waiting = db.as_worker(lambda tx: connection_health.unknown(tx, connection_ids=known, each=EACH, overdue=overdue))
    batches = [
        (known[connection_id], list(group))
        for connection_id, group in groupby(waiting, key=lambda item: item.connection_id)
    ]

    def look_up(batch: tuple[Connection, list[Unresolved]]) -> list[LookUp]:
        return _look_up(evolution(batch[0]), batch[1], begin_until=begin_until)

    for (connection, _), looked_up in in_parallel(look_up, batches, seconds=seconds):
        try:
            _settle(connection, looked_up, db=db, overdue=overdue, now=now)
        except Exception:  # noqa: BLE001 - one server's answers must not keep the messages of the others in doubt
            logger.exception("a connection's messages could not be settled", connection_id=connection.id)
    left = db.as_worker(lambda tx: connection_health.unreachable(tx, overdue=overdue, patience=PATIENCE, limit=AT_MOST))
    _give_up(left, db=db, now=now)


def addresses(phone: str) -> list[str]:
    """The WhatsApp addresses under which Evolution may have stored a message to an E.164 number.

    It drops the ninth digit of Brazilian numbers from area code 31 on, and a digit of Mexican and Argentine ones
    (Evolution API 2.3.7, src/utils/createJid.ts).
    """
    digits = phone.removeprefix("+")
    shorter = _MEXICO_OR_ARGENTINA.sub(r"\1\2", _BRAZILIAN_MOBILE.sub(r"55\1\2", digits))
    return [f"{number}@s.whatsapp.net" for number in dict.fromkeys((digits, shorter))]


def choose(message: Unresolved, found: Iterable[Found], *, taken: Collection[str]) -> str | None:
    """The provider's id of what was sent with this very text and kind of media, nearest to the claim, and belongs to
    nobody yet."""
    try:
        text = template.render(message.body, message.variables).strip()
    except Rejected:
        return None  # it cannot have been sent
    same = [
        item
        for item in found
        if item.provider_message_id not in taken
        and (item.text or "").strip() == text
        and item.media_type == message.media_type
    ]
    if not text:
        # A picture does not tell what sent it, and the owner may send one by hand: only one, of the post's own time.
        same = [item for item in same if item.at <= message.claimed_at + SENDING] if len(same) == 1 else []
    nearest = min(same, key=lambda item: abs(item.at - message.claimed_at), default=None)
    return nearest.provider_message_id if nearest else None


def _look_up(evolution: Evolution, waiting: Iterable[Unresolved], *, begin_until: float) -> list[LookUp]:
    """As many of the messages as time and the server allow."""
    done: list[LookUp] = []
    for message in waiting:
        if time.monotonic() > begin_until:
            break
        start, end = message.claimed_at - BEFORE_CLAIM, message.claimed_at + AFTER_CLAIM
        try:
            done.append(LookUp(message, evolution.find_messages(addresses(message.phone), start, end)))
        except HidraError as error:
            logger.warning("messages cannot be looked up", connection_id=message.connection_id, reason=error.code)
            break
    return done


def _settle(
    connection: Connection, looked_up: Sequence[LookUp], *, db: Database, overdue: datetime, now: datetime
) -> None:
    candidates = {item.provider_message_id for look in looked_up for item in look.found}
    taken = db.as_worker(
        lambda tx: connection_health.assigned(tx, connection_id=connection.id, provider_message_ids=candidates)
    )
    lost = []
    for look in looked_up:
        provider_message_id = choose(look.message, look.found, taken=taken)
        if provider_message_id is not None:
            taken.add(provider_message_id)
            _resolve(look.message, provider_message_id, db=db)
        elif look.message.claimed_at < overdue:
            lost.append(look.message.id)
    _give_up(lost, db=db, now=now)


def _resolve(message: Unresolved, provider_message_id: str, *, db: Database) -> None:
    def work(tx: Tx) -> bool:
        return not connection_health.crossed(tx, message, provider_message_id=provider_message_id) and messages.resolve(
            tx, message_id=message.id, provider_message_id=provider_message_id
        )

    try:
        resolved = db.as_worker(work)
    except Conflict:  # somebody gave this id to another message a moment ago
        return
    if resolved:
        logger.info("an unknown message was found", message_id=message.id)
        # Its statuses may have come before anybody knew its id.
        db.as_worker(lambda tx: deliveries.apply_unmatched(tx, [(message.connection_id, provider_message_id)]))


def _give_up(message_ids: list[int], *, db: Database, now: datetime) -> None:
    if message_ids:
        given_up = db.as_worker(lambda tx: messages.give_up(tx, message_ids=message_ids, at=now))
        logger.warning("unknown messages were given up", messages=given_up)
