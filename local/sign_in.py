"""Signing in at the local issuer: the authorization code flow with PKCE, and a page that picks a local user.

Nothing is proved: a visitor of the page chooses its user. So codes go to pages of this machine only.
"""

import base64
import hashlib
import html
import json
import secrets
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web

ANYWHERE = {"Access-Control-Allow-Origin": "*"}
_ADMINS = "admin"
_CODE_SECONDS = 60
_NAMESPACE = uuid.UUID("1f0f35b8-0d2e-4b64-9d0a-5a4cf0e2a6f1")
_PAGE = Template(Path(__file__).with_name("sign_in.html").read_text(encoding="utf-8"))

type Tokens = Callable[["LocalUser", str | None], dict[str, Any]]


@dataclass(frozen=True)
class LocalUser:
    """A user of the local stack; the same name is the same user."""

    sub: str
    name: str
    email: str
    groups: list[str] = field(default_factory=list)

    @classmethod
    def named(cls, name: str, *, admin: bool) -> "LocalUser":
        email = f"{name.split(maxsplit=1)[0].lower()}@example.com"
        return cls(str(uuid.uuid5(_NAMESPACE, name.casefold())), name, email, [_ADMINS] if admin else [])


class KnownUsers:
    """The user that every stack has, and those that signed in or got a token by name; kept in the file, if any."""

    def __init__(self, path: Path | None, first: LocalUser) -> None:
        self._path = path
        self._users = {first.sub: first}
        if path and path.exists():
            self._users |= {it["sub"]: LocalUser(**it) for it in json.loads(path.read_text(encoding="utf-8"))}

    def all(self) -> list[LocalUser]:
        return list(self._users.values())

    def find(self, sub: str) -> LocalUser | None:
        return self._users.get(sub)

    def add(self, user: LocalUser) -> None:
        if self._users.get(user.sub) == user:
            return
        self._users[user.sub] = user
        if self._path:
            self._path.write_text(json.dumps([asdict(it) for it in self.all()]), encoding="utf-8")


@dataclass(frozen=True)
class _Code:
    user: LocalUser
    client_id: str
    redirect_uri: str
    challenge: str
    nonce: str | None
    until: float


class SignIn:
    """The routes of the code flow; `tokens` makes a user's tokens."""

    def __init__(self, users: KnownUsers, tokens: Tokens, clock: Callable[[], float] = time.monotonic) -> None:
        self.users, self._tokens, self._clock = users, tokens, clock
        self._codes: dict[str, _Code] = {}
        self._refresh: dict[str, tuple[str, LocalUser]] = {}

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/authorize", self._choose),
            web.post("/authorize", self._chosen),
            web.options("/token", self._preflight),
            web.get("/logout", self._logout),
        ]

    def exchange(self, form: Mapping[str, str]) -> web.Response:
        """Answer a form of OAuth: a code with its verifier, or a refresh token."""
        match form.get("grant_type"):
            case "authorization_code":
                return self._by_code(form)
            case "refresh_token":
                client_id, user = self._refresh.get(form.get("refresh_token", ""), ("", None))
                if user and client_id == form.get("client_id"):
                    return web.json_response(self._tokens(user, None), headers=ANYWHERE)
                return _refused("invalid_grant")
        return _refused("unsupported_grant_type")

    def _by_code(self, form: Mapping[str, str]) -> web.Response:
        code = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            code is None
            or self._clock() > code.until
            or challenge != code.challenge
            or (form.get("client_id"), form.get("redirect_uri")) != (code.client_id, code.redirect_uri)
        ):
            return _refused("invalid_grant")
        refresh = secrets.token_urlsafe(32)
        self._refresh[refresh] = (code.client_id, code.user)
        return web.json_response({**self._tokens(code.user, code.nonce), "refresh_token": refresh}, headers=ANYWHERE)

    async def _choose(self, request: web.Request) -> web.Response:
        asked = dict(request.query)
        if problem := _problem(asked):
            return web.Response(text=problem, status=400)
        hidden = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
            for name, value in asked.items()
        )
        users = "".join(
            f'<button name="user" value="{html.escape(user.sub)}"><b>{html.escape(user.name)}</b>'
            f"<span>{html.escape(user.email)}{' · admin' if _ADMINS in user.groups else ''}</span></button>"
            for user in self.users.all()
        )
        page = _PAGE.substitute(hidden=hidden, users=users)
        return web.Response(text=page, content_type="text/html", headers={"Cache-Control": "no-store"})

    async def _chosen(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        if problem := _problem(form):
            return web.Response(text=problem, status=400)
        name = " ".join(form.get("name", "").split())[:100]
        user = self.users.find(form.get("user", "")) or (name and LocalUser.named(name, admin="admin" in form))
        if not user:
            return web.Response(text="Choose a user, or type a name.", status=400)
        self.users.add(user)
        code = secrets.token_urlsafe(32)
        challenge, nonce = form["code_challenge"], form.get("nonce")
        until = self._clock() + _CODE_SECONDS
        self._codes[code] = _Code(user, form["client_id"], form["redirect_uri"], challenge, nonce, until)
        answer = urlencode({"code": code, **({"state": form["state"]} if "state" in form else {})})
        raise web.HTTPSeeOther(f"{form['redirect_uri']}?{answer}")

    async def _preflight(self, _: web.Request) -> web.Response:
        allowed = {"Access-Control-Allow-Methods": "POST", "Access-Control-Allow-Headers": "content-type"}
        return web.Response(status=204, headers=ANYWHERE | allowed)

    async def _logout(self, request: web.Request) -> web.Response:
        """In OpenID's form, or in Cognito's."""
        target = request.query.get("post_logout_redirect_uri") or request.query.get("logout_uri", "")
        if not _is_here(target):
            return web.Response(text="Signed out.")
        state = request.query.get("state")
        raise web.HTTPSeeOther(f"{target}?{urlencode({'state': state})}" if state else target)


def _problem(asked: Mapping[str, str]) -> str | None:
    """Why the request to sign in is refused."""
    if not _is_here(asked.get("redirect_uri", "")):
        return "redirect_uri must be a page of this machine."
    if asked.get("response_type") != "code" or not asked.get("client_id"):
        return "Only response_type=code with a client_id is answered."
    if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
        return "A code_challenge with the method S256 is required."
    return None


def _is_here(address: str) -> bool:
    return urlsplit(address).scheme == "http" and urlsplit(address).hostname in ("127.0.0.1", "localhost")


def _refused(error: str) -> web.Response:
    return web.json_response({"error": error}, status=400, headers=ANYWHERE)
