from uuid import uuid4

import pytest

from hidra.domain.ticket import ConfirmationTicket, Ticket, read
from hidra.errors import Rejected


def test_each_kind_of_ticket_survives_the_queue() -> None:
    ticket, confirmation = Ticket(uuid4(), uuid4(), uuid4(), uuid4()), ConfirmationTicket(uuid4(), uuid4())
    assert read(ticket.to_json()) == ticket
    assert read(ticket.later().to_json()) == ticket.later()
    assert read(ticket.again().again().to_json()).returned == 2  # type: ignore[union-attr]
    assert read(confirmation.to_json()) == confirmation


@pytest.mark.parametrize(
    "body",
    [
        "", "{}", "[]", "7", "null", '{"version": 2}', '{"version": 1, "user_id": "x"}',
        '{"version": 1, "kind": "confirmation"}', '{"version": 2, "kind": "confirmation"}',
    ],
)  # fmt: skip
def test_a_body_that_is_no_ticket_is_rejected(body: str) -> None:
    with pytest.raises(Rejected):
        read(body)
