import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from hidra.errors import Unavailable
from hidra.gateways import aws_api, queues
from hidra.store.db import Database
from tests.conftest import Databases
from tests.functions.api import Api
from tests.functions.conftest import Nudges
from tests.store.world import World

LATER = "2099-01-31T09:00:00-03:00"


@pytest.fixture
def world(databases: Databases) -> World:
    """A tenant with everything, and one campaign that is due."""
    return World.make(databases, recipients=3)


@pytest.fixture
def api(call: Any, world: World) -> Api:
    return call("campaigns", world.user_id)


@pytest.fixture
def recipients(call: Any, world: World) -> Api:
    return call("recipients", world.user_id)


def wish(world: World, **changes: Any) -> dict[str, Any]:
    return {"name": "Launch", "segment_id": str(world.segment_id), "template_id": str(world.template_id), **changes}


def draft(api: Api, world: World, **changes: Any) -> str:
    """The path of a new draft."""
    answer = api.post("/v1/campaigns", wish(world, **changes))
    assert answer.status == 201
    return "/v1/campaigns/" + answer.json["id"]


def test_a_campaign_is_a_draft_with_metrics_and_a_limit(api: Api, world: World) -> None:
    answer = api.post("/v1/campaigns", wish(world, description="d", external_id=" crm/42 ", max_messages_per_minute=30))
    assert answer.status == 201
    campaign = answer.json
    assert campaign == {
        "id": campaign["id"],
        "name": "Launch",
        "description": "d",
        "channel": "whatsapp",
        "status": "draft",
        "segment_id": str(world.segment_id),
        "template_id": str(world.template_id),
        "evolution_config_id": str(world.connection_id),
        "external_id": "crm/42",
        "max_messages_per_minute": 30,
        "labels": [],
        "send_window": None,
        "exclude_segment_ids": [],
        "not_contacted_for_days": None,
        "skip_not_on_whatsapp_days": 90,
        "scheduled_at": None,
        "not_after": None,
        "started_at": None,
        "completed_at": None,
        "blocked_code": None,
        "blocked_params": {},
        "blocked_reason": None,
        "created_at": campaign["created_at"],
    }
    assert campaign["created_at"].endswith("Z")
    assert api.get("/v1/campaigns/" + campaign["id"]).json == campaign
    stored = world.one("select * from hidra.campaigns where id = %s", campaign["id"])
    assert stored["external_id"] == f"{world.user_id}/crm/42"
    metrics = world.one("select * from hidra.campaign_metrics where campaign_id = %s", campaign["id"])
    assert (metrics["user_id"], metrics["total_messages"]) == (world.user_id, 0)
    limit = world.one("select * from hidra.pace_limits where subject = %s", campaign["id"])
    assert (limit["user_id"], limit["rate"]) == (world.user_id, 30)


def test_without_a_pace_or_an_external_id_the_defaults_hold(api: Api, world: World) -> None:
    campaigns = [api.post("/v1/campaigns", wish(world)) for _ in range(2)]
    assert [answer.status for answer in campaigns] == [201, 201]
    assert {answer.json["external_id"] for answer in campaigns} == {None}
    assert {answer.json["max_messages_per_minute"] for answer in campaigns} == {20}


def test_the_same_external_id_gives_the_same_campaign_or_a_conflict(api: Api, call: Any, world: World) -> None:
    body = wish(world, external_id="crm-42")
    first = api.post("/v1/campaigns", body)
    again = api.post("/v1/campaigns", {**body, "max_messages_per_minute": 20, "channel": "whatsapp"})
    assert (first.status, again.status) == (201, 200)
    assert first.json == again.json
    for changes in ({"name": "Other"}, {"max_messages_per_minute": 21}, {"segment_id": str(uuid4())}):
        answer = api.post("/v1/campaigns", {**body, **changes})
        assert (answer.status, answer.code) == (409, "external-id-reused")
    assert world.one("select count(*) from hidra.campaigns where external_id is not null")["count"] == 1
    assert world.one("select count(*) from hidra.campaign_metrics")["count"] == 2

    other = World.make(world.databases, recipients=0)
    theirs = call("campaigns", other.user_id).post("/v1/campaigns", wish(other, external_id="crm-42"))
    assert theirs.status == 201
    assert theirs.json["id"] != first.json["id"]


def test_creators_at_the_same_time_get_one_campaign(api: Api, world: World) -> None:
    from hidra.services.create_campaign import create_campaign
    from hidra.store.campaigns import Campaign, Draft

    made: list[tuple[Campaign, bool]] = []
    wanted = Draft("c", None, "whatsapp", world.segment_id, world.template_id, "crm-42", 20, [])  # type: ignore[arg-type]
    start = threading.Barrier(6)

    def create() -> None:
        db = Database({**world.databases.settings, "DATABASE_SECRET": "http"}, world.databases.logins.__getitem__)
        start.wait()
        made.append(create_campaign(db, world.user_id, wanted))
        db.close()

    threads = [threading.Thread(target=create) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({campaign.id for campaign, _ in made}) == 1
    assert sorted(new for _, new in made) == [False] * 5 + [True]


def test_what_is_not_the_users_cannot_be_used(api: Api, world: World) -> None:
    other = World.make(world.databases, recipients=0)
    for field in ("segment_id", "template_id"):
        for unknown in (str(uuid4()), str(getattr(other, field))):
            answer = api.post("/v1/campaigns", wish(world, **{field: unknown}))
            assert (answer.status, answer.code, answer.fields) == (422, f"unknown-{field[:-3]}", [field])
    assert world.one("select count(*) from hidra.campaigns")["count"] == 2


def test_campaigns_are_listed_newest_first_by_status(api: Api, world: World) -> None:
    for name in "abcde":
        draft(api, world, name=name)
    assert [item["name"] for item in api.all("/v1/campaigns", limit=2)] == [*"edcba", "c"]
    assert [item["name"] for item in api.all("/v1/campaigns", limit=2, status="draft")] == [*"edcba"]
    assert [item["name"] for item in api.all("/v1/campaigns", limit=2, status="scheduled")] == ["c"]
    answer = api.get("/v1/campaigns", status="nearly")
    assert (answer.status, answer.fields) == (422, ["status"])


def test_campaigns_are_found_by_words_of_their_name_and_by_label(
    api: Api, call: Any, world: World, stranger: UUID
) -> None:
    made = {
        name: draft(api, world, name=name, labels=labels).split("/")[-1]
        for name, labels in (
            ("Natal São Paulo 2026", ["varejo", "Dezembro"]),
            ("Liquidação de Natal", ["varejo"]),
            ("Páscoa", []),
        )
    }

    def found(**query: str) -> list[str]:
        listed = api.get("/v1/campaigns", **query).json["items"]
        return [name for each in listed for name, campaign_id in made.items() if campaign_id == each["id"]]

    assert found(search="natal") == ["Liquidação de Natal", "Natal São Paulo 2026"]
    assert found(search="sao nat") == ["Natal São Paulo 2026"]
    assert found(search="PASC") == ["Páscoa"]
    assert found(search="scoa") == []
    assert found(search="?!") == found(search="o'; --") == []
    assert found(label="dezembro") == ["Natal São Paulo 2026"]
    assert found(label="VAREJO", search="liquidacao") == ["Liquidação de Natal"]
    assert found(label="vare") == []
    assert call("campaigns", stranger).get("/v1/campaigns", search="natal").json["items"] == []


def test_labels_change_in_any_status_and_are_copied(api: Api, world: World) -> None:
    path = draft(api, world, labels=["a"])
    for status in ("running", "completed", "canceled"):
        world.databases.owner.execute(
            "update hidra.campaigns set status = %s where id = %s", [status, path.split("/")[-1]]
        )
        assert api.patch(path, {"labels": [status, "x"]}).json["labels"] == [status, "x"]
    assert api.post(f"{path}/duplicate").json["labels"] == ["canceled", "x"]
    refused = api.patch(path, {"labels": [str(number) for number in range(21)]})
    assert (refused.status, refused.fields) == (422, ["labels"])
    assert api.patch(path, {"labels": ["\u200b"]}).status == 422


def test_a_list_of_campaigns_has_their_metrics_on_request(api: Api, world: World) -> None:
    first, second = (draft(api, world).split("/")[-1] for _ in range(2))
    world.databases.owner.execute(
        "update hidra.campaign_metrics set total_messages = 3, delivered = 3 where campaign_id = %s", [first]
    )
    items = api.get("/v1/campaigns", with_metrics="true", limit="2").json["items"]
    assert {each["id"]: each["metrics"]["delivered"] for each in items} == {first: 3, second: 0}
    assert all(each["metrics"] is None for each in api.get("/v1/campaigns").json["items"])


def test_only_a_draft_is_deleted_and_its_limit_goes_too(api: Api, world: World) -> None:
    path = draft(api, world)
    assert api.delete(path).status == 204
    assert api.delete(path).status == 404
    answer = api.delete(f"/v1/campaigns/{world.campaign_id}")
    assert (answer.status, answer.code) == (409, "campaign-status")
    assert "scheduled" in answer.json["detail"]
    subjects = {row["subject"] for row in world.rows("select subject from hidra.pace_limits")}
    assert subjects == {world.campaign_id, world.connection_id}
    assert world.one("select count(*) from hidra.campaign_metrics")["count"] == 1


def test_a_draft_is_scheduled_in_the_callers_name(api: Api, world: World, nudges: Nudges) -> None:
    path = draft(api, world)
    answer = api.post(f"{path}/schedule", {"scheduled_at": LATER, "not_after": "2099-02-01T00:00:00Z"})
    assert answer.status == 200
    assert answer.json["status"] == "scheduled"
    assert answer.json["scheduled_at"] == "2099-01-31T12:00:00Z"
    assert answer.json["not_after"] == "2099-02-01T00:00:00Z"
    assert api.get(path).json == answer.json
    stored = world.one("select * from hidra.campaigns where id = %s", answer.json["id"])
    assert stored["scheduled_by"] == world.user_id
    assert nudges == []


def test_start_is_to_be_scheduled_for_now_with_a_nudge(api: Api, world: World, nudges: Nudges) -> None:
    path = draft(api, world)
    answer = api.post(f"{path}/start")
    assert (answer.status, answer.json["status"], answer.json["not_after"]) == (200, "scheduled", None)
    age = datetime.now(UTC) - datetime.fromisoformat(answer.json["scheduled_at"])
    assert timedelta(0) <= age < timedelta(seconds=10)
    assert nudges == [(world.user_id, UUID(answer.json["id"]))]


def test_a_campaign_made_before_its_connection_gets_it_when_scheduled(api: Api, world: World) -> None:
    world.databases.owner.execute("update hidra.campaigns set evolution_config_id = null")
    world.databases.owner.execute("update hidra.campaigns set status = 'draft'")
    answer = api.post(f"/v1/campaigns/{world.campaign_id}/start")
    assert answer.json["evolution_config_id"] == str(world.connection_id)


def test_without_a_connection_or_recipients_nothing_is_scheduled(api: Api, world: World, nudges: Nudges) -> None:
    path = draft(api, world)
    world.databases.owner.execute("delete from hidra.segment_contacts")
    for action, body in (("start", None), ("schedule", {"scheduled_at": LATER})):
        answer = api.post(f"{path}/{action}", body)
        assert (answer.status, answer.code) == (409, "segment-empty")
    world.databases.owner.execute("delete from hidra.evolution_api_config")
    for action, body in (("start", None), ("schedule", {"scheduled_at": LATER})):
        answer = api.post(f"{path}/{action}", body)
        assert (answer.status, answer.code) == (409, "no-connection")
    assert api.get(path).json["status"] == "draft"
    assert nudges == []


def test_pause_resume_and_cancel(api: Api, world: World, nudges: Nudges) -> None:
    world.advance()
    path = f"/v1/campaigns/{world.campaign_id}"
    assert api.get(path).json["status"] == "running"
    assert api.post(f"{path}/pause").json["status"] == "paused"
    assert nudges == []
    assert api.post(f"{path}/resume").json["status"] == "running"
    assert nudges == [(world.user_id, world.campaign_id)]
    answer = api.post(f"{path}/cancel")
    assert (answer.status, answer.json["status"], answer.json["completed_at"]) == (200, "canceled", None)
    assert nudges == [(world.user_id, world.campaign_id)] * 2


FITS = {
    "schedule": {"draft"},
    "unschedule": {"draft", "scheduled"},
    "start": {"draft"},
    "pause": {"running"},
    "resume": {"paused"},
    "cancel": {"draft", "scheduled", "running", "paused"},
}


@pytest.mark.parametrize("action", FITS)
def test_an_action_that_does_not_fit_is_a_conflict_that_names_both(
    api: Api, world: World, nudges: Nudges, action: str
) -> None:
    path = f"/v1/campaigns/{world.campaign_id}"
    body = {"scheduled_at": LATER} if action == "schedule" else None
    for status in ("draft", "scheduled", "running", "paused", "completed", "failed", "canceled"):
        world.databases.owner.execute("update hidra.campaigns set status = %s", [status])
        answer = api.post(f"{path}/{action}", body)
        if status in FITS[action]:
            assert answer.status == 200
            continue
        assert (answer.status, answer.code) == (409, "campaign-status")
        assert action in answer.json["detail"]
        assert status in answer.json["detail"]
        assert api.get(path).json["status"] == status
    assert len(nudges) == (0 if action in ("pause", "schedule", "unschedule") else len(FITS[action]))


def test_a_retry_sends_again_to_the_failed_recipients_at_once(
    api: Api, recipients: Api, world: World, nudges: Nudges
) -> None:
    path = f"/v1/campaigns/{world.campaign_id}"
    world.advance()
    world.finish_one()
    world.finish_one()
    world.finish_one(refused=True)
    assert api.post(f"{path}/retry-failed").code == "campaign-status"
    world.advance()
    answer = api.post(f"{path}/retry-failed")
    assert (answer.status, answer.json["status"]) == (202, "scheduled")
    assert nudges == [(world.user_id, world.campaign_id)]
    world.advance()
    run = recipients.get(f"{path}/runs").json["items"][0]["id"]
    assert [item["status"] for item in recipients.get(f"{path}/recipients", run_id=run).json["items"]] == ["pending"]
    assert Counter(item["status"] for item in recipients.all(f"{path}/recipients", limit=2)) == {
        "sent": 2,
        "pending": 1,
    }
    assert api.get(path).json["completed_at"] is None


@contextmanager
def held(world: World, sql: str) -> Iterator[None]:
    """Another transaction that has run this statement on the campaign."""
    with psycopg.connect(world.databases.owner.info.dsn, password=world.databases.owner.info.password) as other:
        other.execute(sql, [world.campaign_id])
        yield
        other.rollback()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks are waited for 200 ms instead of 5 s."""
    monkeypatch.setattr("hidra.store.db.LOCK_TIMEOUT_MS", 200)


SHARED = "select pg_advisory_xact_lock_shared(hidra.lock_key('campaign', %s))"


@pytest.mark.usefixtures("hurried")
def test_an_action_on_a_campaign_that_is_being_started_is_a_conflict(api: Api, world: World, nudges: Nudges) -> None:
    with held(world, "select from hidra.campaigns where id = %s for update"):
        answer = api.post(f"/v1/campaigns/{world.campaign_id}/cancel")
    assert (answer.status, answer.code) == (409, "campaign-starting")
    assert "being started" in answer.json["detail"]
    assert nudges == []
    assert api.post(f"/v1/campaigns/{world.campaign_id}/cancel").status == 200


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("action", ["pause", "cancel"])
def test_pause_and_cancel_wait_for_claims_under_way(api: Api, world: World, action: str) -> None:
    world.advance()
    path = f"/v1/campaigns/{world.campaign_id}"
    with held(world, SHARED):
        assert api.post(f"{path}/{action}").status == 409
    assert api.get(path).json["status"] == "running"
    assert api.post(f"{path}/{action}").status == 200


@pytest.mark.usefixtures("hurried")
def test_a_user_cannot_lock_another_users_campaign(call: Any, world: World, stranger: UUID) -> None:
    with held(world, SHARED):
        answer = call("campaigns", stranger).post(f"/v1/campaigns/{world.campaign_id}/pause")
    assert (answer.status, answer.code) == (404, "not-found")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "scheduled_at"),
        ({"scheduled_at": "2020-01-31T09:00:00Z"}, "scheduled_at"),
        ({"scheduled_at": "2099-01-31T09:00:00"}, "scheduled_at"),
        ({"scheduled_at": "2099-01-31"}, "scheduled_at"),
        ({"scheduled_at": "tomorrow"}, "scheduled_at"),
        ({"scheduled_at": 4073544000}, "scheduled_at"),
        ({"scheduled_at": "4073544000"}, "scheduled_at"),
        ({"scheduled_at": "9999-12-31T23:59:59-23:00"}, "scheduled_at"),
        ({"scheduled_at": LATER, "not_after": LATER}, "not_after"),
        ({"scheduled_at": LATER, "not_after": "2020-01-31T09:00:00Z"}, "not_after"),
        ({"scheduled_at": LATER, "not_after": "soon"}, "not_after"),
        ({"scheduled_at": LATER, "repeat": True}, "repeat"),
    ],
)
def test_a_wrong_time_schedules_nothing(api: Api, world: World, body: Any, field: str) -> None:
    path = draft(api, world)
    answer = api.post(f"{path}/schedule", body)
    assert (answer.status, answer.fields) == (422, [field])
    assert answer.code in ("invalid-request", "wrong-times")
    assert api.get(path).json["status"] == "draft"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": 5}, "name"),
        ({"name": "a\0"}, "name"),
        ({"description": "x" * 2001}, "description"),
        ({"segment_id": "x"}, "segment_id"),
        ({"template_id": None}, "template_id"),
        ({"external_id": ""}, "external_id"),
        ({"external_id": "x" * 201}, "external_id"),
        ({"max_messages_per_minute": 0}, "max_messages_per_minute"),
        ({"max_messages_per_minute": 6001}, "max_messages_per_minute"),
        ({"max_messages_per_minute": "20"}, "max_messages_per_minute"),
        ({"max_messages_per_minute": True}, "max_messages_per_minute"),
        ({"max_messages_per_minute": 1.5}, "max_messages_per_minute"),
        ({"channel": "sms"}, "channel"),
        ({"status": "running"}, "status"),
    ],
)
def test_what_a_campaign_may_not_be_is_named(api: Api, world: World, changes: Any, field: str) -> None:
    answer = api.post("/v1/campaigns", wish(world, **changes))
    assert (answer.status, answer.code, answer.fields) == (422, "invalid-request", [field])
    assert world.one("select count(*) from hidra.campaigns")["count"] == 1


def test_campaigns_of_another_are_not_found(api: Api, call: Any, world: World, stranger: UUID) -> None:
    theirs = call("campaigns", stranger)
    path = f"/v1/campaigns/{world.campaign_id}"
    for answer in (
        theirs.get(path),
        theirs.delete(path),
        *(call("recipients", stranger).get(f"{path}/{name}") for name in ("runs", "recipients")),
        theirs.post(f"{path}/schedule", {"scheduled_at": LATER}),
        *(theirs.post(f"{path}/{action}") for action in ("start", "pause", "resume", "cancel")),
    ):
        assert (answer.status, answer.code) == (404, "not-found")
    assert theirs.get("/v1/campaigns").json["items"] == []
    assert api.get(path).json["status"] == "scheduled"


def test_runs_and_what_became_of_their_recipients(api: Api, recipients: Api, call: Any, world: World) -> None:
    path = f"/v1/campaigns/{world.campaign_id}"
    assert recipients.get(f"{path}/recipients").json == {"items": [], "next_cursor": None}
    assert recipients.get(f"{path}/recipients/summary").json["counts"] == []
    world.advance()
    runs = recipients.all(f"{path}/runs", limit=1)
    assert runs == [
        {
            "id": runs[0]["id"],
            "status": "running",
            "initiated_by": str(world.user_id),
            "started_at": runs[0]["started_at"],
            "ended_at": None,
            "body": "Oi {{name}}",
            **dict.fromkeys(("media_url", "media_type", "file_name")),
            "summary": {
                "kind": "first_send",
                **(everyone := {"total": 3, "delivered": 0, "failed": 0, "pending": 3, "skipped": 0}),
                "counted": everyone,
            },
        }
    ]
    listed = recipients.all(f"{path}/recipients", limit=2)
    assert {item["phone"] for item in listed} == {f"+551198000000{index}" for index in range(3)}
    assert set(listed[0]) == {
        "contact_id",
        "name",
        "phone",
        "run_id",
        "counted",
        "status",
        "attempts",
        "provider_message_id",
        "sent_at",
        "acked_at",
        "delivered_at",
        "read_at",
        "failed_at",
        "replied_at",
        "error_code",
        "error_detail",
    }
    call("contacts", world.user_id).post("/v1/opt-outs", {"phones": ["+5511980000001"]})
    skipped = recipients.all(f"{path}/recipients", limit=2, status="skipped", run_id=runs[0]["id"])
    assert [(item["phone"], item["error_code"]) for item in skipped] == [("+5511980000001", "opted_out")]
    assert len(recipients.all(f"{path}/recipients", limit=9, status="pending")) == 2

    world.finish_one(refused=True)
    world.finish_one()
    world.advance()
    assert api.post(f"{path}/retry-failed").status == 202
    world.advance()
    newer = recipients.all(f"{path}/runs", limit=1)
    assert [run["id"] == runs[0]["id"] for run in newer] == [False, True]
    assert [run["summary"]["kind"] for run in newer] == ["retry", "first_send"]
    assert newer[1]["summary"]["counted"] == {"total": 2, "delivered": 0, "failed": 0, "pending": 1, "skipped": 1}
    assert len(recipients.all(f"{path}/recipients", limit=9)) == 3
    assert len(recipients.all(f"{path}/recipients", limit=9, run_id=newer[0]["id"])) == 1
    assert len(recipients.all(f"{path}/recipients", limit=9, run_id=runs[0]["id"])) == 3

    other = world.add_campaign(uuid4())
    for wrong in (f"/v1/campaigns/{other}/recipients", f"{path}/recipients"):
        run_id = runs[0]["id"] if str(other) in wrong else str(uuid4())
        assert recipients.get(wrong, run_id=run_id).status == 404
    answer = recipients.get(f"{path}/recipients", status="lost")
    assert (answer.status, answer.fields) == (422, ["status"])
    assert recipients.get(f"{path}/recipients", run_id="x").status == 422


def test_recipients_are_found_by_what_went_wrong(recipients: Api, world: World) -> None:
    path = f"/v1/campaigns/{world.campaign_id}/recipients"
    for index in range(3, 6):
        world.add_contact(f"+551198000000{index}")  # without a name for the template
    world.advance()
    failed = world.messages()[0]["id"]
    world.databases.owner.execute(
        "update hidra.campaign_messages set status = 'failed', error_code = 'refused' where id = %s", [failed]
    )
    nameless = recipients.all(path, limit=2, error_code="unresolved_variable")
    assert [item["error_code"] for item in nameless] == ["unresolved_variable"] * 3
    assert nameless == sorted(nameless, key=lambda item: item["contact_id"])
    assert len(recipients.all(path, limit=2, error_code="refused", status="failed")) == 1
    assert len(recipients.all(path, limit=9, status="failed")) == 4
    assert recipients.all(path, limit=2, error_code="refused", status="pending") == []
    assert recipients.all(path, limit=2, error_code="no_such_code") == []
    for wrong in ("", "x" * 65, "a\0", "Quero!", "refused\n"):
        answer = recipients.get(path, error_code=wrong)
        assert (answer.status, answer.fields) == (422, ["error_code"])


def test_a_nudge_says_which_campaign_and_its_failure_is_only_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    user_id, campaign_id = uuid4(), uuid4()

    def call(service: str, operation: str, parameters: Any) -> dict[str, Any]:
        assert (service, operation) == ("sqs", "SendMessageBatch")
        sent.append(parameters)
        if len(sent) > 1:
            raise Unavailable("sqs cannot be reached")
        return {"Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]}

    monkeypatch.setattr(aws_api, "call", call)
    for _ in range(2):
        queues.nudge("https://queue", user_id=user_id, campaign_id=campaign_id)
    assert sent[0]["QueueUrl"] == "https://queue"
    assert [entry["MessageBody"] for entry in sent[0]["Entries"]] == [
        f'{{"version": 1, "user_id": "{user_id}", "campaign_id": "{campaign_id}"}}'
    ]
