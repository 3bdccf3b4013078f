"""A campaign manager's day through the public API: every answer agrees with the others, and with the simulator's log."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from local.demo import comparison
from local.processes import LocalError
from local.stack import Stack
from tests.flow.world import STARTED_WITHIN, Tenant, eventually, queue_is_idle

COUNTERS = ("delivered", "failed", "pending", "skipped")
COUNTER_OF = {"delivered": "delivered", "read": "delivered", "failed": "failed", "skipped": "skipped"}
PACE, LOW_PACE, HIGH_PACE = 120, 12, 240

PLAIN = [f"+558598100{number:02d}00" for number in range(14)]
# The last four digits say what the simulator does; see local/evolution/phones.py.
UNREAD, UNDELIVERED, OPTS_OUT = "+5585981009101", "+5585981009201", "+5585981009501"
FAILS, FAILS_AND_OPTS_OUT = "+5585981009301", "+5585981009302"
UNREGISTERED, REGISTERS_LATER = "+5585981009401", "+5585981009402"
OPTED_OUT, WITHOUT_COUPON = "+5585981000091", "+5585981000092"
RECEIVING = [*PLAIN, UNREAD, UNDELIVERED, OPTS_OUT]
FAILING = [FAILS, FAILS_AND_OPTS_OUT, UNREGISTERED, REGISTERS_LATER]
EVERY_PHONE = [*RECEIVING, *FAILING, OPTED_OUT, WITHOUT_COUPON]
FIRST_SEND = (
    dict.fromkeys(PLAIN, ("read", None))
    | {UNREAD: ("delivered", None), UNDELIVERED: ("sent", None), OPTS_OUT: ("read", None)}
    | dict.fromkeys([FAILS, FAILS_AND_OPTS_OUT], ("failed", "provider_failed"))
    | dict.fromkeys([UNREGISTERED, REGISTERS_LATER], ("failed", "not_on_whatsapp"))
    | {OPTED_OUT: ("skipped", "opted_out"), WITHOUT_COUPON: ("failed", "unresolved_variable")}
)
RETRY = dict.fromkeys([FAILS, REGISTERS_LATER, WITHOUT_COUPON], ("read", None)) | {
    UNREGISTERED: ("failed", "not_on_whatsapp"),
    FAILS_AND_OPTS_OUT: ("skipped", "opted_out"),
}


def test_a_managers_day_reads_the_same_in_every_answer(stack: Stack) -> None:
    tenant = Tenant.make(stack, per_minute=HIGH_PACE)
    segment_id = import_the_file(tenant)
    day = Day(tenant, draft(tenant, segment_id))
    day.the_preflight_predicts_the_first_send()
    day.a_test_message_is_in_no_count()
    day.scheduled_moved_and_unscheduled()
    day.starts_in_time_and_pauses()
    day.continues_at_a_lower_pace_without_a_burst()
    day.ends(FIRST_SEND, runs=1)
    day.the_failed_recipients_are_retried()
    day.ends(FIRST_SEND | RETRY, runs=2)
    day.a_persons_export_has_the_messages_of_both_runs()
    day.an_erased_person_stays_in_the_counts()


def import_the_file(tenant: Tenant) -> str:
    """The segment of the imported contacts; one of them had opted out before."""
    tenant.client.call("POST", "/v1/opt-outs", {"phones": [OPTED_OUT]})
    rows = [f"{phone};Pessoa {index};C{index}" for index, phone in enumerate(EVERY_PHONE) if phone != WITHOUT_COUPON]
    done = imported(tenant, [*rows, f"{WITHOUT_COUPON};Sem cupom;", "nenhum;Eva;C99"])
    assert (done["rows_read"], done["created"], done["rejected"]) == (len(EVERY_PHONE) + 1, len(EVERY_PHONE), 1)
    assert done["rejected_by_reason"] == {"invalid_phone": 1}
    segment: dict[str, Any] = tenant.client.call("GET", f"/v1/segments/{done['segment_id']}")
    assert segment["total_contacts"] == len(EVERY_PHONE)
    members = tenant.client.every(f"/v1/segments/{segment['id']}/contacts")
    assert sorted(member["phone"] for member in members) == sorted(EVERY_PHONE)
    return str(segment["id"])


def imported(tenant: Tenant, rows: Sequence[str]) -> Any:
    """The completed import of a file with these rows; its counts add up."""
    created = tenant.client.call("POST", "/v1/imports", {"segment_name": "Clientes do dia"})
    form, path = created["upload"], f"/v1/imports/{created['contact_import']['id']}"
    content = "\n".join(["Celular;Nome;Cupom", *rows, ""]).encode()
    assert requests.post(form["url"], data=form["fields"], files={"file": content}, timeout=60).status_code == 204
    show = lambda: tenant.client.call("GET", path)  # noqa: E731
    eventually(lambda: show()["status"] == "completed", seconds=60, about=show)
    done = show()
    assert done["rows_read"] == sum(done[name] for name in ("created", "updated", "unchanged", "rejected"))
    return done


def draft(tenant: Tenant, segment_id: str) -> str:
    """The id of a campaign whose template uses the name and the coupon."""
    body = "Oi {{nome}}, seu cupom é {{cupom}}."
    template = tenant.client.call(
        "POST", "/v1/templates", {"title": "Cupom", "body": body, "variables": ["nome", "cupom"]}
    )
    [contact] = tenant.client.every("/v1/contacts", search=PLAIN[3])
    preview = tenant.client.call("POST", f"/v1/templates/{template['id']}/preview", {"contact_id": contact["id"]})
    assert (preview["text"], preview["warnings"]) == ("Oi Pessoa 3, seu cupom é C3.", [])
    campaign: dict[str, Any] = tenant.client.call(
        "POST",
        "/v1/campaigns",
        {
            "name": "Cupons",
            "segment_id": segment_id,
            "template_id": template["id"],
            "max_messages_per_minute": PACE,
        },
    )
    assert (campaign["status"], campaign["scheduled_at"], campaign["started_at"]) == ("draft", None, None)
    return str(campaign["id"])


@dataclass
class Day:
    """The campaign of the day, and what the API says about it."""

    tenant: Tenant
    campaign_id: str

    def get(self, path: str = "", **query: object) -> Any:
        return self.tenant.client.call("GET", f"/v1/campaigns/{self.campaign_id}{path}", **query)

    def post(self, action: str, body: object = None) -> Any:
        return self.tenant.client.call("POST", f"/v1/campaigns/{self.campaign_id}/{action}", body)

    def patch(self, **fields: object) -> Any:
        return self.tenant.client.call("PATCH", f"/v1/campaigns/{self.campaign_id}", fields)

    def rows(self, **query: object) -> list[dict[str, Any]]:
        return list(self.tenant.client.every(f"/v1/campaigns/{self.campaign_id}/recipients", **query))

    def sends(self) -> list[dict[str, Any]]:
        """The campaign's messages in the simulator's log, without the test message."""
        return [row for row in self.tenant.simulator.messages() if "Teste" not in row["text"]]

    def the_preflight_predicts_the_first_send(self) -> None:
        preflight = self.post("preflight")
        assert (preflight["recipients"], preflight["will_receive"]) == (len(EVERY_PHONE), len(EVERY_PHONE) - 2)
        assert left_out(preflight) == {("opted_out", 1, OPTED_OUT), ("unresolved_variable", 1, WITHOUT_COUPON)}
        assert {warning["code"] for warning in preflight["warnings"]} == {"number-never-sent", "pace-risks-ban"}
        self.is_("draft")
        self.agrees(runs=0, total=0)

    def a_test_message_is_in_no_count(self) -> None:
        trial = self.post("test-send", {"phone": "+5585981000099", "variables": {"nome": "Teste", "cupom": "C0"}})
        assert (trial["outcome"], trial["error_code"]) == ("sent", None)
        assert trial["text"] == "Oi Teste, seu cupom é C0."
        [sent] = self.tenant.simulator.messages()
        assert (sent["text"], sent["provider_id"]) == (trial["text"], trial["provider_message_id"])
        self.is_("draft")
        self.agrees(runs=0, total=0)

    def scheduled_moved_and_unscheduled(self) -> None:
        for hours, action in ((1, "schedule"), (2, "move")):
            at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=hours)
            body = {"scheduled_at": at.isoformat()}
            answer = self.post("schedule", body) if action == "schedule" else self.patch(**body)
            self.is_("scheduled", scheduled_at=at)
            assert answer == self.get()
            self.agrees(runs=0, total=0)
        assert self.post("unschedule") == self.get()
        self.is_("draft", scheduled_at=None)
        self.agrees(runs=0, total=0)

    def starts_in_time_and_pauses(self) -> None:
        at = datetime.now(UTC) + timedelta(seconds=2)
        assert self.post("schedule", {"scheduled_at": at.isoformat()})["status"] == "scheduled"
        eventually(lambda: len(self.sends()) >= 4, seconds=60, about=self.get)
        assert 0 <= self.tenant.started_after(self.campaign_id) < STARTED_WITHIN
        self.is_("running", scheduled_at=at)
        assert self.post("pause") == self.get()
        eventually(lambda: not self.rows(status="sending") and not self.tenant.simulator.summary()["open"], seconds=10)
        paused_at = len(self.sends())
        eventually(lambda: queue_is_idle(self.tenant.stack), seconds=60)
        assert len(self.sends()) == paused_at < len(EVERY_PHONE) - 2
        self.settle()
        self.is_("paused")
        self.agrees(runs=1, total=len(EVERY_PHONE))
        assert (
            len(self.rows(status="pending")) == len(EVERY_PHONE) - 2 - paused_at == self.post("preflight")["recipients"]
        )

    def continues_at_a_lower_pace_without_a_burst(self) -> None:
        before = len(self.sends())
        assert self.post("resume") == self.get()
        eventually(lambda: len(self.sends()) > before, seconds=60, about=self.get)
        assert self.patch(max_messages_per_minute=LOW_PACE) == self.get()
        lowered = self.tenant.simulator.messages()[-1]["seq"]
        self.is_("running", max_messages_per_minute=LOW_PACE)
        after = lambda: [row for row in self.sends() if row["seq"] > lowered]  # noqa: E731
        eventually(lambda: len(after()) >= 3, seconds=60, about=self.get)
        slow = [row["received_monotonic"] for row in self.sends()]
        for end in (row["received_monotonic"] for row in after()):
            assert sum(end - 60 < at <= end for at in slow) <= LOW_PACE
        assert len(slow) < len(EVERY_PHONE) - 2, "the rest was sent in a burst"
        self.patch(max_messages_per_minute=HIGH_PACE)

    def ends(self, expected: dict[str, tuple[str, str | None]], *, runs: int) -> None:
        """The campaign completes, and all answers say the expected result."""
        eventually(lambda: self.get()["status"] == "completed", seconds=90, about=lambda: [self.get(), self.rows()])
        eventually(lambda: results(self.rows()) == expected, seconds=60, about=lambda: results(self.rows()))
        self.settle()
        self.is_("completed")
        campaign = self.get()
        assert campaign["started_at"] < campaign["completed_at"]
        self.agrees(runs=runs, total=len(EVERY_PHONE))
        assert self.post("preflight")["recipients"] == len(self.rows(status="failed"))
        left = [item["phone"] for item in self.tenant.client.every("/v1/opt-outs")]
        assert OPTS_OUT in left
        connection = self.tenant.client.call("GET", "/v1/evolution-config")
        assert (connection["status"], connection["error_message"], connection["warnings"]) == ("connected", None, [])
        assert max(row["read_at"] for row in self.rows(status="read")) <= connection["last_status_at"]

    def the_failed_recipients_are_retried(self) -> None:
        for phone in (FAILS, REGISTERS_LATER):
            self.tenant.evolution(f"/_control/phones/{phone.removeprefix('+')}", {"like": "normal"})
        contact = {"phone": WITHOUT_COUPON, "attributes": {"cupom": "C100"}}
        self.tenant.client.call("POST", "/v1/contacts", {"contacts": [contact]})
        self.tenant.client.call("POST", "/v1/opt-outs", {"phones": [FAILS_AND_OPTS_OUT]})
        self.agrees(runs=1, total=len(EVERY_PHONE))
        preflight = self.post("preflight")
        assert (preflight["recipients"], preflight["will_receive"]) == (len(RETRY), len(RETRY) - 1)
        assert left_out(preflight) == {("opted_out", 1, FAILS_AND_OPTS_OUT)}
        assert "campaign-ended" in {warning["code"] for warning in preflight["warnings"]}
        assert self.post("retry-failed")["status"] == "scheduled"
        eventually(lambda: len(self.get("/runs")["items"]) == 2, seconds=60, about=self.get)

    def a_persons_export_has_the_messages_of_both_runs(self) -> None:
        runs = [run["id"] for run in self.get("/runs")["items"]]
        rows = [row for run_id in runs for row in self.rows(run_id=run_id, phone=REGISTERS_LATER)]
        person = self.tenant.client.call("POST", "/v1/contacts/export", {"phone": REGISTERS_LATER})
        names = ("run_id", "status", "provider_message_id", "delivered_at", "failed_at", "error_code")
        assert [row["status"] for row in rows] == ["read", "failed"]
        assert [[message.get(name) for name in names] for message in person["messages"]] == [
            [row[name] for name in names] for row in rows
        ]

    def an_erased_person_stays_in_the_counts(self) -> None:
        call, erased = self.tenant.client.call, PLAIN[0]
        before = [self.get("/metrics"), self.get("/recipients/summary"), self.get("/runs"), self.get("/timeline")]
        [contact] = self.tenant.client.every("/v1/contacts", search=erased)
        answer = call("POST", "/v1/contacts/erase", {"phone": erased})
        assert answer == {"contact": True, "messages": 1, "skipped_messages": 0, "direct_messages": 0}
        with pytest.raises(LocalError, match="not-found"):
            call("GET", f"/v1/contacts/{contact['id']}")
        [row] = self.rows(contact_id=contact["id"])
        assert (row["phone"], row["name"], row["provider_message_id"], row["status"]) == (None, None, None, "read")
        assert self.rows(phone=erased) == []
        after = [self.get("/metrics"), self.get("/recipients/summary"), self.get("/runs"), self.get("/timeline")]
        assert before == after
        with pytest.raises(LocalError, match="erased-phone"):
            call("POST", "/v1/contacts", {"contacts": [{"phone": erased}]})
        assert imported(self.tenant, [f"{erased};De volta;C1"])["rejected_by_reason"] == {"erased": 1}
        call("DELETE", f"/v1/opt-outs/{erased}")
        again = imported(self.tenant, [f"{erased};De volta;C1"])
        assert (again["created"], again["rejected_by_reason"]) == (1, {})
        assert [self.rows(phone=erased), self.get("/metrics")] == [[], before[0]]

    def settle(self) -> None:
        """Until the simulator has posted every webhook and the API shows what they say."""
        eventually(lambda: self.tenant.simulator.summary()["unsettled"] == 0, seconds=30)
        eventually(lambda: not self.differences(), seconds=30, about=self.differences)

    def differences(self) -> list[comparison.Difference]:
        """What the messages of all runs and the simulator's log say differently."""
        rows = [row for run in self.get("/runs")["items"] for row in self.rows(run_id=run["id"])]
        posted = [row for row in rows if row["attempts"]]
        return comparison.differences(comparison.ours(posted), comparison.theirs(self.sends()))

    def is_(self, status: str, **expected: object) -> None:
        """The campaign has this status, nothing blocks it, and the list and the overview have it too."""
        campaign = self.get()
        assert (campaign["status"], campaign["blocked_code"], campaign["blocked_reason"]) == (status, None, None)
        for name, value in expected.items():
            given = campaign[name]
            assert (datetime.fromisoformat(given) if isinstance(value, datetime) else given) == value
        assert list(self.tenant.client.every("/v1/campaigns", status=status)) == [{**campaign, "metrics": None}]
        overview = self.tenant.client.call("GET", "/v1/metrics/overview")
        statuses = ("draft", "scheduled", "running", "paused", "completed", "failed", "canceled")
        assert {name: overview[f"{name}_campaigns"] for name in statuses} == dict.fromkeys(statuses, 0) | {status: 1}
        assert overview["total_campaigns"] == 1

    def agrees(self, *, runs: int, total: int) -> None:
        """Recipients, their summary, metrics, overview, runs and timeline say the same; nothing happens meanwhile."""
        rows = self.rows()
        counts = counted(rows)
        assert len(rows) == counts["total"] == total
        metrics, summary = self.get("/metrics"), self.get("/recipients/summary")
        overview = self.tenant.client.call("GET", "/v1/metrics/overview")
        assert {name: metrics[name] for name in COUNTERS} | {"total": metrics["total_messages"]} == counts
        assert {name: overview[f"{name}_messages"] for name in COUNTERS} == {name: counts[name] for name in COUNTERS}
        assert summarized(summary) == (counts, by_reason(rows))
        self.filters_find(rows)
        assert len(self.get("/runs")["items"]) == runs
        self.runs_add_up_to(counts)
        self.tenant.assert_counts_equal_recipients(self.campaign_id)

    def filters_find(self, rows: Sequence[dict[str, Any]]) -> None:
        """The filters for status and error_code, and for one phone of each kind, find exactly their rows."""
        for (status, error_code), number in by_reason(rows).items():
            query = {"status": status} | ({"error_code": error_code} if error_code else {})
            found = self.rows(**query)
            assert len(found) == number
            assert found == [row for row in rows if (row["status"], row["error_code"]) == (status, error_code)]
            assert self.rows(phone=found[0]["phone"]) == found[:1]

    def runs_add_up_to(self, counts: dict[str, int]) -> None:
        """Each run's summary counts its own recipients; under `counted` all runs add up to the campaign's counts."""
        sums: Counter[str] = Counter()
        for run in self.get("/runs")["items"]:
            rows, summary = self.rows(run_id=run["id"]), run["summary"]
            assert {name: summary[name] for name in ("total", *COUNTERS)} == counted(rows)
            assert summary["counted"] == counted(row for row in rows if row["counted"])
            assert summarized(self.get("/recipients/summary", run_id=run["id"])) == (counted(rows), by_reason(rows))
            sums.update(summary["counted"])
        assert {name: sums[name] for name in ("total", *COUNTERS)} == counts


def results(rows: Iterable[dict[str, Any]]) -> dict[str, tuple[str, str | None]]:
    return {row["phone"]: (row["status"], row["error_code"]) for row in rows}


def by_reason(rows: Iterable[dict[str, Any]]) -> Counter[tuple[str, str | None]]:
    return Counter((row["status"], row["error_code"]) for row in rows)


def counted(rows: Iterable[dict[str, Any]]) -> dict[str, int]:
    """The rows under the four counters, and their total."""
    found = Counter(COUNTER_OF.get(row["status"], "pending") for row in rows)
    return {name: found[name] for name in COUNTERS} | {"total": found.total()}


def summarized(summary: dict[str, Any]) -> tuple[dict[str, int], Counter[tuple[str, str | None]]]:
    """The counters of a `recipients/summary`, and its recipients by status and reason."""
    reasons = Counter({(item["status"], item["error_code"]): item["recipients"] for item in summary["counts"]})
    return {name: summary[name] for name in (*COUNTERS, "total")}, reasons


def left_out(preflight: dict[str, Any]) -> set[tuple[str, int, str]]:
    """Each reason of a preflight with its number and its first example's phone."""
    return {(item["reason"], item["recipients"], item["examples"][0]["phone"]) for item in preflight["will_not"]}
