"""The emulator, which also notes in the folder it is started in: each right that a role uses, and each call of AWS.

ministack 1.5.33 asks `iam_evaluator.evaluate` about each call that is not the root user's (core/iam_evaluator.py), and
tells `_maybe_record_cloudtrail` about each call (app.py).
"""

import json
import runpy
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import iam_evaluator

runpy.run_path(str(Path(__file__).parents[2] / "local" / "aws.py"))

evaluate = iam_evaluator.evaluate
# Both are open as long as the process.
rights = Path("rights.jsonl").open("a", encoding="utf-8", buffering=1)  # noqa: SIM115
calls = Path("calls.jsonl").open("a", encoding="utf-8", buffering=1)  # noqa: SIM115


def note_right(context: Any, *policies: Any) -> Any:
    result = evaluate(context, *policies)
    right = {"role": context.principal_arn, "action": context.action, "resource": context.resource_arn}
    rights.write(json.dumps(right | {"decision": result.decision}) + "\n")
    return result


def note_call(service: str, method: str, path: str, headers: dict[str, str], body: bytes, *_: Any) -> None:
    action = headers.get("x-amz-target", "").rsplit(".", 1)[-1] or f"{method} {path}"
    calls.write(json.dumps({"service": service, "action": action, "body": body.decode(errors="replace")}) + "\n")


iam_evaluator.evaluate = note_right
app._maybe_record_cloudtrail = note_call
app.main()
