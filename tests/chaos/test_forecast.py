"""The end that a preflight expects is the one at which the campaign's last message arrives, if nothing goes wrong."""

from datetime import timedelta

from tests.chaos.send_windows import WindowedCampaign, daily, tomorrow
from tests.conftest import Databases


def test_the_last_message_arrives_when_the_preflight_expected_it(fresh_database: Databases) -> None:
    start = tomorrow("09:00") + timedelta(seconds=37)
    campaign = WindowedCampaign(
        fresh_database, seed=3, per_minute=20, recipients=50, start=start, faults=False, claim_answer=0.3
    )
    campaign.begin(daily(("09:01", "09:02"), ("09:04", "09:10")))
    expected = campaign.expected()
    campaign.run(600)
    assert len(campaign.arrivals) == 50
    assert expected.expected_end is not None
    wanted = (expected.expected_end - start).total_seconds()
    assert abs(campaign.arrivals[-1] - wanted) <= 0.05 * wanted, (campaign.arrivals[-1], wanted)
