"""Sending windows in virtual time: windows that open, close and change, beside late tickets, lost passes and failures."""

import os
import random
from datetime import timedelta

import pytest

from hidra.domain.send_window import SendWindow
from tests.chaos.send_windows import WindowedCampaign, daily, measure, tomorrow
from tests.conftest import Databases

SEED = int(os.environ.get("SEED", "20261130"))
MINUTES = 20
ON_THEIR_WAY = 1.5  # seconds; what a change does not call back


def drawn(rng: random.Random) -> SendWindow:
    """A window that opens and closes every few minutes between 9:00 and 9:30."""
    edges = sorted(rng.sample(range(30), 8))
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return daily(*((f"09:{begins:02}", f"09:{ends:02}") for begins, ends in pairs))


@pytest.mark.parametrize("run", range(3))
def test_with_windows_that_only_open_and_close_nothing_arrives_outside_and_each_opening_is_used(
    fresh_database: Databases, run: int
) -> None:
    rng = random.Random(SEED + run)
    start = tomorrow("09:00") + timedelta(seconds=rng.uniform(0, 60))
    campaign = WindowedCampaign(
        fresh_database, seed=SEED + run, per_minute=60, recipients=1_300, start=start, faults=False
    )
    campaign.begin(drawn(rng))
    campaign.run(MINUTES * 60)
    figures = measure(campaign, MINUTES * 60)
    openings = [
        after for after, span in zip(figures.first_after, campaign.spans(MINUTES * 60), strict=True) if span.begin
    ]
    print(
        f"SEED={SEED + run}: {len(campaign.arrivals)} messages, {len(openings)} openings; the first message arrived"
        f" {min(openings):.2f} to {max(openings):.2f} s after; the last one {min(figures.last_before):.2f} s before a close",
        flush=True,
    )
    assert (figures.outside, figures.tickets_outside) == ([], [])
    assert max(openings) <= 3


@pytest.mark.parametrize("run", range(3))
def test_with_changes_and_faults_nothing_arrives_outside_but_what_was_on_its_way(
    fresh_database: Databases, run: int
) -> None:
    rng = random.Random(SEED + run)
    start = tomorrow("09:00") + timedelta(seconds=rng.uniform(0, 60))
    campaign = WindowedCampaign(
        fresh_database, seed=SEED + run, per_minute=60, recipients=1_300, start=start, faults=True
    )
    campaign.begin(None)
    for at in sorted(rng.sample(range(20, MINUTES * 60), 24)):
        campaign.change(at, rng.choice([drawn(rng), drawn(rng), None]), of_connection=bool(run % 2))
    campaign.run(MINUTES * 60)
    figures, spans = measure(campaign, MINUTES * 60), campaign.spans(MINUTES * 60)
    late = [min(at - span.end for span in spans if at >= span.end) for at in figures.outside]
    changes = [at for at, _ in campaign.changes]
    after_a_change = [any(0 <= at - change <= ON_THEIR_WAY for change in changes) for at in figures.outside]
    print(
        f"SEED={SEED + run}: {len(campaign.arrivals)} messages, {len(changes)} changes; {len(late)} messages were on their"
        f" way at a change, the last one arrived {max(late, default=0):.2f} s later",
        flush=True,
    )
    assert all(after_a_change), figures.outside
