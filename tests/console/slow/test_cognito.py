"""Signing in at Cognito, which the emulator plays, with the ID token and with the access token.

Two things are not Cognito's own here. The emulator serves the issuer's description at its own address, so the browser's
request for it is led there. And a renewed token of the emulator has another auth_time than the first, which OpenID
forbids and Cognito does not do, so the renewal is not tried.
"""

import base64
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Browser, Request, Route, expect

from local.stack import Stack
from tests.console.conftest import Visitor, Watched

PASSWORD = "Hidra-local-1"
REGION = "us-east-1"


@pytest.fixture(scope="module")
def cognito(chromium: str) -> Iterator[Stack]:
    """A stack whose issuer is a user pool with one client and one admin."""
    with Stack.running("cognito") as stack:
        pools = stack.cloud.client("cognito-idp")
        pool = pools.create_user_pool(PoolName="hidra")["UserPool"]["Id"]
        made = pools.create_user_pool_client(
            UserPoolId=pool,
            ClientName="hidra",
            AllowedOAuthFlowsUserPoolClient=True,
            AllowedOAuthFlows=["code"],
            AllowedOAuthScopes=["openid", "email", "profile"],
            CallbackURLs=[stack.console_url],
            LogoutURLs=[stack.console_url],
            SupportedIdentityProviders=["COGNITO"],
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        )
        attributes = [{"Name": "email", "Value": "ana@example.com"}, {"Name": "name", "Value": "Ana Lima"}]
        pools.create_group(UserPoolId=pool, GroupName="admin")
        pools.admin_create_user(UserPoolId=pool, Username="ana", UserAttributes=attributes, MessageAction="SUPPRESS")
        pools.admin_set_user_password(UserPoolId=pool, Username="ana", Password=PASSWORD, Permanent=True)
        pools.admin_add_user_to_group(UserPoolId=pool, Username="ana", GroupName="admin")
        stack.parameters |= {
            "JwtIssuer": f"https://cognito-idp.{REGION}.amazonaws.com/{pool}",
            "JwtAudience": made["UserPoolClient"]["ClientId"],
        }
        yield stack


def claims(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


@pytest.mark.parametrize("token", ["id", "access"])
def test_a_person_signs_in_at_cognito_uses_the_api_and_signs_out(cognito: Stack, browser: Browser, token: str) -> None:
    issuer = cognito.parameters["JwtIssuer"]
    cognito.parameters["ConsoleToken"] = token
    cognito.deploy()
    described = requests.get(
        f"{cognito.aws_endpoint}/{issuer.rsplit('/', 1)[1]}/.well-known/openid-configuration", timeout=10
    )
    context = browser.new_context(locale="pt-BR")

    def describe(route: Route) -> None:
        headers = {"access-control-allow-origin": "*", "content-type": "application/json"}
        route.fulfill(body=described.text, headers=headers)

    context.route(re.compile(re.escape(issuer)), describe)
    allowed = {f"{part.scheme}://{part.netloc}" for part in map(urlsplit, (cognito.aws_endpoint, issuer))}
    visitor = Visitor(cognito, context, Watched(allowed))
    page = visitor.open("#/settings")
    bearers: list[str] = []

    def note(request: Request) -> None:
        if "/v1/" in request.url and (bearer := request.headers.get("authorization")):
            bearers.append(bearer.removeprefix("Bearer "))

    page.on("request", note)
    page.get_by_role("button", name="Entrar").click()
    page.locator("input[name=username]").fill("ana")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("dl")).to_contain_text("Ana Lima")
    expect(page.locator("dl")).to_contain_text("ana@example.com")
    expect(page.locator("dl")).to_contain_text("Administração")
    assert page.url == f"{visitor.url}#/settings"
    page.get_by_role("link", name="Contatos").click()
    expect(page.locator("main h2")).to_have_text("Ainda não há contatos")
    assert {claims(bearer)["token_use"] for bearer in bearers} == {token}

    page.get_by_role("link", name="Ajustes").click()
    with page.expect_request(re.compile(r"/logout\?")) as left:
        page.get_by_role("button", name="Sair").click()
    assert "id_token" not in left.value.url
    expect(page.get_by_role("button", name="Entrar")).to_be_visible()
    assert not any(name.startswith("oidc.user:") for name in page.evaluate("Object.keys(sessionStorage)"))
    assert visitor.watched.found == []
    context.close()
