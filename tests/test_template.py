"""The promises of the template, checked on the template itself and as SAM expands it."""

import ast
import json
import re
from datetime import timedelta
from typing import Any

import pytest

from hidra import settings
from hidra.domain import connection_need
from hidra.domain.export import KEPT
from hidra.entry import tenant
from hidra.gateways import aws_api
from tests.deployment import (
    FUNCTIONS,
    actions,
    app_tree,
    events,
    expanded,
    functions,
    http_functions,
    load_app,
    logical_id,
    may,
    queues_with_functions,
    readers,
    references,
    required,
    resources,
    routes,
    statements,
    template,
    top_level_names,
    variables,
)

# Policies with the wildcards that AWS needs, which SAM attaches: the name of a log stream is not known beforehand, and
# traces and the network interfaces of a VPC cannot be named.
MANAGED_POLICIES = {
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    "arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess",
    "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
}


# A secret that outlives its stack, and the parameter by which the next one adopts it.
ADOPTED = {"PhoneHashSecret": "PhoneHashSecretArn", "VaultSecret": "VaultSecretArn"}
WITHOUT_RESOLVER = {"api_docs", "console", "evolution_webhook"}


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
        assert properties["TracingConfig"] == {"Mode": {"Ref": "Tracing"}}
        assert len(properties["Layers"]) == 1

    def test_is_built_by_the_shared_recipe(self, name: str) -> None:
        metadata = template()["Resources"][logical_id(name)]["Metadata"]
        assert metadata == {"BuildMethod": "makefile", "ContextPath": "functions"}

    def test_gets_exactly_the_environment_it_asks_for(self, name: str) -> None:
        powertools = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE"}
        assert variables(name).keys() - powertools == required(name)
        assert {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_LOG_LEVEL"} <= variables(name).keys()

    def test_logs_into_a_group_that_forgets(self, name: str) -> None:
        group = functions()[name]["Properties"]["LoggingConfig"]["LogGroup"]["Ref"]
        assert resources("AWS::Logs::LogGroup")[group]["Properties"]["RetentionInDays"] <= 90

    def test_may_read_the_secrets_that_its_environment_names_and_no_other(self, name: str) -> None:
        secrets = resources("AWS::SecretsManager::Secret").keys() | ADOPTED.values() | {"DatabaseOwnerSecretArn"}
        assert may("secretsmanager:GetSecretValue").get(name, set()) == set(references(variables(name))) & secrets

    def test_may_send_to_the_queues_that_its_environment_names_and_no_other(self, name: str) -> None:
        named = set(references(variables(name))) & resources("AWS::SQS::Queue").keys()
        given_up = {"DeliveryDeadLetters"} if name == "delivery_recorder" else set()
        assert may("sqs:SendMessage").get(name, set()) == named | given_up

    def test_starts_after_the_migrations_if_it_has_a_database(self, name: str) -> None:
        waits = functions()[name].get("DependsOn") == "Migration"
        assert waits == ("DATABASE_HOST" in variables(name) and name != "migrate")


def in_a_folder(resource: object) -> bool:
    """The names of objects in the imports' bucket are not known beforehand, but each direction has a folder."""
    return resource in [
        {"Fn::Sub": f"${{ImportBucket.Arn}}/{folder}/*"} for folder in ("imports", "rejects", "exports")
    ]


def folders(action: str) -> dict[str, set[str]]:
    """The folders of the imports' bucket in which each function may do this."""
    found: dict[str, set[str]] = {}
    for name in functions():
        for statement in statements(name):
            if action in actions(statement):
                assert in_a_folder(statement["Resource"])
                found.setdefault(name, set()).add(statement["Resource"]["Fn::Sub"].split("/")[1])
    return found


def test_files_of_imports_and_exports_are_private_and_expire_after_a_week() -> None:
    [bucket] = [each["Properties"] for each in resources("AWS::S3::Bucket").values()]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["BucketEncryption"]
    rule = bucket["LifecycleConfiguration"]["Rules"][0]
    assert timedelta(days=rule["ExpirationInDays"]) == KEPT  # an export says that it is expired by then
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    # connection_check writes the contacts that Evolution knows, as an upload does, and reads nothing.
    assert folders("s3:GetObject") == {
        "imports": {"rejects"},
        "contact_import": {"imports"},
        "exports": {"exports"},
        "list_export": {"exports"},
    }
    assert folders("s3:GetObjectVersion") == {"contact_import": {"imports"}}
    assert folders("s3:DeleteObjectVersion") == {"contact_import": {"imports"}, "list_export": {"exports"}}
    assert folders("s3:AbortMultipartUpload") == {"list_export": {"exports"}}
    assert folders("s3:PutObject") == {
        "imports": {"imports"},
        "contact_import": {"rejects"},
        "connection_check": {"imports"},
        "list_export": {"exports"},
    }


def test_no_policy_names_a_wildcard() -> None:
    for role in resources("AWS::IAM::Role").values():
        assert set(role["Properties"].get("ManagedPolicyArns", [])) <= MANAGED_POLICIES
        for policy in role["Properties"].get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                assert "*" not in json.dumps(statement["Resource"]) or in_a_folder(statement["Resource"])
                assert not [action for action in actions(statement) if action.split(":")[-1] == "*"]


def test_a_message_stays_hidden_for_six_times_its_function() -> None:
    assert queues_with_functions() == {
        "CampaignQueue": "campaign_advance",
        "SendQueue": "message_sender",
        "ImportQueue": "contact_import",
        "ExportQueue": "list_export",
    }
    for queue, name in queues_with_functions().items():
        visibility = resources("AWS::SQS::Queue")[queue]["Properties"]["VisibilityTimeout"]
        assert visibility >= 6 * functions()[name]["Properties"]["Timeout"]


def test_queues_and_the_stream_are_read_by_their_functions_alone() -> None:
    assert may("sqs:ReceiveMessage") == {name: {queue} for queue, name in queues_with_functions().items()}
    assert may("kinesis:GetRecords") == {"delivery_recorder": {"DeliveryStream"}}
    assert may("kinesis:PutRecords") == {"evolution_webhook": {"DeliveryStream"}}


def test_functions_without_a_key_invoke_only_those_that_have_one() -> None:
    assert may("lambda:InvokeFunction").keys() == {"connections", "campaigns", "imports"}
    assert may("lambda:InvokeFunction")["campaigns"] == {"MessageSenderFunction"}
    name = functions()["connection_check"]["Properties"]["FunctionName"]
    for caller in ("connections", "imports"):
        assert variables(caller)["CONNECTION_CHECK_FUNCTION"] == name
        invoked = [it["Resource"] for it in statements(caller) if actions(it) == ["lambda:InvokeFunction"]]
        arn = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${Name}"
        assert invoked == [{"Fn::Sub": [arn, {"Name": name}]}]


def test_the_named_function_fits_64_characters_under_any_stack_name_and_differs_between_stacks() -> None:
    """Lambda's limit of a name; a stack's name may have 128 (CloudFormation's reference, "CreateStack")."""
    [name] = [it["Properties"]["FunctionName"] for it in functions().values() if "FunctionName" in it["Properties"]]
    text, variables_ = name["Fn::Sub"]
    assert variables_ == {
        "Piece": {
            "Fn::Select": [4, {"Fn::Split": ["-", {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}]}]
        }
    }
    # arn:aws:cloudformation:sa-east-1:123456789012:stack/name/0a1b2c3d-0000-1111-2222-0a1b2c3d4e5f
    assert len(text.replace("${Piece}", "0a1b2c3d4e5f")) <= 64


def test_a_stack_can_be_deleted_while_its_bucket_has_files() -> None:
    """CloudFormation cannot delete such a bucket. One that a failed creation leaves has none and goes with it."""
    for bucket in resources("AWS::S3::Bucket").values():
        assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
        assert "BucketName" not in bucket["Properties"]  # or the next stack could not be made


def test_queue_functions_take_one_message_but_for_the_sender_and_say_which_failed() -> None:
    for mapping in resources("AWS::Lambda::EventSourceMapping").values():
        properties = mapping["Properties"]
        if next(references(properties["EventSourceArn"])) in queues_with_functions():
            assert properties["BatchSize"] == (
                10 if properties["FunctionName"]["Ref"] == "MessageSenderFunction" else 1
            )
            assert "MaximumBatchingWindowInSeconds" not in properties
            assert properties["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
            assert properties["ScalingConfig"]["MaximumConcurrency"]


def test_functions_that_queue_to_themselves_allow_the_recursive_loop() -> None:
    """Otherwise AWS stops the sixteenth step (Lambda's recursive loop detection)."""
    sends = may("sqs:SendMessage")
    themselves = {name for queue, name in queues_with_functions().items() if queue in sends.get(name, set())}
    assert {"campaign_advance", "contact_import", "list_export"} <= themselves
    for name in themselves:
        assert template()["Resources"][logical_id(name)]["Properties"]["RecursiveLoop"] == "Allow"


def test_a_batch_of_the_stream_is_retried_whole_and_stored_longer_than_that() -> None:
    mapping = resources("AWS::Lambda::EventSourceMapping")["DeliveryRecorderSource"]["Properties"]
    assert "FunctionResponseTypes" not in mapping
    assert "MaximumRetryAttempts" not in mapping
    assert mapping["BisectBatchOnFunctionError"]
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    retention = resources("AWS::Kinesis::Stream")["DeliveryStream"]["Properties"]["RetentionPeriodHours"]
    assert mapping["MaximumRecordAgeInSeconds"] < retention * 3600


@pytest.mark.parametrize("name", sorted(http_functions() - WITHOUT_RESOLVER))
def test_a_function_serves_exactly_the_routes_it_is_given(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {(event["Method"], event["Path"]) for event in events(name, "HttpApi")}
    assert routes(load_app(name, monkeypatch)) == given


def test_the_webhook_reads_the_parameters_of_its_only_route() -> None:
    """It has no resolver: it has one route and answers the event itself."""
    [route] = events("evolution_webhook", "HttpApi")
    subscripts = [node.slice for node in ast.walk(app_tree("evolution_webhook")) if isinstance(node, ast.Subscript)]
    read = {key.value for key in subscripts if isinstance(key, ast.Constant)}
    assert route["Method"] == "POST"
    assert set(re.findall(r"{(\w+)}", route["Path"])) == {"connection_id", "key_id"} <= read


def test_a_sender_counts_as_lost_only_after_it_must_have_ended() -> None:
    """A minute more than its timeout: Lambda's clock and the database's may differ."""
    default = template()["Parameters"]["SenderLostAfterSeconds"]["Default"]
    assert default >= functions()["message_sender"]["Properties"]["Timeout"] + 60


def test_every_route_but_the_signed_webhook_and_pages_asks_for_a_token() -> None:
    paths = resources("AWS::ApiGatewayV2::Api")["Api"]["Properties"]["Body"]["paths"]
    unconditional = lambda node: node["Fn::If"][1] if "Fn::If" in node else node  # noqa: E731
    open_routes = {
        (method, path)
        for path, methods in paths.items()
        for method, operation in unconditional(methods).items()
        if unconditional(operation)["security"] != [{"Jwt": []}]
    }
    assert open_routes == {
        ("post", "/webhooks/evolution/{connection_id}/{key_id}"),
        ("get", "/openapi.json"),
        ("get", "/docs"),
        ("get", "/console"),
        ("get", "/console/"),
        ("get", "/console/{proxy+}"),
    }
    assert len(paths) > 20


def cors() -> dict[str, Any]:
    """The API's CORS where the deployment names origins."""
    [condition, without, configured] = template()["Resources"]["Api"]["Properties"]["CorsConfiguration"]["Fn::If"]
    assert template()["Conditions"][condition] == {"Fn::Equals": [{"Ref": "CorsOrigins"}, ""]}
    assert without == {"Ref": "AWS::NoValue"}
    found: dict[str, Any] = configured
    return found


def test_pages_of_other_origins_may_call_the_api_only_where_the_deployment_names_them() -> None:
    assert template()["Parameters"]["CorsOrigins"]["Default"] == ""
    assert cors()["AllowOrigins"] == {"Fn::Split": [",", {"Ref": "CorsOrigins"}]}
    called = {event["Method"] for name in http_functions() - WITHOUT_RESOLVER for event in events(name, "HttpApi")}
    assert set(cors()["AllowMethods"]) == called
    assert set(cors()["AllowHeaders"]) == {"authorization", "content-type"}
    assert "AllowCredentials" not in cors()


@pytest.mark.parametrize(
    ("origins", "allowed"),
    [
        ("", True),
        ("https://console.example.com", True),
        ("https://a.example,https://b.example:8443,http://localhost:5173", True),
        ("*", False),
        ("https://*.example.com", False),
        ("https://a.example,*", False),
        ("https://a.example/", False),
        ("https://a.example, https://b.example", False),
        ("https://a.example,", False),
        ("http://a.example", False),
        ("a.example", False),
        ("null", False),
    ],
)
def test_an_origin_is_named_as_browsers_send_it(origins: str, allowed: bool) -> None:
    pattern = template()["Parameters"]["CorsOrigins"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, origins)) is allowed


def test_every_route_has_a_limit_and_the_webhook_one_of_its_own() -> None:
    [stage] = [stage["Properties"] for stage in resources("AWS::ApiGatewayV2::Stage").values()]
    assert stage["DefaultRouteSettings"] == {
        "ThrottlingRateLimit": {"Ref": "ApiRequestsPerSecond"},
        "ThrottlingBurstLimit": {"Ref": "ApiBurst"},
    }
    [webhook] = events("evolution_webhook", "HttpApi")
    assert stage["RouteSettings"] == {
        f"{webhook['Method']} {webhook['Path']}": {
            "ThrottlingRateLimit": {"Ref": "WebhookRequestsPerSecond"},
            "ThrottlingBurstLimit": {"Ref": "WebhookBurst"},
        }
    }


def test_the_apis_alarm_counts_faults_of_ours_and_not_what_callers_cause() -> None:
    alarms = {name: alarm["Properties"] for name, alarm in resources("AWS::CloudWatch::Alarm").items()}
    assert "AWS/ApiGateway" not in json.dumps(alarms)
    [filter_] = [it["Properties"] for it in resources("AWS::Logs::MetricFilter").values()]
    assert (filter_["LogGroupName"], filter_["FilterPattern"]) == ({"Ref": "FunctionLogs"}, "{ $.fault IS TRUE }")
    [counted] = filter_["MetricTransformations"]
    alarm = alarms["ApiErrorsAlarm"]
    assert (alarm["Namespace"], alarm["MetricName"]) == (counted["MetricNamespace"], counted["MetricName"])
    assert "AWS::StackName" in references(counted["MetricNamespace"])  # another stack of the account rings its own
    crashes = alarms["ApiCrashesAlarm"]["Metrics"]
    watched = {
        next(references(metric["MetricStat"]["Metric"]["Dimensions"])) for metric in crashes if "MetricStat" in metric
    }
    assert watched == {logical_id(name) for name in http_functions() - {"api_docs", "console"}}
    assert len(watched) <= 10  # CloudWatch adds up no more metrics in an alarm


@pytest.mark.parametrize("name", sorted(http_functions() - WITHOUT_RESOLVER))
def test_every_function_of_tenants_admits_the_same_users(name: str) -> None:
    found = {variable: variables(name)[variable] for variable in settings.TENANT_SETTINGS}
    assert found == {
        "GROUPS_CLAIM": {"Ref": "GroupsClaim"},
        "ALLOWED_GROUP": {"Fn::If": ["AnyGroup", tenant.ANY_GROUP, {"Ref": "AllowedGroup"}]},
        "UNKNOWN_USERS": {"Ref": "UnknownUsers"},
    }
    assert not re.fullmatch(template()["Parameters"]["AllowedGroup"]["AllowedPattern"], tenant.ANY_GROUP)


def test_http_functions_answer_before_the_api_gives_up() -> None:
    assert all(functions()[name]["Properties"]["Timeout"] < 30 for name in http_functions())


def test_who_waits_for_another_function_has_time_to_start_and_to_answer_before_the_api_gives_up() -> None:
    for caller in ("campaigns", "connections"):
        assert aws_api.LAMBDA_READ_TIMEOUT + 5 <= functions()[caller]["Properties"]["Timeout"] < 30


def test_only_the_sender_and_the_connection_check_can_open_keys() -> None:
    """Beside the function that makes them, which CloudFormation alone invokes and which has neither database nor route."""
    assert readers("VaultSecret") == {"message_sender", "connection_check", "vault_keys"}
    assert may("secretsmanager:PutSecretValue") == {"vault_keys": {"VaultSecret", "VaultSecretArn"}}
    assert "vault_keys" not in http_functions()
    assert "VaultKeysFunction" not in may("lambda:InvokeFunction").values()
    assert variables("connections")["VAULT_PUBLIC_KEYS"] == {"Fn::GetAtt": ["VaultKeys", "PublicKeys"]}


def test_the_keys_have_no_value_in_the_template_that_an_update_could_write_over_them() -> None:
    properties = resources("AWS::SecretsManager::Secret")["VaultSecret"]["Properties"]
    assert not {"SecretString", "GenerateSecretString"} & properties.keys()


@pytest.mark.parametrize(("secret", "parameter"), ADOPTED.items())
def test_a_secret_of_an_earlier_stack_is_adopted_wherever_the_own_one_would_be_used(
    secret: str, parameter: str
) -> None:
    own = f"Own{secret}"
    assert template()["Conditions"][own] == {"Fn::Equals": [{"Ref": parameter}, ""]}
    assert resources("AWS::SecretsManager::Secret")[secret]["Condition"] == own
    either = {"Fn::If": [own, {"Fn::GetAtt": [secret, "Id"]}, {"Ref": parameter}]}
    assert secret not in set(references(without(expanded(), either)))
    pattern = template()["Parameters"][parameter]["AllowedPattern"]
    assert re.fullmatch(pattern, "")
    assert re.fullmatch(pattern, "arn:aws:secretsmanager:sa-east-1:123456789012:secret:hidra-AbCdEf")
    assert not re.fullmatch(pattern, "hidra-VaultSecret")


def without(node: Any, part: Any) -> Any:
    """The piece of the template without every occurrence of a part."""
    match node:
        case _ if node == part:
            return None
        case dict():
            return {key: without(value, part) for key, value in node.items()}
        case list():
            return [without(item, part) for item in node]
    return node


def test_migrate_runs_at_a_deploy_that_changes_a_key_or_the_number_of_senders() -> None:
    named = set(references(resources("Custom::Migration")["Migration"]["Properties"]))
    assert {"PhoneHashSecret", "PhoneHashSecretArn", "VaultKeys", "SenderConcurrency"} <= named
    keys = set(references(resources("Custom::VaultKeys")["VaultKeys"]["Properties"]))
    assert {"VaultSecret", "VaultSecretArn", "VaultKeyId", "MigrationsVersion"} <= keys


def test_the_warning_of_migrate_counts_the_connections_that_the_template_allows() -> None:
    mappings = {
        name: it["Properties"].get("ScalingConfig", {}).get("MaximumConcurrency")
        for name, it in resources("AWS::Lambda::EventSourceMapping").items()
    }
    assert mappings["CampaignAdvanceSource"] == connection_need.PASSES
    assert mappings["ContactImportSource"] == connection_need.SLICES
    assert mappings["ListExportSource"] == connection_need.EXPORTS
    assert mappings.keys() == {
        "CampaignAdvanceSource", "ContactImportSource", "ListExportSource", "MessageSenderSource",
        "DeliveryRecorderSource",
    }  # fmt: skip
    sender = load_app_constants("message_sender")
    assert sender["CONNECTIONS"] == connection_need.FOR_EACH_SENDER
    assert connection_need.connections_needed(50) == 158


def load_app_constants(name: str) -> dict[str, Any]:
    """The numbers that a function's module assigns."""
    found: dict[str, Any] = {}
    for node in app_tree(name).body:
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                pairs = zip(names, values, strict=True)
                found |= {n.id: v.value for n, v in pairs if isinstance(n, ast.Name) and isinstance(v, ast.Constant)}
    return found


def test_the_servers_certificate_is_verified_unless_the_deployment_says_otherwise() -> None:
    assert template()["Parameters"]["DatabaseSslMode"]["Default"] == "verify-full"
    assert template()["Parameters"]["DatabaseRootCertificates"]["Default"] == "rds"


def test_http_functions_and_jobs_have_logins_of_their_own() -> None:
    assert readers("JobsLoginSecret") == {
        "campaign_clock", "campaign_advance", "message_sender", "delivery_recorder", "connection_check", "metrics_rebuild",
        "migrate", "contact_import", "list_export",
    }  # fmt: skip
    assert readers("HttpLoginSecret") == http_functions() - WITHOUT_RESOLVER | {"migrate"}


def test_only_migrate_reads_the_login_of_the_databases_owner() -> None:
    assert readers("DatabaseOwnerSecretArn") == {"migrate"}


@pytest.mark.parametrize("name", sorted(WITHOUT_RESOLVER | {"vault_keys"}))
def test_the_webhook_and_the_docs_need_neither_database_nor_its_network(name: str) -> None:
    assert "VpcConfig" not in functions()[name]["Properties"]
    assert not [variable for variable in variables(name) if variable.startswith("DATABASE")]


@pytest.mark.parametrize(("name", "parameter"), [("api_docs", "ApiDocs"), ("console", "Console")])
def test_pages_are_served_only_where_the_deployment_says_so_and_may_do_nothing(name: str, parameter: str) -> None:
    assert functions()[name]["Condition"] == f"Has{parameter}"
    assert template()["Conditions"][f"Has{parameter}"] == {"Fn::Equals": [{"Ref": parameter}, "true"]}
    assert template()["Parameters"][parameter]["Default"] == "false"
    assert not list(statements(name))


def test_every_other_function_is_always_there() -> None:
    assert {name for name, function in functions().items() if "Condition" in function} == {"api_docs", "console"}


def test_secrets_appear_nowhere_but_in_secrets() -> None:
    hidden = {name for name, parameter in template()["Parameters"].items() if parameter.get("NoEcho")}
    assert hidden == set()  # no secret's value passes through a parameter
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


def test_secrets_that_cannot_be_recreated_outlive_the_stack() -> None:
    for name in ("PhoneHashSecret", "VaultSecret"):
        secret = resources("AWS::SecretsManager::Secret")[name]
        assert (secret["DeletionPolicy"], secret["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_new_migrations_run_at_the_deploy_that_contains_them() -> None:
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
