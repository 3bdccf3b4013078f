"""The long form of tests/chaos/test_daily_limits.py: weeks in several zones."""

import pytest

from hidra.domain.daily_limits import DailyLimits
from tests.chaos.daily_limits import made, play
from tests.conftest import Databases

ZONES = ["America/Sao_Paulo", "Europe/Lisbon", "America/New_York"]
DAYS = 30


@pytest.mark.parametrize("zone", ZONES)
def test_weeks_hold_no_more_than_each_days_limits_and_reach_them(databases: Databases, zone: str) -> None:
    days = made(databases, DailyLimits(40, 10, None, zone), days=DAYS, seed=DAYS)
    play(days, DAYS)
    print(f"{zone}: {len(days.arrived)} messages, least use {min(days.use()):.3f}, ends {dict(days.ends)}")
    assert days.fullest() <= 40  # on nearly every day a sender dies before its post
    assert days.fullest(first_contacts=True) == 10
    assert min(days.use()) >= 0.99


def test_weeks_of_changing_zones_hold_no_more_than_each_days_limit(databases: Databases) -> None:
    days = made(databases, DailyLimits(20), days=DAYS, seed=DAYS)
    play(days, DAYS, zones=ZONES)
    print(f"changing zones: {len(days.arrived)} messages")
    assert days.fullest() == 20
