"""The local issuer's sign-in: the authorization code flow with PKCE, as the console uses it."""

import asyncio
import base64
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from aiohttp.test_utils import TestClient, TestServer

from local.issuer import Issuer

CONSOLE = "http://127.0.0.1:1234/console"
VERIFIER = "v" * 50
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
ASKED = {
    "response_type": "code",
    "client_id": "hidra",
    "redirect_uri": CONSOLE,
    "state": "s",
    "nonce": "n",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}

type Client = TestClient[Any, Any]


def run(use: Callable[[Client], Awaitable[None]], key_file: Path | None = None) -> None:
    async def started() -> None:
        issuer = Issuer("hidra", key_file)
        async with TestClient(TestServer(issuer.application())) as client:
            issuer.url = str(client.make_url("")).rstrip("/")
            await use(client)

    asyncio.run(started())


async def code(client: Client, **form: str) -> str:
    """The code that a choice on the page gives."""
    answer = await client.post("/authorize", data={**ASKED, "name": "Bia Souza"} | form, allow_redirects=False)
    assert answer.status == 303, await answer.text()
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["state"] == ["s"]
    return query["code"][0]


async def exchange(client: Client, **form: str) -> tuple[int, dict[str, Any]]:
    given = {"grant_type": "authorization_code", "client_id": "hidra", "redirect_uri": CONSOLE}
    answer = await client.post("/token", data={**given, "code_verifier": VERIFIER} | form)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return answer.status, await answer.json()


def claims(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


def test_a_code_is_good_once_and_only_with_its_verifier_client_and_page() -> None:
    async def use(client: Client) -> None:
        good = await code(client, admin="1")
        status, tokens = await exchange(client, code=good)
        assert status == 200
        found = claims(tokens["id_token"])
        assert (found["name"], found["nonce"], found["cognito:groups"]) == ("Bia Souza", "n", ["admin"])
        assert await exchange(client, code=good) == (400, {"error": "invalid_grant"})
        for wrong in ({"code_verifier": "w" * 50}, {"client_id": "x"}, {"redirect_uri": f"{CONSOLE}2"}):
            assert (await exchange(client, code=await code(client), **wrong))[0] == 400
        refreshed = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        status, again = await exchange(client, **refreshed)
        assert (status, claims(again["id_token"])["sub"]) == (200, found["sub"])
        assert (await exchange(client, **refreshed, client_id="x"))[0] == 400
        assert (await exchange(client, grant_type="password"))[0] == 400

    run(use)


@pytest.mark.parametrize(
    "wrong",
    [
        {"redirect_uri": "https://example.com/console"},
        {"redirect_uri": "javascript:alert(1)"},
        {"code_challenge_method": "plain"},
        {"response_type": "token"},
    ],
)
def test_codes_go_only_to_pages_of_this_machine_with_a_challenge(wrong: dict[str, str]) -> None:
    async def use(client: Client) -> None:
        assert (await client.get("/authorize", params=ASKED | wrong)).status == 400
        answer = await client.post("/authorize", data={**ASKED, "name": "Bia"} | wrong, allow_redirects=False)
        assert answer.status == 400

    run(use)


def test_a_name_is_the_same_user_again_also_after_a_restart_and_is_shown_as_text(tmp_path: Path) -> None:
    subs = []

    async def use(client: Client) -> None:
        page = await (await client.get("/authorize", params=ASKED | {"state": '"><u>'})).text()
        assert "Ana Local" in page
        assert '"><u>' not in page
        assert ("&lt;i&gt;Bia" in page) == bool(subs)
        _, tokens = await exchange(client, code=await code(client, name="<i>Bia"))
        subs.append(claims(tokens["id_token"])["sub"])

    run(use, tmp_path / "key.pem")
    run(use, tmp_path / "key.pem")
    assert subs[0] == subs[1]


def test_signing_out_leads_back_in_both_forms_and_to_no_other_host() -> None:
    async def use(client: Client) -> None:
        for name in ("post_logout_redirect_uri", "logout_uri"):
            answer = await client.get("/logout", params={name: CONSOLE}, allow_redirects=False)
            assert (answer.status, answer.headers["Location"]) == (303, CONSOLE)
        answer = await client.get("/logout", params={"logout_uri": "https://example.com"}, allow_redirects=False)
        assert answer.status == 200

    run(use)
