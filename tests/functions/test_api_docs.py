import copy
import importlib
import json
import re
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from local import openapi
from tests.functions.api import CONTEXT, load


@pytest.fixture
def docs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The function with the document beside it, where its build puts it."""
    module = importlib.import_module("functions.api_docs.app")
    shutil.copy(openapi.PATH, tmp_path)
    monkeypatch.setattr(module, "__file__", str(tmp_path / "app.py"))
    module.document.cache_clear()
    return module


def ask(docs: ModuleType, event: str, **headers: str) -> Any:
    asked = copy.deepcopy(load(event))
    asked["headers"].update(headers)
    return docs.handler(asked, CONTEXT)


def test_the_document_is_the_one_in_docs(docs: ModuleType) -> None:
    answer = ask(docs, "api_docs_document")
    assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (200, "application/json")
    assert json.loads(answer["body"]) == json.loads(openapi.PATH.read_text())


def test_the_page_reads_the_document_and_nothing_from_elsewhere(docs: ModuleType) -> None:
    answer = ask(docs, "api_docs_page")
    assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert 'url: "openapi.json"' in answer["body"]
    assert "SwaggerUIBundle" in answer["body"]
    assert not re.search(r'<(script|link)[^>]+(src|href)="', answer["body"])
    assert len(answer["body"].encode()) < 6_000_000  # a Lambda's answer is at most 6 MB


@pytest.mark.parametrize("event", ["api_docs_document", "api_docs_page"])
def test_what_a_browser_has_is_not_sent_again(docs: ModuleType, event: str) -> None:
    first = ask(docs, event)
    again = ask(docs, event, **{"if-none-match": first["headers"]["ETag"]})
    assert (again["statusCode"], again["body"]) == (304, "")
