"""One instance on one Evolution API server, 2.3.7 or 2.4, over HTTP (src/api/routes, header ``apikey``).

Each call opens a connection of its own. Node closes idle connections after 5 s, and a post on such a connection looks
like one that was lost on its way. With a new connection, a failure before it is established means that nothing was
sent; after any later failure the request may have arrived.
"""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from math import ceil, floor
from typing import Any
from urllib.parse import quote

import requests
from urllib3.exceptions import TimeoutError as TransportTimeout

from hidra.domain.content import Content, MediaType
from hidra.domain.instance import InstanceFacts
from hidra.domain.message import MessageStatus, provider_status
from hidra.domain.outcome import NotSent, Outcome, Stops, Unknown
from hidra.domain.pacing import CONNECT_SECONDS
from hidra.domain.whatsapp_message import id_of, media_type_of, text_of
from hidra.errors import HidraError, Rejected, Unavailable
from hidra.gateways import answers, bodies, instance_rows
from hidra.gateways.addresses import SLOW_TO_CONNECT, Adapter

# Seconds to connect and to wait for an answer. A send must leave at its slot. Its answer is slow: Evolution checks the
# number and sends before it answers, and Baileys' own queries time out after 60 s.
_SEND_TIMEOUT = (CONNECT_SECONDS, 90.0)
_ASK_TIMEOUT = (3.0, 10.0)
_MAX_ANSWER_BYTES = 4_000_000
_MAX_TEXT, _MAX_IMAGE = 200, 200_000  # characters of a field that is shown; Evolution's QR codes have some 10,000
_FOUND_AT_MOST = 50
CONTACTS_OF_A_PAGE = 2_000  # some 1.2 MB with the URLs of pictures
_FETCH_INSTANCES = "instance/fetchInstances"  # the one route that has the instance in its query
_STATUSES_AT_MOST = 100  # of one message: Evolution keeps every copy
_FAR_FUTURE = 1 << 33  # seconds since 1970

# LOGOUT_INSTANCE and REMOVE_INSTANCE carry no data: their name is the event.
WEBHOOK_EVENTS = frozenset(
    {
        "MESSAGES_UPDATE",
        "MESSAGES_UPSERT",
        "CONNECTION_UPDATE",
        "STATUS_INSTANCE",
        "LOGOUT_INSTANCE",
        "REMOVE_INSTANCE",
    }
)
STATE_ABSENT = "absent"


@dataclass(frozen=True)
class Offer:
    """The answer of ``connect``: the state, and a code to scan (a data URL) or to type where one is needed."""

    state: str
    qr_code: str | None
    pairing_code: str | None


@dataclass(frozen=True)
class Webhook:
    """An instance's one webhook."""

    url: str
    jwt_key: str
    events: frozenset[str] = WEBHOOK_EVENTS
    enabled: bool = True
    by_events: bool = False
    base64: bool = False


@dataclass(frozen=True)
class SentMessage:
    """A message that this instance has sent."""

    provider_message_id: str
    text: str | None
    at: datetime
    media_type: MediaType | None = None


class Evolution:
    def __init__(self, base_url: str, instance: str, api_key: str, *, allow_private: bool) -> None:
        """
        Args:
            base_url: as ``address.check_base_url`` returns it.
            allow_private: whether the server may be in a private network.
        """
        self._base_url, self._instance = base_url, instance
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.update({"apikey": api_key, "Connection": "close", "User-Agent": "hidra"})
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, Adapter(allow_private=allow_private))

    def send(self, number: str, content: Content, *, message_id: str | None = None) -> Outcome:
        """Sends one message, and returns its outcome; never raises for what Evolution or the network does.

        Args:
            number: E.164.
            message_id: the id to send it under; Evolution before 2.4 chooses another one, which its answer tells.
        """
        route, body = bodies.to_send(number, content, message_id=message_id)
        try:
            status, answer = self._call("POST", route, body, timeout=_SEND_TIMEOUT)
            return answers.sort_answer(status, answer, media=content.media.type if content.media else None)
        except HidraError as error:
            stops = Stops.SERVER_IF_REPEATED if error.code == SLOW_TO_CONNECT else Stops.CONNECTION
            return NotSent(error.code.replace("-", "_"), str(error), stops, arrived=False)
        except requests.Timeout:
            return Unknown("timed_out", "The Evolution server did not answer in time.")
        except requests.RequestException:
            return Unknown("connection_lost", "The connection to the Evolution server broke before it answered.")

    def connection_state(self) -> str:
        """Returns ``open``, ``connecting``, ``close``, ``refused`` (too many QR codes), or ``absent``: known to
        Evolution's database but not running (github.com/evolution-foundation/evolution-api/issues/2583).

        Raises:
            Rejected, Unavailable: see ``_ask``.
        """
        return _state(self._ask("GET", "instance/connectionState"))

    def connect(self) -> Offer:
        """Starts to connect; while Evolution makes a code (2 s) there may be neither code nor error: call it again.

        Raises:
            Rejected, Unavailable: see ``_ask``.
        """
        body = self._ask("GET", "instance/connect")
        if isinstance(body.get("instance"), Mapping):
            return Offer(_state(body), None, None)
        if body.get("error"):  # with HTTP 200 (src/api/controllers/instance.controller.ts)
            raise Unavailable("Evolution could not start to connect. Try again.", code="connect-failed")
        # A closed instance of the Cloud API answers {}: there is nothing to scan.
        state = "connecting" if body else "close"
        return Offer(state, _text(body.get("base64"), most=_MAX_IMAGE), _text(body.get("pairingCode")))

    def find_webhook(self) -> Webhook | None:
        """Returns the instance's webhook; None if none was ever set.

        Raises:
            Rejected, Unavailable: see ``_ask``.
        """
        body = self._ask("GET", "webhook/find", may_be_null=True)
        if not body.get("url"):
            return None
        headers, events = body.get("headers"), body.get("events")
        return Webhook(
            url=str(body["url"]),
            jwt_key=str(headers.get("jwt_key", "")) if isinstance(headers, Mapping) else "",
            events=frozenset(map(str, events)) if isinstance(events, list) else frozenset(),
            enabled=body.get("enabled") is True,
            by_events=body.get("webhookByEvents") is True,
            base64=body.get("webhookBase64") is True,
        )

    def set_webhook(self, url: str, jwt_key: str) -> None:
        """Replaces the instance's one webhook by ours.

        Raises:
            Rejected, Unavailable: see ``_ask``.
        """
        webhook = {
            "enabled": True,
            "url": url,
            "headers": {"jwt_key": jwt_key},
            "byEvents": False,
            "base64": False,
            "events": sorted(WEBHOOK_EVENTS),
        }
        self._ask("POST", "webhook/set", {"webhook": webhook})

    def find_message(self, message_id: str) -> SentMessage | None:
        """Returns the message that this instance sent under an id; None if Evolution knows none.

        The address is not asked for: it may be a hidden one (``@lid``), whatever the number.

        Raises:
            Rejected, Unavailable: see ``_ask``.
        """
        found = self._find({"key": {"id": message_id, "fromMe": True}})
        return next((item for item in found if item.provider_message_id == message_id), None)

    def find_messages(self, remote_jids: Iterable[str], start: datetime, end: datetime) -> list[SentMessage]:
        """Returns what this instance sent to any of these addresses between two instants, both in UTC.

        Evolution scans its messages for this: for recovery, not for polling.

        Raises:
            Rejected, Unavailable: see ``_ask``.
        """
        found: dict[str, SentMessage] = {}
        for jid in remote_jids:
            where = {
                "key": {"remoteJid": jid, "fromMe": True},
                "messageTimestamp": {"gte": _second(floor(start.timestamp())), "lte": _second(ceil(end.timestamp()))},
            }
            found |= {item.provider_message_id: item for item in self._find(where)}
        return [item for item in found.values() if start <= item.at <= end]

    def _find(self, where: Mapping[str, Any]) -> list[SentMessage]:
        body = self._ask("POST", "chat/findMessages", {"where": where, "offset": _FOUND_AT_MOST, "page": 1})
        page = body.get("messages")
        records = page.get("records") if isinstance(page, Mapping) else None
        if not isinstance(records, list):
            raise Unavailable("Evolution's answer was not understood.", code="answer-not-understood")
        return [item for item in map(_found, records) if item]

    def own_address(self) -> str | None:
        """Returns the address (``…@s.whatsapp.net``) of the instance's own number; None if Evolution does not know it.

        Raises:
            Rejected, Unavailable: see ``_ask``.
        """
        rows = self._answer("GET", _FETCH_INSTANCES)
        row = rows[0] if isinstance(rows, list) and rows else None
        return _text(row.get("ownerJid")) if isinstance(row, Mapping) else None

    def facts(self) -> InstanceFacts | None:
        """Returns what Evolution tells about the instance; None if its answer does not have it.

        Raises:
            Rejected, Unavailable: see ``_ask``.
        """
        row = instance_rows.of_instance(self._answer("GET", _FETCH_INSTANCES), self._instance)
        found = instance_rows.facts_of(row) if row else None
        if found is None or found.number is None:
            return found
        # With a number the server answers the first row that has it, the one that receives every status of the number;
        # with a token in place of the server's key, all rows of the token.
        rows = self._answer("GET", f"{_FETCH_INSTANCES}?number={quote(found.number, safe='')}")
        return replace(found, number_used_twice=instance_rows.is_elsewhere(rows, found))

    def contacts(self) -> Iterator[list[Any]]:
        """Yields the contacts of this instance, page by page, each entry as it is: groups and members of groups too.

        Evolution does not order them itself, but with ``take`` its Prisma does, by the row's id. A server before 2.3.0
        has no pages and returns all at once (src/api/services/channel.service.ts, fetchContacts; pull request 1334).

        Raises:
            Rejected, Unavailable: see ``_ask``.
        """
        before: list[Any] = []
        for page in count(1):
            query = {"where": {}, "offset": CONTACTS_OF_A_PAGE, "page": page}
            found = self._answer("POST", "chat/findContacts", query)
            if not isinstance(found, list):
                raise Rejected(
                    "The contacts of the Evolution server cannot be read: its answer is not a list, or is too long.",
                    code="answer-not-understood",
                )
            if found == before:
                return
            yield found
            if len(found) != CONTACTS_OF_A_PAGE:
                return
            before = found

    def find_statuses(self, provider_message_id: str) -> frozenset[MessageStatus]:
        """Returns the statuses of one message that Evolution kept (``DATABASE_SAVE_MESSAGE_UPDATE``).

        Its answer has every copy, without times and order, and is empty for an id that it does not know
        (src/api/services/channel.service.ts, fetchStatusMessage).

        Raises:
            Rejected, Unavailable: see ``_ask``.
        """
        query = {"where": {"id": provider_message_id}, "offset": _STATUSES_AT_MOST, "page": 1}
        rows = self._answer("POST", "chat/findStatusMessage", query)
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            raise Unavailable("Evolution's answer was not understood.", code="answer-not-understood")
        found = (provider_status(row.get("status")) for row in rows if row.get("keyId") == provider_message_id)
        return frozenset(status for status in found if status)

    def _ask(self, method: str, route: str, body: object = None, *, may_be_null: bool = False) -> Mapping[str, Any]:
        """Makes a call that sends no message; returns the answer's JSON object.

        Raises:
            Rejected: the address, the instance's name or the key is wrong; the same call fails the same way.
            Unavailable: there was no answer, or not a valid one: try again.
        """
        answer = self._answer(method, route, body)
        if isinstance(answer, Mapping):
            return answer
        if may_be_null and answer is None:
            return {}
        raise Rejected("There is no Evolution API at this address.", code="not-evolution")

    def _answer(self, method: str, route: str, body: object = None) -> object:
        """Does what ``_ask`` does, but returns any JSON; None if the answer is not JSON, or too long."""
        try:
            status, answer = self._call(method, route, body, timeout=_ASK_TIMEOUT)
        except requests.Timeout:
            raise Unavailable("The Evolution server did not answer in time.", code="timed-out") from None
        except requests.RequestException:
            raise Unavailable("The connection to the Evolution server broke.", code="connection-lost") from None
        stopped = answers.refusal(status, answer)
        if stopped is not None:
            raise Rejected(stopped.detail, code=stopped.code.replace("_", "-"))
        if not 200 <= status < 300:
            raise Unavailable(f"The Evolution server answers with status {status}.", code="server-error")
        return answer

    def _call(self, method: str, route: str, body: object, *, timeout: tuple[float, float]) -> tuple[int, object]:
        """Returns the answer's status and its JSON, None if it is not JSON.

        Raises:
            HidraError: the request was certainly not sent.
            requests.RequestException: the request may have arrived.
        """
        between = "?instanceName=" if route == _FETCH_INSTANCES else "/"
        instance = "" if "?" in route else between + quote(self._instance, safe="")
        url = f"{self._base_url}/{route}{instance}"
        deadline = time.monotonic() + sum(timeout)
        try:
            request = self._session.prepare_request(requests.Request(method, url, json=body))
            request.headers["apikey"].encode("ascii")
        except (requests.RequestException, ValueError):
            raise Rejected(
                "The server's address or the API key cannot be used. Save the connection again.",
                code="unusable-connection",
            ) from None
        # Not through the session: it reads the whole body of a redirect, however long, even if it does not follow it.
        adapter = self._session.get_adapter(url)
        try:
            with adapter.send(request, timeout=timeout, stream=True, verify=True) as response:
                return response.status_code, _read(response, deadline)
        except (HidraError, requests.RequestException):
            raise
        except TransportTimeout as error:
            raise requests.Timeout("the answer stopped") from error
        except Exception as error:
            # The libraries raise other errors for invalid answers; by then the request has arrived.
            raise requests.ConnectionError("the answer could not be read") from error
        finally:
            # urllib3 keeps a connection whose server does not say that it closes it.
            adapter.close()


def _read(response: requests.Response, deadline: float) -> object:
    """Returns the body's JSON, None if it is not JSON or too long; an endless answer is cut off at the deadline."""
    read = b""
    # read1 returns the bytes that are there: a server may send them one by one.
    while chunk := response.raw.read1(65_536, decode_content=True):
        read += chunk
        if len(read) > _MAX_ANSWER_BYTES:
            return None
        if time.monotonic() > deadline:
            raise requests.Timeout("the answer took too long")
    try:
        return json.loads(read)
    except (ValueError, RecursionError):
        return None


def _state(body: Mapping[str, Any]) -> str:
    instance = body.get("instance")
    if not isinstance(instance, Mapping):
        raise Rejected("There is no Evolution API at this address.", code="not-evolution")
    return _text(instance.get("state")) or STATE_ABSENT


def _found(record: object) -> SentMessage | None:
    if not isinstance(record, Mapping):
        return None
    key, seconds = record.get("key"), record.get("messageTimestamp")
    if not isinstance(key, Mapping) or key.get("fromMe") is not True:
        return None
    if not isinstance(seconds, int) or not 0 < seconds < _FAR_FUTURE:
        return None
    message_id = id_of(key.get("id"))
    if message_id is None:
        return None
    message = record.get("message")
    return SentMessage(message_id, text_of(message), datetime.fromtimestamp(seconds, UTC), media_type_of(message))


def _text(value: object, *, most: int = _MAX_TEXT) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= most else None


def _second(epoch: int) -> str:
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
