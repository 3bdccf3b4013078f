"""One tenant who makes every function use every right, with values that are easy to find where they do not belong."""

import json
from typing import Any
from uuid import UUID, uuid4

import psycopg
import requests

from hidra.domain.send_window import DAYS
from hidra.domain.ticket import Ticket
from local.processes import LocalError
from local.stack import Stack
from tests.flow.world import Tenant, eventually

NAME, TEXT, VALUE, CONFIRMATION = "Zuleica Guaxupe", "Xaxim sortido", "vale-ocre-8871", "Guaritas ate logo"
# What each phone does stands in local/evolution/phones.py.
NORMAL, UNDELIVERED, UNNOTICED = "+5531987650001", "+5531987659201", "+5531987659202"
FAILS, UNREGISTERED, OPTS_OUT = "+5531987659301", "+5531987659401", "+5531987659501"
CUT, BUSY = "+5531987650002", "+5531987650003"
SLOW_ONE, SLOW_TWO, IMPORTED, TRIED = "+5531987650004", "+5531987650005", "+5531987650006", "+5531987650007"
ERASED = "+5531987650010"
PHONES = [NORMAL, UNDELIVERED, UNNOTICED, FAILS, UNREGISTERED, OPTS_OUT, CUT, BUSY, SLOW_ONE, SLOW_TWO, IMPORTED, TRIED]


class Everything:
    """``problems``: the texts of the errors that the tenant got."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.tenant = Tenant.make(stack)
        self.client = self.tenant.client
        self.token = str(self.client._session.headers["Authorization"]).removeprefix("Bearer ")
        self.problems: list[str] = []

    def happens(self) -> None:
        self.client.call("PUT", "/v1/opt-out-settings", {"confirmation": CONFIRMATION})
        self._a_campaign_meets_every_answer()
        self._a_ticket_comes_too_early()
        self._files_are_imported()
        self._evolutions_contacts_are_imported()
        self._lists_are_exported()
        self._doubts_and_statuses_are_looked_up()
        self._the_clock_repairs_what_was_lost()
        self._the_connection_stops()
        self._wrong_requests_are_refused()
        self._a_sealing_key_is_added()
        self._the_rest_is_read()
        self._leaves_nothing_in_the_queue()

    def _a_campaign_meets_every_answer(self) -> None:
        for phone, fault in ((CUT, {"fault": "cut_after", "times": 1}), (BUSY, {"status": 429, "times": 1})):
            self.tenant.evolution(f"/_control/phones/{phone[1:]}/faults", fault)
        receiving = [NORMAL, UNDELIVERED, UNNOTICED, FAILS, UNREGISTERED, OPTS_OUT, CUT, BUSY]
        self.campaign_id = self._campaign(receiving, per_minute=600)
        trial = {"phone": TRIED, "variables": {"name": NAME}}
        assert self.client.call("POST", f"/v1/campaigns/{self.campaign_id}/test-send", trial)["outcome"] == "sent"
        self.tenant.schedule(self.campaign_id)
        states = lambda: {row["phone"]: row["status"] for row in self.tenant.recipients(self.campaign_id)}  # noqa: E731
        expected = {NORMAL: "read", UNDELIVERED: "sent", UNNOTICED: "sent", FAILS: "failed", UNREGISTERED: "failed"}
        eventually(lambda: expected.items() <= states().items(), seconds=60, about=states)
        eventually(lambda: any(row["text"] == CONFIRMATION for row in self.tenant.simulator.messages()), seconds=30)

    def _a_ticket_comes_too_early(self) -> None:
        """Two recipients at one message a minute, and a ticket for the second at once: its slot is a minute away."""
        drained = self._campaign([TRIED], per_minute=600)
        self.client.call("POST", f"/v1/campaigns/{drained}/start")
        campaign_id = self._campaign([SLOW_ONE, SLOW_TWO], per_minute=1)
        self.client.call("POST", f"/v1/campaigns/{campaign_id}/start")
        sent = lambda: [row for row in self.tenant.recipients(campaign_id) if row["status"] != "pending"]  # noqa: E731
        eventually(sent, seconds=30)
        [row] = self._sql("select user_id, evolution_config_id from hidra.campaigns where id = %s", campaign_id)
        [run] = self._sql("select id from hidra.campaign_runs where campaign_id = %s", campaign_id)
        ticket = Ticket(row[0], row[1], UUID(campaign_id), run[0])
        self._send("SendQueue", ticket.to_json())
        eventually(lambda: self._queued('"delayed\\": true', campaign_id), seconds=30)
        self._another_window_of_the_connection_is_asked_for_at_once()
        self.client.call("POST", f"/v1/campaigns/{campaign_id}/cancel")
        eventually(lambda: self.tenant.show(drained)["status"] == "completed", seconds=30)

    def _another_window_of_the_connection_is_asked_for_at_once(self) -> None:
        """A campaign runs, so the save itself asks for its pass."""
        saved = self.client.call("GET", "/v1/evolution-config")
        wanted = {name: saved[name] for name in ("base_url", "instance_name")}
        always = {"time_zone": "UTC", "ranges": [{"days": list(DAYS), "from": "00:00", "to": "24:00"}]}
        for window in (always, None):
            self.client.call("PUT", "/v1/evolution-config", wanted | {"send_window": window})

    def _files_are_imported(self) -> None:
        canceled = self._import({"segment_name": "Guardados"})["contact_import"]["id"]
        self._sql("update hidra.contact_imports set rejected = 1, rows_read = 1 where id = %s", canceled)
        self.client.call("POST", f"/v1/imports/{canceled}/cancel")
        created = self._import({"segment_name": "Guardados"})
        path = f"/v1/imports/{created['contact_import']['id']}"
        self._upload(created, f"telefone;nome;cupom\n{IMPORTED};{NAME};{VALUE}\n{VALUE};{NAME};x\n")
        eventually(lambda: self.client.call("GET", path)["status"] == "completed", seconds=60)
        link = self.client.call("GET", f"{path}/rejects")["url"]
        assert VALUE in requests.get(link, timeout=10).text
        self._upload(created, "telefone\n")  # a later upload is deleted
        held_back = self._import({"segment_name": "Guardados"})
        self._upload(held_back, "telefone\n+5531987650008\n")
        other = self._import({"segment_name": "Guardados"})
        other_id = other["contact_import"]["id"]
        self._sql("update hidra.contact_imports set held_back_at = now() where id = %s", other_id)
        third = self._import({"segment_name": "Guardados"})
        self._upload(third, "telefone\n+5531987650009\n")
        eventually(lambda: self._queued(other_id), seconds=60)

    def _evolutions_contacts_are_imported(self) -> None:
        known = [{"remoteJid": f"{IMPORTED[1:]}@s.whatsapp.net", "pushName": NAME}]
        self.tenant.evolution(f"/_control/instances/{self.tenant.instance}/contacts", {"contacts": known})
        created = self._import({"source": "evolution", "segment_name": "Da loja"})
        path = f"/v1/imports/{created['contact_import']['id']}"
        eventually(lambda: self.client.call("GET", path)["status"] == "completed", seconds=60)

    def _lists_are_exported(self) -> None:
        """One file is downloaded, and deleted after an erasure. Another export has lost its parts and begins anew."""
        path = f"/v1/exports/{self.client.call('POST', '/v1/exports', {'kind': 'contacts'})['id']}"
        eventually(lambda: self.client.call("GET", path)["status"] == "completed", seconds=60)
        link = self.client.call("GET", f"{path}/file")["url"]
        text = requests.get(link, timeout=10).content.decode("utf-8-sig")
        assert text.startswith("id;phone;name;")
        assert VALUE in text
        self.client.call("POST", "/v1/contacts/erase", {"phone": ERASED})
        eventually(lambda: requests.get(link, timeout=10).status_code == 404, seconds=60)
        [row] = self._sql("select user_id from hidra.campaigns where id = %s", self.campaign_id)
        [lost] = self._sql(
            "insert into hidra.exports (user_id, kind, format, status, started_at, last_progress_at, upload_id, parts)"
            " values (%s, 'contacts', 'jsonl', 'running', now(), now() - interval '1 hour', 'lost', '[[\"x\", null]]')"
            " returning id",
            row[0],
        )
        self.stack.invoke("campaign_clock")
        eventually(lambda: self.client.call("GET", f"/v1/exports/{lost[0]}")["status"] == "completed", seconds=60)

    def _doubts_and_statuses_are_looked_up(self) -> None:
        """One message in doubt was accepted, one was never posted and is older than two days; a delivery was missed."""
        lost = "update hidra.campaign_messages set status = 'unknown', provider_message_id = null,"
        lost += (
            " requested_message_id = null, claimed_at = now() - interval '3 days' where campaign_id = %s and phone = %s"
        )
        self._sql(lost, self.campaign_id, UNDELIVERED)
        earlier = "update hidra.campaign_messages set sent_at = now() - interval '1 hour'"
        self._sql(earlier + " where campaign_id = %s and phone = %s", self.campaign_id, UNNOTICED)
        self.client.call("POST", "/v1/evolution-config/repair-statuses", {})

        def settled() -> bool:
            self.stack.invoke("connection_check")
            rows = self.tenant.recipients(self.campaign_id)
            codes = [row["error_code"] for row in rows if row["status"] == "failed"]
            return "outcome_unknown" in codes and "unknown" not in {row["status"] for row in rows}

        eventually(settled, seconds=60, about=lambda: self.tenant.recipients(self.campaign_id))

    def _the_clock_repairs_what_was_lost(self) -> None:
        stalled = self._import({"segment_name": "Guardados"})["contact_import"]["id"]
        self._sql(
            "update hidra.contact_imports set status = 'running', leased_until = now() - interval '1 hour',"
            " last_progress_at = now() - interval '1 hour' where id = %s",
            stalled,
        )
        [row] = self._sql("select user_id, evolution_config_id from hidra.campaigns where id = %s", self.campaign_id)
        waiting = self._sql(
            "insert into hidra.opt_out_confirmations (user_id, evolution_config_id, phone, phone_hash, requested_at)"
            " values (%s, %s, %s, %s, now() - interval '2 minutes') returning id",
            *row, OPTS_OUT, uuid4().bytes,
        )  # fmt: skip
        self.stack.invoke("campaign_clock")
        assert self._queued(stalled)
        assert self._queued(str(waiting[0][0]))

    def _the_connection_stops(self) -> None:
        """Evolution does not know the instance any more, so the check fails and asks for another one soon.

        It asks only if the connection worked before.
        """
        assert self.client.call("POST", "/v1/evolution-config/check")["status"] == "connected"
        self._sql(
            "update hidra.evolution_api_config set instance_name = 'gone' where instance_name = %s",
            self.tenant.instance,
        )
        assert self.client.call("POST", "/v1/evolution-config/check")["status"] == "error"
        self._sql(
            "update hidra.evolution_api_config set instance_name = %s where instance_name = 'gone'",
            self.tenant.instance,
        )
        assert self.client.call("POST", "/v1/evolution-config/check")["status"] == "connected"

    def _wrong_requests_are_refused(self) -> None:
        connection = {"base_url": "ftp://x", "instance_name": "i", "api_key": self.stack.evolution_api_key}
        requests_ = [
            ("PUT", "/v1/evolution-config", connection),
            ("POST", "/v1/contacts", {"phone": NORMAL, "name": NAME, "cor": VALUE}),
            ("POST", f"/v1/campaigns/{self.campaign_id}/test-send", {"phone": OPTS_OUT, "variables": {}}),
            ("POST", "/v1/templates", {"title": TEXT, "body": "{{"}),
            ("GET", f"/v1/opt-outs/{NORMAL}", None),
            ("GET", f"/v1/campaigns/{uuid4()}", None),
        ]
        for method, path, body in requests_:
            try:
                self.client.call(method, path, body)
            except LocalError as error:
                self.problems.append(str(error).split(": ", 1)[1])
        assert len(self.problems) == len(requests_), self.problems

    def _a_sealing_key_is_added(self) -> None:
        """As CloudFormation does at a rotation; with the URL of an object, to which the function writes its answer."""
        place = {"Bucket": "hidra-sources", "Key": "answer"}
        event = {
            "RequestType": "Update",
            "RequestId": str(uuid4()),
            "ResponseURL": self.stack.cloud.client("s3").generate_presigned_url("put_object", Params=place),
            "StackId": "stack",
            "LogicalResourceId": "VaultKeys",
            "ResourceProperties": {"KeyId": "k2"},
        }
        self.stack.invoke("vault_keys", event)
        answer = json.load(self.stack.cloud.client("s3").get_object(**place)["Body"])
        assert set(json.loads(answer["Data"]["PublicKeys"])) == {"k1", "k2"}, answer

    def _the_rest_is_read(self) -> None:
        for path in ("/v1/metrics/overview", "/v1/segments", f"/v1/campaigns/{self.campaign_id}/timeline"):
            self.client.call("GET", path)
        requests.get(f"{self.stack.api_url}/openapi.json", timeout=30).raise_for_status()
        self.stack.invoke("metrics_rebuild", {"dry_run": True})

    def _leaves_nothing_in_the_queue(self) -> None:
        """Tickets of a campaign with one message a minute are delayed for long, and other tests wait for an idle queue."""
        cloud = self.stack.cloud
        cloud.client("sqs").purge_queue(QueueUrl=cloud.resource("SendQueue"))

    def _campaign(self, phones: list[str], *, per_minute: int) -> str:
        segment = self.client.call("POST", "/v1/segments", {"name": TEXT})
        contacts = [{"phone": phone, "name": NAME, "attributes": {"cupom": VALUE}} for phone in phones]
        self.client.call("POST", "/v1/contacts", {"contacts": contacts, "segment_id": segment["id"]})
        body = {"title": TEXT, "body": TEXT + " {{name}}", "variables": ["name"]}
        template = self.client.call("POST", "/v1/templates", body)
        limits = {"max_messages_per_minute": per_minute}
        ids = {"segment_id": segment["id"], "template_id": template["id"]}
        campaign_id: str = self.client.call("POST", "/v1/campaigns", {"name": TEXT, **ids, **limits})["id"]
        return campaign_id

    def _import(self, body: dict[str, str]) -> Any:
        return self.client.call("POST", "/v1/imports", body)

    @staticmethod
    def _upload(created: Any, text: str) -> None:
        form = created["upload"]
        done = requests.post(form["url"], data=form["fields"], files={"file": text.encode()}, timeout=60)
        assert done.status_code == 204, done.text

    def _send(self, queue: str, body: str) -> None:
        cloud = self.stack.cloud
        cloud.client("sqs").send_message(QueueUrl=cloud.resource(queue), MessageBody=body)

    def _queued(self, *parts: str) -> bool:
        """Whether a message with all these parts was sent to a queue."""
        return any(all(part in message for part in parts) for message in queued(self.stack))

    def _sql(self, statement: str, *values: Any) -> list[Any]:
        with psycopg.connect(self.stack.database_url, autocommit=True) as database:
            cursor = database.execute(statement, values)
            return cursor.fetchall() if cursor.description else []


def queued(stack: Stack) -> list[str]:
    """The requests that sent messages to queues, as JSON."""
    lines = (stack.folder / "emulator" / "calls.jsonl").read_text(encoding="utf-8").splitlines()
    calls = [json.loads(line) for line in lines if line.endswith("}")]
    return [call["body"] for call in calls if call["service"] == "sqs" and call["action"].startswith("SendMessage")]
