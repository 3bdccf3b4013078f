"""What a browser asks before a page of another origin may call the API."""

from uuid import uuid4

import pytest
import requests

from local.stack import Stack
from tests.flow.conftest import CONSOLE


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_preflight_of_a_named_origin_needs_no_token(stack: Stack, method: str) -> None:
    asked = {
        "Origin": CONSOLE,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    answer = requests.options(f"{stack.api_url}/v1/contacts", headers=asked, timeout=30)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == CONSOLE
    assert method in answer.headers["Access-Control-Allow-Methods"].split(",")
    assert answer.headers["Access-Control-Allow-Headers"] == "authorization,content-type"
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_page_of_another_origin_gets_no_permission(stack: Stack) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    answer = requests.options(f"{stack.api_url}/v1/contacts", headers=asked, timeout=30)
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_a_page_of_a_named_origin_reads_answers_with_its_token(stack: Stack) -> None:
    headers = {"Origin": CONSOLE, "Authorization": f"Bearer {stack.token(sub=str(uuid4()))}"}
    answer = requests.get(f"{stack.api_url}/v1/contacts", headers=headers, timeout=30)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, CONSOLE)
