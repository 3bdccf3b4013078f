"""The HTTP functions' resolvers, imported as Lambda imports them, but with invented settings."""

import importlib.util
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

type Answers = dict[Any, Mapping[int, Mapping[str, Any]]]


def load(root: Path) -> Iterator[tuple[str, APIGatewayHttpResolver, Answers]]:
    """The folder's name and the resolver of each function that has one, with the ``answers`` of each route."""
    for path in sorted((root / "functions").glob("*/app.py")):
        if "= resolver()" not in path.read_text():
            continue
        app = _import(path).app
        answers: Answers = {route: dict(route.responses or {}) for route in routes(app)}
        for route, answered in answers.items():
            # Powertools adds the answer's schema to each status that is named here.
            route.responses = {status: {"description": ""} for status, more in answered.items() if not more} or None
        yield path.parent.name, app, answers


def routes(app: APIGatewayHttpResolver) -> list[Any]:
    return [*app._static_routes, *app._dynamic_routes]


def _import(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"openapi_{path.parent.name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    named = patch("hidra.settings.require", lambda *names: dict.fromkeys(names, json.dumps({})))
    with named, patch.dict(os.environ, {"POWERTOOLS_SERVICE_NAME": "openapi"}):
        spec.loader.exec_module(module)
    return module
