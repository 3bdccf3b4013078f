from uuid import uuid4

import pytest

from hidra.domain.ticket import Ticket
from hidra.errors import Rejected


def test_a_ticket_survives_the_queue() -> None:
    ticket = Ticket(uuid4(), uuid4(), uuid4(), uuid4())
    assert Ticket.from_json(ticket.to_json()) == ticket
    assert Ticket.from_json(ticket.later().to_json()).delayed


@pytest.mark.parametrize("body", ["", "{}", "[]", "7", '{"version": 2}', '{"version": 1, "user_id": "x"}'])
def test_what_is_no_ticket_is_rejected(body: str) -> None:
    with pytest.raises(Rejected):
        Ticket.from_json(body)
