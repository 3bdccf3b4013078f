"""What queues and invocations carry: each is read as it was written, and another version is rejected."""

import json
from typing import Any
from uuid import uuid4

import pytest

from hidra.domain import check_request
from hidra.domain.check_request import CheckAction, CheckRequest, PullRequest
from hidra.domain.content import Content, Media
from hidra.domain.imports import files
from hidra.domain.nudge import CampaignNudge, ExportNudge, ImportNudge, read_imports
from hidra.domain.trial import TrialAnswer, TrialMessage
from hidra.errors import Rejected

UNKNOWN = ["", "{", "[]", "7", "null", "{}", '{"version": 2}', '{"version": 1, "user_id": "x"}']


def through_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


def test_a_nudge_of_a_campaign_survives_the_queue() -> None:
    nudge = CampaignNudge(uuid4(), uuid4())
    assert CampaignNudge.from_json(nudge.to_json()) == nudge


@pytest.mark.parametrize("text", UNKNOWN)
def test_an_unknown_message_is_no_nudge(text: str) -> None:
    with pytest.raises(Rejected):
        CampaignNudge.from_json(text)
    with pytest.raises(Rejected):
        read_imports(text)
    with pytest.raises(Rejected):
        ExportNudge.from_json(text)


def test_the_export_queue_carries_nudges_of_this_version() -> None:
    nudge = ExportNudge(uuid4(), uuid4())
    assert ExportNudge.from_json(nudge.to_json()) == nudge
    with pytest.raises(Rejected):
        ExportNudge.from_json(nudge.to_json().replace('"version": 1', '"version": 2'))


def test_the_import_queue_carries_nudges_and_arrived_files() -> None:
    nudge, other = ImportNudge(uuid4(), uuid4()), ImportNudge(uuid4(), uuid4())
    arrived = [{"s3": {"object": {"key": files.contacts_key(each.user_id, each.import_id)}}} for each in (nudge, other)]
    assert read_imports(nudge.to_json()) == [nudge]
    assert read_imports(json.dumps({"Records": arrived})) == [nudge, other]
    assert read_imports('{"Service": "Amazon S3", "Event": "s3:TestEvent"}') == []


@pytest.mark.parametrize("request_", [CheckRequest(CheckAction.CHECK, uuid4()), PullRequest(uuid4(), uuid4())])
def test_a_request_survives_the_invocation(request_: CheckRequest | PullRequest) -> None:
    assert check_request.read(through_json(request_.to_json())) == request_


def test_the_schedules_event_is_not_a_request_and_another_version_is_rejected() -> None:
    assert check_request.read({"source": "aws.scheduler"}) is None
    known = CheckRequest(CheckAction.CONNECT, uuid4()).to_json()
    for wrong in ({"version": 2}, {"action": "dance"}, {"action": None}, {"connection_id": "x"}):
        with pytest.raises(Rejected):
            check_request.read(known | wrong)


def test_a_trial_message_and_its_answer_survive_the_invocation() -> None:
    media = Media("https://cdn.example.com/a.png", "image", None)
    for content in (Content("Oi", None), Content("Oi", media)):
        trial = TrialMessage(uuid4(), uuid4(), uuid4(), "+5511987654321", b"\x01", content)
        assert TrialMessage.from_json(through_json(trial.to_json())) == trial
        with pytest.raises(Rejected):
            TrialMessage.from_json(trial.to_json() | {"version": 2})
    answer = TrialAnswer("refused", error_code="not_on_whatsapp", error_detail="x")
    assert TrialAnswer.from_json(through_json(answer.to_json())) == answer
