"""Opt-outs and opt-ins by reply, of senders whose phone is known or hidden."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from hidra.domain.delivery import ReplyEvent
from hidra.domain.phone import phone_hash
from hidra.domain.ticket import ConfirmationTicket
from hidra.services import manage_contacts
from hidra.services.record_delivery import record_delivery
from hidra.store import claims, opt_out_requests, opt_out_settings, opt_outs, outcomes
from hidra.store.claims import Claim
from hidra.store.db import Database
from tests.conftest import Databases
from tests.store.world import SECRET, World

NOW = datetime(2026, 1, 1, 12, 0, 30, tzinfo=UTC)
FIRST, SECOND = "+5511980000000", "+5511980000001"
LID = "777000777"


class Recorder:
    """The recorder on a world's connection; ``queued`` holds the confirmations that it queued."""

    def __init__(self, world: World, db: Database | None = None) -> None:
        self.world = world
        self.queued: list[ConfirmationTicket] = []
        self._db = db or world.databases.jobs

    def receive(self, *replies: ReplyEvent) -> None:
        record_delivery(
            replies,
            [],
            db=self._db,
            hash_phone=lambda user_id, phone: phone_hash(SECRET, str(user_id), phone),
            queue=self.queued.extend,
        )

    def reply(self, text: str, *, seconds: int = 0, phone: str | None = FIRST, **more: Any) -> ReplyEvent:
        at = NOW + timedelta(seconds=seconds)
        return ReplyEvent(self.world.connection_id, phone, text, at, sent_at=at, **more)


def recorder(databases: Databases, recipients: int = 2) -> Recorder:
    world = World.make(databases, recipients=recipients)
    world.advance()
    return Recorder(world)


def out(world: World) -> dict[bytes, str]:
    """The source of each opt-out by the phone's hash."""
    return {row["phone_hash"]: row["source"] for row in world.rows("select * from hidra.opt_outs")}


def states(world: World) -> list[str]:
    return [message["status"] for message in world.messages()]


def choose(world: World, *, opt_out: Sequence[str] = (), opt_in: Sequence[str] = (), answer: str | None = None) -> None:
    world.databases.http.as_user(
        world.user_id,
        lambda tx: opt_out_settings.save(tx, opt_out_words=opt_out, opt_in_words=opt_in, confirmation=answer),
    )


def sent_to_the_first(world: World, provider_id: str = "3EB0A1") -> None:
    held = world.claim()
    assert isinstance(held, Claim)
    assert held.phone == FIRST
    world.databases.jobs.as_worker(
        lambda tx: outcomes.mark_sent(tx, held, sent_at=NOW, provider_message_id=provider_id)
    )


def test_an_opt_in_word_lifts_an_opt_out_by_reply(databases: Databases) -> None:
    inbox = recorder(databases)
    inbox.receive(inbox.reply("SAIR"))
    assert out(inbox.world) == {inbox.world.hash(FIRST): "reply"}
    inbox.receive(inbox.reply("Voltar!", seconds=1))
    assert out(inbox.world) == {}
    assert states(inbox.world) == ["skipped", "pending"]  # what was skipped stays so
    inbox.world.assert_exact()


@pytest.mark.parametrize("source", ["api", "import", "erasure"])
def test_no_reply_lifts_an_opt_out_by_the_user(databases: Databases, source: str) -> None:
    inbox = recorder(databases)
    world = inbox.world
    inbox.receive(inbox.reply("SAIR"))  # before or after their word alike
    databases.jobs.as_worker(
        lambda tx: opt_outs.insert(
            tx, user_id=world.user_id, phone_hashes=[world.hash(FIRST), world.hash(SECOND)], reason=None, source=source
        )
    )
    inbox.receive(inbox.reply("SAIR", phone=SECOND))
    inbox.receive(inbox.reply("VOLTAR", seconds=9), inbox.reply("VOLTAR", seconds=9, phone=SECOND))
    assert out(world) == {world.hash(FIRST): source, world.hash(SECOND): source}


def test_an_erasures_opt_out_replaces_the_users_and_is_never_replaced(databases: Databases) -> None:
    inbox = recorder(databases)
    world = inbox.world
    added = [
        databases.jobs.as_worker(
            lambda tx, source=source: opt_outs.insert(
                tx, user_id=world.user_id, phone_hashes=[world.hash(FIRST)] * 2, reason=source, source=source
            )
        )
        for source in ("api", "erasure", "import")
    ]
    assert added == [[world.hash(FIRST)], [], []]
    assert world.rows("select source, reason from hidra.opt_outs") == [{"source": "erasure", "reason": "erasure"}]


SAID = [("SAIR", 0), ("VOLTAR", 10), ("SAIR", 20)]


@pytest.mark.parametrize("order", list(permutations(SAID)))
@pytest.mark.parametrize("last", ["SAIR", "VOLTAR"])
def test_the_latest_request_holds_in_any_order_and_number_of_replies(
    databases: Databases, order: tuple[tuple[str, int], ...], last: str
) -> None:
    inbox = recorder(databases, recipients=0)
    said = [*order] if last == "SAIR" else [(word, at) for word, at in order if at < 20]
    for word, at in [*said, *said, *reversed(said)]:
        inbox.receive(inbox.reply(word, seconds=at))
    assert bool(out(inbox.world)) == (last == "SAIR")
    inbox.receive(*(inbox.reply(word, seconds=at) for word, at in said))
    assert bool(out(inbox.world)) == (last == "SAIR")


def test_of_two_requests_in_one_second_the_opt_out_holds(databases: Databases) -> None:
    inbox = recorder(databases)
    inbox.receive(inbox.reply("VOLTAR"), inbox.reply("SAIR"))
    inbox.receive(inbox.reply("VOLTAR"))
    assert len(out(inbox.world)) == 1


def test_a_copy_of_the_reply_does_not_undo_an_opt_in_by_the_user(databases: Databases) -> None:
    inbox = recorder(databases)
    inbox.receive(inbox.reply("SAIR"))
    manage_contacts.opt_in(databases.http, inbox.world.user_id, FIRST, secret=SECRET)
    inbox.receive(inbox.reply("SAIR"))
    assert out(inbox.world) == {}
    inbox.receive(inbox.reply("SAIR", seconds=int((datetime.now(UTC) - NOW).total_seconds())))
    assert len(out(inbox.world)) == 1


def test_a_copy_received_later_is_not_a_later_request(databases: Databases) -> None:
    """Evolution tries a webhook again for 20 minutes: our own time of receipt tells nothing of the order."""
    inbox = recorder(databases)
    said, back = inbox.reply("SAIR"), inbox.reply("VOLTAR", seconds=10)
    inbox.receive(said)
    inbox.receive(back)
    inbox.receive(replace(said, received_at=NOW + timedelta(minutes=20)))
    assert out(inbox.world) == {}


def test_each_user_has_opt_out_words_of_their_own(databases: Databases) -> None:
    inbox, other = recorder(databases), recorder(databases)
    choose(inbox.world, opt_out=["TCHAU"], opt_in=["OI"])
    for one in (inbox, other):
        one.receive(one.reply("tchau!"), one.reply("Cancelar", phone=SECOND))
    assert out(inbox.world) == {inbox.world.hash(FIRST): "reply", other.world.hash(SECOND): "reply"}
    inbox.receive(inbox.reply("oi", seconds=5), inbox.reply("VOLTAR", seconds=5, phone=SECOND))
    assert out(inbox.world) == {other.world.hash(SECOND): "reply"}


def test_a_hidden_sender_is_identified_by_the_quoted_message(databases: Databases) -> None:
    inbox = recorder(databases)
    sent_to_the_first(inbox.world)
    inbox.receive(inbox.reply("SAIR", phone=None, lid=LID, quoted_id="3EB0A1"))
    assert out(inbox.world) == {inbox.world.hash(FIRST): "reply"}
    inbox.receive(inbox.reply("VOLTAR", phone=None, lid=LID, seconds=5))  # by now it is known without
    assert out(inbox.world) == {}


def test_a_quoted_message_of_another_connection_identifies_no_sender(databases: Databases) -> None:
    inbox, other = recorder(databases), recorder(databases)
    sent_to_the_first(inbox.world)
    other.receive(other.reply("SAIR", phone=None, lid=LID, quoted_id="3EB0A1"))
    assert out(inbox.world) == {}


def test_a_hidden_sender_is_identified_by_an_earlier_message_of_theirs(databases: Databases) -> None:
    inbox = recorder(databases)
    inbox.receive(inbox.reply("", phone=SECOND, lid=LID))
    inbox.receive(inbox.reply("SAIR", phone=None, lid=LID))
    assert out(inbox.world) == {inbox.world.hash(SECOND): "reply"}
    assert states(inbox.world) == ["pending", "skipped"]
    inbox.world.assert_exact()


def test_hidden_ids_of_two_users_are_unrelated(databases: Databases) -> None:
    inbox, other = recorder(databases), recorder(databases)
    inbox.receive(inbox.reply("oi", lid=LID))
    other.receive(other.reply("SAIR", phone=None, lid=LID))
    assert out(inbox.world) == {}


def hidden(world: World) -> int:
    return world.databases.http.as_user(world.user_id, opt_out_requests.count_hidden)


def test_a_hidden_sender_without_a_phone_is_counted_and_opted_out_once_it_is_known(databases: Databases) -> None:
    inbox, other = recorder(databases), recorder(databases)
    inbox.receive(inbox.reply("SAIR", phone=None, lid=LID))
    inbox.receive(inbox.reply("SAIR", phone=None, lid=LID), inbox.reply("bom dia", phone=None, lid="888"))
    assert (out(inbox.world), hidden(inbox.world), hidden(other.world)) == ({}, 1, 0)
    inbox.receive(inbox.reply("oi?", seconds=60, lid=LID))
    assert out(inbox.world) == {inbox.world.hash(FIRST): "reply"}
    assert states(inbox.world) == ["skipped", "pending"]
    assert hidden(inbox.world) == 0
    inbox.world.assert_exact()


def test_a_hidden_sender_that_opted_in_before_its_phone_is_known_stays_opted_in(databases: Databases) -> None:
    inbox = recorder(databases)
    inbox.receive(inbox.reply("SAIR", phone=None, lid=LID), inbox.reply("VOLTAR", seconds=9, phone=None, lid=LID))
    assert hidden(inbox.world) == 0
    inbox.receive(inbox.reply("oi", seconds=60, lid=LID))
    assert (out(inbox.world), states(inbox.world)) == ({}, ["pending", "pending"])


def test_only_a_keyed_hash_of_a_hidden_id_is_kept(databases: Databases) -> None:
    inbox = recorder(databases)
    inbox.receive(inbox.reply("SAIR", lid=LID), inbox.reply("SAIR", phone=None, lid="888"))
    kept = str(inbox.world.rows("select t::text from hidra.whatsapp_lids t, hidra.opt_out_requests w"))
    assert FIRST[1:] not in kept
    assert LID not in kept


def test_a_reply_to_a_deleted_connection_is_dropped(databases: Databases) -> None:
    inbox = recorder(databases)
    inbox.receive(ReplyEvent(uuid4(), FIRST, "SAIR", NOW))
    assert out(inbox.world) == {}


def test_recorders_in_parallel_agree_on_the_latest_request(databases: Databases) -> None:
    inbox = recorder(databases, recipients=0)
    errors: list[BaseException] = []

    def work(part: list[ReplyEvent]) -> None:
        db = Database({**databases.settings, "DATABASE_SECRET": "jobs"}, databases.logins.__getitem__)
        try:
            for reply in part:
                Recorder(inbox.world, db).receive(reply)
        except BaseException as error:  # noqa: BLE001
            errors.append(error)
        finally:
            db.close()

    phones = [f"+55119700000{at:02}" for at in range(8)]
    said = [
        inbox.reply(word, seconds=at, phone=phone)
        for at in range(12)
        for phone, word in zip(phones, ["SAIR", "VOLTAR"] * 4, strict=True)
        for word in ([word] if at % 2 else ["VOLTAR" if word == "SAIR" else "SAIR"])
    ]
    threads = [threading.Thread(target=work, args=[said[n::3] + said[n::2]]) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert set(out(inbox.world)) == {inbox.world.hash(phone) for phone in phones[::2]}


def test_a_claim_in_progress_is_posted_and_every_later_one_finds_the_opt_out(databases: Databases) -> None:
    """The reply's transaction waits for the claim's row; what was claimed before it is in flight, and is posted."""
    inbox = recorder(databases, recipients=1)
    world = inbox.world
    dsn = databases.owner.info
    with psycopg.connect(dsn.dsn, password=dsn.password) as claiming:
        claiming.execute("update hidra.campaign_messages set status = 'sending', claimed_at = clock_timestamp()")
        mine = Recorder(
            world, Database({**databases.settings, "DATABASE_SECRET": "jobs"}, databases.logins.__getitem__)
        )
        leaving = threading.Thread(target=lambda: mine.receive(mine.reply("SAIR")))
        leaving.start()
        world.wait_for_blocked_transaction()
        claiming.commit()
    leaving.join(10)
    mine._db.close()
    assert states(world) == ["sending"]
    assert len(out(world)) == 1
    databases.owner.execute("update hidra.campaign_messages set status = 'pending', claimed_at = null")
    assert isinstance(world.claim(), claims.RecipientOptedOut)
    world.assert_exact()


def test_a_reply_that_committed_before_the_claim_is_respected_by_another_connection(databases: Databases) -> None:
    inbox = recorder(databases, recipients=1)
    inbox.receive(inbox.reply("SAIR"))
    databases.owner.execute("update hidra.campaign_messages set status = 'pending'")  # as if a freeze had missed it
    other = Database({**databases.settings, "DATABASE_SECRET": "jobs"}, databases.logins.__getitem__)
    run_id = inbox.world.one("select id from hidra.campaign_runs")["id"]
    found = other.as_worker(
        lambda tx: claims.claim(
            tx,
            campaign_id=inbox.world.campaign_id,
            run_id=run_id,
            connection_id=inbox.world.connection_id,
            sender_timeout=timedelta(seconds=120),
        )
    )
    other.close()
    assert isinstance(found, claims.RecipientOptedOut)
