"""The running API serves its description; tests/slow/test_schemathesis.py asks whether its answers are as it says."""

import re

import requests

from local import openapi
from local.stack import Stack


def get(stack: Stack, path: str, **headers: str) -> requests.Response:
    return requests.get(stack.api_url + path, headers=headers, timeout=30)


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
