from typing import Any

import pytest

from local.demo.comparison import Difference, Recipient, differences, moments, ours, theirs, timeline_differences

OURS: dict[str, Any] = {"phone": "+5511987650001", "status": "read", "provider_message_id": "A"}
THEIRS: dict[str, Any] = {"digits": "5511987650001", "final": "read", "provider_id": "A"}


def compare(our_rows: list[dict[str, Any]], their_rows: list[dict[str, Any]]) -> list[Difference]:
    return differences(ours(our_rows), theirs(their_rows))


def test_equal_recipients_have_no_difference() -> None:
    refused = {"digits": "5511987650002", "final": "refused", "provider_id": None}
    failed = {"phone": "+5511987650002", "status": "failed", "provider_message_id": None}
    assert compare([OURS, failed], [refused, THEIRS]) == []


@pytest.mark.parametrize("change", [{"status": "delivered"}, {"provider_message_id": "B"}])
def test_another_state_or_id_is_a_difference(change: dict[str, str]) -> None:
    [difference] = compare([OURS | change], [THEIRS])
    assert difference.phone == "+5511987650001"
    assert difference.theirs == Recipient("+5511987650001", "read", "A")


def test_a_recipient_on_one_side_only_is_a_difference() -> None:
    assert [item.theirs for item in compare([OURS], [])] == [None]
    assert [item.ours for item in compare([], [THEIRS])] == [None]


def test_a_recipient_with_two_messages_is_a_difference() -> None:
    assert len(compare([OURS], [THEIRS, THEIRS])) == 1


EDGE = 1_796_000_400.0  # 2026-11-30T01:00:00Z


def delivered(hidra: str) -> dict[str, Any]:
    return {"phone": "+5511987650001", "delivered_at": hidra, "failed_at": None}


def simulated(at: float, answered_at: float, status: str = "DELIVERY_ACK") -> dict[str, Any]:
    return THEIRS | {"statuses": [{"status": status, "at": at, "answered_at": answered_at}]}


def point(minute: str, delivered: int, failed: int) -> dict[str, Any]:
    return {"timestamp": minute, "delivered": delivered, "failed": failed}


def test_a_message_whose_two_clocks_lie_on_both_sides_of_a_minutes_edge_is_no_difference() -> None:
    recorded = moments([delivered("2026-11-30T00:59:59.990Z")])
    points = [point("2026-11-30T00:59:00Z", 1, 0)]
    assert timeline_differences(points, [simulated(EDGE - 0.05, EDGE + 0.02)], recorded) == []


def test_another_number_in_a_minute_is_a_difference_on_either_side() -> None:
    recorded = moments([delivered("2026-11-30T00:59:59.990Z")])
    message = simulated(EDGE - 0.05, EDGE + 0.02)
    [wrong_minute, missing] = timeline_differences([point("2026-11-30T01:00:00Z", 1, 0)], [message], recorded)
    assert wrong_minute == ("2026-11-30T00:59:00Z: Hidra has 0 delivered and 0 failed, the simulator 1 and 0")
    assert missing.startswith("2026-11-30T01:00:00Z: Hidra has 1 delivered and 0 failed, the simulator 0 and 0")
    assert timeline_differences([point("2026-11-30T00:59:00Z", 1, 1)], [message], recorded)
    assert timeline_differences([point("2026-11-30T00:59:00Z", 1, 0)], [message, message], recorded)


@pytest.mark.parametrize("at", ["2026-11-30T00:59:50Z", "2026-11-30T01:01:00Z"])
def test_an_instant_that_the_simulators_clock_cannot_explain_is_a_difference(at: str) -> None:
    recorded, minute = moments([delivered(at)]), at[:17] + "00Z"
    [line] = timeline_differences([point(minute, 1, 0)], [simulated(EDGE, EDGE + 0.1)], recorded)
    assert line.startswith("+5511987650001: Hidra recorded it as delivered at ")


def test_a_message_that_hidra_did_not_record_is_a_difference() -> None:
    assert timeline_differences([], [simulated(EDGE, EDGE + 0.1)], {})
    refused = {"digits": "5511987650002", "final": "refused", "received_at": EDGE, "answered_at": EDGE, "statuses": []}
    assert timeline_differences([], [refused], {})
    failed = {"phone": "+5511987650002", "delivered_at": None, "failed_at": "2026-11-30T01:00:00.5Z"}
    assert timeline_differences([point("2026-11-30T01:00:00Z", 0, 1)], [refused], moments([failed])) == []
