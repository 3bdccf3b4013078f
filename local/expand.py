"""From the SAM template to plain CloudFormation that the emulator understands.

ministack 1.5.33 knows the SAM transform, but ignores an HTTP API's OpenAPI body: the API has no route, and the deploy
still succeeds. So this module transforms the template with AWS's own translator and turns the body into the Route,
Integration and Authorizer resources that it describes.
"""

import logging
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.processes import LocalError

REGION = "us-east-1"
# The emulator gives the API this id, so its address is known before the deploy (ministack services/apigateway.py).
API_ID = "hidra"

type Resources = dict[str, dict[str, Any]]

_METHODS = ("get", "put", "post", "patch", "delete", "head", "options", "x-amazon-apigateway-any-method")
_CODE = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}


@dataclass(frozen=True)
class Expanded:
    template: dict[str, Any]
    routes: int


def load(path: Path) -> dict[str, Any]:
    """The SAM template with its short intrinsics (!Ref) in their long form."""
    from samtranslator.yaml_helper import yaml_parse  # noqa: PLC0415 - the translator takes most of a second to import

    try:
        template: dict[str, Any] = yaml_parse(path.read_text())
    except FileNotFoundError as error:
        raise LocalError(f"There is no {path}.") from error
    return template


def sources(template: Mapping[str, Any]) -> dict[str, str]:
    """Logical id → folder of every function and layer."""
    return {
        name: resource["Properties"][_CODE[resource["Type"]]]
        for name, resource in template["Resources"].items()
        if resource["Type"] in _CODE
    }


def expand(template: dict[str, Any], code: Mapping[str, str], values: Mapping[str, str]) -> Expanded:
    """Transform the template, whose sources are at `code` (logical id → s3://bucket/key). Changes `template`.

    `values` are the parameters of the stack. Raises LocalError with the translator's messages.
    """
    from samtranslator.model.exceptions import InvalidDocumentException  # noqa: PLC0415
    from samtranslator.translator.transform import transform  # noqa: PLC0415

    for name, uri in code.items():
        resource = template["Resources"][name]
        resource["Properties"][_CODE[resource["Type"]]] = uri
    # In one group for all functions, a line that is no record of Powertools would not show which of them wrote it.
    template.get("Globals", {}).get("Function", {}).pop("LoggingConfig", None)
    logging.getLogger("samtranslator").setLevel(logging.ERROR)  # it warns about metrics of its own
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)  # the translator asks boto3 for the partition
    try:
        plain: dict[str, Any] = transform(template, {}, _NoManagedPolicies())
    except InvalidDocumentException as error:
        raise LocalError("The template is invalid: " + "; ".join(cause.message for cause in error.causes)) from error
    routes = 0
    for name, resource in list(plain["Resources"].items()):
        if resource["Type"] == "AWS::Lambda::EventSourceMapping":
            _make_number(resource["Properties"].get("ScalingConfig", {}), "MaximumConcurrency", template, values)
        if resource["Type"] == "AWS::ApiGatewayV2::Api" and "Body" in resource["Properties"]:
            resource["Properties"] = _resolved(resource["Properties"], template, values)
            extracted = dict(_extract(name, resource["Properties"]))
            plain["Resources"].update(extracted)
            routes += sum(resource["Type"] == "AWS::ApiGatewayV2::Route" for resource in extracted.values())
    return Expanded(plain, routes)


def _extract(api: str, properties: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Turn the body in the API's properties into resources of its own."""
    body = properties.pop("Body")
    properties.pop("FailOnWarnings", None)
    properties |= {"Name": body["info"]["title"], "ProtocolType": "HTTP"}
    properties["Tags"] = {**properties.get("Tags", {}), "ms-custom-id": API_ID}
    if cors := body.get("x-amazon-apigateway-cors"):
        properties["CorsConfiguration"] = cors
    in_api = {"ApiId": {"Ref": api}}

    for scheme, definition in body.get("components", {}).get("securitySchemes", {}).items():
        authorizer = definition["x-amazon-apigateway-authorizer"]
        jwt = authorizer["jwtConfiguration"]
        yield f"{api}Authorizer{scheme}", _resource("Authorizer", in_api | {
            "Name": scheme,
            "AuthorizerType": "JWT",
            "IdentitySource": [authorizer["identitySource"]],
            "JwtConfiguration": {"Issuer": jwt["issuer"], "Audience": jwt["audience"]},
        })  # fmt: skip

    for path, methods in sorted(body["paths"].items()):
        for method in [each for each in _METHODS if each in methods]:
            operation = methods[method]
            integration = operation["x-amazon-apigateway-integration"]
            function = _function_of(integration["uri"])
            name = f"{api}{function}"
            yield f"{name}Integration", _resource("Integration", in_api | {
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": {"Fn::GetAtt": [function, "Arn"]},
                "PayloadFormatVersion": integration["payloadFormatVersion"],
            })  # fmt: skip
            verb = "ANY" if method.startswith("x-") else method.upper()
            yield f"{api}Route" + _camel(f"{verb} {path}"), _resource("Route", in_api | {
                "RouteKey": f"{verb} {path}",
                "Target": {"Fn::Join": ["/", ["integrations", {"Ref": f"{name}Integration"}]]},
                **_authorization(api, operation.get("security", [])),
            })  # fmt: skip


def _resolved(node: Any, template: Mapping[str, Any], values: Mapping[str, str]) -> Any:
    """The node with each Fn::If replaced by its branch. SAM writes them around a conditional function's routes."""
    match node:
        case {"Fn::If": [str(name), then, otherwise]}:
            return _resolved(then if _holds(template, name, values) else otherwise, template, values)
        case dict():
            resolved = {key: _resolved(value, template, values) for key, value in node.items()}
            return {key: value for key, value in resolved.items() if value != {"Ref": "AWS::NoValue"}}
        case list():
            return [_resolved(item, template, values) for item in node]
    return node


def _holds(template: Mapping[str, Any], name: str, values: Mapping[str, str]) -> bool:
    match template["Conditions"][name]:
        case {"Fn::Equals": [{"Ref": str(parameter)}, wanted]}:
            given = values.get(parameter, template["Parameters"][parameter].get("Default"))
            return bool(given == wanted)
    raise LocalError(
        f"The condition {name} of a route is not the comparison of one parameter, which is all that works here."
    )


def _make_number(properties: dict[str, Any], name: str, template: Mapping[str, Any], values: Mapping[str, str]) -> None:
    """Replace a reference to a parameter by its number: as a string it stops the emulator's SQS poller for all."""
    value = properties.get(name)
    if isinstance(value, dict) and "Ref" in value:
        parameter = value["Ref"]
        properties[name] = int(values.get(parameter, template["Parameters"][parameter].get("Default", 0)))


def _authorization(api: str, security: list[dict[str, list[str]]]) -> dict[str, Any]:
    for requirement in security:
        for scheme, scopes in requirement.items():
            if scheme != "NONE":
                chosen = {"AuthorizationType": "JWT", "AuthorizerId": {"Ref": f"{api}Authorizer{scheme}"}}
                return chosen | ({"AuthorizationScopes": scopes} if scopes else {})
    return {"AuthorizationType": "NONE"}


def _resource(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"Type": f"AWS::ApiGatewayV2::{kind}", "Properties": properties}


def _function_of(uri: dict[str, str]) -> str:
    found = re.search(r"\$\{(\w+)\.(?:Arn|Alias)\}", uri["Fn::Sub"])
    assert found, f"no function in {uri}"
    return found[1]


def _camel(text: str) -> str:
    return "".join(word.capitalize() for word in re.split(r"\W+|_", text))


class _NoManagedPolicies:
    """The translator may look up AWS's managed policies by name; the template names none of them."""

    def load(self) -> dict[str, str]:
        return {}
