"""AWS Signature Version 4 of a request without a query ("Create a signed AWS API request", IAM User Guide).

botocore has a signer, but importing it costs as much as the rest of a webhook's cold start (decision 27).
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote


@dataclass(frozen=True)
class Credentials:
    """``token``: of a role's session, None for the keys of a user."""

    key_id: str
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


def sign(
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    service: str,
    region: str,
    credentials: Credentials,
    now: datetime,
) -> dict[str, str]:
    """Returns the headers with those that sign them: X-Amz-Date, X-Amz-Security-Token and Authorization.

    Args:
        path: as it is sent, percent-encoded.
        headers: all that are signed; Host must be one of them.
        service: its name in a signature, such as ``secretsmanager``.
        now: in UTC; AWS accepts a request within 5 minutes of it.
    """
    signed = {**headers, "X-Amz-Date": now.strftime("%Y%m%dT%H%M%SZ")}
    if credentials.token:
        signed["X-Amz-Security-Token"] = credentials.token
    lines = sorted((name.lower(), " ".join(value.split())) for name, value in signed.items())
    names = ";".join(name for name, _ in lines)
    canonical = "\n".join(
        [
            method,
            quote(path, safe="/~"),  # every service but S3 signs the encoded path encoded once more
            "",
            *(f"{name}:{value}" for name, value in lines),
            "",
            names,
            hashlib.sha256(body).hexdigest(),
        ]
    )
    day = f"{now:%Y%m%d}"
    scope = f"{day}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{signed['X-Amz-Date']}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = _hmac(_key(credentials.secret, day, region, service), text).hex()
    signed["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials.key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return signed


@lru_cache(maxsize=8)
def _key(secret: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = _hmac(key, part)
    return key


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
