"""The contacts on an Evolution server, from the API to contacts and a segment: connection_check fetches them from the
simulator, and from hostile servers, over real HTTP; contact_import finds their file on moto's S3."""

# ruff: noqa: F811 - fixtures of the connection check

import json
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType
from typing import IO, Any, Self
from uuid import UUID, uuid4

import pytest

from hidra.domain.imports import files
from hidra.errors import Unavailable
from hidra.gateways import aws_api, evolution, uploads
from hidra.gateways.evolution import CONTACTS_OF_A_PAGE, Evolution
from hidra.services.imports import pull_contacts
from hidra.store import import_slices
from tests.conftest import Databases
from tests.functions.api import CONTEXT, Api, load
from tests.functions.checks import (
    Context,
    Simulator,
    Tenant,
    app,  # noqa: F401
    simulator,  # noqa: F401
)
from tests.functions.workers import BUCKET, PHONE_HASH_SECRET, Aws, Logs, from_queue, use
from tests.store.importing import contacts, members, one

pytestmark = pytest.mark.usefixtures("on_aws")

OWN = {"remoteJid": "551140000000@s.whatsapp.net", "pushName": "Loja"}
KNOWN = [
    {"remoteJid": "553187651111@s.whatsapp.net", "pushName": "Ana", "profilePicUrl": "https://pps.example/a"},
    {"remoteJid": "5511987650002@s.whatsapp.net"},
    {"remoteJid": "5511987650002:3@s.whatsapp.net", "pushName": "Bia"},
    {"remoteJid": "120363041967849074@g.us", "pushName": "Família"},
    {"remoteJid": "98765432101234@lid", "pushName": "Eva"},
    {"remoteJid": "0@s.whatsapp.net"},
    {"remoteJid": "status@broadcast"},
    OWN,
]


class Functions:
    """AWS Lambda: passes an asynchronous event to connection_check, at once or never."""

    def __init__(self, check: ModuleType) -> None:
        self.check, self.events, self.takes = check, list[Any](), True

    def invoke(self, function_name: str, payload: Any, *, wait: bool) -> None:
        assert (function_name, wait) == ("none", False)
        self.events.append(json.loads(json.dumps(payload)))
        if self.takes:
            self.check.handler(self.events[-1], Context())


class Server:
    """An Evolution server that answers a request for a page of contacts with what ``page`` writes."""

    def __init__(self, page: Callable[[BaseHTTPRequestHandler, int], None], state: str = "open") -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.startswith("/instance/fetchInstances"):
                    say(self, [{"ownerJid": OWN["remoteJid"]}])
                else:
                    say(self, {"instance": {"state": state}})

            def do_POST(self) -> None:
                query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                page(self, query["page"])

            def log_message(self, format: str, *args: Any) -> None:
                """Logs nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


def say(client: BaseHTTPRequestHandler, body: Any, status: int = 200) -> None:
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    client.send_response(status)
    client.send_header("Content-Length", str(len(payload)))
    client.end_headers()
    client.wfile.write(payload)


def people(page: int, size: int = CONTACTS_OF_A_PAGE) -> list[Any]:
    first = 80_000_000 + page * CONTACTS_OF_A_PAGE
    return [{"remoteJid": f"55119{first + n}@s.whatsapp.net", "profilePicUrl": "x" * 400} for n in range(size)]


@pytest.fixture(autouse=True)
def logs() -> Iterator[Logs]:
    with Logs.captured() as logs:
        yield logs
    logs.assert_free_of("98765", "3187651111", "Ana", "Bia", "global-key")


@pytest.fixture
def functions(app: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Functions:
    monkeypatch.setitem(app.ENV, "IMPORT_BUCKET", BUCKET)
    found = Functions(app)
    monkeypatch.setattr(aws_api, "invoke", found.invoke)
    return found


class Shop:
    """A tenant that imports the contacts of its Evolution server."""

    def __init__(self, tenant: Tenant, api: Api, importer: ModuleType) -> None:
        self.tenant, self.api, self._importer = tenant, api, importer
        self.user_id = tenant.world.user_id

    def ask(self, **wanted: Any) -> UUID:
        answer = self.api.post("/v1/imports", {"source": "evolution", **wanted})
        assert answer.status == 201, answer.json
        assert answer.json["upload"] is None
        return UUID(answer.json["contact_import"]["id"])

    def shown(self, import_id: UUID) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(f"/v1/imports/{import_id}").json
        return found

    def file(self, import_id: UUID) -> bytes | None:
        key = files.contacts_key(self.user_id, import_id)
        if uploads.find(BUCKET, key) is None:
            return None
        content: bytes = uploads.s3().get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return content

    def import_file(self, import_id: UUID) -> dict[str, Any]:
        """Runs the slice that S3 triggers when the file has arrived."""
        body = json.loads(load("contact_import_file_arrived")["Records"][0]["body"])
        body["Records"][0]["s3"]["object"]["key"] = files.contacts_key(self.user_id, import_id)
        event = from_queue("contact_import_next_slice", json.dumps(body))
        assert self._importer.handler(event, CONTEXT) == {"batchItemFailures": []}
        return self.shown(import_id)


@pytest.fixture
def shop(  # noqa: PLR0917
    app: ModuleType,
    databases: Databases,
    simulator: Simulator,
    functions: Functions,
    call: Any,
    on_aws: Aws,
    monkeypatch: pytest.MonkeyPatch,
) -> Shop:
    tenant = Tenant(app, databases, simulator.url, simulator.instance(), recipients=0)
    importer = use("contact_import", monkeypatch, IMPORT_BUCKET=BUCKET, IMPORT_QUEUE_URL=on_aws.queue("imports"))
    monkeypatch.setattr(importer, "db", databases.jobs)
    monkeypatch.setattr(importer, "phone_hash_secret", PHONE_HASH_SECRET.encode)
    return Shop(tenant, call("imports", tenant.world.user_id), importer)


def test_contacts_on_the_evolution_server_become_contacts_and_members(
    shop: Shop,
    simulator: Simulator,
    databases: Databases,
) -> None:
    simulator.ask(f"/_control/instances/{shop.tenant.instance}/contacts", {"contacts": KNOWN})
    import_id = shop.ask(segment_name="Da loja")
    assert shop.shown(import_id)["status"] == "waiting"
    done = shop.import_file(import_id)
    assert (done["status"], done["source"], done["format"]) == ("completed", "evolution", None)
    assert (done["created"], done["updated"], done["rows_read"]) == (2, 1, 5)
    assert done["rejected_by_reason"] == {"no_phone": 1, "invalid_phone": 1}
    assert contacts(databases, shop.user_id) == {
        "+5531987651111": ("Ana", {}, None),
        "+5511987650002": ("Bia", {}, None),
    }
    assert members(databases, UUID(done["segment_id"])) == {"+5531987651111", "+5511987650002"}
    refused = uploads.s3().get_object(Bucket=BUCKET, Key=files.rejects_key(shop.user_id, import_id))["Body"].read()
    assert b'no_phone,"{""hidden_id"": ""98765432101234@lid"", ""name"": ""Eva""}"' in refused


def test_an_instance_without_contacts_gives_an_empty_import(shop: Shop) -> None:
    done = shop.import_file(shop.ask())
    assert (done["status"], done["rows_read"], done["segment_id"]) == ("completed", 0, None)


def test_several_pages_are_one_file(shop: Shop, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evolution, "CONTACTS_OF_A_PAGE", 3)
    simulator.ask(f"/_control/instances/{shop.tenant.instance}/contacts", {"contacts": people(0, 9)})
    done = shop.import_file(shop.ask())
    assert (done["created"], done["rows_read"]) == (9, 9)


def test_an_event_delivered_twice_does_not_replace_the_file_that_is_read(
    shop: Shop,
    functions: Functions,
    simulator: Simulator,
) -> None:
    simulator.ask(f"/_control/instances/{shop.tenant.instance}/contacts", {"contacts": people(0, 2)})
    import_id = shop.ask()
    simulator.ask(f"/_control/instances/{shop.tenant.instance}/contacts", {"contacts": people(1, 2)})
    functions.check.handler(functions.events[0], Context())
    assert shop.import_file(import_id)["rows_read"] == 2


def test_the_event_of_the_repository_is_for_a_connection_that_does_not_exist_here(
    shop: Shop, functions: Functions
) -> None:
    event = load("connection_check_pull_contacts")
    assert functions.check.handler(event, Context()) is None
    shop.ask()
    assert functions.events[0].keys() == event.keys()


def test_no_connection_fetches_for_the_import_of_another_user(
    shop: Shop, functions: Functions, databases: Databases
) -> None:
    functions.takes = False
    import_id = shop.ask()
    other = Tenant(functions.check, databases, "http://127.0.0.1:9", "x")
    functions.check.handler({**functions.events[0], "connection_id": str(other.world.connection_id)}, Context())
    assert one(databases, "select pulled_at from hidra.contact_imports where id = %s", import_id)["pulled_at"] is None


def test_without_a_connection_no_import_is_created(call: Any, functions: Functions) -> None:
    answer = call("imports").post("/v1/imports", {"source": "evolution", "segment_name": "Da loja"})
    assert (answer.status, answer.code) == (409, "no-connection")
    assert call("segments").get("/v1/segments").json["items"] == functions.events == []


def test_fields_that_describe_a_file_are_rejected(shop: Shop) -> None:
    wrong = {"source": "evolution", "format": "csv", "mapping": {}, "country": "BR"}
    answer = shop.api.post("/v1/imports", wrong)
    assert (answer.status, answer.code, answer.fields) == (422, "no-file", ["format", "mapping"])


def test_a_connection_deleted_before_the_fetch_fails_the_import(shop: Shop, functions: Functions) -> None:
    functions.takes = False
    import_id = shop.ask()
    shop.tenant.run("delete from hidra.evolution_api_config where id = %s", [shop.tenant.world.connection_id])
    functions.check.handler(functions.events[0], Context())
    assert (shop.shown(import_id)["status"], shop.shown(import_id)["failure_code"]) == ("failed", "no_connection")


def test_an_import_whose_fetch_cannot_be_requested_has_failed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise Unavailable("Another part of Hidra cannot be reached. Try again in a few seconds.")

    monkeypatch.setattr("hidra.gateways.connection.invoke_later", refuse)
    answer = shop.api.post("/v1/imports", {"source": "evolution"})
    assert (answer.status, answer.code) == (503, "unavailable")
    [made] = shop.api.get("/v1/imports").json["items"]
    assert (made["status"], made["failure_code"]) == ("failed", "unavailable")


def test_an_import_whose_event_was_lost_fails_after_ten_minutes(
    shop: Shop, functions: Functions, databases: Databases
) -> None:
    functions.takes = False
    import_id = shop.ask()
    assert databases.jobs.as_worker(import_slices.stale) == []
    assert shop.import_file(import_id)["status"] == "waiting"
    databases.owner.execute("update hidra.contact_imports set created_at = now() - interval '11 minutes'")
    assert [stuck.id for stuck in databases.jobs.as_worker(import_slices.stale)] == [import_id]
    assert shop.import_file(import_id)["failure_code"] == "no_answer"


def test_a_storage_that_does_not_store_the_file_fails_the_import(shop: Shop, functions: Functions) -> None:
    functions.check.ENV["IMPORT_BUCKET"] = "another"
    assert shop.shown(shop.ask())["failure_code"] == "unavailable"


def test_a_closed_connection_fails_the_import_and_says_what_to_do(shop: Shop, simulator: Simulator) -> None:
    simulator.ask(f"/_control/instances/{shop.tenant.instance}/disconnect", {})
    failed = shop.shown(shop.ask())
    assert (failed["status"], failed["failure_code"]) == ("failed", "not_connected")
    assert failed["failure_reason"] == "The Evolution connection is not connected. Connect it and create a new import."


def test_a_wrong_key_or_instance_fails_the_import(shop: Shop) -> None:
    shop.tenant.seal("another")
    assert shop.shown(shop.ask())["failure_code"] == "unauthorized"
    shop.tenant.set(instance_name="nobody")
    assert shop.shown(shop.ask())["failure_code"] == "instance_not_found"
    shop.tenant.seal("key", user_id=uuid4())
    failed = shop.shown(shop.ask())
    assert (failed["status"], shop.file(UUID(failed["id"]))) == ("failed", None)


def hang(client: BaseHTTPRequestHandler, _page: int) -> None:
    time.sleep(1)


def drip(client: BaseHTTPRequestHandler, _page: int) -> None:
    client.send_response(200)
    client.end_headers()
    for _ in range(40):
        client.wfile.write(b" ")
        time.sleep(0.05)


def redirect(client: BaseHTTPRequestHandler, _page: int) -> None:
    client.send_response(302)
    client.send_header("Location", "http://127.0.0.1:9/")
    client.end_headers()


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (lambda client, _: say(client, b"<html>Bad Gateway</html>", 502), "server_error"),
        (lambda client, _: say(client, b"<html>Welcome</html>"), "answer_not_understood"),
        (lambda client, _: say(client, b""), "answer_not_understood"),
        (lambda client, _: say(client, {"contacts": []}), "answer_not_understood"),
        (lambda client, _: say(client, b"[" * 200_000), "answer_not_understood"),
        (lambda client, _: say(client, b"[" + b'"x", ' * 1_000_000 + b"0]"), "answer_not_understood"),
        (lambda client, _: say(client, {"code": "LICENSE_REQUIRED"}, 503), "license_required"),
        (lambda client, _: None, "connection_lost"),
        (redirect, "not_evolution"),
        (hang, "timed_out"),
        (drip, "timed_out"),
        (lambda client, page: say(client, people(page) if page < 3 else {"error": True}), "answer_not_understood"),
    ],
    ids=[
        "502", "HTML", "nothing", "an object", "nested", "too long", "licence", "cut", "redirect", "hangs", "drips", "later",
    ],
)  # fmt: skip
def test_a_server_that_returns_no_list_fails_the_import(
    shop: Shop, page: Any, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if code == "timed_out":
        monkeypatch.setattr(evolution, "_ASK_TIMEOUT", (0.3, 0.3))
    with Server(page) as server:
        shop.tenant.set(base_url=server.url)
        shop.tenant.seal("key")
        import_id = shop.ask()
    failed = shop.shown(import_id)
    assert (failed["status"], failed["failure_code"]) == ("failed", code)
    assert failed["failure_reason"]
    assert shop.file(import_id) is None


def test_an_entry_of_any_shape_harms_no_other_entry(shop: Shop, databases: Databases) -> None:
    wrong: list[Any] = [None, 5, [], {}, {"remoteJid": 5}, {"remoteJid": "\0@s.whatsapp.net"}, {"remoteJid": "9" * 99}]
    names: list[Any] = ["a\0b", "\ud800", "x" * 201, "x" * 1_200_000, {"x": 1}, "two\nlines", "  "]
    named = [{"remoteJid": f"551198765000{n}@s.whatsapp.net", "pushName": name} for n, name in enumerate(names)]
    with Server(lambda client, _: say(client, [*wrong, *named])) as server:
        shop.tenant.set(base_url=server.url)
        shop.tenant.seal("key")
        done = shop.import_file(shop.ask())
    assert done["status"] == "completed"
    assert done["rejected_by_reason"] == {
        "no_phone": 5, "invalid_value": 3, "value_too_long": 1, "line_too_long": 1,
    }  # fmt: skip
    assert contacts(databases, shop.user_id) == {
        "+5511987650004": (None, {}, None),
        "+5511987650005": ("two\nlines", {}, None),
        "+5511987650006": (None, {}, None),
    }


@pytest.mark.parametrize("page", [lambda _: people(0), lambda page: people(0, 2 * CONTACTS_OF_A_PAGE)])
def test_a_server_without_pages_is_read_once(shop: Shop, page: Callable[[int], Any]) -> None:
    pages = []

    def answer(client: BaseHTTPRequestHandler, number: int) -> None:
        pages.append(number)
        say(client, page(number))

    with Server(answer) as server:
        shop.tenant.set(base_url=server.url)
        shop.tenant.seal("key")
        import_id = shop.ask()
    assert len((shop.file(import_id) or b"").splitlines()) == len(page(1))
    assert len(pages) <= 2


def test_a_server_that_never_ends_is_read_until_the_size_or_the_time_is_over(
    shop: Shop, functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server(lambda client, page: say(client, people(page))) as server:
        shop.tenant.set(base_url=server.url)
        shop.tenant.seal("key")
        monkeypatch.setattr(pull_contacts, "MAX_BYTES", 200_000)
        assert shop.shown(shop.ask())["failure_code"] == "too_many_contacts"
        monkeypatch.setattr(Context, "seconds", 24.0)
        assert shop.shown(shop.ask())["failure_code"] == "timed_out"


def test_thirty_thousand_contacts_take_the_memory_of_a_page(shop: Shop, databases: Databases) -> None:
    functions, pages, lines = shop.tenant.app, 15, 0
    page_of = json.dumps(people(0)).encode().replace(b'"55119', b'"5511#')

    def put(made: IO[bytes]) -> None:
        nonlocal lines
        lines = sum(1 for _ in made)

    def answer(client: BaseHTTPRequestHandler, page: int) -> None:
        say(client, page_of.replace(b"#", b"%d" % page) if page <= pages else b"[]")

    import_id = uuid4()
    databases.owner.execute(
        "insert into hidra.contact_imports (id, user_id, source, format) values (%s, %s, 'evolution', 'jsonl')",
        [import_id, shop.user_id],
    )
    connection = databases.jobs.as_worker(
        lambda tx: functions.connection_health.get(tx, connection_id=shop.tenant.world.connection_id)
    )
    with Server(answer) as server:
        tracemalloc.start()
        pull_contacts.pull_contacts(
            import_id,
            connection,
            db=databases.jobs,
            evolution=lambda _: Evolution(server.url, "loja", "key", allow_private=True),
            put=put,
            time_is_over=lambda: False,
        )
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert lines == pages * CONTACTS_OF_A_PAGE == 30_000
    assert peak < 10 * len(page_of)  # all at once are 60 times as much
