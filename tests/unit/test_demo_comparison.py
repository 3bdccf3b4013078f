from typing import Any

import pytest

from local.demo.comparison import Difference, Recipient, differences, ours, theirs

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
