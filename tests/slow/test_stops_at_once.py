"""Pause, cancel and opt-out against claims: every order of their statements, storms and measured times, many times."""

import time
from random import Random

from hidra.services import lifecycle
from hidra.services.send_message import End
from tests.chaos import stops
from tests.chaos.stops import AT_MOST_SECONDS, Race, Senders, Storm, start_campaign
from tests.conftest import Databases

REPETITIONS = 25


def test_no_claim_commits_after_a_pause_a_cancel_or_an_opt_out_in_any_order_of_their_statements(
    databases: Databases,
) -> None:
    begun = time.monotonic()
    opt_out = stops.opt_out(stops.phone_of(0))
    with Race.on(databases) as race:
        for name, stop, steps in (
            ("pause", stops.pause, stops.PAUSE_STEPS),
            ("cancel", stops.cancel, stops.PAUSE_STEPS),
            ("opt-out", opt_out, stops.OPT_OUT_STEPS),
        ):
            found = race.run_all(stops.orders(stops.CLAIM_STEPS, steps), stop)
            assert found[stops.CLAIM_FIRST]
            assert found[stops.STOP_FIRST]
            counts = ", ".join(f"{' then '.join(answers)} {number}" for answers, number in found.most_common())
            print(f"\n{found.total()} orders of a claim and a {name}, no claim after it: {counts}", flush=True)
    print(f"in {time.monotonic() - begun:.0f} s", flush=True)


def test_the_last_post_leaves_soon_after_a_pause_a_cancel_or_an_opt_out(databases: Databases) -> None:
    worst: dict[str, list[float]] = {}
    ends: set[End] = set()
    for number in range(REPETITIONS):
        name, stop = [("pause", stops.pause), ("cancel", stops.cancel)][number % 2]
        # Answers to claims take up to a second, so that some posts would be late.
        senders = Senders(*start_campaign(databases, recipients=300), count=6, answer_seconds=Random(number).random)
        stopped = stops.stop_while_sending(senders, stop, concerns=lambda _: True, then=1.2)
        assert stopped.last_post_after <= AT_MOST_SECONDS, stopped
        ends.update(senders.ends)
        worst.setdefault(name, []).append(stopped.last_post_after)
    assert End.TOO_LATE in ends
    assert all(max(seconds) > 0 for seconds in worst.values()), "no post left after any of the commits"
    for number in range(REPETITIONS):
        phone = stops.phone_of(40 + number)
        senders = Senders(*start_campaign(databases, recipients=80), count=6)
        stopped = stops.stop_while_sending(
            senders, stops.opt_out(phone), concerns=lambda p, phone=phone: p.phone == phone, then=0.8
        )
        assert stopped.last_post_after <= AT_MOST_SECONDS, stopped
        worst.setdefault("opt-out", []).append(stopped.last_post_after)
    for name, seconds in worst.items():
        print(
            f"\n{name}, {len(seconds)} times: the last post at most {max(seconds):.3f} s after the commit", flush=True
        )


def test_storms_of_claims_delay_no_pause_cancel_or_opt_out(databases: Databases) -> None:
    waited: dict[str, list[float]] = {"pause": [], "opt-out": [], "cancel": []}
    claimed = 0
    for number in range(REPETITIONS):
        world, _ = start_campaign(databases, recipients=200)
        storm = Storm(world, threads=24)
        with storm.running():
            waited["pause"].append(stops.seconds_of(stops.pause, world, databases.http))
            lifecycle.resume(databases.http, world.user_id, world.campaign_id, nudge=lambda **_: None)
            opt_out = stops.opt_out(stops.phone_of(number))
            waited["opt-out"].append(stops.seconds_of(opt_out, world, databases.http))
            waited["cancel"].append(stops.seconds_of(stops.cancel, world, databases.http))
        claimed += storm.claimed
        world.assert_exact()
    for name, seconds in waited.items():
        assert max(seconds) < 2, (name, seconds)
        print(f"\n{name} amid 24 claiming connections, {len(seconds)} times: at most {max(seconds):.3f} s", flush=True)
    print(f"{claimed} claims", flush=True)
