"""The HTTP functions' resolvers, imported as Lambda would, but with settings made up."""

import importlib.util
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

type Said = dict[Any, Mapping[int, Mapping[str, Any]]]


def load(root: Path) -> Iterator[tuple[str, APIGatewayHttpResolver, Said]]:
    """Folder's name and resolver of each function that has one, and what ``answers`` said beside each route."""
    for path in sorted((root / "functions").glob("*/app.py")):
        if "= resolver()" not in path.read_text():
            continue
        app = _import(path).app
        said: Said = {route: dict(route.responses or {}) for route in routes(app)}
        for route, answered in said.items():
            # Powertools puts the answer's schema into every status that is named here.
            route.responses = {status: {"description": ""} for status, more in answered.items() if not more} or None
        yield path.parent.name, app, said


def routes(app: APIGatewayHttpResolver) -> list[Any]:
    return [*app._static_routes, *app._dynamic_routes]


def _import(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"openapi_{path.parent.name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    named = patch("hidra.settings.require", lambda *names: dict.fromkeys(names, json.dumps({})))
    with named, patch.dict(os.environ, {"POWERTOOLS_METRICS_NAMESPACE": "Hidra", "POWERTOOLS_SERVICE_NAME": "openapi"}):
        spec.loader.exec_module(module)
    return module
