"""What the template promises, checked on the template itself and on what SAM makes of it."""

import ast
import copy
import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from samtranslator.public.translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from hidra import settings

ROOT = Path(__file__).parent.parent
FUNCTIONS = ROOT / "functions"
# What has no default; the values matter to nobody here.
PARAMETERS = {
    "DatabaseHost": "db.example.com",
    "DatabaseOwnerSecretArn": "arn:aws:secretsmanager:us-east-1:000000000000:secret:owner-AbCdEf",
    "JwtIssuer": "https://issuer.example.com",
    "JwtAudience": "hidra",
    "VaultPublicKeys": "{}",
    "VaultPrivateKeys": "{}",
}
# Wildcards that AWS itself needs, in policies that SAM attaches by itself: a log stream's name is not known beforehand,
# and neither traces nor the network interfaces of a VPC can be named.
MANAGED_POLICIES = {
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    "arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess",
    "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
}

type Resource = dict[str, Any]


class NoManagedPolicies(ManagedPolicyLoader):
    """Policies are named by ARN or template here, so the account's list, which asks AWS, is not needed."""

    def __init__(self) -> None:
        self._policy_map: dict[str, str] = {}

    def load(self) -> dict[str, str]:
        return self._policy_map


@cache
def template() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
    return parsed


@cache
def expanded() -> dict[str, Any]:
    """The template as CloudFormation gets it; only the code's places are made up."""
    sam = copy.deepcopy(template())
    for name, resource in sam["Resources"].items():
        for place in {"CodeUri", "ContentUri"} & resource["Properties"].keys():
            resource["Properties"][place] = {"Bucket": "code", "Key": name}
    defaults = {name: spec["Default"] for name, spec in sam["Parameters"].items() if "Default" in spec}
    result: dict[str, Any] = transform(sam, defaults | PARAMETERS, NoManagedPolicies())
    return result


def resources(kind: str, *, sam: bool = False) -> dict[str, Resource]:
    source = template() if sam else expanded()
    return {name: resource for name, resource in source["Resources"].items() if resource["Type"] == kind}


def functions() -> dict[str, Resource]:
    """The functions by their folder's name, as CloudFormation gets them."""
    return {folder(logical_id): function for logical_id, function in resources("AWS::Lambda::Function").items()}


def folder(logical_id: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", logical_id.removesuffix("Function")).lower()


def logical_id(name: str) -> str:
    return name.title().replace("_", "") + "Function"


def variables(name: str) -> dict[str, Any]:
    found: dict[str, Any] = functions()[name]["Properties"]["Environment"]["Variables"]
    return found


def references(node: Any) -> Iterator[str]:
    """Every resource or parameter that a piece of the template names."""
    match node:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::Sub": str(text)}:
            yield from re.findall(r"\$\{([^}!.]+)", text)
        case dict():
            for value in node.values():
                yield from references(value)
        case list():
            for value in node:
                yield from references(value)


def statements(name: str) -> Iterator[dict[str, Any]]:
    for policy in resources("AWS::IAM::Role")[logical_id(name) + "Role"]["Properties"]["Policies"]:
        yield from policy["PolicyDocument"]["Statement"]


def secrets_of(name: str) -> set[str]:
    return {
        secret
        for statement in statements(name)
        if "secretsmanager:GetSecretValue" in statement["Action"]
        for secret in references(statement["Resource"])
    }


def events(name: str, kind: str) -> list[dict[str, Any]]:
    found = template()["Resources"][logical_id(name)]["Properties"].get("Events", {})
    return [event["Properties"] for event in found.values() if event["Type"] == kind]


def http_functions() -> set[str]:
    return {name for name in functions() if events(name, "HttpApi")}


def queues_with_functions() -> dict[str, str]:
    """Each queue that a function works off, with the function's name."""
    mappings = [mapping["Properties"] for mapping in resources("AWS::Lambda::EventSourceMapping").values()]
    sources = {next(references(it["EventSourceArn"])): folder(it["FunctionName"]["Ref"]) for it in mappings}
    return {source: name for source, name in sources.items() if source in resources("AWS::SQS::Queue")}


def dead_letters() -> set[str]:
    redriven = [queue["Properties"].get("RedrivePolicy") for queue in resources("AWS::SQS::Queue").values()]
    given_up = [
        mapping["Properties"].get("DestinationConfig")
        for mapping in resources("AWS::Lambda::EventSourceMapping").values()
    ]
    return set(references(redriven + given_up))


def test_every_folder_is_a_function_and_every_function_a_folder() -> None:
    folders = {path.name for path in FUNCTIONS.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert functions().keys() == folders


@pytest.mark.parametrize("name", sorted(functions()))
class TestEveryFunction:
    def test_lies_in_the_folder_of_its_name_with_its_handler(self, name: str) -> None:
        properties = template()["Resources"][logical_id(name)]["Properties"]
        assert properties["CodeUri"] == f"functions/{name}"
        assert functions()[name]["Properties"]["Handler"] == "app.handler"
        assert variables(name)["POWERTOOLS_SERVICE_NAME"] == name
        assert "handler" in set(top_level_names(app_tree(name)))

    def test_runs_as_all_others_do(self, name: str) -> None:
        properties = functions()[name]["Properties"]
        assert properties["Runtime"] == "python3.13"
        assert properties["Architectures"] == ["arm64"]
        assert properties["TracingConfig"] == {"Mode": "Active"}
        assert len(properties["Layers"]) == 1

    def test_is_built_by_the_shared_recipe(self, name: str) -> None:
        metadata = template()["Resources"][logical_id(name)]["Metadata"]
        assert metadata == {"BuildMethod": "makefile", "ContextPath": "functions"}

    def test_gets_exactly_the_environment_it_asks_for(self, name: str) -> None:
        powertools = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_LOG_LEVEL"}
        assert variables(name).keys() == required(name) | powertools

    def test_logs_into_a_group_that_forgets(self, name: str) -> None:
        group = functions()[name]["Properties"]["LoggingConfig"]["LogGroup"]["Ref"]
        assert resources("AWS::Logs::LogGroup")[group]["Properties"]["RetentionInDays"] <= 90

    def test_may_read_the_secrets_that_its_environment_names_and_no_other(self, name: str) -> None:
        secrets = resources("AWS::SecretsManager::Secret").keys() | {"DatabaseOwnerSecretArn"}
        assert secrets_of(name) == set(references(variables(name))) & secrets

    def test_may_send_to_the_queues_that_its_environment_names_and_no_other(self, name: str) -> None:
        sent = {
            queue
            for statement in statements(name)
            if any(action.startswith("sqs:Send") for action in statement["Action"])
            for queue in references(statement["Resource"])
        } & resources("AWS::SQS::Queue").keys()
        named = set(references(variables(name))) & resources("AWS::SQS::Queue").keys()
        assert sent == named | ({"DeliveryDeadLetters"} if name == "delivery_recorder" else set())

    def test_starts_after_the_migrations_if_it_has_a_database(self, name: str) -> None:
        waits = functions()[name].get("DependsOn") == "Migration"
        assert waits == ("DATABASE_HOST" in variables(name) and name != "migrate")


def test_no_policy_names_a_wildcard() -> None:
    for role in resources("AWS::IAM::Role").values():
        assert set(role["Properties"].get("ManagedPolicyArns", [])) <= MANAGED_POLICIES
        for policy in role["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                assert "*" not in json.dumps(statement["Resource"])
                assert not {"*", "sqs:*", "secretsmanager:*", "kinesis:*", "lambda:*"} & set(statement["Action"])


def test_a_message_stays_hidden_for_six_times_its_function() -> None:
    assert queues_with_functions() == {"CampaignQueue": "campaign_advance", "SendQueue": "message_sender"}
    for queue, name in queues_with_functions().items():
        visibility = resources("AWS::SQS::Queue")[queue]["Properties"]["VisibilityTimeout"]
        assert visibility >= 6 * functions()[name]["Properties"]["Timeout"]


def test_every_queue_has_dead_letters_and_every_dead_letter_an_alarm() -> None:
    queues = resources("AWS::SQS::Queue")
    assert queues.keys() == queues_with_functions().keys() | dead_letters()
    for queue in queues_with_functions():
        assert set(references(queues[queue]["Properties"]["RedrivePolicy"])) <= dead_letters()
    alarms = [alarm["Properties"] for alarm in resources("AWS::CloudWatch::Alarm").values()]
    for queue in dead_letters():
        assert queues[queue]["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600
        watched = [alarm for alarm in alarms if queue in references(alarm["Dimensions"])]
        assert [alarm["MetricName"] for alarm in watched] == ["ApproximateNumberOfMessagesVisible"]
        assert (watched[0]["Threshold"], watched[0]["ComparisonOperator"]) == (0, "GreaterThanThreshold")


def test_every_alarm_notifies_if_there_is_whom() -> None:
    for alarm in resources("AWS::CloudWatch::Alarm").values():
        assert "AlarmTopicArn" in references(alarm["Properties"]["AlarmActions"])


def test_queue_functions_take_one_message_and_say_which_failed() -> None:
    for mapping in resources("AWS::Lambda::EventSourceMapping").values():
        properties = mapping["Properties"]
        if next(references(properties["EventSourceArn"])) in queues_with_functions():
            assert properties["BatchSize"] == 1
            assert properties["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
            assert properties["ScalingConfig"]["MaximumConcurrency"]


def test_the_stream_is_tried_again_whole_and_kept_longer_than_it_is_tried() -> None:
    mapping = resources("AWS::Lambda::EventSourceMapping")["DeliveryRecorderSource"]["Properties"]
    assert "FunctionResponseTypes" not in mapping
    assert "MaximumRetryAttempts" not in mapping
    assert mapping["BisectBatchOnFunctionError"]
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    retention = resources("AWS::Kinesis::Stream")["DeliveryStream"]["Properties"]["RetentionPeriodHours"]
    assert mapping["MaximumRecordAgeInSeconds"] < retention * 3600


@pytest.mark.parametrize("name", sorted(http_functions()))
def test_a_function_serves_exactly_the_routes_it_is_given(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {(event["Method"], event["Path"]) for event in events(name, "HttpApi")}
    assert routes(load_app(name, monkeypatch)) == given


def test_every_route_but_the_webhook_asks_for_a_token() -> None:
    paths = resources("AWS::ApiGatewayV2::Api")["Api"]["Properties"]["Body"]["paths"]
    open_routes = [
        (method, path)
        for path, methods in paths.items()
        for method, operation in methods.items()
        if operation["security"] != [{"Jwt": []}]
    ]
    assert open_routes == [("post", "/webhooks/evolution/{config_id}/{key_id}")]
    assert len(paths) > 20


def test_http_functions_answer_before_the_api_gives_up() -> None:
    assert all(functions()[name]["Properties"]["Timeout"] < 30 for name in http_functions())


def test_only_the_sender_and_the_connection_check_can_open_keys() -> None:
    assert {name for name in functions() if "VaultSecret" in secrets_of(name)} == {"message_sender", "connection_check"}


def test_http_functions_and_jobs_have_logins_of_their_own() -> None:
    assert {name for name in functions() if "JobsLoginSecret" in secrets_of(name)} == {
        "campaign_clock", "campaign_advance", "message_sender", "delivery_recorder", "connection_check", "migrate",
    }  # fmt: skip
    assert {name for name in functions() if "HttpLoginSecret" in secrets_of(name)} == http_functions() - {
        "evolution_webhook"
    } | {"migrate"}


def test_only_migrate_knows_the_owner_of_the_database() -> None:
    assert {name for name in functions() if "DatabaseOwnerSecretArn" in secrets_of(name)} == {"migrate"}


def test_the_webhook_needs_neither_database_nor_its_network() -> None:
    assert "VpcConfig" not in functions()["evolution_webhook"]["Properties"]
    assert not [variable for variable in variables("evolution_webhook") if variable.startswith("DATABASE")]


def test_secrets_appear_nowhere_but_in_secrets() -> None:
    hidden = {name for name, parameter in template()["Parameters"].items() if parameter.get("NoEcho")}
    assert hidden == {"VaultPrivateKeys"}
    for name, resource in expanded()["Resources"].items():
        if resource["Type"] != "AWS::SecretsManager::Secret":
            assert not hidden & set(references(resource)), name
    assert "{{resolve:" not in json.dumps(expanded())
    secrets = resources("AWS::SecretsManager::Secret").keys()
    assert not (hidden | secrets) & set(references(expanded()["Outputs"]))


def test_generated_secrets_are_long_and_fit_into_urls_and_json() -> None:
    generated = [
        secret["Properties"]["GenerateSecretString"]
        for secret in resources("AWS::SecretsManager::Secret").values()
        if "GenerateSecretString" in secret["Properties"]
    ]
    assert len(generated) == 4
    for recipe in generated:
        assert recipe["PasswordLength"] >= 40
        assert recipe["ExcludePunctuation"]
        assert set("\"'\\/@:?#%&+=,; ") - {" "} <= set(recipe["ExcludeCharacters"])


def test_what_cannot_be_made_again_outlives_the_stack() -> None:
    for name in ("PhoneHashSecret", "VaultSecret"):
        secret = resources("AWS::SecretsManager::Secret")[name]
        assert (secret["DeletionPolicy"], secret["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_new_migrations_run_at_the_deploy_that_brings_them() -> None:
    properties = resources("Custom::Migration")["Migration"]["Properties"]
    version = next(references(properties["FunctionVersion"]))
    assert expanded()["Resources"][version]["Type"] == "AWS::Lambda::Version"
    assert next(references(properties["MigrationsVersion"])) == "MigrationsVersion"
    assert properties["ServiceTimeout"] > functions()["migrate"]["Properties"]["Timeout"]


def test_schedules_are_as_often_as_designed_and_may_be_named_twice_in_an_account() -> None:
    rates = {}
    for name in functions():
        for event in events(name, "ScheduleV2"):
            rates[name] = event["ScheduleExpression"]
            assert event["OmitName"]
    assert rates == {"campaign_clock": "rate(1 minute)", "connection_check": "rate(5 minutes)"}
    assert functions()["campaign_clock"]["Properties"]["Timeout"] < 60


def app_tree(name: str) -> ast.Module:
    return ast.parse((FUNCTIONS / name / "app.py").read_text())


def top_level_names(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]):
                yield name


def required(name: str) -> set[str]:
    """What the function asks for by `require(...)`, names or a starred tuple of hidra.settings."""
    found: set[str] = set()
    for node in ast.walk(app_tree(name)):
        match node:
            case ast.Call(func=ast.Name(id="require"), args=arguments):
                for argument in arguments:
                    match argument:
                        case ast.Constant(value=str(variable)):
                            found.add(variable)
                        case ast.Starred(value=ast.Name(id=constant)):
                            found.update(getattr(settings, constant))
                        case _:
                            pytest.fail(f"{name}: require takes names or a constant of hidra.settings")
    return found


def load_app(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The function's module under a name of its own, so that nobody else meets the settings made up here."""
    for variable in required(name):
        monkeypatch.setenv(variable, "5432" if variable == "DATABASE_PORT" else '{"k1": "c2V0dGluZ3M="}')
    spec = importlib.util.spec_from_file_location(f"template_test_{name}", FUNCTIONS / name / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    spec.loader.exec_module(module)
    return module


def routes(module: ModuleType) -> set[tuple[str, str]]:
    """The resolver's own table: the OpenAPI document would leave out what is not meant for readers."""
    app = module.app
    return {
        (route.method, re.sub(r"<(\w+)>", r"{\1}", route.path)) for route in app._static_routes + app._dynamic_routes
    }
