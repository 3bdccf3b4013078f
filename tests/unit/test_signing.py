"""Signatures against AWS's published test suite and against botocore's signer."""

import random
import string
from datetime import UTC, datetime, timedelta

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from hidra.gateways.signing import Credentials, sign

EXAMPLE = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


# AWS Signature Version 4 test suite, aws-sig-v4-test-suite.zip (github.com/awslabs/aws-c-auth/tree/main/tests).
@pytest.mark.parametrize(
    ("method", "headers", "body", "signature"),
    [
        ("GET", {}, b"", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("POST", {}, b"", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        ("POST", FORM, b"Param1=value1", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
    ],
    ids=["get-vanilla", "post-vanilla", "post-x-www-form-urlencoded"],
)
def test_a_signature_is_the_published_one(method: str, headers: dict[str, str], body: bytes, signature: str) -> None:
    signed = sign(
        method,
        "/",
        {"Host": "example.amazonaws.com", **headers},
        body,
        service="service",
        region="us-east-1",
        credentials=EXAMPLE,
        now=datetime(2015, 8, 30, 12, 36, tzinfo=UTC),
    )
    names = ";".join(sorted(name.lower() for name in ("host", "x-amz-date", *headers)))
    assert signed["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
        f" SignedHeaders={names}, Signature={signature}"
    )


@pytest.mark.parametrize("seed", range(50))
def test_a_signature_is_the_one_that_botocore_makes(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)

    def text(characters: str = string.ascii_letters + string.digits + "/+=") -> str:
        return "".join(chance.choices(characters, k=chance.randint(1, 40)))

    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(10**8))
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: now.replace(tzinfo=None))
    token = text() if chance.random() < 0.7 else None
    key_id, secret = text(string.ascii_uppercase), text()
    service, region = chance.choice(["lambda", "sqs", "kinesis"]), chance.choice(["us-east-1", "sa-east-1"])
    path = "/" + chance.choice(["", "2015-03-31/functions/hidra-a_B.1/invocations", "f/arn%3Aaws%3Alambda/x", "a~b-c"])
    host = chance.choice(["sqs.us-east-1.amazonaws.com", "127.0.0.1:4566"])
    headers = {"X-Amz-Target": text(string.ascii_letters + " "), "Content-Type": "application/x-amz-json-1.1"}
    body = chance.randbytes(chance.randrange(300))
    request = AWSRequest("POST", f"https://{host}{path}", headers={"Host": host, **headers}, data=body)
    SigV4Auth(BotocoreCredentials(key_id, secret, token), service, region).add_auth(request)
    signed = sign(
        "POST",
        path,
        {"Host": host, **headers},
        body,
        service=service,
        region=region,
        credentials=Credentials(key_id, secret, token),
        now=now,
    )
    assert signed == dict(request.headers)


def test_no_secret_is_shown_with_the_credentials() -> None:
    shown = repr(Credentials("AKIDEXAMPLE", "the-secret", "the-token"))
    assert "the-secret" not in shown
    assert "the-token" not in shown
