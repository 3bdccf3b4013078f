"""Pause, cancel and opt-out take hold at their commit: no later claim finds anybody, and posts end within 0.6 s."""

import pytest

from hidra.services import lifecycle
from hidra.services.send_message import End
from tests.chaos import stops
from tests.chaos.stops import AT_MOST_SECONDS, Race, Senders, Storm, started
from tests.conftest import Databases


@pytest.mark.parametrize("end", [stops.pause, stops.cancel])
def test_no_claim_commits_after_a_pause_in_whatever_order_their_statements_come(
    databases: Databases, end: stops.Action
) -> None:
    with Race.on(databases) as race:
        found = race.run_all(list(stops.orders(stops.CLAIM_STEPS, stops.PAUSE_STEPS))[::3], end)
    assert set(found) == {stops.CLAIMED_FIRST, stops.ENDED_FIRST}


def test_no_claim_takes_a_phone_after_its_opt_out_in_whatever_order_their_statements_come(
    databases: Databases,
) -> None:
    every_25th = list(stops.orders(stops.CLAIM_STEPS, stops.OPT_OUT_STEPS))[::25]
    with Race.on(databases) as race:
        found = race.run_all(every_25th, stops.leave(stops.phone_of(0)))
    assert set(found) == {stops.CLAIMED_FIRST, stops.ENDED_FIRST, stops.PASSED_OVER}


@pytest.mark.parametrize("end", [stops.pause, stops.cancel])
def test_the_last_post_leaves_at_most_six_tenths_of_a_second_after_a_pause(
    databases: Databases, end: stops.Action
) -> None:
    world, ticket = started(databases, recipients=400)
    ended = stops.end_amid_sending(Senders(world, ticket), end, concerns=lambda _: True, then=0.8)
    assert ended.last_post_after <= AT_MOST_SECONDS, ended
    assert ended.posts_before >= 5


def test_a_claim_whose_answer_is_long_under_way_is_not_posted_after_a_pause(databases: Databases) -> None:
    world, ticket = started(databases, recipients=50)
    delays = iter([0.3, 0.45, 0.7, 1.0, 1.3])
    senders = Senders(world, ticket, count=5, answer_seconds=lambda: next(delays, 1.0))
    db = stops.CommitTimed(databases, "http")
    with senders.sending():
        stops.wait_until(lambda: world.rows("select from hidra.campaign_messages where status = 'sending' offset 2"))
        stops.pause(world, db)
        stops.wait_until(lambda: all(m["status"] != "sending" for m in world.messages()))
    db.close()
    assert max((post.at - db.before_commit for post in senders.posts), default=0.0) <= AT_MOST_SECONDS
    assert End.TOO_LATE in senders.ends
    assert {m["status"] for m in world.messages()} <= {"sent", "pending"}
    world.assert_exact()


def test_who_opts_out_gets_nothing_more_and_everybody_else_does(databases: Databases) -> None:
    world, ticket = started(databases, recipients=60)
    gone = stops.phone_of(59)
    senders = Senders(world, ticket)
    ended = stops.end_amid_sending(senders, stops.leave(gone), concerns=lambda post: post.phone == gone, then=0)
    assert ended.last_post_after == 0
    with senders.sending():
        senders.wait_for_posts(59)
        stops.wait_until(
            lambda: not world.rows("select from hidra.campaign_messages where status in ('pending', 'sending')")
        )
    assert sorted(post.phone for post in senders.posts) == [stops.phone_of(index) for index in range(59)]
    assert world.messages()[59]["status"] == "skipped"
    world.assert_exact()


def test_a_storm_of_claims_keeps_neither_pause_nor_cancel_nor_opt_out_waiting(databases: Databases) -> None:
    world, _ = started(databases, recipients=200)
    with Storm(world, threads=12).raging():
        waited = [stops.seconds_of(stops.pause, world, databases.http)]
        lifecycle.resume(databases.http, world.user_id, world.campaign_id, nudge=lambda **_: None)
        waited.append(stops.seconds_of(stops.leave(stops.phone_of(0)), world, databases.http))
        waited.append(stops.seconds_of(stops.cancel, world, databases.http))
    assert max(waited) < 2, waited
    world.assert_exact()
