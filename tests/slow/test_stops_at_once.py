"""Pause, cancel and opt-out against claims: every order of their statements, storms, and the clock, many times over."""

import time
from random import Random

from hidra.services import lifecycle
from hidra.services.send_message import End
from tests.chaos import stops
from tests.chaos.stops import AT_MOST_SECONDS, Race, Senders, Storm, started
from tests.conftest import Databases

REPETITIONS = 25


def test_every_order_of_the_statements_of_a_claim_and_of_what_ends_claims(databases: Databases) -> None:
    begun = time.monotonic()
    opt_out = stops.leave(stops.phone_of(0))
    with Race.on(databases) as race:
        for name, end, steps in (
            ("pause", stops.pause, stops.PAUSE_STEPS),
            ("cancel", stops.cancel, stops.PAUSE_STEPS),
            ("opt-out", opt_out, stops.OPT_OUT_STEPS),
        ):
            found = race.run_all(stops.orders(stops.CLAIM_STEPS, steps), end)
            assert found[stops.CLAIMED_FIRST]
            assert found[stops.ENDED_FIRST]
            said = ", ".join(f"{' then '.join(answers)} {number}" for answers, number in found.most_common())
            print(f"\n{found.total()} orders of a claim and a {name}, none claimed behind it: {said}", flush=True)
    print(f"in {time.monotonic() - begun:.0f} s", flush=True)


def test_the_last_post_after_a_pause_a_cancel_and_an_opt_out(databases: Databases) -> None:
    worst: dict[str, list[float]] = {}
    ends: set[End] = set()
    for number in range(REPETITIONS):
        name, end = [("pause", stops.pause), ("cancel", stops.cancel)][number % 2]
        # Answers of claims that are under way for up to a second, so that some posts would be late.
        senders = Senders(*started(databases, recipients=300), count=6, answer_seconds=Random(number).random)
        ended = stops.end_amid_sending(senders, end, concerns=lambda _: True, then=1.2)
        assert ended.last_post_after <= AT_MOST_SECONDS, ended
        ends.update(senders.ends)
        worst.setdefault(name, []).append(ended.last_post_after)
    assert End.TOO_LATE in ends
    assert all(max(seconds) > 0 for seconds in worst.values()), "no post was under way at any of the commits"
    for number in range(REPETITIONS):
        gone = stops.phone_of(40 + number)
        senders = Senders(*started(databases, recipients=80), count=6)
        ended = stops.end_amid_sending(
            senders, stops.leave(gone), concerns=lambda p, gone=gone: p.phone == gone, then=0.8
        )
        assert ended.last_post_after <= AT_MOST_SECONDS, ended
        worst.setdefault("opt-out", []).append(ended.last_post_after)
    for name, seconds in worst.items():
        print(
            f"\n{name}, {len(seconds)} times: the last post at most {max(seconds):.3f} s after the commit", flush=True
        )


def test_storms_of_claims_keep_nobody_waiting(databases: Databases) -> None:
    waited: dict[str, list[float]] = {"pause": [], "opt-out": [], "cancel": []}
    claimed = 0
    for number in range(REPETITIONS):
        world, _ = started(databases, recipients=200)
        storm = Storm(world, threads=24)
        with storm.raging():
            waited["pause"].append(stops.seconds_of(stops.pause, world, databases.http))
            lifecycle.resume(databases.http, world.user_id, world.campaign_id, nudge=lambda **_: None)
            opt_out = stops.leave(stops.phone_of(number))
            waited["opt-out"].append(stops.seconds_of(opt_out, world, databases.http))
            waited["cancel"].append(stops.seconds_of(stops.cancel, world, databases.http))
        claimed += storm.claimed
        world.assert_exact()
    for name, seconds in waited.items():
        assert max(seconds) < 2, (name, seconds)
        print(f"\n{name} amid 24 claiming connections, {len(seconds)} times: at most {max(seconds):.3f} s", flush=True)
    print(f"{claimed} claims", flush=True)
