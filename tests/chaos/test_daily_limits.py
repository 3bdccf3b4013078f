"""Promise 14: no local day holds more than its limit, and it is reached where there is work."""

from hidra.domain.daily_limits import DailyLimits
from tests.chaos.daily_limits import CHANCES, made, play
from tests.conftest import Databases


def test_no_local_day_holds_more_than_its_limits_and_each_reaches_its_own_whatever_happens_to_senders(
    databases: Databases,
) -> None:
    days = made(databases, DailyLimits(12, 4), days=7, seed=14)
    play(days, 7)
    assert days.fullest() == 12
    assert days.fullest(first_contacts=True) == 4
    assert min(days.use()) == 1
    assert days.ends.keys() == CHANCES.keys()


def test_no_local_day_holds_more_while_its_zone_changes_again_and_again(databases: Databases) -> None:
    days = made(databases, DailyLimits(6), days=8, seed=3)
    play(days, 8, zones=["Europe/Lisbon", "America/Sao_Paulo", "America/New_York"])
    assert days.fullest() == 6
    assert len({each.zone for each in days.arrived}) > 1
