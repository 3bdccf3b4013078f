from uuid import uuid4

import pytest

from hidra.domain.ticket import ConfirmationTicket, Ticket, read
from hidra.errors import Rejected


def test_a_ticket_survives_the_queue() -> None:
    ticket = Ticket(uuid4(), uuid4(), uuid4(), uuid4())
    assert Ticket.from_json(ticket.to_json()) == ticket
    assert Ticket.from_json(ticket.later().to_json()).delayed


@pytest.mark.parametrize("body", ["", "{}", "[]", "7", '{"version": 2}', '{"version": 1, "user_id": "x"}'])
def test_what_is_no_ticket_is_rejected(body: str) -> None:
    with pytest.raises(Rejected):
        Ticket.from_json(body)


def test_each_kind_of_queue_message_is_read_as_itself() -> None:
    ticket, asked = Ticket(uuid4(), uuid4(), uuid4(), uuid4()), ConfirmationTicket(uuid4(), uuid4())
    assert read(ticket.to_json()) == ticket
    assert read(asked.to_json()) == asked
    with pytest.raises(Rejected):
        Ticket.from_json(asked.to_json())  # what an older sender makes of it: it comes again


@pytest.mark.parametrize(
    "body",
    ["", "{}", "[]", "7", "null", '{"version": 1, "kind": "confirmation"}', '{"version": 2, "kind": "confirmation"}'],
)
def test_what_is_of_no_kind_is_rejected(body: str) -> None:
    with pytest.raises(Rejected):
        read(body)
