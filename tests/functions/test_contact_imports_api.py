"""Imports over HTTP: the form, the progress, the link to the rejected rows."""

from base64 import b64encode
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.types.json import Jsonb

from hidra.domain.imports import files
from hidra.gateways import uploads
from hidra.services.imports.rejects_file import EXAMPLE_BYTES
from tests.conftest import Databases
from tests.functions.workers import Aws
from tests.real_inputs import made_workbooks


def test_an_import_waits_for_the_file_that_its_form_uploads(call: Any) -> None:
    answer = call("imports").post("/v1/imports", {"segment_name": "Clientes"})
    assert answer.status == 201
    made, upload = answer.json["contact_import"], answer.json["upload"]
    assert (made["status"], made["source"], made["rows_read"]) == ("waiting", "file", 0)
    assert upload["fields"]["key"].endswith(f"/{made['id']}")
    assert upload["fields"]["Content-Type"] == "text/csv"
    segment = call("segments").get(f"/v1/segments/{made['segment_id']}").json
    assert (segment["name"], segment["import_source"]) == ("Clientes", "csv")


def test_json_lines_make_a_segment_of_the_source_api(call: Any) -> None:
    made = call("imports").post("/v1/imports", {"format": "jsonl", "segment_name": "x"}).json["contact_import"]
    assert (made["source"], made["format"]) == ("file", "jsonl")
    assert call("segments").get(f"/v1/segments/{made['segment_id']}").json["import_source"] == "api"


def test_a_segment_of_another_user_is_unknown(call: Any, stranger: UUID) -> None:
    segment_id = call("segments", stranger).post("/v1/segments", {"name": "x"}).json["id"]
    answer = call("imports").post("/v1/imports", {"segment_id": segment_id})
    assert (answer.status, answer.code) == (422, "unknown-segment")


def test_an_invalid_request_is_rejected(call: Any) -> None:
    for wrong in (
        {"segment_id": str(uuid4()), "segment_name": "x"},
        {"format": "xls"},
        {"delimiter": ",,"},
        {"encoding": "ebcdic"},
        {"mapping": {"x": ""}},
        {"mapping": {"x": "y" * 65}},
    ):
        assert call("imports").post("/v1/imports", wrong).status == 422, wrong


def test_a_tab_is_a_delimiter(call: Any) -> None:
    assert call("imports").post("/v1/imports", {"delimiter": "\t"}).status == 201


def test_progress_has_a_rate_and_an_estimate_while_it_runs(call: Any, databases: Databases) -> None:
    made = call("imports").post("/v1/imports", {}).json["contact_import"]
    databases.owner.execute(
        "update hidra.contact_imports set status = 'running', bytes_total = 1000, bytes_read = 250, rows_read = 50,"
        " created = 50, started_at = now() - interval '10 s', last_progress_at = now() where id = %s",
        [made["id"]],
    )
    shown = call("imports").get(f"/v1/imports/{made['id']}").json
    assert (shown["rows_per_second"], shown["remaining_seconds"]) == (5.0, 30)


def test_rejected_rows_are_linked_once_their_file_is_made(call: Any, databases: Databases, stranger: UUID) -> None:
    made = call("imports").post("/v1/imports", {}).json["contact_import"]
    path = f"/v1/imports/{made['id']}/rejects"
    answer = call("imports").get(path)
    assert (answer.status, answer.code) == (409, "import-not-completed")
    databases.owner.execute("update hidra.contact_imports set status = 'completed'")
    answer = call("imports").get(path)
    assert (answer.status, answer.code) == (404, "no-rejects")
    databases.owner.execute("update hidra.contact_imports set rows_read = 1, rejected = 1")
    assert f"/rejects/{call('imports').user_id}/{made['id']}.csv?" in call("imports").get(path).json["url"]
    assert call("imports", stranger).get(path).status == 404
    assert call("imports", stranger).get("/v1/imports").json["items"] == []


def test_the_first_rejected_rows_of_each_reason_are_shown_where_they_are_asked_for(
    call: Any, databases: Databases
) -> None:
    api = call("imports")
    made = api.post("/v1/imports", {}).json["contact_import"]
    path = f"/v1/imports/{made['id']}/rejects"
    databases.owner.execute("update hidra.contact_imports set status = 'completed', rows_read = 9, rejected = 9")
    # A row with a line break, one that a spreadsheet would run, and one that the end of what is read cuts.
    rows = [f'{n},no_phone,"Ana {n}\n;"\r\n' for n in range(2, 6)] + ["7,invalid_phone,'+55 1234;Bia\r\n"]
    content = "".join(["line,reason,row\r\n", *rows]).encode()
    with Aws.running():
        uploads.s3.cache_clear()
        bucket = api.function.ENV["IMPORT_BUCKET"]
        uploads.s3().create_bucket(Bucket=bucket)
        assert api.get(path, examples=2).json["examples"] == []  # the file was deleted after its week
        key = files.rejects_key(api.user_id, UUID(made["id"]))
        uploads.s3().put_object(Bucket=bucket, Key=key, Body=content)
        shown = [
            {"line": 2, "reason": "no_phone", "row": "Ana 2\n;"},
            {"line": 3, "reason": "no_phone", "row": "Ana 3\n;"},
            {"line": 7, "reason": "invalid_phone", "row": "+55 1234;Bia"},
        ]
        assert api.get(path, examples=2).json["examples"] == shown
        assert api.get(path).json["examples"] == []
        uploads.s3().put_object(Bucket=bucket, Key=key, Body=content + b'8,no_phone,"y"\r\n' * EXAMPLE_BYTES)
        assert api.get(path, examples=2).json["examples"] == shown
    uploads.s3.cache_clear()
    assert api.get(path, examples=11).status == 422


def test_an_import_names_an_existing_segment_or_a_new_one_not_both(call: Any) -> None:
    both = {"segment_id": "3d1c2b1a-9f8e-4d7c-8b6a-5f4e3d2c1b0a", "segment_name": "Clientes"}
    answer = call("imports").post("/v1/imports", both)
    assert (answer.status, answer.code, answer.fields) == (422, "one-segment", ["segment_name"])


def test_a_column_name_with_nul_is_rejected(call: Any) -> None:
    assert call("imports").post("/v1/imports", {"mapping": {"a\0b": None}}).status == 422


def test_an_import_is_canceled_once_and_stays_canceled(call: Any, stranger: UUID) -> None:
    path = f"/v1/imports/{call('imports').post('/v1/imports', {}).json['contact_import']['id']}"
    assert call("imports", stranger).post(f"{path}/cancel").status == 404
    first = call("imports").post(f"{path}/cancel")
    assert (first.status, first.json["status"]) == (200, "canceled")
    assert first.json["ended_at"] is not None
    assert call("imports").post(f"{path}/cancel").json == call("imports").get(path).json == first.json
    answer = call("imports").get(f"{path}/rejects")
    assert (answer.status, answer.code) == (404, "no-rejects")


@pytest.mark.parametrize("status", ["completed", "failed"])
def test_an_import_that_has_ended_cannot_be_canceled(call: Any, databases: Databases, status: str) -> None:
    path = f"/v1/imports/{call('imports').post('/v1/imports', {}).json['contact_import']['id']}"
    databases.owner.execute(
        "update hidra.contact_imports set status = %s, failure_code = %s",
        [status, "internal" if status == "failed" else None],
    )
    answer = call("imports").post(f"{path}/cancel")
    assert (answer.status, answer.code) == (409, "import-ended")
    assert status in answer.json["detail"]


def test_rows_rejected_before_a_cancel_are_linked_once_their_file_is_made(
    call: Any, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = call("imports")
    path = f"/v1/imports/{api.post('/v1/imports', {}).json['contact_import']['id']}"
    databases.owner.execute("update hidra.contact_imports set status = 'running', rows_read = 1, rejected = 1")
    databases.owner.execute(
        "insert into hidra.contact_import_rejects (user_id, import_id, line, reason, row)"
        " select user_id, id, 2, 'no_phone', 'x' from hidra.contact_imports"
    )
    with Aws.running() as aws:
        monkeypatch.setattr(api.function, "ENV", {**api.function.ENV, "IMPORT_QUEUE_URL": "https://sqs.example/none"})
        answer = api.post(f"{path}/cancel")
        assert (answer.status, api.get(path).json["status"]) == (503, "canceled")
        queue = aws.queue("imports")
        monkeypatch.setattr(api.function, "ENV", {**api.function.ENV, "IMPORT_QUEUE_URL": queue})
        assert api.post(f"{path}/cancel").status == 200
        [nudge] = aws.bodies(queue)
    assert (nudge["user_id"], nudge["import_id"]) == (str(api.user_id), path.rsplit("/", maxsplit=1)[-1])
    answer = api.get(f"{path}/rejects")
    assert (answer.status, answer.code) == (409, "import-not-completed")
    databases.owner.execute("delete from hidra.contact_import_rejects")
    assert "/rejects/" in api.get(f"{path}/rejects").json["url"]


SENT = [
    {},
    {"source": "file"},
    {"format": "jsonl"},
    {"format": "xlsx", "segment_name": "Clientes 2030", "country": "PT"},
    {"mapping": {"Fone": "phone", "Código": None}, "delimiter": "\t", "encoding": "cp1252"},
    {"delimiter": "|", "encoding": "utf-16-le", "mapping": {" Nome ": "name"}},
]
DEFAULTS = {
    "source": "file", "format": "csv", "mapping": {}, "country": "BR", "delimiter": "detect", "encoding": "detect",
    "segment_name": None,
}  # fmt: skip


@pytest.mark.parametrize("sent", SENT, ids=str)
def test_an_import_shows_what_was_sent(call: Any, sent: dict[str, Any]) -> None:
    made = call("imports").post("/v1/imports", sent).json["contact_import"]
    assert {name: made[name] for name in DEFAULTS} == {**DEFAULTS, **sent} | (
        {"mapping": {"Nome": "name"}} if " Nome " in sent.get("mapping", {}) else {}
    )
    assert call("imports").get(f"/v1/imports/{made['id']}").json == made
    assert call("imports").get("/v1/imports").json["items"] == [made]


def test_an_import_from_before_shows_what_it_knows(call: Any, databases: Databases) -> None:
    made = call("imports").post("/v1/imports", {"segment_name": "x"}).json["contact_import"]
    databases.owner.execute("update hidra.contact_imports set options = options - 'segment_name'")
    assert call("imports").get(f"/v1/imports/{made['id']}").json == made | {"segment_name": None}


def test_an_import_from_evolution_shows_its_source_and_nothing_of_a_file(call: Any, databases: Databases) -> None:
    made = call("imports").post("/v1/imports", {}).json["contact_import"]
    databases.owner.execute("update hidra.contact_imports set source = 'evolution', format = 'jsonl'")
    shown = call("imports").get(f"/v1/imports/{made['id']}").json
    assert (shown["source"], shown["country"]) == ("evolution", "BR")
    assert [shown[name] for name in ("format", "mapping", "delimiter", "encoding")] == [None] * 4


def test_a_user_has_ten_open_imports_and_is_told_what_to_do(call: Any, stranger: UUID) -> None:
    api = call("imports")
    made = [api.post("/v1/imports", {"segment_name": "x"}).json["contact_import"]["id"] for _ in range(10)]
    answer = api.post("/v1/imports", {"segment_name": "y"})
    assert (answer.status, answer.code) == (409, "too-many-imports")
    assert "cancel one" in answer.json["detail"]
    assert len(call("segments").get("/v1/segments").json["items"]) == 10
    assert call("imports", stranger).post("/v1/imports", {}).status == 201
    assert api.post(f"/v1/imports/{made[4]}/cancel").json["segment_id"] is None
    assert api.post("/v1/imports", {}).status == 201


def test_a_canceled_import_leaves_no_empty_segment(call: Any) -> None:
    made = call("imports").post("/v1/imports", {"segment_name": "Clientes"}).json["contact_import"]
    canceled = call("imports").post(f"/v1/imports/{made['id']}/cancel").json
    assert (canceled["segment_id"], canceled["segment_name"]) == (None, "Clientes")
    assert call("segments").get(f"/v1/segments/{made['segment_id']}").status == 404


def test_the_consent_of_an_import_is_kept_as_it_was_requested(call: Any) -> None:
    given = {"basis": "contract", "source": "loja", "at": "2030-01-31T12:00:00Z", "values": {"Talvez": None}}
    made = call("imports").post("/v1/imports", {"consent": given}).json["contact_import"]
    assert (made["consent"], made["warnings"]) == (given, [])
    assert call("imports").post("/v1/imports", {}).json["contact_import"]["consent"] is None
    for wrong in ({"basis": "sim"}, {"values": {"": "consent"}}, {"values": {"Sim": "sim"}}, {"x": 1}):
        assert call("imports").post("/v1/imports", {"consent": wrong}).status == 422, wrong
    evolution = call("imports").post("/v1/imports", {"source": "evolution", "consent": given})
    assert evolution.code == "no-connection"


def test_warnings_are_shown(call: Any, databases: Databases) -> None:
    made = call("imports").post("/v1/imports", {}).json["contact_import"]
    warning = {"code": "repeated_columns", "message": "Several columns have the same name."}
    databases.owner.execute("update hidra.contact_imports set warnings = %s", [Jsonb([warning])])
    assert call("imports").get(f"/v1/imports/{made['id']}").json["warnings"] == [warning]


def test_a_preview_reads_rows_as_the_import_will_and_saves_nothing(call: Any, databases: Databases) -> None:
    text = "Nome;Celular;DDD;Observação\r\nJoão;98765-0001;11;vip\r\nBia;1234;11;\r\n"
    answer = previewed(call, text.encode("cp1252"), mapping={"Observação": "nota"}, whole=True)
    assert (answer["encoding"], answer["delimiter"], answer["rows_read"]) == ("cp1252", ";", 2)
    assert [(each["name"], each["role"], each["attribute"]) for each in answer["columns"]] == [
        ("Nome", "name", None),
        ("Celular", "phone", None),
        ("DDD", "phone.area_code", "DDD"),
        ("Observação", "attribute", "nota"),
    ]
    first, second = answer["rows"]
    assert (first["phone"], first["name"]) == ("+5511987650001", "João")
    assert first["attributes"] == {"DDD": "11", "nota": "vip"}
    assert (second["line"], second["reject_reason"], second["cells"][0]) == (3, "invalid_phone", "Bia")
    assert answer["rejected_by_reason"] == {"invalid_phone": 1}
    assert answer["failure_code"] is None
    assert databases.owner.execute("select from hidra.contact_imports").fetchall() == []


def test_a_preview_of_a_beginning_leaves_out_the_row_that_may_be_cut(call: Any) -> None:
    begun = b'phone,nota\n+5511987650001,"a\nb"\n+5511987650002,"open\n'
    assert [row["line"] for row in previewed(call, begun)["rows"]] == [2]
    assert previewed(call, begun, whole=True)["rejected_by_reason"] == {"unbalanced_quotes": 1}


def test_a_preview_without_a_phone_shows_the_cells_to_map(call: Any) -> None:
    answer = previewed(call, b"Loja Sol\nA,B\nx,98765-0001\n", whole=True)
    assert (answer["failure_code"], answer["rows"][0]["cells"]) == ("no_phone_column", ["x", "98765-0001"])
    assert [each["name"] for each in answer["columns"]] == ["A", "B"]
    assert previewed(call, b"%PDF-1.7", whole=True)["failure_code"] == "wrong_format"
    assert call("imports").post("/v1/imports/preview", {"content": "?"}).status == 422


def test_a_preview_reads_a_workbook_and_json_lines(call: Any) -> None:
    sheet = made_workbooks.rows_of(["Telefone", "Valor"], ["11987650001", "1234"])
    answer = previewed(call, sheet, format="xlsx", whole=True)
    assert (answer["rows"][0]["phone"], answer["encoding"]) == ("+5511987650001", None)
    line = b'{"phone": "+5511987650001", "attributes": {"pontos": 7}}\n'
    answer = previewed(call, line, format="jsonl", whole=True)
    assert (answer["rows"][0]["attributes"], answer["columns"]) == ({"pontos": 7}, [])


def previewed(call: Any, content: bytes, **options: Any) -> Any:
    answer = call("imports").post("/v1/imports/preview", {"content": b64encode(content).decode(), **options})
    assert answer.status == 200, answer.json
    return answer.json
