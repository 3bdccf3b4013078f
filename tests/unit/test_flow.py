from uuid import UUID, uuid4

from hidra.domain import flow
from hidra.domain.flow import AT_ONCE, PER_SECOND, Flow

ONE = UUID(int=1)


def test_a_connection_is_admitted_at_its_rate_and_in_bursts() -> None:
    bucket = Flow()
    assert bucket.admits(ONE, AT_ONCE, at=0.0)
    assert not bucket.admits(ONE, 1, at=0.0)
    assert bucket.admits(ONE, PER_SECOND, at=1.0)
    assert not bucket.admits(ONE, 1, at=1.0)
    assert bucket.admits(ONE, AT_ONCE, at=1_000_000.0)
    assert not bucket.admits(ONE, 1, at=1_000_000.0)


def test_a_refused_flood_takes_nothing_from_later_events() -> None:
    bucket = Flow()
    bucket.admits(ONE, AT_ONCE, at=0.0)
    for attempt in range(100):
        assert not bucket.admits(ONE, PER_SECOND, at=attempt / 1_000)
    assert bucket.admits(ONE, PER_SECOND, at=1.01)


def test_a_clock_that_is_set_back_takes_nothing() -> None:
    bucket = Flow()
    assert bucket.admits(ONE, 1, at=100.0)
    assert bucket.admits(ONE, 1, at=0.0)
    assert bucket.admits(ONE, AT_ONCE - 2, at=0.0)


def test_a_flood_of_one_leaves_others_their_room_and_many_connections_need_little_memory() -> None:
    bucket = Flow()
    bucket.admits(ONE, AT_ONCE, at=0.0)
    for _ in range(2 * flow._CONNECTIONS):
        assert bucket.admits(uuid4(), AT_ONCE, at=0.0)
    assert len(bucket._left) <= flow._CONNECTIONS
