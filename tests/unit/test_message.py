from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hidra.domain.message import (
    OUTCOME_UNKNOWN,
    PROVIDER_WORDS,
    Evidence,
    Message,
    MessageStatus,
    Share,
    fail,
    identify,
    join_evidence,
    share,
    skip,
)

AT = datetime(2026, 1, 1, 12, 0, 30, 500_000, tzinfo=UTC)
SENT = Message(
    id=1,
    user_id=UUID(int=1),
    campaign_id=UUID(int=2),
    status=MessageStatus.SENT,
    counted=True,
    claimed_at=AT,
    sent_at=AT,
    provider_message_id="A",
)
RANK = [MessageStatus.SENT, MessageStatus.FAILED, MessageStatus.DELIVERED, MessageStatus.READ]

evidence = st.builds(
    Evidence,
    status=st.sampled_from(RANK),
    at=st.floats(-100, 100_000).map(lambda seconds: AT + timedelta(seconds=seconds)),
)


@settings(max_examples=800, deadline=None)
@given(st.lists(evidence, max_size=8), st.randoms(use_true_random=False))
def test_order_number_and_grouping_of_evidence_do_not_matter(items: list[Evidence], order) -> None:
    at_once = join_evidence(SENT, items)
    shuffled = items + order.sample(items, len(items) // 2)
    order.shuffle(shuffled)
    assert reduce(lambda message, item: join_evidence(message, [item]), shuffled, SENT) == at_once


@settings(max_examples=500, deadline=None)
@given(st.lists(evidence, min_size=1, max_size=8))
def test_the_status_is_the_highest_that_was_received(items: list[Evidence]) -> None:
    assert join_evidence(SENT, items).status == max((item.status for item in items), key=RANK.index)


def test_every_status_keeps_its_earliest_time() -> None:
    heard = [(MessageStatus.READ, 30), (MessageStatus.DELIVERED, 40), (MessageStatus.SENT, 2), (MessageStatus.READ, 20)]
    message = join_evidence(SENT, [Evidence(status, AT + timedelta(seconds=seconds)) for status, seconds in heard])
    assert message.acked_at == AT + timedelta(seconds=2)
    assert message.delivered_at == message.read_at == AT + timedelta(seconds=20)


def test_baileys_and_cloud_api_words_mean_the_same() -> None:
    baileys = ["SERVER_ACK", "DELIVERY_ACK", "READ", "ERROR"]
    cloud_api = ["SENT", "DELIVERED", "READ", "FAILED"]
    assert [PROVIDER_WORDS[word] for word in baileys] == [PROVIDER_WORDS[word] for word in cloud_api]
    assert "PENDING" not in PROVIDER_WORDS


def test_a_failed_message_becomes_delivered_when_a_delivery_arrives() -> None:
    failed = join_evidence(SENT, [Evidence(MessageStatus.FAILED, AT)])
    assert failed.error_code == "provider_failed"
    assert join_evidence(failed, [Evidence(MessageStatus.DELIVERED, AT)]).error_code is None


def test_any_status_from_a_provider_replaces_giving_up() -> None:
    given_up = fail(replace(SENT, status=MessageStatus.UNKNOWN, sent_at=None), code=OUTCOME_UNKNOWN, detail=None, at=AT)
    heard = join_evidence(given_up, [Evidence(MessageStatus.SENT, AT + timedelta(1))])
    assert (heard.status, heard.failed_at, heard.error_code) == (MessageStatus.SENT, None, None)
    assert heard.sent_at == AT


def test_a_message_that_is_found_was_sent_when_it_was_claimed() -> None:
    unknown = replace(SENT, status=MessageStatus.UNKNOWN, sent_at=None, provider_message_id=None)
    found = identify(unknown, "B")
    assert (found.status, found.sent_at, found.provider_message_id) == (MessageStatus.SENT, AT, "B")


@pytest.mark.parametrize("status", ["pending", "sending", "unknown", "sent"])
def test_every_open_status_counts_as_pending(status: str) -> None:
    assert share(replace(SENT, status=MessageStatus(status))) == Share(pending=1)


def test_a_delivery_counts_its_whole_milliseconds_in_its_utc_minute() -> None:
    message = join_evidence(SENT, [Evidence(MessageStatus.DELIVERED, AT + timedelta(seconds=40, microseconds=1999))])
    assert share(message) == Share(delivered=1, delivery_ms=40_001, minute=datetime(2026, 1, 1, 12, 1, tzinfo=UTC))


def test_a_delivery_before_its_sending_counts_no_time() -> None:
    assert share(join_evidence(SENT, [Evidence(MessageStatus.DELIVERED, AT - timedelta(seconds=1))])).delivery_ms == 0


def test_a_failure_counts_in_its_minute_and_a_skipped_message_in_none() -> None:
    assert share(fail(SENT, code="x", detail=None, at=AT)) == Share(
        failed=1, minute=AT.replace(second=0, microsecond=0)
    )
    assert share(skip(SENT, code="opted_out")) == Share(skipped=1)


def test_a_message_replaced_by_a_retry_counts_nothing() -> None:
    assert share(replace(SENT, counted=False)) == Share()
