"""Pause, cancel and opt-out take effect at their commit: no later claim finds a recipient, and posts stop within 0.6 s."""

import pytest

from hidra.services import lifecycle
from hidra.services.send_message import End
from tests.chaos import stops
from tests.chaos.stops import AT_MOST_SECONDS, Race, Senders, Storm, start_campaign
from tests.chaos.waiting import wait_until
from tests.conftest import Databases


@pytest.mark.parametrize("stop", [stops.pause, stops.cancel])
def test_no_claim_commits_after_a_pause_in_any_order_of_their_statements(
    databases: Databases, stop: stops.Action
) -> None:
    with Race.on(databases) as race:
        found = race.run_all(list(stops.orders(stops.CLAIM_STEPS, stops.PAUSE_STEPS))[::3], stop)
    assert set(found) == {stops.CLAIM_FIRST, stops.STOP_FIRST}


def test_no_claim_commits_after_an_opt_out_of_its_phone_in_any_order_of_their_statements(
    databases: Databases,
) -> None:
    every_25th = list(stops.orders(stops.CLAIM_STEPS, stops.OPT_OUT_STEPS))[::25]
    with Race.on(databases) as race:
        found = race.run_all(every_25th, stops.opt_out(stops.phone_of(0)))
    assert set(found) == {stops.CLAIM_FIRST, stops.STOP_FIRST, stops.ROW_LOCKED}


@pytest.mark.parametrize("stop", [stops.pause, stops.cancel])
def test_the_last_post_leaves_at_most_six_tenths_of_a_second_after_a_pause(
    databases: Databases, stop: stops.Action
) -> None:
    world, ticket = start_campaign(databases, recipients=400)
    stopped = stops.stop_while_sending(Senders(world, ticket), stop, concerns=lambda _: True, then=0.8)
    assert stopped.last_post_after <= AT_MOST_SECONDS, stopped
    assert stopped.posts_before >= 5


def test_a_claim_whose_answer_arrives_late_is_not_posted_after_a_pause(databases: Databases) -> None:
    world, ticket = start_campaign(databases, recipients=50)
    delays = iter([0.3, 0.45, 0.7, 1.0, 1.3])
    senders = Senders(world, ticket, count=5, answer_seconds=lambda: next(delays, 1.0))
    db = stops.CommitTimed(databases, "http")
    with senders.sending():
        wait_until(lambda: world.rows("select from hidra.campaign_messages where status = 'sending' offset 2"))
        stops.pause(world, db)
        wait_until(lambda: all(m["status"] != "sending" for m in world.messages()))
    db.close()
    assert max((post.at - db.before_commit for post in senders.posts), default=0.0) <= AT_MOST_SECONDS
    assert End.TOO_LATE in senders.ends
    assert {m["status"] for m in world.messages()} <= {"sent", "pending"}
    world.assert_exact()


def test_a_recipient_who_opts_out_gets_no_more_messages_and_all_others_do(databases: Databases) -> None:
    world, ticket = start_campaign(databases, recipients=60)
    phone = stops.phone_of(59)
    senders = Senders(world, ticket)
    stopped = stops.stop_while_sending(senders, stops.opt_out(phone), concerns=lambda post: post.phone == phone, then=0)
    assert stopped.last_post_after == 0
    with senders.sending():
        senders.wait_for_posts(59)
        wait_until(lambda: not world.rows("select from hidra.campaign_messages where status in ('pending', 'sending')"))
    assert sorted(post.phone for post in senders.posts) == [stops.phone_of(index) for index in range(59)]
    assert world.messages()[59]["status"] == "skipped"
    world.assert_exact()


def test_a_storm_of_claims_delays_no_pause_cancel_or_opt_out(databases: Databases) -> None:
    world, _ = start_campaign(databases, recipients=200)
    with Storm(world, threads=12).running():
        waited = [stops.seconds_of(stops.pause, world, databases.http)]
        lifecycle.resume(databases.http, world.user_id, world.campaign_id, nudge=lambda **_: None)
        waited.append(stops.seconds_of(stops.opt_out(stops.phone_of(0)), world, databases.http))
        waited.append(stops.seconds_of(stops.cancel, world, databases.http))
    assert max(waited) < 2, waited
    world.assert_exact()
