"""A file of contacts, uploaded to the stack's S3 by the form that the API returns."""

import io
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
import requests

from local.demo import recipients
from local.demo.client import Client
from local.processes import LocalError
from local.stack import Stack
from tests.flow.world import Tenant, eventually


def upload(form: Any, content: bytes) -> int:
    return requests.post(form["url"], data=form["fields"], files={"file": content}, timeout=60).status_code


def test_an_uploaded_file_becomes_contacts_and_a_file_of_rejected_rows(stack: Stack) -> None:
    client = Client(stack.api_url, stack.token(sub=str(uuid4())))
    created = client.call("POST", "/v1/imports", {"segment_name": "Clientes", "mapping": {"Cidade": "city"}})
    rows = "".join(f"(11) 9{80000000 + n};José {n};Recife\r\n" for n in range(3000))
    content = f"Telefone;Nome;Cidade\r\n{rows}nenhum;Eva;Natal\r\n11 980000000;José 0;Recife\r\n".encode("cp1252")
    assert upload(created["upload"], content) == 204
    path = f"/v1/imports/{created['contact_import']['id']}"
    eventually(
        lambda: client.call("GET", path)["status"] == "completed", seconds=60, about=lambda: client.call("GET", path)
    )
    done = client.call("GET", path)
    assert done["bytes_read"] == done["bytes_total"] == len(content)
    assert (done["created"], done["unchanged"], done["rejected_by_reason"]) == (3000, 1, {"invalid_phone": 1})
    assert client.call("GET", f"/v1/segments/{done['segment_id']}")["total_contacts"] == 3000
    link = client.call("GET", f"{path}/rejects")["url"]
    refused = requests.get(link, timeout=10).content.decode()
    assert refused == "line,reason,row\r\n3002,invalid_phone,nenhum;Eva;Natal\r\n"


def test_contacts_on_the_evolution_server_become_contacts_without_an_upload(stack: Stack) -> None:
    tenant = Tenant.make(stack)
    known = [{"remoteJid": f"553187{650000 + n}@s.whatsapp.net", "pushName": f"José {n}"} for n in range(30)]
    known += [{"remoteJid": "120363041967849074@g.us"}, {"remoteJid": "98765432101234@lid", "pushName": "Eva"}]
    tenant.evolution(f"/_control/instances/{tenant.instance}/contacts", {"contacts": known})
    created = tenant.client.call("POST", "/v1/imports", {"source": "evolution", "segment_name": "Da loja"})
    assert created["upload"] is None
    path = f"/v1/imports/{created['contact_import']['id']}"
    eventually(
        lambda: tenant.client.call("GET", path)["status"] == "completed",
        seconds=60,
        about=lambda: tenant.client.call("GET", path),
    )
    done = tenant.client.call("GET", path)
    assert (done["created"], done["rejected_by_reason"]) == (30, {"no_phone": 1})
    assert tenant.client.call("GET", f"/v1/segments/{done['segment_id']}")["total_contacts"] == 30


def test_a_form_accepts_no_other_kind_of_file(stack: Stack) -> None:
    client = Client(stack.api_url, stack.token(sub=str(uuid4())))
    form = client.call("POST", "/v1/imports", {})["upload"]
    assert upload({**form, "fields": {**form["fields"], "Content-Type": "text/html"}}, b"x") == 403


def test_of_two_files_for_one_form_the_first_is_imported_and_the_second_is_deleted(stack: Stack) -> None:
    client = Client(stack.api_url, stack.token(sub=str(uuid4())))
    created = client.call("POST", "/v1/imports", {"segment_name": "Clientes"})
    path = f"/v1/imports/{created['contact_import']['id']}"
    assert upload(created["upload"], b"telefone\n11980000001\n") == 204
    eventually(
        lambda: client.call("GET", path)["status"] == "completed", seconds=60, about=lambda: client.call("GET", path)
    )
    first = client.call("GET", path)
    assert upload(created["upload"], b"telefone\n11980000002\n11980000003\n") == 204
    s3, form = stack.cloud.client("s3"), created["upload"]
    [bucket] = [each["Name"] for each in s3.list_buckets()["Buckets"] if "importbucket" in each["Name"].lower()]

    def stored() -> list[int]:
        found = s3.list_object_versions(Bucket=bucket, Prefix=form["fields"]["key"])
        return [version["Size"] for version in found.get("Versions", [])]

    eventually(lambda: stored() == [first["bytes_total"]], seconds=60, about=stored)
    assert client.call("GET", path) == first
    assert len(list(client.every("/v1/contacts"))) == 1


def test_more_imports_of_one_user_than_run_at_once_all_complete(stack: Stack) -> None:
    client = Client(stack.api_url, stack.token(sub=str(uuid4())))
    forms = [client.call("POST", "/v1/imports", {}) for _ in range(4)]
    for number, form in enumerate(forms):
        assert upload(form["upload"], b"telefone\n1198000000%d\n" % number) == 204
    paths = [f"/v1/imports/{form['contact_import']['id']}" for form in forms]

    def statuses() -> list[str]:
        return [client.call("GET", path)["status"] for path in paths]

    eventually(lambda: statuses() == ["completed"] * 4, seconds=150, about=statuses)


class TestTheDemosFileIsReadByAnImport:
    @pytest.fixture
    def client(self, stack: Stack) -> Client:
        return Client(stack.api_url, stack.token(sub=str(uuid4())))

    def test_in_every_format_and_encoding(self, client: Client, tmp_path: Path) -> None:
        book, made = openpyxl.Workbook(), io.BytesIO()
        for row in (["Celular", "Nome", "cidade"], ["11 98000-0001", "Conceição", "Recife"], ["x", "y", "z"]):
            book.active.append(row)
        book.save(made)
        files = {
            "excel.csv": "Celular;Nome;cidade\r\n11 98000-0001;Conceição;Recife\r\nx;y;z\r\n".encode("cp1252"),
            "unicode.txt": "Celular\tNome\tcidade\n11 98000-0001\tConceição\tRecife\n".encode("utf-16"),
            "book.XLSX": made.getvalue(),
            "lines.jsonl": json.dumps({"phone": "11980000001", "name": "Conceição"}).encode() + b"\n",
        }
        for name, content in files.items():
            (tmp_path / name).write_bytes(content)
            segment = client.call("GET", f"/v1/segments/{recipients.import_file(client, tmp_path / name)}")
            assert (segment["name"], segment["total_contacts"]) == (name, 1)
        [contact] = client.every("/v1/contacts")
        assert (contact["name"], contact["attributes"]) == ("Conceição", {"cidade": "Recife"})

    @pytest.mark.parametrize(
        ("content", "message"),
        [(b"telefone\nx\ny\n", "has no recipients: 2 invalid_phone"), (b"nome\nAna\n", "failed: .*phone")],
        ids=["no recipient", "no column of phones"],
    )
    def test_and_a_file_without_recipients_is_refused_with_the_reason(
        self, client: Client, tmp_path: Path, content: bytes, message: str
    ) -> None:
        path = tmp_path / "people.csv"
        path.write_bytes(content)
        with pytest.raises(LocalError, match=message):
            recipients.import_file(client, path)
