"""From the SAM template to plain CloudFormation that the emulator understands.

ministack 1.5.33 knows the SAM transform, but ignores an HTTP API's OpenAPI body: the API has no route, and the deploy
still succeeds. So this module transforms the template with AWS's own translator and turns the body into the Route,
Integration and Authorizer resources that it describes.
"""

import base64
import contextlib
import hashlib
import json
import logging
import os
import re
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from local.processes import LocalError

REGION = "us-east-1"
# The emulator gives the API this id, so its address is known before the deploy (ministack services/apigateway.py).
API_ID = "hidra"

type Resources = dict[str, dict[str, Any]]

_METHODS = ("get", "put", "post", "patch", "delete", "head", "options", "x-amazon-apigateway-any-method")
# SAM puts the value of a parameter into CorsConfiguration; here the reference stays until `expand`.
_NOT_YET = {"CorsOrigins": {"Ref": "CorsOrigins"}}
_CODE = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}


@dataclass(frozen=True)
class Expanded:
    template: dict[str, Any]
    routes: int


@dataclass(frozen=True)
class Transformed:
    """A SAM template, and the CloudFormation that SAM makes of it."""

    template: dict[str, Any]
    plain: dict[str, Any]


def load(path: Path) -> dict[str, Any]:
    """The SAM template with its short intrinsics (!Ref) in their long form."""
    from samtranslator.yaml_helper import yaml_parse  # noqa: PLC0415 - the translator takes most of a second to import

    template: dict[str, Any] = yaml_parse(_read(path))
    return template


def transformed(path: Path) -> Transformed:
    """The template at `path`, loaded and transformed with the places that `placeholder` names.

    Both take two seconds of a core, so the last result is kept in this environment. Raises LocalError with the
    translator's messages.
    """
    return Transformed(**json.loads(_transformed(_read(path))))


@cache
def _transformed(text: str) -> str:
    def made() -> dict[str, Any]:
        from samtranslator.yaml_helper import yaml_parse  # noqa: PLC0415

        return {"template": yaml_parse(text), "plain": transform(yaml_parse(text))}

    return kept("hidra-template", Path(__file__).read_text(encoding="utf-8"), text, made=made)


def kept(name: str, *sources: str, made: Callable[[], object]) -> str:
    """What `made` makes with the translator of `sources`, as JSON; this environment keeps the last one of a `name`."""
    key = hashlib.sha256(json.dumps([version("aws-sam-translator"), *sources]).encode()).hexdigest()
    file = Path(sys.prefix) / f"{name}.json"
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        found = json.loads(file.read_text(encoding="utf-8"))
        if found["key"] == key:
            return json.dumps(found["result"])
    result = made()
    written = file.with_name(f"{file.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        written.write_text(json.dumps({"key": key, "result": result}), encoding="utf-8")
        written.replace(file)
    return json.dumps(result)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise LocalError(f"There is no {path}.") from error


def sources(template: Mapping[str, Any]) -> dict[str, str]:
    """Logical id → folder of every function and layer."""
    return {
        name: resource["Properties"][_CODE[resource["Type"]]]
        for name, resource in template["Resources"].items()
        if resource["Type"] in _CODE
    }


def placeholder(name: str) -> str:
    """Where the translator believes the code of a function or layer to be, until `expand` puts its place there."""
    return f"s3://hidra-placeholder/{name}"


def transform(template: dict[str, Any]) -> dict[str, Any]:
    """Transform the template, which it changes. Raises LocalError with the translator's messages."""
    from samtranslator.model.exceptions import InvalidDocumentException  # noqa: PLC0415
    from samtranslator.translator.transform import transform as translate  # noqa: PLC0415

    for name in sources(template):
        resource = template["Resources"][name]
        resource["Properties"][_CODE[resource["Type"]]] = placeholder(name)
    # In one group for all functions, a line that is no record of Powertools would not show which of them wrote it.
    template.get("Globals", {}).get("Function", {}).pop("LoggingConfig", None)
    logging.getLogger("samtranslator").setLevel(logging.ERROR)  # it warns about metrics of its own
    with _region():
        try:
            plain: dict[str, Any] = translate(template, dict(_NOT_YET), NoManagedPolicies())
        except InvalidDocumentException as error:
            causes = "; ".join(cause.message for cause in error.causes)
            raise LocalError(f"The template is invalid: {causes}") from error
    return plain


def expand(
    source: Transformed,
    code: Mapping[str, tuple[str, str]],
    values: Mapping[str, str],
    generated: MutableMapping[str, str] | None = None,
) -> Expanded:
    """The template for the emulator, with its code at `code` (logical id → bucket and key).

    `values` are the parameters of the stack. `generated` holds the secrets that CloudFormation would generate, by
    logical id. Those that it lacks are added: the same ones serve when the stack is deployed to another emulator.
    """
    template, plain = source.template, _renamed_versions(source.plain, code)
    routes = 0
    for name, resource in list(plain["Resources"].items()):
        _place_code(resource.get("Properties", {}), code)
        if resource["Type"] == "AWS::SecretsManager::Secret" and generated is not None:
            _fix_secret(name, resource["Properties"], generated, values)
        if resource["Type"] == "AWS::Lambda::EventSourceMapping":
            _make_number(resource["Properties"].get("ScalingConfig", {}), "MaximumConcurrency", template, values)
        if resource["Type"] == "AWS::ApiGatewayV2::Api" and "Body" in resource["Properties"]:
            resource["Properties"] = _resolved(resource["Properties"], template, values)
            extracted = dict(_extract(name, resource["Properties"]))
            plain["Resources"].update(extracted)
            routes += sum(resource["Type"] == "AWS::ApiGatewayV2::Route" for resource in extracted.values())
    return Expanded(plain, routes)


@contextlib.contextmanager
def _region() -> Iterator[None]:
    """Only a region, and nothing else of AWS's variables: the translator asks boto3 for the partition."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("AWS_")}
    os.environ.update(AWS_DEFAULT_REGION=REGION, AWS_CONFIG_FILE=os.devnull)
    try:
        yield
    finally:
        for name in ("AWS_DEFAULT_REGION", "AWS_CONFIG_FILE"):
            os.environ.pop(name, None)
        os.environ.update(kept)


def _renamed_versions(plain: dict[str, Any], code: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """Each version of a layer or function under a name made of its code, as SAM does it: new code is a new version."""
    text = json.dumps(plain)
    for name, resource in plain["Resources"].items():
        match resource:
            case {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": {"S3Key": str(source)}}}:
                text = text.replace(f'"{name}"', f'"{name}{code[source][1][:10]}"')
            case {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": str(source)}}}:
                text = text.replace(f'"{name}"', f'"{name}{code[source][1][:10]}"')
    renamed: dict[str, Any] = json.loads(text)
    return renamed


def _place_code(properties: dict[str, Any], code: Mapping[str, tuple[str, str]]) -> None:
    """Put the bucket and the key where the placeholder stands."""
    for field in ("Code", "Content"):
        match properties.get(field):
            case {"S3Bucket": "hidra-placeholder", "S3Key": str(name)}:
                bucket, key = code[name]
                properties[field] = {"S3Bucket": bucket, "S3Key": key}


def _fix_secret(
    name: str, properties: dict[str, Any], generated: MutableMapping[str, str], values: Mapping[str, str]
) -> None:
    """Generate here what CloudFormation would generate: letters and digits, perhaps inside a JSON object.

    A secret without a value is the vault's.
    """
    wanted = properties.pop("GenerateSecretString", None)
    if wanted is None:
        # vault_keys would fill it, with other keys on the next emulator: this one keeps nothing.
        made = json.dumps({"k1": base64.b64encode(secrets.token_bytes(32)).decode()})
        properties["SecretString"] = generated.setdefault(name, made)
        return
    if name not in generated:
        text = secrets.token_hex(wanted["PasswordLength"])[: wanted["PasswordLength"]]
        if key := wanted.get("GenerateStringKey"):
            body = wanted["SecretStringTemplate"]
            filled = (
                re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], body["Fn::Sub"])
                if isinstance(body, dict)
                else body
            )
            text = json.dumps({**json.loads(filled), key: text})
        generated[name] = text
    properties["SecretString"] = generated[name]


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
            slash = "Slash" if path.endswith("/") else ""
            yield f"{api}Route" + _camel(f"{verb} {path}") + slash, _resource("Route", in_api | {
                "RouteKey": f"{verb} {path}",
                "Target": {"Fn::Join": ["/", ["integrations", {"Ref": f"{name}Integration"}]]},
                **_authorization(api, operation.get("security", [])),
            })  # fmt: skip


def _resolved(node: Any, template: Mapping[str, Any], values: Mapping[str, str]) -> Any:
    """The node with each Fn::If replaced by its branch, and each Fn::Split of a parameter by its parts.

    SAM writes Fn::If around a conditional function's routes.
    """
    match node:
        case {"Fn::Split": [str(comma), {"Ref": str(name)}]}:
            return _given(template, name, values).split(comma)
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
            return bool(_given(template, parameter, values) == wanted)
    raise LocalError(
        f"The condition {name} of a route is not the comparison of one parameter, which is all that works here."
    )


def _given(template: Mapping[str, Any], parameter: str, values: Mapping[str, str]) -> str:
    return str(values.get(parameter, template["Parameters"][parameter].get("Default")))


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


class NoManagedPolicies:
    """The translator may look up AWS's managed policies by name; the template names none of them."""

    def load(self) -> dict[str, str]:
        return {}
