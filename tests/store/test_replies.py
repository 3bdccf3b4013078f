"""People who leave by a reply and come back, known by their phone or only by what WhatsApp shows in its place."""

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
from hidra.store import claims, opt_out_requests, opt_out_settings, opt_outs
from hidra.store.claims import Claim
from hidra.store.db import Database
from tests.conftest import Databases
from tests.store.world import SECRET, World

NOW = datetime(2026, 1, 1, 12, 0, 30, tzinfo=UTC)
FIRST, SECOND = "+5511980000000", "+5511980000001"
LID = "777000777"


class Recorder:
    """The recorder on a world's connection; ``queued`` is whom it wants answered."""

    def __init__(self, world: World, db: Database | None = None) -> None:
        self.world = world
        self.queued: list[ConfirmationTicket] = []
        self._db = db or world.databases.jobs

    def hear(self, *replies: ReplyEvent) -> None:
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


def choose(
    world: World, *, leave: Sequence[str] = (), come_back: Sequence[str] = (), answer: str | None = None
) -> None:
    world.databases.http.as_user(
        world.user_id,
        lambda tx: opt_out_settings.save(tx, opt_out_words=leave, opt_in_words=come_back, confirmation=answer),
    )


def sent_to_the_first(world: World, provider_id: str = "3EB0A1") -> None:
    held = world.claim()
    assert isinstance(held, Claim)
    assert held.phone == FIRST
    world.databases.jobs.as_worker(lambda tx: claims.mark_sent(tx, held, sent_at=NOW, provider_message_id=provider_id))


def test_a_word_of_return_lets_in_again_who_left_by_a_word(databases: Databases) -> None:
    told = recorder(databases)
    told.hear(told.reply("SAIR"))
    assert out(told.world) == {told.world.hash(FIRST): "reply"}
    told.hear(told.reply("Voltar!", seconds=1))
    assert out(told.world) == {}
    assert states(told.world) == ["skipped", "pending"]  # what was skipped stays so
    told.world.assert_exact()


@pytest.mark.parametrize("source", ["api", "import", "erasure"])
def test_no_word_lifts_what_the_owner_opted_out(databases: Databases, source: str) -> None:
    told = recorder(databases)
    world = told.world
    told.hear(told.reply("SAIR"))  # before or after their word alike
    databases.jobs.as_worker(
        lambda tx: opt_outs.insert(
            tx, user_id=world.user_id, phone_hashes=[world.hash(FIRST), world.hash(SECOND)], reason=None, source=source
        )
    )
    told.hear(told.reply("SAIR", phone=SECOND))
    told.hear(told.reply("VOLTAR", seconds=9), told.reply("VOLTAR", seconds=9, phone=SECOND))
    assert out(world) == {world.hash(FIRST): source, world.hash(SECOND): source}


def test_an_erasures_opt_out_takes_the_place_of_the_owners_and_none_takes_its(databases: Databases) -> None:
    told = recorder(databases)
    world = told.world
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
def test_the_latest_wish_holds_in_whatever_order_and_number_replies_come(
    databases: Databases, order: tuple[tuple[str, int], ...], last: str
) -> None:
    told = recorder(databases, recipients=0)
    said = [*order] if last == "SAIR" else [(word, at) for word, at in order if at < 20]
    for word, at in [*said, *said, *reversed(said)]:
        told.hear(told.reply(word, seconds=at))
    assert bool(out(told.world)) == (last == "SAIR")
    told.hear(*(told.reply(word, seconds=at) for word, at in said))
    assert bool(out(told.world)) == (last == "SAIR")


def test_of_two_wishes_in_one_second_leaving_holds(databases: Databases) -> None:
    told = recorder(databases)
    told.hear(told.reply("VOLTAR"), told.reply("SAIR"))
    told.hear(told.reply("VOLTAR"))
    assert len(out(told.world)) == 1


def test_a_copy_of_the_reply_does_not_undo_an_opt_in_by_the_owner(databases: Databases) -> None:
    told = recorder(databases)
    told.hear(told.reply("SAIR"))
    manage_contacts.opt_in(databases.http, told.world.user_id, FIRST, secret=SECRET)
    told.hear(told.reply("SAIR"))
    assert out(told.world) == {}
    told.hear(told.reply("SAIR", seconds=int((datetime.now(UTC) - NOW).total_seconds())))
    assert len(out(told.world)) == 1


def test_a_copy_that_comes_later_is_no_later_wish(databases: Databases) -> None:
    """Evolution tries a webhook again for 20 minutes: our own time of receipt tells nothing of the order."""
    told = recorder(databases)
    said, back = told.reply("SAIR"), told.reply("VOLTAR", seconds=10)
    told.hear(said)
    told.hear(back)
    told.hear(replace(said, received_at=NOW + timedelta(minutes=20)))
    assert out(told.world) == {}


def test_each_owner_listens_for_words_of_their_own(databases: Databases) -> None:
    told, other = recorder(databases), recorder(databases)
    choose(told.world, leave=["TCHAU"], come_back=["OI"])
    for one in (told, other):
        one.hear(one.reply("tchau!"), one.reply("Cancelar", phone=SECOND))
    assert out(told.world) == {told.world.hash(FIRST): "reply", other.world.hash(SECOND): "reply"}
    told.hear(told.reply("oi", seconds=5), told.reply("VOLTAR", seconds=5, phone=SECOND))
    assert out(told.world) == {other.world.hash(SECOND): "reply"}


def test_a_hidden_sender_is_known_by_the_message_that_the_reply_answers(databases: Databases) -> None:
    told = recorder(databases)
    sent_to_the_first(told.world)
    told.hear(told.reply("SAIR", phone=None, lid=LID, quoted_id="3EB0A1"))
    assert out(told.world) == {told.world.hash(FIRST): "reply"}
    told.hear(told.reply("VOLTAR", phone=None, lid=LID, seconds=5))  # by now it is known without
    assert out(told.world) == {}


def test_an_answer_to_a_message_of_another_connection_tells_nothing(databases: Databases) -> None:
    told, other = recorder(databases), recorder(databases)
    sent_to_the_first(told.world)
    other.hear(other.reply("SAIR", phone=None, lid=LID, quoted_id="3EB0A1"))
    assert out(told.world) == {}


def test_a_hidden_sender_is_known_from_an_earlier_message_of_theirs(databases: Databases) -> None:
    told = recorder(databases)
    told.hear(told.reply("", phone=SECOND, lid=LID))
    told.hear(told.reply("SAIR", phone=None, lid=LID))
    assert out(told.world) == {told.world.hash(SECOND): "reply"}
    assert states(told.world) == ["pending", "skipped"]
    told.world.assert_exact()


def test_hidden_ids_of_two_owners_have_nothing_to_do_with_each_other(databases: Databases) -> None:
    told, other = recorder(databases), recorder(databases)
    told.hear(told.reply("oi", lid=LID))
    other.hear(other.reply("SAIR", phone=None, lid=LID))
    assert out(told.world) == {}


def hidden(world: World) -> int:
    return world.databases.http.as_user(world.user_id, opt_out_requests.count_hidden)


def test_a_hidden_sender_whom_nobody_knows_is_counted_and_leaves_once_known(databases: Databases) -> None:
    told, other = recorder(databases), recorder(databases)
    told.hear(told.reply("SAIR", phone=None, lid=LID))
    told.hear(told.reply("SAIR", phone=None, lid=LID), told.reply("bom dia", phone=None, lid="888"))
    assert (out(told.world), hidden(told.world), hidden(other.world)) == ({}, 1, 0)
    told.hear(told.reply("oi?", seconds=60, lid=LID))
    assert out(told.world) == {told.world.hash(FIRST): "reply"}
    assert states(told.world) == ["skipped", "pending"]
    assert hidden(told.world) == 0
    told.world.assert_exact()


def test_a_hidden_sender_who_came_back_before_being_known_stays(databases: Databases) -> None:
    told = recorder(databases)
    told.hear(told.reply("SAIR", phone=None, lid=LID), told.reply("VOLTAR", seconds=9, phone=None, lid=LID))
    assert hidden(told.world) == 0
    told.hear(told.reply("oi", seconds=60, lid=LID))
    assert (out(told.world), states(told.world)) == ({}, ["pending", "pending"])


def test_of_hidden_ids_no_more_than_a_keyed_hash_is_kept(databases: Databases) -> None:
    told = recorder(databases)
    told.hear(told.reply("SAIR", lid=LID), told.reply("SAIR", phone=None, lid="888"))
    kept = str(told.world.rows("select t::text from hidra.whatsapp_lids t, hidra.opt_out_requests w"))
    assert FIRST[1:] not in kept
    assert LID not in kept


def test_a_reply_to_a_connection_that_is_gone_is_nobodys(databases: Databases) -> None:
    told = recorder(databases)
    told.hear(ReplyEvent(uuid4(), FIRST, "SAIR", NOW))
    assert out(told.world) == {}


def test_recorders_side_by_side_agree_on_the_latest_wish(databases: Databases) -> None:
    told = recorder(databases, recipients=0)
    errors: list[BaseException] = []

    def work(part: list[ReplyEvent]) -> None:
        db = Database({**databases.settings, "DATABASE_SECRET": "jobs"}, databases.logins.__getitem__)
        try:
            for reply in part:
                Recorder(told.world, db).hear(reply)
        except BaseException as error:  # noqa: BLE001
            errors.append(error)
        finally:
            db.close()

    phones = [f"+55119700000{at:02}" for at in range(8)]
    said = [
        told.reply(word, seconds=at, phone=phone)
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
    assert set(out(told.world)) == {told.world.hash(phone) for phone in phones[::2]}


def test_a_claim_under_way_goes_out_and_every_later_one_finds_the_opt_out(databases: Databases) -> None:
    """The reply's transaction waits for the claim's row; what was claimed before it is in flight, and is posted."""
    told = recorder(databases, recipients=1)
    world = told.world
    dsn = databases.owner.info
    with psycopg.connect(dsn.dsn, password=dsn.password) as claiming:
        claiming.execute("update hidra.campaign_messages set status = 'sending', claimed_at = clock_timestamp()")
        mine = Recorder(
            world, Database({**databases.settings, "DATABASE_SECRET": "jobs"}, databases.logins.__getitem__)
        )
        leaving = threading.Thread(target=lambda: mine.hear(mine.reply("SAIR")))
        leaving.start()
        world.wait_until_somebody_is_blocked()
        claiming.commit()
    leaving.join(10)
    mine._db.close()
    assert states(world) == ["sending"]
    assert len(out(world)) == 1
    databases.owner.execute("update hidra.campaign_messages set status = 'pending', claimed_at = null")
    assert isinstance(world.claim(), claims.RecipientOptedOut)
    world.assert_exact()


def test_a_reply_that_committed_before_the_claim_is_respected_by_another_connection(databases: Databases) -> None:
    told = recorder(databases, recipients=1)
    told.hear(told.reply("SAIR"))
    databases.owner.execute("update hidra.campaign_messages set status = 'pending'")  # as if a freeze had missed it
    other = Database({**databases.settings, "DATABASE_SECRET": "jobs"}, databases.logins.__getitem__)
    run_id = told.world.one("select id from hidra.campaign_runs")["id"]
    found = other.as_worker(
        lambda tx: claims.claim(
            tx,
            campaign_id=told.world.campaign_id,
            run_id=run_id,
            connection_id=told.world.connection_id,
            sender_timeout=timedelta(seconds=120),
        )
    )
    other.close()
    assert isinstance(found, claims.RecipientOptedOut)
