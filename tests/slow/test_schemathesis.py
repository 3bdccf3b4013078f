"""The running API answers as its description says: every operation, with requests that fit its schema and others."""

from local.stack import Stack
from tests import fuzz, openapi_document


def test_the_api_answers_as_its_description_says_in_more_than_1500_cases() -> None:
    with Stack.running("prove", parameters={"SenderConcurrency": "4"}) as stack:
        result = fuzz.run(fuzz.World.make(stack), examples=25, say=lambda line: print(line, flush=True))
    print(result, flush=True)
    assert not result.findings, result
    assert result.cases.total() >= 1_500
    assert len(result.cases) == len(openapi_document.operations())
    assert {200, 201, 204, 400, 404, 409, 422} <= result.statuses.keys()
