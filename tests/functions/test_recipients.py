"""Recipients over all runs or of one: how they are found, and that every answer about a campaign tells one story."""

import random
from collections import Counter
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest

from hidra.domain.delivery import ReplyEvent
from hidra.domain.message import MessageStatus as S
from hidra.services.record_delivery import record_delivery
from hidra.store import messages, outcomes
from hidra.store.claims import Claim
from hidra.store.db import Tx
from tests.conftest import Databases
from tests.functions.api import Api, load
from tests.store.test_retry import AT, fail_after_sending, receive
from tests.store.world import World

COUNTERS = ("delivered", "failed", "pending", "skipped")
COUNTER = {
    **dict.fromkeys(("pending", "sending", "unknown", "sent"), "pending"),
    **dict.fromkeys(("delivered", "read"), "delivered"),
    "failed": "failed",
    "skipped": "skipped",
}


@pytest.fixture
def world(databases: Databases) -> World:
    return World.make(databases, recipients=10, concurrent=100)


@pytest.fixture
def api(call: Any, world: World) -> Api:
    return call("recipients", world.user_id)


@pytest.fixture
def campaigns(call: Any, world: World) -> Api:
    return call("campaigns", world.user_id)


@pytest.fixture
def metrics(call: Any, world: World) -> Api:
    return call("metrics", world.user_id)


def counted(rows: list[dict[str, Any]]) -> dict[str, int]:
    found = Counter(COUNTER[row["status"]] for row in rows)
    return {"total": len(rows), **{name: found[name] for name in COUNTERS}}


def reply(world: World, provider_id: str) -> None:
    event = ReplyEvent(world.connection_id, None, "", AT, lid="777", quoted_id=provider_id)
    record_delivery([event], [], db=world.databases.jobs, hash_phone=lambda *_: b"777", queue=lambda _: None)


def assert_one_story(api: Api, metrics: Api, world: World) -> dict[str, int]:
    """Metrics, recipients page by page, counts by state and reason, runs and overview agree; returns the counters."""
    path = f"/v1/campaigns/{world.campaign_id}"
    shown = metrics.get(f"{path}/metrics").json
    story = {"total": shown["total_messages"], **{name: shown[name] for name in COUNTERS}}
    rows = api.all(f"{path}/recipients", limit=3)
    assert counted(rows) == story
    assert len({row["contact_id"] for row in rows}) == len(rows)
    assert all(row["counted"] for row in rows)

    summary = api.get(f"{path}/recipients/summary").json
    assert {name: summary[name] for name in story} == story
    by_reason = Counter((row["status"], row["error_code"]) for row in rows)
    assert {(c["status"], c["error_code"]): c["recipients"] for c in summary["counts"]} == by_reason
    for (status, code), recipients in by_reason.items():
        assert sum(row["error_code"] == code for row in api.all(f"{path}/recipients", limit=2, status=status)) == (
            recipients
        )
        if code:
            assert len(api.all(f"{path}/recipients", limit=2, status=status, error_code=code)) == recipients

    runs = api.all(f"{path}/runs", limit=1)
    assert [run["summary"]["kind"] for run in runs] == [*["retry"] * (len(runs) - 1), "first_send"][: len(runs)]
    for run in runs:
        of_run = api.all(f"{path}/recipients", limit=3, run_id=run["id"])
        total = {name: run["summary"][name] for name in story}
        assert total == counted(of_run)
        assert run["summary"]["counted"] == counted([row for row in of_run if row["counted"]])
        of_one = api.get(f"{path}/recipients/summary", run_id=run["id"]).json
        assert {name: of_one[name] for name in story} == total
    assert {name: sum(run["summary"]["counted"][name] for run in runs) for name in story} == story

    came_back = {"read": lambda row: row["status"] == "read", "replied": lambda row: row["replied_at"] is not None}
    assert {name: shown[name] for name in came_back} == {name: sum(map(of, rows)) for name, of in came_back.items()}
    for wanted in (
        {},
        {"status": "delivered"},
        {"error_code": "provider_failed"},
        *({"run_id": r["id"]} for r in runs),
    ):
        found = api.all(f"{path}/recipients", limit=2, replied="true", **wanted)
        everyone = api.all(f"{path}/recipients", limit=9, **wanted)
        assert found == [row for row in everyone if row["replied_at"]]

    overview = metrics.get("/v1/metrics/overview").json
    assert {name: overview[f"{name}_messages"] for name in came_back} == {name: shown[name] for name in came_back}
    assert {name: overview[f"{name}_messages"] for name in COUNTERS} == {name: story[name] for name in COUNTERS}
    statuses = ("draft", "scheduled", "running", "paused", "completed", "failed", "canceled")
    assert sum(overview[f"{status}_campaigns"] for status in statuses) == overview["total_campaigns"] == 1
    assert overview[f"{world.campaign()['status']}_campaigns"] == 1
    world.assert_exact()
    return story


def test_every_answer_about_a_campaign_tells_one_story_from_its_start_to_its_cancel(
    api: Api, campaigns: Api, metrics: Api, call: Any, world: World
) -> None:
    path = f"/v1/campaigns/{world.campaign_id}"
    told = lambda: tuple(assert_one_story(api, metrics, world).values())  # noqa: E731
    world.add_contact("+5511980000010")  # without a name for the template
    assert told() == (0, 0, 0, 0, 0)
    world.advance()
    assert told() == (11, 0, 1, 10, 0)

    phone = next(m["phone"] for m in world.messages() if m["status"] == "pending")
    call("contacts", world.user_id).post("/v1/opt-outs", {"phones": [phone]})
    for name in "ABC":
        fail_after_sending(world, name)
    world.finish_one(refused=True)
    for name in "DEF":
        held = world.claim()
        assert isinstance(held, Claim)
        world.databases.jobs.as_worker(
            lambda tx, held=held, name=name: outcomes.mark_sent(tx, held, sent_at=AT, provider_message_id=name)  # type: ignore[misc]
        )
    receive(world, "D", S.DELIVERED)
    receive(world, "E", S.READ)
    for name in "ADE":
        reply(world, name)
    world.claim()  # its sender is lost
    assert told() == (11, 2, 5, 3, 1)
    world.databases.jobs.as_worker(lambda tx: outcomes.mark_sender_lost(tx, older_than=timedelta(0)))
    [lost] = [m["id"] for m in world.messages() if m["status"] == "unknown"]
    world.databases.jobs.as_worker(lambda tx: messages.give_up(tx, message_ids=[lost], at=AT))
    while isinstance(world.claim(), Claim):
        [sending] = [m["id"] for m in world.messages() if m["status"] == "sending"]
        world.databases.owner.execute("update hidra.campaign_messages set status = 'sent' where id = %s", [sending])
    world.advance()
    assert told() == (11, 2, 6, 2, 1)
    assert world.campaign()["status"] == "completed"

    assert campaigns.post(f"{path}/retry-failed").status == 202
    assert told() == (11, 2, 6, 2, 1)
    world.advance()
    assert told() == (11, 2, 2, 6, 1)
    receive(world, "A", S.DELIVERED)  # a message of the first run, while its retry waits
    assert told() == (11, 3, 2, 5, 1)
    fail_after_sending(world, "G")
    assert told() == (11, 3, 3, 4, 1)
    receive(world, "B", S.READ)
    receive(world, "C", S.DELIVERED)
    told()
    campaigns.post(f"{path}/pause")
    told()
    assert campaigns.post(f"{path}/cancel").status == 200
    told()
    world.advance()
    assert world.campaign()["status"] == "canceled"
    story = assert_one_story(api, metrics, world)
    assert (story["total"], story["delivered"]) == (11, 5)
    overview = metrics.get("/v1/metrics/overview").json
    assert (overview["canceled_campaigns"], overview["skipped_messages"]) == (1, story["skipped"])


PHONES = [
    "+55 11 98000-0003",
    "(11) 98000-0003",
    "011 98000 0003",
    "11980000003",
    "5511980000003",
    "0055 11 98000-0003",
]


@pytest.mark.parametrize("phone", PHONES)
def test_a_recipient_is_found_by_its_phone_in_any_spelling(api: Api, world: World, phone: str) -> None:
    world.advance()
    path = f"/v1/campaigns/{world.campaign_id}/recipients"
    [found] = api.get(path, phone=phone).json["items"]
    assert (found["phone"], found["name"], found["status"]) == ("+5511980000003", "Ana 3", "pending")
    assert api.get(path, phone=phone, status="failed").json["items"] == []
    assert api.get(path, phone=phone, contact_id=found["contact_id"]).json["items"] == [found]
    assert api.get(path, phone=phone, contact_id=uuid4()).json["items"] == []
    assert api.get(path, phone="+5511980000099").json["items"] == []


def test_a_plus_that_is_not_encoded_is_read_as_one(api: Api, world: World) -> None:
    """In a query string it stands for a space."""
    world.add_contact("+351912345678", name="Rui")
    world.advance()
    path = f"/v1/campaigns/{world.campaign_id}/recipients"
    for phone in ("+351912345678", " 351912345678", "912 345 678"):
        [found] = api.get(path, phone=phone, **({} if "351" in phone else {"country": "PT"})).json["items"]
        assert found["name"] == "Rui"


def test_a_recipient_is_found_by_the_phone_it_was_sent_to_and_by_its_new_one(api: Api, world: World) -> None:
    world.advance()
    world.databases.owner.execute(
        "update hidra.contacts set phone = '+5511970000001', phone_hash = %s, name = 'Bia'"
        " where phone = '+5511980000001'",
        [world.hash("+5511970000001")],
    )
    path = f"/v1/campaigns/{world.campaign_id}/recipients"
    for phone in ("+5511980000001", "+5511970000001"):
        [found] = api.get(path, phone=phone).json["items"]
        assert (found["phone"], found["name"]) == ("+5511980000001", "Bia")
    other = world.add_campaign(uuid4())
    assert api.get(f"/v1/campaigns/{other}/recipients", phone="+5511980000001").json["items"] == []


@pytest.mark.parametrize("phone", ["", "abc", "123", "+", "1" * 101])
def test_a_phone_that_is_none_is_named(api: Api, world: World, phone: str) -> None:
    answer = api.get(f"/v1/campaigns/{world.campaign_id}/recipients", phone=phone)
    assert (answer.status, answer.fields) == (422, ["phone"])


def test_another_tenants_recipients_are_not_found_whatever_the_filter(
    api: Api, call: Any, world: World, databases: Databases
) -> None:
    theirs = World.make(databases, recipients=2)
    theirs.advance()
    run = theirs.one("select id from hidra.campaign_runs where campaign_id = %s", theirs.campaign_id)["id"]
    path = f"/v1/campaigns/{theirs.campaign_id}/recipients"
    for query in ({}, {"status": "pending"}, {"run_id": run}, {"phone": "+5511980000001"}):
        assert api.get(path, **query).status == 404
    assert api.get(f"{path}/summary").status == 404
    own = f"/v1/campaigns/{world.campaign_id}/recipients"
    assert api.get(own, run_id=run).status == 404
    assert api.get(f"{own}/summary", run_id=run).status == 404

    def reads(tx: Tx) -> tuple[list[Any], list[Any]]:
        return (
            tx.values(
                "select contact_id from hidra.recipients_page(%(c)s, null, '{pending}', null, %(zero)s, 9)",
                c=theirs.campaign_id, zero=UUID(int=0),
            ),
            tx.values("select messages from hidra.recipient_counts(%(runs)s)", runs=[run]),
        )  # fmt: skip

    assert databases.http.as_user(world.user_id, reads) == ([], [])
    assert databases.http.as_user(theirs.user_id, reads)[1] == [2]


CODES = (None, "refused", "canceled", "opted_out")


@pytest.mark.parametrize("seed", range(3))
def test_any_filter_finds_the_same_as_reading_every_row(api: Api, world: World, seed: int) -> None:
    world.advance()
    draw = random.Random(seed)
    first = world.one("select id from hidra.campaign_runs")["id"]
    second = uuid4()
    run = world.databases.owner.execute
    run("update hidra.campaign_runs set ended_at = now()")
    run(
        "insert into hidra.campaign_runs (id, user_id, campaign_id, initiated_by, body, started_at)"
        " values (%s, %s, %s, %s, 'x', now() + interval '1 minute')",
        [second, world.user_id, world.campaign_id, world.user_id],
    )
    run(
        "insert into hidra.campaign_messages (user_id, campaign_id, run_id, contact_id, phone, phone_hash)"
        " select user_id, campaign_id, %s, contact_id, phone, phone_hash from hidra.campaign_messages where id %% 2 = 0",
        [second],
    )
    for row in world.messages():
        run(
            "update hidra.campaign_messages set status = %s, error_code = %s, counted = run_id = %s or not exists ("
            " select from hidra.campaign_messages n where n.run_id = %s and n.contact_id = %s) where id = %s",
            [draw.choice(list(S)), draw.choice(CODES), second, second, row["contact_id"], row["id"]],
        )
    rows = sorted(world.messages(), key=lambda row: row["contact_id"])
    path = f"/v1/campaigns/{world.campaign_id}/recipients"
    for run_id in (None, first, second):
        for status in (None, *draw.sample(list(S), 3)):
            for code in CODES:
                contact = draw.choice([None, rows[0]["contact_id"]])
                wanted = [
                    row["contact_id"]
                    for row in rows
                    if (row["run_id"] == run_id if run_id else row["counted"])
                    and status in (None, row["status"])
                    and code in (None, row["error_code"])
                    and contact in (None, row["contact_id"])
                ]
                query = {"run_id": run_id, "status": status, "error_code": code, "contact_id": contact}
                query = {name: value for name, value in query.items() if value is not None}
                found = api.all(path, limit=draw.randint(1, 4), **query)
                assert [UUID(item["contact_id"]) for item in found] == wanted


def raw(api: Api, path: str, query: str, **parameters: str) -> Any:
    """As API Gateway passes a query: with the values of a repeated parameter joined by commas."""
    event = load("contacts_list")
    event["rawPath"] = event["requestContext"]["http"]["path"] = path
    event["rawQueryString"] = query
    event["queryStringParameters"] = parameters or None
    return api.send(event)


def test_an_unknown_parameter_is_refused_and_never_ignored(api: Api, campaigns: Api, world: World) -> None:
    """A misspelled phone would show another person's row."""
    world.advance()
    path = f"/v1/campaigns/{world.campaign_id}/recipients"
    for wrong in ("Phone", "telefone", "q", "run", "state", "limit ", "páge", "a" * 3000):
        answer = raw(api, path, urlencode({wrong: "x", "limit": "1"}), **{wrong: "x", "limit": "1"})
        assert (answer.status, answer.code, answer.fields) == (422, "unknown-parameter", [wrong[:100]])
        assert "contact_id, country, cursor, error_code, limit, phone, replied, run_id, status" in answer.json["detail"]
    assert raw(api, path, "=x").code == "unknown-parameter"
    assert raw(api, path, "phone=1&x", phone="1", x="").code == "unknown-parameter"  # before a wrong value
    assert raw(api, path, "", limit="1").status == 200  # a gateway without the raw query
    assert raw(api, path, "", x="1").code == "unknown-parameter"
    assert raw(campaigns, f"/v1/campaigns/{world.campaign_id}", "fields=id", fields="id").code == "unknown-parameter"


@pytest.mark.parametrize(
    "query", ["limit=1&limit=2", "status=failed&status=read", "limit=1&limit=1", "cursor=&cursor="]
)
def test_a_repeated_parameter_is_refused(api: Api, world: World, query: str) -> None:
    name = query.partition("=")[0]
    values = ",".join(part.partition("=")[2] for part in query.split("&"))
    answer = raw(api, f"/v1/campaigns/{world.campaign_id}/recipients", query, **{name: values})
    assert (answer.status, answer.fields) == (422, [name])
    assert "2 times" in answer.json["errors"][0]["message"]
