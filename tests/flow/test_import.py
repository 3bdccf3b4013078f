"""A file of contacts, uploaded to the stack's S3 by the form that the API returns."""

from typing import Any
from uuid import uuid4

import requests

from local.demo.client import Client
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
