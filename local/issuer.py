"""The development token issuer: OpenID discovery, a key set, tokens for every request, and a page to sign in with.

`python -m local.issuer --port 0 --audience NAME` prints one JSON line {"url": ...} when it is ready. It replaces
Cognito: the claims are those of an ID token with groups. It issues any identity without a check, so it listens on
127.0.0.1 only.
"""

import asyncio
import hashlib
import json
import os
import time
import uuid
from pathlib import Path
from typing import Annotated, Any

import jwt
import typer
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from local.sign_in import ANYWHERE, KnownUsers, LocalUser, SignIn

# The same user after every start, so that the rows of a lasting database (DATABASE_URL) stay visible.
LOCAL_USER = uuid.UUID("6f1d5c1e-7a7b-4c57-9d53-0a4e1f6b2c90")
_DAY = 86_400


class TokenRequest(BaseModel):
    """The body of POST /token, every field optional; a negative `lifetime` (seconds) makes an expired token."""

    model_config = ConfigDict(extra="forbid")

    sub: uuid.UUID = LOCAL_USER
    email: str = "ana@example.com"
    name: str = "Ana Local"
    groups: list[str] = Field(default_factory=list)
    lifetime: int = Field(default=_DAY, ge=-_DAY, le=30 * _DAY)


class Issuer:
    """An issuer with a key of its own, kept in a file if there is one; set `url` once the port is known."""

    def __init__(self, audience: str, key_file: Path | None = None) -> None:
        self.url = ""
        first = LocalUser(str(LOCAL_USER), "Ana Local", "ana@example.com")
        kept = key_file.with_name("issuer-users.json") if key_file else None
        self.sign_in = SignIn(KnownUsers(kept, first), self._tokens)
        self._audience = audience
        self._key = _kept_key(key_file) if key_file else _new_key()
        self._key_id = hashlib.sha256(_pem(self._key)).hexdigest()[:32]  # verifiers cache keys by their id

    def application(self) -> web.Application:
        application = web.Application()
        application.add_routes(
            [
                web.get("/.well-known/openid-configuration", self._discovery),
                web.get("/.well-known/jwks.json", self._keys),
                web.post("/token", self._token),
                *self.sign_in.routes(),
            ]
        )
        return application

    def _tokens(self, user: LocalUser, nonce: str | None) -> dict[str, Any]:
        """What a sign-in gives: an ID token, which is the access token too, for an hour."""
        who = TokenRequest(sub=uuid.UUID(user.sub), name=user.name, email=user.email, groups=user.groups, lifetime=3600)
        token = self.mint(who, int(time.time()), nonce)
        return {"id_token": token, "access_token": token, "token_type": "Bearer", "expires_in": who.lifetime}

    def mint(self, request: TokenRequest, now: int, nonce: str | None = None) -> str:
        claims: dict[str, Any] = {
            "iss": self.url,
            "aud": self._audience,
            "sub": str(request.sub),
            "email": request.email,
            "name": request.name,
            "iat": now,
            "exp": now + request.lifetime,
        }
        if request.groups:  # Cognito leaves the claim out for a user without groups
            claims["cognito:groups"] = request.groups
        if nonce:
            claims["nonce"] = nonce
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self._key_id})

    async def _discovery(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/.well-known/jwks.json",
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "end_session_endpoint": f"{self.url}/logout",
                "grant_types_supported": ["authorization_code", "refresh_token"],
                "code_challenge_methods_supported": ["S256"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["code", "token"],
                "subject_types_supported": ["public"],
                "token_endpoint_auth_methods_supported": ["none"],
            },
            headers=ANYWHERE,
        )

    async def _keys(self, _: web.Request) -> web.Response:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return web.json_response({"keys": [{**public, "kid": self._key_id, "use": "sig", "alg": "RS256"}]})

    async def _token(self, request: web.Request) -> web.Response:
        """JSON mints a token for any user; a form is OAuth's, of a page that has signed in."""
        if request.content_type == "application/x-www-form-urlencoded" and "grant_type" in (
            form := await request.post()
        ):
            return self.sign_in.exchange({name: str(value) for name, value in form.items()})
        try:
            wanted = TokenRequest.model_validate_json(await request.read() or b"{}")
        except ValidationError as error:
            problems = error.errors(include_url=False, include_context=False, include_input=False)
            return web.json_response({"error": "invalid_request", "details": problems}, status=400)
        if "name" in wanted.model_fields_set:
            self.sign_in.users.add(LocalUser(str(wanted.sub), wanted.name, wanted.email, wanted.groups))
        token = self.mint(wanted, int(time.time()))
        return web.json_response({"access_token": token, "token_type": "Bearer", "expires_in": wanted.lifetime})


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _kept_key(path: Path) -> rsa.RSAPrivateKey:
    """The key in the file, or a new one that is written there: tokens stay valid when the issuer starts again."""
    try:
        found = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        key = _new_key()
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(_pem(key))
        return key
    assert isinstance(found, rsa.RSAPrivateKey), f"{path} holds another kind of key"
    return found


def _pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


async def serve(port: int, audience: str, key_file: Path | None = None) -> None:
    issuer = Issuer(audience, key_file)
    runner = web.AppRunner(issuer.application(), handle_signals=True, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    issuer.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    print(json.dumps({"url": issuer.url}), flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def main(
    audience: Annotated[str, typer.Option()],
    port: Annotated[int, typer.Option()] = 0,
    key_file: Annotated[Path | None, typer.Option(help="Where its key is kept from start to start.")] = None,
) -> None:
    """Issue tokens on 127.0.0.1 until stopped."""
    asyncio.run(serve(port, audience, key_file))


if __name__ == "__main__":
    typer.run(main)
