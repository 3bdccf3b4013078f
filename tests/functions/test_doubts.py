"""Messages in doubt: what connection_check finds out about posts of unknown outcome."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import ModuleType, SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from hidra.domain.content import Content
from hidra.domain.outcome import Unknown
from hidra.gateways.evolution import Evolution, SentMessage
from hidra.services import reconcile
from hidra.store import claims, connection_health, doubts, outcomes
from hidra.store.connection_health import Endpoint
from hidra.store.doubts import Unresolved
from tests import simulator_process
from tests.conftest import Databases
from tests.functions import checks
from tests.functions.checks import KEY, Simulator, Tenant, now, scheduled
from tests.store.world import World

app, simulator = checks.app, checks.simulator


class Doubtful(Tenant):
    """A tenant with a running campaign, with posts of unknown outcome."""

    def __init__(self, app: ModuleType, databases: Databases, simulator: Simulator, phones: list[str]) -> None:
        super().__init__(app, databases, simulator.url, simulator.instance(), recipients=0)
        self.simulator, self.databases = simulator, databases
        for phone in phones:
            self.world.add_contact(phone, name="Ana")
        self.set(status="connected")
        self.world.advance()

    def claim(self) -> claims.Claim:
        claim = self.world.claim()
        assert isinstance(claim, claims.Claim)
        return claim

    def lose(self, claim: claims.Claim) -> None:
        self.databases.jobs.as_worker(
            lambda tx: outcomes.mark_unknown(tx, claim, sent_at=claim.claimed_at, code="timed_out", detail="It did.")
        )

    def deliver(self, phone: str, text: str = "Oi Ana") -> str:
        """Posts as the sender would; gives the provider's id."""
        body = {"number": phone.removeprefix("+"), "text": text}
        return self.simulator.ask(f"/message/sendText/{self.instance}", body)["key"]["id"]

    def age(self, message_id: int, by: timedelta) -> None:
        self.run("update hidra.campaign_messages set claimed_at = claimed_at - %s where id = %s", [by, message_id])

    def statuses(self) -> list[tuple[str, str | None]]:
        return [(row["status"], row["provider_message_id"]) for row in self.world.messages()]


NORMAL, DDD_31 = "+5511980000001", "+5531980000001"


@pytest.mark.parametrize("phone", [NORMAL, DDD_31])
def test_a_message_in_doubt_that_was_sent_is_found_and_not_sent_again(
    app: ModuleType, databases: Databases, simulator: Simulator, phone: str
) -> None:
    tenant = Doubtful(app, databases, simulator, [phone])
    claim = tenant.claim()
    sent = tenant.deliver(phone)
    tenant.lose(claim)
    tenant.run(
        "insert into hidra.delivery_events_unmatched values (%s, %s, %s, 'delivered', now())",
        [tenant.world.user_id, tenant.world.connection_id, sent],
    )
    scheduled(app)
    [row] = tenant.world.messages()
    assert (row["status"], row["provider_message_id"], row["sent_at"]) == ("delivered", sent, claim.claimed_at)
    assert tenant.simulator.received(tenant.instance) == 1
    tenant.world.assert_exact()


def test_a_message_in_doubt_that_is_not_found_waits_for_a_day(
    app: ModuleType, databases: Databases, simulator: Simulator
) -> None:
    tenant = Doubtful(app, databases, simulator, [NORMAL])
    claim = tenant.claim()
    tenant.lose(claim)
    scheduled(app)
    assert tenant.statuses() == [("unknown", None)]
    tenant.age(claim.message_id, timedelta(hours=23, minutes=59))
    scheduled(app)
    assert tenant.statuses() == [("unknown", None)]
    tenant.age(claim.message_id, timedelta(minutes=2))
    scheduled(app)
    [row] = tenant.world.messages()
    assert (row["status"], row["error_code"]) == ("failed", "outcome_unknown")
    assert tenant.simulator.received(tenant.instance) == 0
    tenant.world.assert_exact()


def test_a_message_in_doubt_that_may_be_a_trial_of_unknown_outcome_waits_for_a_day_and_no_longer(
    app: ModuleType, databases: Databases, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = Doubtful(app, databases, simulator, [NORMAL])
    claim = tenant.claim()
    tenant.deliver(NORMAL)
    tenant.lose(claim)
    tenant.run(
        "insert into hidra.direct_sends (user_id, evolution_config_id, kind, phone_hash)"
        " select user_id, evolution_config_id, 'trial', phone_hash from hidra.campaign_messages"
    )
    scheduled(app)
    assert tenant.statuses() == [("unknown", None)]
    reconcile = app.reconcile

    def a_day_later(*args: Any, now: datetime, **options: Any) -> None:
        reconcile(*args, now=now + timedelta(hours=24, minutes=1), **options)

    monkeypatch.setattr(app, "reconcile", a_day_later)
    scheduled(app)
    [row] = tenant.world.messages()
    assert (row["status"], row["error_code"]) == ("failed", "outcome_unknown")
    tenant.world.assert_exact()


def test_a_message_of_another_text_phone_or_time_does_not_match(
    app: ModuleType, databases: Databases, simulator: Simulator
) -> None:
    tenant = Doubtful(app, databases, simulator, [NORMAL])
    claim = tenant.claim()
    tenant.deliver(NORMAL, "Oi Bia")
    tenant.deliver("+5511980000002")
    tenant.lose(claim)
    scheduled(app)
    assert tenant.statuses() == [("unknown", None)]
    tenant.deliver(NORMAL)
    tenant.age(claim.message_id, timedelta(minutes=10))
    scheduled(app)
    assert tenant.statuses() == [("unknown", None)]


def test_an_id_of_another_message_is_not_assigned_twice(
    app: ModuleType, databases: Databases, simulator: Simulator
) -> None:
    tenant = Doubtful(app, databases, simulator, [NORMAL])
    other = tenant.world.add_campaign(uuid4())
    claim = tenant.claim()
    sent = tenant.deliver(NORMAL)
    tenant.lose(claim)
    tenant.run(
        "insert into hidra.campaign_runs (id, user_id, campaign_id, initiated_by, body) values (%s, %s, %s, %s, 'x')",
        [other, tenant.world.user_id, other, tenant.world.user_id],
    )
    tenant.run(
        "insert into hidra.campaign_messages (user_id, campaign_id, run_id, contact_id, evolution_config_id, phone,"
        " phone_hash, status, provider_message_id, counted) values (%s, %s, %s, %s, %s, %s, '', 'sent', %s, false)",
        [tenant.world.user_id, other, other, uuid4(), tenant.world.connection_id, NORMAL, sent],
    )
    scheduled(app)
    assert tenant.statuses() == [("unknown", None)]


def test_while_another_post_to_the_phone_is_open_nothing_is_decided(
    app: ModuleType, databases: Databases, simulator: Simulator
) -> None:
    tenant = Doubtful(app, databases, simulator, [NORMAL])
    claim = tenant.claim()
    tenant.deliver(NORMAL)
    tenant.lose(claim)
    tenant.run(
        "insert into hidra.campaign_messages (user_id, campaign_id, run_id, contact_id, evolution_config_id, phone,"
        " phone_hash, status, claimed_at, counted) select user_id, campaign_id, run_id, %s, evolution_config_id, phone,"
        " phone_hash, 'sending', now(), false from hidra.campaign_messages",
        [uuid4()],
    )
    scheduled(app)
    assert tenant.statuses()[0] == ("unknown", None)


@pytest.mark.parametrize(("end", "found"), [(None, False), ("unknown", False), ("refused", True)])
def test_a_post_that_began_during_the_lookup_is_not_mistaken_for_the_message_in_doubt(
    databases: Databases, end: str | None, found: bool
) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    world.claim()
    databases.owner.execute("update hidra.campaign_messages set status = 'unknown'")
    second = world.add_campaign(uuid4())
    first, world.campaign_id = world.campaign_id, second
    world.advance()
    endpoint = databases.jobs.as_worker(lambda tx: connection_health.get(tx, connection_id=world.connection_id))
    assert endpoint

    def find(*_: object) -> list[SentMessage]:
        databases.owner.execute(
            "update hidra.campaign_messages set status = 'sending', claimed_at = clock_timestamp() where campaign_id = %s",
            [second],
        )
        if end == "unknown":
            databases.owner.execute("update hidra.campaign_messages set status = 'unknown'")
        elif end == "refused":
            databases.owner.execute(
                "update hidra.campaign_messages set status = 'pending', claimed_at = null where campaign_id = %s",
                [second],
            )
        return [SentMessage("REAL", "Oi Ana 0", now())]

    reconcile.reconcile(
        [endpoint],
        db=databases.jobs,
        evolution=lambda _: SimpleNamespace(find_message=lambda _: None, find_messages=find),
        now=now(),
        seconds=40,
    )
    world.campaign_id = first
    [row] = world.messages()
    assert (row["status"], row["provider_message_id"]) == (("sent", "REAL") if found else ("unknown", None))


def test_a_server_that_does_not_answer_delays_giving_up_by_a_day(
    app: ModuleType, databases: Databases, simulator: Simulator
) -> None:
    tenant = Doubtful(app, databases, simulator, [NORMAL])
    claim = tenant.claim()
    tenant.lose(claim)
    checks.no_server(tenant, simulator)
    tenant.age(claim.message_id, timedelta(hours=47))
    scheduled(app)
    assert tenant.statuses() == [("unknown", None)]
    tenant.age(claim.message_id, timedelta(hours=2))
    scheduled(app)
    assert tenant.statuses() == [("failed", None)]
    tenant.world.assert_exact()


def test_messages_in_doubt_of_a_deleted_connection_are_given_up_after_a_day(
    app: ModuleType, databases: Databases, simulator: Simulator
) -> None:
    tenant = Doubtful(app, databases, simulator, [NORMAL])
    claim = tenant.claim()
    tenant.lose(claim)
    tenant.run("delete from hidra.evolution_api_config where id = %s", [tenant.world.connection_id])
    scheduled(app)
    assert tenant.statuses() == [("unknown", None)]
    tenant.age(claim.message_id, timedelta(hours=25))
    scheduled(app)
    assert tenant.statuses() == [("failed", None)]


def test_the_oldest_in_doubt_are_looked_up_first_and_others_at_random(
    app: ModuleType, databases: Databases, simulator: Simulator
) -> None:
    phones = [f"+551198000000{digit}" for digit in range(6)]
    tenant = Doubtful(app, databases, simulator, phones)
    lost = [tenant.claim() for _ in phones]
    for claim in lost:
        tenant.lose(claim)
    tenant.age(lost[4].message_id, timedelta(hours=25))
    seen: set[int] = set()
    for _ in range(60):
        rows = databases.jobs.as_worker(
            lambda tx: doubts.unknown(
                tx, connection_ids=[tenant.world.connection_id], each=2, overdue=datetime.now(UTC) - timedelta(hours=24)
            )
        )
        assert len(rows) == 2
        assert rows[0].id == lost[4].message_id
        seen.add(rows[1].id)
    assert seen == {claim.message_id for claim in lost} - {lost[4].message_id}


def test_one_connection_that_cannot_be_settled_stops_no_other(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    worlds = [World.make(databases, recipients=1) for _ in range(2)]
    for world in worlds:
        world.advance()
        databases.owner.execute(
            "update hidra.campaign_messages set status = 'unknown', claimed_at = now() where campaign_id = %s",
            [world.campaign_id],
        )
    broken, whole = (
        databases.jobs.as_worker(lambda tx, w=w: connection_health.get(tx, connection_id=w.connection_id))
        for w in worlds
    )
    assert broken
    assert whole
    settled = threading.Event()

    def evolution(endpoint: Endpoint) -> Any:
        if endpoint == whole:
            settled.wait(5)
        found = [SentMessage(str(uuid4()), "Oi Ana 0", datetime.now(UTC))]
        return SimpleNamespace(find_message=lambda _: None, find_messages=lambda *_: found)

    def settle(endpoint: Endpoint, *args: Any, **kwargs: Any) -> None:
        if endpoint == broken:
            settled.set()
            raise ValueError("what no rule foresaw")
        real(endpoint, *args, **kwargs)

    real = reconcile._settle
    monkeypatch.setattr(reconcile, "_settle", settle)
    reconcile.reconcile([broken, whole], db=databases.jobs, evolution=evolution, now=datetime.now(UTC), seconds=40)
    assert [world.messages()[0]["status"] for world in worlds] == ["unknown", "sent"]


AT = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
MESSAGE = Unresolved(1, UUID(int=1), NORMAL, {"name": "Ana"}, "Oi {{name}}", None, AT, AT)


def test_of_several_matches_the_nearest_in_time_is_chosen() -> None:
    found = [SentMessage("far", "Oi Ana", AT + timedelta(seconds=60)), SentMessage("near", "Oi Ana\n", AT + timedelta(seconds=1)),
             SentMessage("other", "Oi", AT), SentMessage("none", None, AT)]  # fmt: skip
    assert reconcile.choose(MESSAGE, found, assigned=set()) == "near"
    assert reconcile.choose(MESSAGE, found, assigned={"near"}) == "far"
    assert reconcile.choose(MESSAGE, found, assigned={"near", "far"}) is None
    assert reconcile.choose(replace(MESSAGE, variables={}), found, assigned=set()) is None


def test_a_match_has_the_same_kind_of_media() -> None:
    found = [
        SentMessage("text", "Oi Ana", AT),
        SentMessage("image", "Oi Ana", AT, "image"),
        SentMessage("other", "Oi", AT, "image"),
    ]
    assert reconcile.choose(replace(MESSAGE, media_type="image"), found, assigned=set()) == "image"
    assert reconcile.choose(MESSAGE, found, assigned={"image"}) == "text"
    assert reconcile.choose(replace(MESSAGE, media_type="document"), found, assigned=set()) is None


def test_media_without_a_caption_is_found_by_its_kind_alone() -> None:
    audio = replace(MESSAGE, body="", media_type="audio")
    found = [
        SentMessage("image", None, AT, "image"),
        SentMessage("nothing", None, AT),
        SentMessage("audio", None, AT, "audio"),
    ]
    assert reconcile.choose(audio, found, assigned=set()) == "audio"
    assert reconcile.choose(audio, found, assigned={"audio"}) is None


def test_media_without_a_caption_that_may_be_another_is_not_chosen() -> None:
    """The owner may have sent one by hand."""
    audio = replace(MESSAGE, body="", media_type="audio")
    late = SentMessage("late", None, AT + timedelta(seconds=150), "audio")
    assert reconcile.choose(audio, [late], assigned=set()) is None
    assert reconcile.choose(audio, [SentMessage("one", None, AT, "audio"), late], assigned=set()) is None


@pytest.fixture(scope="module")
def newer_simulator() -> Iterator[Simulator]:
    """Evolution 2.4, which sends a message under the id of its request."""
    with simulator_process.simulator("--api-key", KEY, "--retry-attempts", "1", "--evolution-version", "2.4.0") as url:
        yield Simulator(url)


@pytest.mark.parametrize("newer", [True, False], ids=["2.4", "2.3.7"])
def test_a_post_whose_answer_was_lost_is_found_by_its_id_or_by_its_text(
    app: ModuleType, databases: Databases, simulator: Simulator, newer_simulator: Simulator, newer: bool
) -> None:
    server = newer_simulator if newer else simulator
    tenant = Doubtful(app, databases, server, [NORMAL])
    claim = tenant.claim()
    server.ask(f"/_control/instances/{tenant.instance}/faults", {"fault": "cut_after", "times": 1})
    client = Evolution(server.url, tenant.instance, KEY, allow_private=True)
    outcome = client.send(claim.phone, Content("Oi Ana"), message_id=claim.requested_message_id)
    assert isinstance(outcome, Unknown)
    by_hand = tenant.deliver(NORMAL) if newer else None  # the same text
    tenant.lose(claim)
    scheduled(app)
    [row] = tenant.world.messages()
    assert row["status"] == "sent"
    assert row["provider_message_id"] not in (None, by_hand)
    assert (row["provider_message_id"] == claim.requested_message_id) is newer
    tenant.world.assert_exact()
