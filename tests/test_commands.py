"""The `aws` commands in the documents exist, with their options, and their values have the right kinds.

botocore holds the descriptions of AWS's operations from which the command makes its options, and the validator with which it checks
their values before it asks AWS.
"""

import json
import re
import shlex
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.validate import ParamValidator

from tests.deployment import ROOT

DOCUMENTS = ["README.md", "docs/deploying.md"]
GLOBAL_OPTIONS = {"--query", "--output", "--region", "--profile"}
OF_THE_COMMAND_ITSELF = {"configure", "s3"}  # no operation of AWS has their names


def commands() -> Iterator[tuple[str, str]]:
    """Each `aws` command in a block of shell, with its document; one in $(...) is a command of its own."""
    for document in DOCUMENTS:
        text = (ROOT / document).read_text().replace("\\\n", " ")
        for block in re.findall(r"^ *```sh\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE):
            for line in block.splitlines():
                for found in re.finditer(r"(?:^|\$\(|\{ |; |&& |\| )aws (.*)", line):
                    yield document, _until_its_end(found[1])


def _until_its_end(text: str) -> str:
    """The command without what follows it: the bracket that closes `$(`, a pipe, a semicolon."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars="();|")
    lexer.whitespace_split = True
    words: list[str] = []
    depth = 0
    for word in lexer:
        depth += word.count("(") - word.count(")") if set(word) <= set("();|") else 0
        if depth < 0 or word in (";", "|"):
            break
        words.append(word)
    return shlex.join(words)


def operation(service: str, name: str) -> Any:
    client = boto3.client(service, region_name="sa-east-1")  # type: ignore[call-overload]
    methods = {xform_name(method, "-"): method for method in client.meta.service_model.operation_names}
    assert name in methods, f"{service} has no operation {name}"
    return client.meta.service_model.operation_model(methods[name])


def parameters(shape: Any, words: list[str]) -> dict[str, Any]:
    """The operation's parameters that the words of a command give; unknown options fail."""
    members = {"--" + xform_name(name, "-"): (name, member) for name, member in shape.members.items()}
    given: dict[str, Any] = {}
    while words:
        option = words.pop(0)
        values = []
        while words and not words[0].startswith("--"):
            values.append(words.pop(0))
        if option in GLOBAL_OPTIONS:
            continue
        if option.startswith("--no-"):
            option, values = option.replace("--no-", "--", 1), ["false"]
        assert option in members, f"there is no option {option}; there are {sorted(members)}"
        name, member = members[option]
        given[name] = _value(member, values)
    return given


def _value(shape: Any, values: list[str]) -> Any:
    kind, text = shape.type_name, values[0] if values else "true"
    if kind == "list" and not text.startswith("["):
        return [_value(shape.member, [value]) for value in values]
    if kind in ("structure", "map") and not text.startswith("{"):
        return dict(part.split("=", 1) for part in text.split(","))
    readers = dict.fromkeys(("list", "structure", "map"), json.loads) | dict.fromkeys(("integer", "long"), int)
    readers |= {"boolean": lambda given: given == "true", "blob": str.encode, "double": float, "float": float}
    return readers.get(kind, str)(text)


def waited_for(service: str, name: str) -> str:
    """The operation whose answers `aws SERVICE wait NAME` looks at."""
    client = boto3.client(service, region_name="sa-east-1")  # type: ignore[call-overload]
    waiter = client.get_waiter(name.replace("-", "_"))
    return xform_name(waiter.config.operation, "-")


@pytest.mark.parametrize(("document", "command"), sorted(set(commands())))
def test_a_command_of_the_documents_is_one_that_aws_accepts(document: str, command: str) -> None:
    service, name, *words = shlex.split(command)
    if service in OF_THE_COMMAND_ITSELF:
        return
    if name == "wait":
        name = waited_for(service, words.pop(0))
    found = operation(service, name)
    if (service, name) == ("lambda", "invoke"):
        words.remove("/dev/stdout")
    report = ParamValidator().validate(parameters(found.input_shape, words), found.input_shape)
    assert not report.has_errors(), report.generate_report()


def test_the_documents_have_commands() -> None:
    assert len(list(commands())) >= 15


def test_a_wrong_command_is_noticed() -> None:
    shape = operation("cognito-idp", "create-group").input_shape
    with pytest.raises(AssertionError, match="there is no option --pool"):
        parameters(shape, shlex.split("--pool x --group-name admin"))
    missing = ParamValidator().validate(parameters(shape, ["--group-name", "admin"]), shape)
    assert "UserPoolId" in missing.generate_report()
    with pytest.raises(AssertionError, match="has no operation"):
        operation("cognito-idp", "make-group")
