"""Nothing of a campaign reaches Evolution outside its sending window, and the window is used from its first seconds on."""

from datetime import timedelta

from tests.chaos.send_windows import WindowedCampaign, daily, measure, tomorrow
from tests.conftest import Databases


def test_messages_arrive_from_the_opening_on_and_none_after_the_close(fresh_database: Databases) -> None:
    start = tomorrow("09:00") + timedelta(seconds=37)
    campaign = WindowedCampaign(fresh_database, seed=1, per_minute=60, recipients=200, start=start, faults=False)
    campaign.begin(daily(("09:02", "09:03"), ("09:04", "09:05")))
    campaign.run(280)
    figures = measure(campaign, 280)
    assert (figures.outside, figures.tickets_outside) == ([], [])
    assert len(figures.first_after) == 2
    assert max(figures.first_after) <= 3
    assert max(figures.last_before) <= 8  # the window is used to its end
    assert len(campaign.arrivals) >= 2 * 60 * 0.7  # a sixth of the claims is answered too late


def test_changes_beside_late_tickets_and_lost_passes_let_nothing_arrive_outside(fresh_database: Databases) -> None:
    start = tomorrow("09:00") + timedelta(seconds=31)
    campaign = WindowedCampaign(fresh_database, seed=2, per_minute=20, recipients=200, start=start, faults=True)
    campaign.begin(None)
    campaign.change(25, daily(("09:02", "09:03")), of_connection=True)  # narrowed while tickets are out
    campaign.change(160, daily(("09:00", "09:09")), of_connection=True)  # widened while it is closed
    campaign.change(185, daily(("09:04", "09:05")))
    campaign.change(275, daily(("09:00", "10:00")))
    campaign.run(300)
    figures = measure(campaign, 300)
    spans = campaign.spans(300)
    # A request that is on its way when a change is committed is not called back.
    assert [at for at in figures.outside if not any(0 <= at - span.end <= 1.5 for span in spans)] == []
    changed = [span for span in spans if span.changed]
    assert len(changed) == 2
    for span in changed:
        assert any(span.begin <= at <= span.begin + 10 for at in campaign.left), span
    assert len(campaign.arrivals) >= 20
