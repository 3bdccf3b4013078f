"""Daily limits: counted at the claim, taken back only for what did not arrive, and what passes make of them."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from hidra.domain.daily_limits import WarmUp
from hidra.domain.outcome import NotSent, Outcome, Refused, Sent, Stops, Unknown
from hidra.services.save_connection import Wanted, save_connection
from hidra.services.send_message import End
from hidra.store import claims, connections, messages, outcomes
from hidra.store.claims import Claim, NoClaim
from hidra.store.db import Database
from tests.conftest import Databases
from tests.store.test_confirmation import BYE, FIRST, recorder
from tests.store.test_confirmation import send as send_confirmation
from tests.store.test_replies import choose
from tests.store.test_send import Outside, started
from tests.store.test_trial_send import message
from tests.store.test_trial_send import send as send_trial
from tests.store.world import World

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def save(world: World, **limits: Any) -> None:
    """What the owner saves; limits that are not named stay."""
    wanted = Wanted("https://evo.example", "main", daily_limits=limits)
    save_connection(
        world.databases.http, world.user_id, wanted, sealed=b"sealed", origin=lambda url: url, nudge=lambda **_: None
    )
    world.databases.owner.execute("update hidra.evolution_api_config set status = 'connected'")


def limited(databases: Databases, *, recipients: int = 5, **limits: Any) -> World:
    world = World.make(databases, recipients=recipients)
    save(world, **limits)
    world.advance()
    return world


def today(world: World) -> dict[str, Any]:
    return world.one("select * from hidra.connection_days order by begins_at limit 1")


def counted(world: World) -> tuple[int, int]:
    day = today(world)
    return day["messages"], day["first_contacts"]


def end_day_in(world: World, seconds: float) -> None:
    """Moves all days, so that the one in progress ends then."""
    moved = datetime.now(UTC) + timedelta(seconds=seconds) - today(world)["ends_at"]
    world.databases.owner.execute(
        "update hidra.connection_days set begins_at = begins_at + %(by)s - interval '1 day',"
        " ends_at = ends_at + %(by)s, open_until = open_until + %(by)s where begins_at <= now()",
        {"by": moved},
    )
    world.databases.owner.execute(
        "update hidra.connection_days set begins_at = begins_at + %(by)s, ends_at = ends_at + %(by)s,"
        " open_until = open_until + %(by)s where begins_at > now()",
        {"by": moved},
    )


def test_a_day_holds_as_many_claims_as_its_limit_and_no_more(databases: Databases) -> None:
    world = limited(databases, max_messages_per_day=2)
    assert [type(world.claim()) for _ in range(2)] == [Claim, Claim]
    assert world.claim() is NoClaim.DAY_USED
    assert counted(world) == (2, 0)


def test_of_two_claims_at_once_the_last_message_of_the_day_goes_to_one(databases: Databases) -> None:
    world = limited(databases, max_messages_per_day=1)
    found: list[object] = []

    def work() -> None:
        db = Database({**databases.settings, "DATABASE_SECRET": "jobs"}, databases.logins.__getitem__)
        found.append(replace(world, databases=replace(databases, jobs=db)).claim())
        db.close()

    with databases.owner.transaction():
        databases.owner.execute("select from hidra.pace_limits where subject = %s for update", [world.connection_id])
        both = [threading.Thread(target=work) for _ in range(2)]
        for each in both:
            each.start()
        world.wait_for_blocked_transaction(2)
    for each in both:
        each.join(10)
    assert sorted(isinstance(each, Claim) for each in found) == [False, True]
    assert NoClaim.DAY_USED in found


@pytest.mark.parametrize(("before_end", "claims_it"), [(1.6, True), (1.4, False), (0.0, True), (-1.0, True)])
def test_a_claim_that_could_arrive_after_the_days_end_waits_for_the_next_day(
    databases: Databases, before_end: float, claims_it: bool
) -> None:
    world = limited(databases, max_messages_per_day=2)
    end = today(world)["ends_at"]
    found = world.claim(now=end - timedelta(seconds=before_end))
    assert isinstance(found, Claim) is claims_it
    assert counted(world)[0] == (before_end > 1.5)


def test_a_connection_with_limits_sends_nothing_in_a_day_that_no_pass_has_written(databases: Databases) -> None:
    world = limited(databases, max_messages_per_day=2)
    databases.owner.execute("delete from hidra.connection_days")
    assert world.claim() is NoClaim.DAY_USED
    world.advance()
    assert isinstance(world.claim(), Claim)
    days = world.rows("select begins_at, ends_at, message_limit from hidra.connection_days order by begins_at")
    assert [day["message_limit"] for day in days] == [2, 2]
    assert days[0]["ends_at"] == days[1]["begins_at"]


def test_a_lowered_limit_binds_at_once_and_what_was_sent_without_one_counts(databases: Databases) -> None:
    world = limited(databases, recipients=9)
    for _ in range(3):
        assert isinstance(world.claim(), Claim)
    save(world, max_messages_per_day=3)
    assert world.claim() is NoClaim.DAY_USED
    save(world, max_messages_per_day=4)
    assert isinstance(world.claim(), Claim)
    save(world, max_messages_per_day=9, warm_up=WarmUp(date.today(), (4, 9)), time_zone="UTC")  # noqa: DTZ011 - UTC
    assert world.claim() is NoClaim.DAY_USED
    save(world, max_messages_per_day=None, warm_up=None)
    assert isinstance(world.claim(), Claim)


def test_a_connection_that_is_deleted_and_saved_again_keeps_its_limits_and_todays_count(databases: Databases) -> None:
    world = limited(databases, max_messages_per_day=2)
    world.claim()
    databases.http.as_user(world.user_id, connections.delete)
    save(world)
    assert isinstance(world.claim(), Claim)
    assert world.claim() is NoClaim.DAY_USED


def test_a_released_claim_is_taken_back_and_one_whose_sender_is_lost_is_not(databases: Databases) -> None:
    world = limited(databases, max_messages_per_day=2)
    held = world.claim()
    assert isinstance(held, Claim)
    for _ in range(2):
        databases.jobs.as_worker(lambda tx: outcomes.release(tx, held))
    assert counted(world) == (0, 0)
    world.claim()
    databases.jobs.as_worker(lambda tx: outcomes.mark_sender_lost(tx, older_than=timedelta(0)))
    assert counted(world) == (1, 0)


def test_a_release_on_the_next_day_gives_that_day_no_more_than_its_limit(databases: Databases) -> None:
    world = limited(databases, max_messages_per_day=1)
    end = today(world)["ends_at"]
    late = world.claim(now=end - 2 * SECOND)
    assert isinstance(late, Claim)
    assert isinstance(world.claim(now=end + SECOND), Claim)
    databases.jobs.as_worker(lambda tx: outcomes.release(tx, late))
    assert world.claim(now=end + 2 * SECOND) is NoClaim.DAY_USED
    assert [day["messages"] for day in world.rows("select messages from hidra.connection_days order by begins_at")] == [
        0,
        1,
    ]


AWAY = NotSent("unreachable", "There is no server.", Stops.CONNECTION, arrived=False)


@pytest.mark.parametrize(
    ("outcome", "counts"),
    [
        (Sent("A"), 1),
        (Unknown("timed_out", "x"), 1),
        (Refused("not_on_whatsapp", "x"), 1),
        (NotSent("too_many_requests", "x", Stops.NOTHING), 1),
        (NotSent("connection_closed", "x", Stops.CONNECTION), 1),
        (AWAY, 0),
        (NotSent("slow_to_connect", "x", Stops.SERVER_IF_REPEATED, arrived=False), 0),
    ],
)
def test_only_a_message_that_surely_did_not_reach_the_server_is_taken_back(
    databases: Databases, outcome: Outcome, counts: int
) -> None:
    world, ticket = started(databases)
    Outside(outcome).send(world, ticket)
    assert counted(world)[0] == counts


def test_a_text_that_was_never_posted_and_a_last_attempt_that_did_not_arrive_are_taken_back_once(
    databases: Databases,
) -> None:
    world, ticket = started(databases)
    databases.owner.execute("update hidra.campaign_messages set variables = '{}'")
    assert Outside().send(world, ticket) is End.POSTED
    assert counted(world) == (0, 0)
    databases.owner.execute("""update hidra.campaign_messages set variables = '{"name": "Ana"}'""")
    assert Outside(Sent("A")).send(world, ticket) is End.POSTED
    held = world.claim()
    assert isinstance(held, Claim)
    for _ in range(2):
        databases.jobs.as_worker(
            lambda tx: outcomes.mark_failed(tx, held, code="x", detail="x", at=held.claimed_at, arrived=False)
        )
    assert counted(world) == (1, 0)


def test_trials_and_confirmations_count_and_are_never_refused(databases: Databases) -> None:
    inbox = recorder(databases)
    world = inbox.world
    choose(world, opt_in=["VOLTAR"], answer=BYE)
    save(world, max_messages_per_day=1, max_first_contacts_per_day=1)
    world.advance()
    assert send_trial(world, Outside(Sent("T")), message(world, "+5511977770000")) == Sent("T")
    inbox.receive(inbox.reply("SAIR"))
    assert send_confirmation(inbox, outside := Outside(Sent("C"))) == Sent("C")
    assert outside.posted == [f"{FIRST} {BYE}"]
    assert counted(world) == (2, 1)
    assert world.claim() is NoClaim.DAY_USED
    assert send_trial(world, Outside(AWAY), message(world, "+5511977770001")) == AWAY
    assert counted(world)[0] == 2


def test_a_day_that_is_written_after_a_trial_counts_it(databases: Databases) -> None:
    world = World.make(databases)
    send_trial(world, Outside(Sent("T")))
    save(world, max_messages_per_day=1)
    world.advance()
    assert world.claim() is NoClaim.DAY_USED


def known(world: World, *indexes: int) -> None:
    """Contacts that have written: one of them asked to opt in again."""
    for index in indexes:
        world.databases.owner.execute(
            "insert into hidra.opt_out_requests (user_id, phone_hash, opted_in_at) values (%s, %s, now())",
            [world.user_id, world.hash(f"+55119{80000000 + index}")],
        )


def claimed(world: World, number: int) -> list[int]:
    """The recipients of so many claims, by their place in the segment."""
    found = [world.claim() for _ in range(number)]
    return [int(each.phone[-4:]) if isinstance(each, Claim) else -1 for each in found]


def test_first_contacts_go_before_known_ones_until_theirs_are_used_up(databases: Databases) -> None:
    world = World.make(databases, recipients=6)
    known(world, 0, 2, 3)
    save(world, max_first_contacts_per_day=2)
    world.advance()
    assert claimed(world, 6) == [1, 4, 0, 2, 3, -1]
    assert counted(world) == (5, 2)
    end = today(world)["ends_at"]
    found = world.claim(now=end)
    assert isinstance(found, Claim)
    assert found.phone.endswith("05")


def test_without_a_limit_of_first_contacts_the_order_is_that_of_the_recipients(databases: Databases) -> None:
    world = World.make(databases, recipients=4)
    known(world, 0, 2)
    world.advance()
    assert claimed(world, 4) == [0, 1, 2, 3]
    assert world.one("select count(*) from hidra.campaign_messages where first_contact is not null")["count"] == 0


def test_a_message_that_reached_its_recipient_makes_a_known_contact_and_a_failed_one_does_not(
    databases: Databases,
) -> None:
    world = World.make(databases, recipients=4)
    world.advance()
    for status in ("sent", "failed", "unknown"):
        held = world.claim()
        assert isinstance(held, Claim)
        databases.owner.execute(
            "update hidra.campaign_messages set status = %s::hidra.message_status, failed_at = now(),"
            " error_code = 'provider_failed' where id = %s",
            [status, held.message_id],
        )
    other = world.add_campaign(world.template_id)
    save(world, max_first_contacts_per_day=9)
    world.campaign_id = other
    world.advance()
    assert [row["first_contact"] for row in world.messages()] == [False, True, False, True]


def test_a_limit_of_first_contacts_set_while_a_campaign_runs_holds_for_all_of_its_recipients(
    databases: Databases,
) -> None:
    world = World.make(databases, recipients=4)
    world.advance()
    in_flight = world.claim()
    assert isinstance(in_flight, Claim)
    save(world, max_first_contacts_per_day=1)
    assert world.claim() is NoClaim.NO_WORK
    world.advance()
    assert claimed(world, 2) == [1, -1]
    databases.jobs.as_worker(lambda tx: outcomes.release(tx, in_flight))
    assert counted(world) == (1, 1)
    assert claimed(world, 1) == [-1]
    assert isinstance(world.claim(now=today(world)["ends_at"]), Claim)


def test_an_opted_out_first_contact_uses_up_nothing(databases: Databases) -> None:
    world = limited(databases, recipients=2, max_first_contacts_per_day=1)
    databases.owner.execute(
        "insert into hidra.opt_outs (user_id, phone_hash, source) values (%s, %s, 'api')",
        [world.user_id, world.hash("+5511980000000")],
    )
    met = world.claim()
    assert isinstance(met, claims.RecipientOptedOut)
    databases.jobs.as_worker(lambda tx: messages.skip_pending(tx, [met.message_id], code="opted_out"))
    assert claimed(world, 1) == [1]


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"max_messages_per_day": 2}, "day-limit-reached"),
        ({"max_first_contacts_per_day": 2}, "first-contacts-reached"),
    ],
)
def test_a_pass_issues_tickets_for_what_the_day_allows_and_then_says_until_when_it_waits(
    databases: Databases, limits: dict[str, int], code: str
) -> None:
    world = World.make(databases, recipients=40)
    save(world, **limits)
    [(_, slots)] = world.advance()
    assert len(slots) == 2
    world.finish_one()
    world.finish_one()
    assert world.advance() == []
    campaign = world.campaign()
    until = today(world)["ends_at"]
    assert (campaign["status"], campaign["blocked_code"]) == ("running", code)
    assert campaign["blocked_params"] == {"limit": 2, "until": f"{until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    assert f"{until.astimezone(UTC):%Y-%m-%d %H:%M} UTC" in campaign["blocked_reason"]
    save(world, max_messages_per_day=3, max_first_contacts_per_day=3)
    assert [len(set(slots)) for _, slots in world.advance()] == [1]
    assert world.campaign()["blocked_code"] is None


def test_tickets_for_the_first_slots_of_the_next_day_are_issued_shortly_before_it(databases: Databases) -> None:
    world = limited(databases, recipients=40, max_messages_per_day=2)
    world.finish_one()
    world.finish_one()
    end_day_in(world, 125)
    [(_, slots)] = world.advance()
    begins = today(world)["ends_at"]
    assert slots[0] == begins + 2 * SECOND
    assert slots[-1] <= datetime.now(UTC) + timedelta(seconds=130)
    assert world.campaign()["blocked_code"] == "day-limit-reached"
    assert all(slots[-1] < later[0] for _, later in world.advance())
    assert isinstance(world.claim(now=begins), Claim)


def test_a_campaign_waits_while_the_day_of_a_changed_zone_has_not_begun(databases: Databases) -> None:
    world = limited(databases, max_messages_per_day=2)
    databases.owner.execute("update hidra.connection_days set open_until = now() where begins_at <= now()")
    assert world.claim() is NoClaim.DAY_USED
    assert world.advance() == []
    assert world.campaign()["blocked_code"] == "time-zone-changed"
    save(world, max_messages_per_day=None)
    assert isinstance(world.claim(), Claim)


def test_days_that_are_long_over_are_deleted(databases: Databases) -> None:
    world = limited(databases, max_messages_per_day=2)
    databases.owner.execute(
        "update hidra.connection_days set begins_at = begins_at - interval '10 days', ends_at = ends_at -"
        " interval '10 days', open_until = open_until - interval '10 days'"
    )
    world.advance()
    assert len(world.rows("select from hidra.connection_days")) == 2


def test_refusals_of_first_contacts_pause_a_campaign_beside_known_ones_that_go(databases: Databases) -> None:
    world = World.make(databases, recipients=60)
    known(world, *range(0, 60, 2))
    save(world, max_first_contacts_per_day=100)
    world.advance()
    for index in range(50):
        held = world.claim()
        assert isinstance(held, Claim)
        refused = index < 30 and index % 3 == 0
        databases.owner.execute(
            "update hidra.campaign_messages set status = %s::hidra.message_status, sent_at = claimed_at,"
            " acked_at = now(), failed_at = now(), error_code = %s where id = %s",
            ["failed" if refused else "sent", "provider_failed" if refused else None, held.message_id],
        )
    world.advance()
    assert world.campaign()["status"] == "running"
    databases.owner.execute(
        "update hidra.campaign_messages set status = 'failed', error_code = 'provider_failed', failed_at = now()"
        " where first_contact and status = 'sent' and id in (select id from hidra.campaign_messages"
        " where first_contact order by id desc limit 10)"
    )
    world.advance()
    assert world.campaign()["blocked_code"] == "whatsapp-refuses"
