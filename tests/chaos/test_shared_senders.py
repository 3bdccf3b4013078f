"""A share of the senders for each connection, and circuits that open for slow servers: what others keep of their pace."""

from hidra.domain.pacing import WINDOW_SECONDS, connection_share
from hidra.services.send_message import End
from tests.chaos.shared_senders import BATCH, SharedSenders
from tests.conftest import Databases

SENDERS, SLOW_FROM = 10, 8.0


def test_five_servers_that_answer_after_89_seconds_leave_twenty_other_tenants_nine_tenths_of_their_pace(
    fresh_database: Databases,
) -> None:
    share = connection_share(percent=10, senders=SENDERS, messages_each=BATCH)
    senders = SharedSenders(fresh_database, senders=SENDERS, share=share, seed=7)
    slow = [senders.add(per_minute=60, recipients=40, concurrent=50, slow_from=SLOW_FROM) for _ in range(5)]
    good = [senders.add(per_minute=12, recipients=24, concurrent=5) for _ in range(20)]
    end = SLOW_FROM + WINDOW_SECONDS
    senders.run(end)
    assert min(server.used(SLOW_FROM, end) for server in good) >= 0.9  # without a share: 0.17
    assert senders.most_held == len(slow) * share  # all have their share, and none has more
    assert [sum(at >= SLOW_FROM for at in server.posts) for server in slow] == [share] * len(slow)
    # Their tickets end at once: none waits for its slot, and none goes round in the queue.
    assert senders.ends[End.SLOW_SERVER] > 180
    assert senders.ends[End.NO_ROOM] < 30
