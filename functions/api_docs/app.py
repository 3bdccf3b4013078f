"""The API's description and a page to read and try it, where the deployment serves them.

The page works without the internet: functions/Makefile puts the document beside this file, and Swagger UI is a part of
Powertools. Two routes without a model need no resolver.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hidra.telemetry import logger

# Found, not imported: an import would load the whole HTTP resolver.
_POWERTOOLS = find_spec("aws_lambda_powertools")
_SWAGGER_UI = Path(_POWERTOOLS.origin or "").parent / "event_handler/openapi/swagger_ui" if _POWERTOOLS else Path()

# Addresses are relative, so that the page works under any host and path of the API.
_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hidra</title>
<style>{style}</style>
</head>
<body>
<div id="swagger-ui"></div>
<script>{script}</script>
<script>
SwaggerUIBundle({{
  url: "openapi.json",
  dom_id: "#swagger-ui",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "list",
  tryItOutEnabled: true,
}});
</script>
</body>
</html>
"""


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    if event["routeKey"] == "GET /docs":
        return _answer(event["headers"], "text/html; charset=utf-8", page())
    return _answer(event["headers"], "application/json", document())


@cache
def document() -> str:
    return (Path(__file__).parent / "openapi.json").read_text()


@cache
def page() -> str:
    script, style = ((_SWAGGER_UI / name).read_text() for name in ("swagger-ui-bundle.min.js", "swagger-ui.min.css"))
    return _PAGE.format(script=script, style=style)


def _answer(headers: Mapping[str, str], content_type: str, body: str) -> dict[str, Any]:
    etag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    known = etag in headers.get("if-none-match", "")
    return {
        "statusCode": (HTTPStatus.NOT_MODIFIED if known else HTTPStatus.OK).value,
        "headers": {"Content-Type": content_type, "ETag": etag, "Cache-Control": "no-cache"},
        "body": "" if known else body,
        "isBase64Encoded": False,
    }
