"""The Evolution server that EVOLUTION_URL names."""

import os
from typing import Any
from urllib.parse import urlsplit

import requests

from local.doctor.findings import Check, Finding, fails, ok, warning

# The releases that Hidra was tested with.
TESTED = ("2.3.6", "2.3.7")
_SECONDS = 5

type Answer = tuple[int, Any]  # status, JSON or None


def checks() -> list[Check]:
    url = os.environ.get("EVOLUTION_URL")
    if not url:
        return []
    key, instance = os.environ.get("EVOLUTION_API_KEY", ""), os.environ.get("EVOLUTION_INSTANCE", "")
    return [Check("EVOLUTION_URL", lambda: check(url.rstrip("/"), key, instance))]


def check(url: str, key: str, instance: str) -> list[Finding]:
    try:
        root = _get(f"{url}/")
        rows = _get(f"{url}/instance/fetchInstances", key) if key else None
        state = _get(f"{url}/instance/connectionState/{instance}", key) if key and instance else None
    except requests.RequestException as error:
        return [
            fails("EVOLUTION_URL", f"cannot be reached: {type(error).__name__}", "start the server or correct the URL")
        ]
    return [version(root), accepted(rows), *([connection(instance, state)] if state else [])]


def version(answer: Answer) -> Finding:
    """The root names the version, without a key."""
    status, body = answer
    release = body.get("version") if isinstance(body, dict) else None
    if status != 200 or not release:
        return fails("EVOLUTION_URL", f"answers {status}, not as Evolution API does", "set it to the server's root")
    if release in TESTED:
        return ok("EVOLUTION_URL", f"Evolution API {release}")
    advice = f"Hidra is tested with {' and '.join(TESTED)}"
    if str(release).startswith("2.4"):
        advice += "; 2.4 answers 503 until its licence is activated"
    return warning("EVOLUTION_URL", f"Evolution API {release}", advice)


def accepted(answer: Answer | None) -> Finding:
    """Whether the key opens the list of instances; `answer` is None without a key."""
    if answer is None:
        return fails("EVOLUTION_API_KEY", "is not set", "set it to AUTHENTICATION_API_KEY, or to the instance's token")
    status, body = answer
    if status == 200 and isinstance(body, list):
        names = ", ".join(str(row.get("name")) for row in body[:5]) + (", ..." if len(body) > 5 else "")
        return ok("EVOLUTION_API_KEY", f"accepted; instances: {names or 'none'}")
    if status == 401:
        return fails("EVOLUTION_API_KEY", "is refused", "set it to AUTHENTICATION_API_KEY, or to the instance's token")
    if status == 503:
        return fails("EVOLUTION_API_KEY", "503: the server's licence is not activated", "activate it on the server")
    return fails(
        "EVOLUTION_API_KEY", f"the list of instances failed with {status}", "see the log of the Evolution server"
    )


def connection(instance: str, answer: Answer) -> Finding:
    status, body = answer
    if status != 200:
        return fails(
            "EVOLUTION_INSTANCE",
            f"the state of {instance} failed with {status}",
            "create the instance, or name another",
        )
    state = body["instance"]["state"]
    if state == "open":
        return ok("EVOLUTION_INSTANCE", f"{instance} is connected")
    return warning(
        "EVOLUTION_INSTANCE", f"{instance} is {state}", "scan the QR code of POST /v1/evolution-config/connect"
    )


def _get(url: str, key: str = "") -> Answer:
    with requests.Session() as session:
        # A server on this machine is asked directly, another one through the user's proxy.
        session.trust_env = urlsplit(url).hostname not in ("localhost", "127.0.0.1", "::1")
        answer = session.get(url, headers={"apikey": key} if key else {}, timeout=_SECONDS)
    try:
        return answer.status_code, answer.json()
    except ValueError:
        return answer.status_code, None
