"""The running API answers what its description says: every operation, with what fits its schema and what does not."""

from local.stack import Stack
from tests import fuzz


def test_the_api_answers_as_it_is_described_in_more_than_1500_cases() -> None:
    with Stack.running("prove", parameters={"SenderConcurrency": "4"}) as stack:
        result = fuzz.run(fuzz.World.make(stack), examples=25, say=lambda line: print(line, flush=True))
    print(result, flush=True)
    assert not result.findings, result
    assert result.cases.total() >= 1_500
    assert len(result.cases) == len(fuzz.described.operations())
    assert {200, 201, 204, 400, 404, 409, 422} <= result.statuses.keys()
