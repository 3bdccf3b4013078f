"""The running API answers as its description says, in some hundred cases; tests/slow has the long run."""

import re

import requests

from local import openapi
from local.stack import Stack
from tests import fuzz


def get(stack: Stack, path: str, **headers: str) -> requests.Response:
    return requests.get(stack.api_url + path, headers=headers, timeout=30)


def test_the_api_answers_as_it_is_described(stack: Stack) -> None:
    result = fuzz.run(fuzz.World.make(stack), examples=1)
    assert not result.findings, result
    assert result.cases.total() >= 90
    assert {200, 201, 204, 400, 404, 409, 422} <= result.statuses.keys()


def test_the_description_and_its_page_are_served_without_a_token_and_without_the_internet(stack: Stack) -> None:
    document, page = get(stack, "/openapi.json"), get(stack, "/docs")
    assert document.text == openapi.PATH.read_text()
    assert document.headers["content-type"] == "application/json"
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert 'url: "openapi.json"' in page.text  # beside the page, under whatever path that is
    assert "SwaggerUIBundle=" in page.text
    assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=", page.text.split("<script>")[0])
    assert document.json()["servers"][0]["url"] == "./"
    for answer in (document, page):
        again = requests.get(answer.url, headers={"If-None-Match": answer.headers["etag"]}, timeout=30)
        assert (again.status_code, again.content) == (304, b"")
