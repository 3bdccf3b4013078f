"""Templates as users write them, over the attributes that their files bring: from the request to the frozen messages."""

import json
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from hidra.domain.template import placeholders, render
from tests.conftest import Databases
from tests.functions.api import Answer
from tests.store.importing import Importing
from tests.store.world import World

NFD = unicodedata.normalize("NFD", "Ação")
PHONE = "+5511987650001"


@dataclass
class Tenant:
    """A tenant with a campaign whose segment is filled by an import."""

    call: Any
    world: World

    def template(self, body: str, **fields: Any) -> Answer:
        """The answer to a new template; the campaign uses it if there is one."""
        given = {"title": "Oi", "body": body, "variables": placeholders(body), **fields}
        answer = self.call("templates", self.world.user_id).post("/v1/templates", given)
        if answer.status == 201:
            self.world.databases.owner.execute("update hidra.campaigns set template_id = %s", [answer.json["id"]])
        return answer

    def imports(self, text: str, **options: Any) -> None:
        running = Importing.make(
            self.world.databases, self.world.user_id, text.encode(), segment_id=self.world.segment_id, **options
        )
        row = running.finish()
        assert (row["status"], row["rejected"]) == ("completed", 0)

    def column(self, name: str, value: str = "17") -> None:
        """Imports one contact whose file has this column."""
        self.imports(f'telefone;"{name}"\n{PHONE};{value}\n')

    def attributes(self, **attributes: Any) -> None:
        """Imports one contact with these attributes, from JSON Lines."""
        self.imports(json.dumps({"phone": PHONE, "name": "Ana", "attributes": attributes}) + "\n", format="jsonl")

    def connect(self, integration: str) -> None:
        self.world.databases.owner.execute("update hidra.evolution_api_config set integration = %s", [integration])

    def preflight(self) -> dict[str, Any]:
        answer = self.campaign("preflight")
        assert answer.status == 200
        found: dict[str, Any] = answer.json
        return found

    def campaign(self, action: str, body: Any = None) -> Answer:
        path = f"/v1/campaigns/{self.world.campaign_id}/{action}"
        answer: Answer = self.call("campaigns", self.world.user_id).post(path, body)
        return answer

    def preview(self, body: Any) -> Answer:
        template_id = self.world.campaign()["template_id"]
        answer: Answer = self.call("templates", self.world.user_id).post(f"/v1/templates/{template_id}/preview", body)
        return answer

    def contact_id(self) -> str:
        return str(self.world.one("select id from hidra.contacts where user_id = %s", self.world.user_id)["id"])

    def texts(self) -> list[str]:
        """What every way to the text says of the one contact: preflight, preview and freeze agree."""
        found = self.preflight()
        preview = self.preview({"contact_id": self.contact_id()})
        self.world.advance()
        [message] = self.world.messages()
        if message["status"] == "pending":
            body = self.world.one("select body from hidra.campaign_runs")["body"]
            text = render(body, message["variables"])
            assert (found["will_receive"], preview.json["text"]) == (1, text)
            return [text]
        assert message["error_code"] == "unresolved_variable"
        assert (preview.status, preview.code) == (422, "unresolved-variables")
        [left_out] = found["will_not"]
        assert (left_out["reason"], left_out["examples"][0]["detail"]) == (
            "unresolved_variable",
            message["error_detail"],
        )
        return []


@pytest.fixture
def tenant(databases: Databases, call: Any) -> Tenant:
    return Tenant(call, World.make(databases, recipients=0, rate=20))


@pytest.mark.parametrize(
    ("column", "placeholder"),
    [
        pytest.param("Data de Vencimento", "Data de Vencimento", id="T01-as-written"),
        pytest.param("Data de Vencimento", "data_de_vencimento", id="T01-folded"),
        pytest.param("Cidade", "cidade", id="T02"),
        pytest.param(NFD, "Ação", id="T03-decomposed-column"),
        pytest.param("Ação", NFD, id="T03-decomposed-placeholder"),
        ("cidade", "CIDADE"),
        ("AÇÃO", "acao"),
        ("Acao", "ação"),
        ("Data-Vencimento", "Data Vencimento"),
        ("data  de   vencimento", "Data de Vencimento"),
        ("Data de Vencimento", "  Data   de Vencimento  "),
        ("Data–Vencimento", "data vencimento"),
        ("Data\N{NO-BREAK SPACE}de Vencimento", "data de vencimento"),
        ("Cidade\N{ZERO WIDTH SPACE}", "cidade"),
        ("_cidade_", "cidade"),
        ("Cidade|UF", "cidade uf"),
        ("Plano {atual}", "plano_atual"),
        ("{{plano}}", "plano"),
        ("Cidade/UF", "cidade/uf"),
        ("Valor (R$)", "valor (r$)"),
        ("Nº do pedido", "Nº do pedido"),
        ("N.º do pedido", "n.o do pedido"),
        ("E-mail 1 - Value", "e mail 1 value"),
        ("ＣＩＤＡＤＥ", "cidade"),
        ("Город", "город"),
        ("ΠΟΛΗ", "πολη"),
        ("ΔΡΟΜΟΣ", "δρομος"),
        ("città", "CITTA"),
        ("São João d'Aliança", "sao joao d'alianca"),
        ("100%", "100%"),
        ("1", "1"),
        ("pedido.número", "Pedido.Numero"),
        ("🎂", "🎂"),
        ("-", "_"),
        pytest.param("x" * 64, "X" * 64, id="longest"),
        pytest.param("ã" * 64, "A" * 64, id="longest-with-accents"),
    ],
)
def test_a_placeholder_is_filled_from_the_column_whose_name_folds_alike(
    tenant: Tenant, column: str, placeholder: str
) -> None:
    tenant.column(column)
    assert tenant.template(f"Pedido {{{{{placeholder}}}}}.").status == 201
    assert tenant.texts() == ["Pedido 17."]


@pytest.mark.parametrize(
    ("column", "placeholder"),
    [("Cidades", "cidade"), ("Data Vencimento", "datavencimento"), ("n.o", "no"), ("a", "á b"), ("город", "gorod")],
)
def test_a_placeholder_is_not_filled_from_another_column(tenant: Tenant, column: str, placeholder: str) -> None:
    tenant.column(column)
    assert tenant.template(f"Pedido {{{{{placeholder}}}}}.").status == 201
    assert tenant.texts() == []
    [message] = tenant.world.messages()
    assert message["error_detail"] == f"No value for: {placeholder}"


@pytest.mark.parametrize(
    ("attributes", "placeholder", "text"),
    [
        ({"Cidade": "a", "cidade": "b", "CIDADE": "c"}, "cidade", "b"),
        ({"Cidade": "a", "cidade": "b", "CIDADE": "c"}, "Cidade", "a"),
        ({"Cidade": "a", "cidade": "b", "CIDADE": "c"}, "cidadé", "c"),
        ({"Cidade": " ", "cidade": "", "CIDADÉ": "d"}, "cidade", "d"),
        ({"Cidade": "a", "cidade": "\N{NO-BREAK SPACE}"}, "cidade", "a"),
        ({"a b": "1", "a-b": "2", "a_b": "3", "A B": "4"}, "a b", "1"),
        ({"a-b": "2", "a_b": "3", "A B": "4"}, "a b", "4"),
        ({"nome": "Bia"}, "Nome", "Bia"),
        ({"NOME": " "}, "Nome", "Ana"),
        ({"Telefone": "fixo"}, "telefone", "fixo"),
        ({}, "Nome", "Ana"),
        ({}, "NAME", "Ana"),
        ({}, "Telefone", PHONE),
        ({}, "nome_completo", "Ana"),
        ({}, "Celular", PHONE),
        ({"ação": 7}, "Acao", "7"),
        ({"Ativo?": True}, "ativo?", "true"),
    ],
)
def test_of_several_spellings_the_exact_one_is_filled_in_and_then_the_first_that_is_not_blank(
    tenant: Tenant, attributes: dict[str, Any], placeholder: str, text: str
) -> None:
    tenant.attributes(**attributes)
    assert tenant.template(f"{{{{{placeholder}}}}}").status == 201
    assert tenant.texts() == [text]


def test_more_variables_than_are_written_out_are_resolved_alike(tenant: Tenant) -> None:
    tenant.attributes(**{f"Campo {number}": number for number in range(9)}, **{"campo 3": "\t"})
    assert tenant.template(" ".join(f"{{{{campo_{number}}}}}" for number in range(9)) + " {{NOME}}").status == 201
    assert tenant.texts() == ["0 1 2 3 4 5 6 7 8 Ana"]


def test_an_import_word_never_means_the_phone_where_contacts_have_such_an_attribute(tenant: Tenant) -> None:
    tenant.imports(f"telefone;nome;numero\n{PHONE};Ana;\n+5511987650002;Bia;17\n")
    assert tenant.template("Pedido {{numero}}").status == 201
    tenant.world.advance()
    assert {message["phone"]: message["status"] for message in tenant.world.messages()} == {
        PHONE: "failed",
        "+5511987650002": "pending",
    }


def test_both_spellings_of_one_text_are_filled_each_by_its_own(tenant: Tenant) -> None:
    tenant.attributes(Cidade="Recife", cidade="Olinda")
    answer = tenant.template("{{Cidade}} {{cidade}} {{CIDADE}}", variables=["cidade"])
    assert answer.status == 201
    assert tenant.texts() == ["Recife Olinda Recife"]


@pytest.mark.parametrize(
    ("body", "variables", "accepted"),
    [
        ("{{Data de Vencimento}}", ["data_de_vencimento"], True),
        ("{{ação}}", [NFD], True),
        ("{{Cidade}} {{cidade}}", ["Cidade", "cidade"], True),
        ("{{Cidade}}", ["cidade", "estado"], False),
        ("{{Cidade}} {{Estado}}", ["cidade"], False),
        ("{{nome|cliente}}", ["nome"], False),
        ("{{nome}", ["nome"], False),
        ("{{}}", [], False),
    ],
)
def test_declared_variables_are_compared_as_placeholders_are(
    tenant: Tenant, body: str, variables: list[str], *, accepted: bool
) -> None:
    answer = tenant.template(body, variables=variables)
    assert answer.status == (201 if accepted else 422)


def test_given_values_are_matched_as_attributes_are(tenant: Tenant) -> None:
    tenant.attributes(Cidade="Recife")
    tenant.template("{{Nome}} {{cidade}}")
    assert tenant.preview({"variables": {"NOME": "Eva", "Cidadé": "Natal"}}).json["text"] == "Eva Natal"
    assert tenant.preview({"variables": {"nome": "Eva", "Nome": "Bia", "cidade": "x"}}).json["text"] == "Bia x"


@pytest.mark.parametrize(
    "wanted",
    [
        {"field": "attributes.data_de_vencimento", "op": "eq", "value": "05/02/2026"},
        {"field": "attributes.DATA DE VENCIMENTO", "op": "prefix", "value": "05"},
        {"field": "attributes.data-de-vencimento", "op": "exists"},
        {"field": "attributes." + unicodedata.normalize("NFD", "número"), "op": "gte", "value": 50},
        {"field": "attributes.numero", "op": "eq", "value": 70},
    ],
)
def test_a_filter_names_an_attribute_as_a_placeholder_does(tenant: Tenant, wanted: dict[str, Any]) -> None:
    tenant.attributes(**{"Data de Vencimento": "05/02/2026", "Número": 70})
    answer = tenant.call("segments", tenant.world.user_id).post("/v1/segments/preview-filter", {"filter": wanted})
    assert (answer.status, answer.json["contacts"]) == (200, 1)


BLANKS = {
    "T08-tab": "\t",
    "T08-nbsp": "\N{NO-BREAK SPACE}",
    "T08-em-space": "\N{EM SPACE}",
    "newline": "\r\n",
    "zero-width-space": "\N{ZERO WIDTH SPACE}",
    "byte-order-mark": "\N{ZERO WIDTH NO-BREAK SPACE}",
    "word-joiner": "\N{WORD JOINER}",
    "braille": "\N{BRAILLE PATTERN BLANK}",
    "hangul": "\N{HANGUL FILLER}",
    "ideographic": "\N{IDEOGRAPHIC SPACE}",
    "mixed": " \N{ZERO WIDTH JOINER}\t\N{SOFT HYPHEN}",
    "right-to-left": "\N{RIGHT-TO-LEFT MARK}",
    "variation": "\N{VARIATION SELECTOR-16}",
    "tags": "\N{TAG SPACE}",
    "control": "\x7f",
}


@pytest.mark.parametrize("blank", [pytest.param(text, id=name) for name, text in BLANKS.items()])
@pytest.mark.parametrize("stored", [False, True])
def test_a_blank_value_is_none(tenant: Tenant, blank: str, stored: bool) -> None:
    tenant.attributes(pedido="17" if stored else blank)
    if stored:  # by a version that did not leave blank values out
        attributes = json.dumps({"pedido": blank})
        tenant.world.databases.owner.execute("update hidra.contacts set attributes = %s", [attributes])
    assert tenant.template("Pedido {{pedido}}").status == 201
    assert tenant.texts() == []


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("{{nome}} \\1 $&", id="T05-patterns"),
        pytest.param("Rua A\nCasa 2", id="T05-newline"),
        pytest.param("*Ana*", id="T05-bold"),
        "\N{RIGHT-TO-LEFT MARK}שלום",
        "❤\N{VARIATION SELECTOR-16}",
        "Ã©",
        "é",
        "\N{ZERO WIDTH SPACE}x",
        "%s %(name)s {0}",
        "👨\N{ZERO WIDTH JOINER}👩",
        "日本",
        "`",
        "0",
    ],
)
def test_a_value_is_inserted_as_it_is(tenant: Tenant, value: str) -> None:
    tenant.attributes(pedido=value)
    assert tenant.template("Pedido {{pedido}}!").status == 201
    assert tenant.texts() == [f"Pedido {value}!"]


@pytest.mark.parametrize(
    "text", [pytest.param("   ", id="T07-spaces"), pytest.param("\u200b", id="T07-zero-width"), *BLANKS.values()]
)
@pytest.mark.parametrize(
    ("function", "path", "fields", "field"),
    [
        ("templates", "/v1/templates", {"title": "x"}, "body"),
        ("templates", "/v1/templates", {"body": "x"}, "title"),
        ("segments", "/v1/segments", {}, "name"),
        ("campaigns", "/v1/campaigns", {"segment_id": str(uuid4()), "template_id": str(uuid4())}, "name"),
        ("contacts", "/v1/contacts", {"contacts": [{"phone": PHONE, "name": "x"}]}, "contacts.0.name"),
    ],
)
def test_a_text_that_shows_nothing_is_refused(
    call: Any, *, function: str, path: str, fields: dict[str, Any], field: str, text: str
) -> None:
    body = {**fields, field: text} if "." not in field else {"contacts": [{"phone": PHONE, "name": text}]}
    answer = call(function).post(path, body)
    assert (answer.status, answer.fields) == (422, [field])


@pytest.mark.parametrize(
    ("body", "codes", "named"),
    [
        pytest.param("Oi {nome}, {Oi|Olá}", ["single-braces"], ["{nome}", "{Oi|Olá}"], id="T04"),
        ("Oi {{{nome}}}", ["single-braces"], ["{…}"]),
        ("Oi {nome", ["single-braces"], ["{"]),
        ("Oi ${nome}", ["single-braces"], ["{nome}"]),
        ("Oi [nome]", ["other-placeholders"], ["[nome]"]),
        ("Oi [[Nome]] <telefone>", ["other-placeholders"], ["[[Nome]]", "<telefone>"]),
        ("Oi %nome%, #NOME#, *|NOME|*", ["other-placeholders"], ["%nome%", "#NOME#", "|NOME|"]),
        ("Oi {nome} [primeiro_nome]", ["single-braces", "other-placeholders"], ["{nome}", "[primeiro_nome]"]),
        ("Oi {{nome}} [link] 50% a 100% <3 #natal #", [], []),
        ("Oi {{nome}}, R$ 10", [], []),
    ],
)
def test_what_looks_like_a_placeholder_is_warned_of_wherever_the_template_is_shown(
    tenant: Tenant, body: str, codes: list[str], named: list[str]
) -> None:
    tenant.attributes()
    answer = tenant.template(body)
    warnings = answer.json["warnings"]
    assert (answer.status, [warning["code"] for warning in warnings]) == (201, codes)
    text = " ".join(warning["message"] for warning in warnings)
    assert all(each in text for each in named)
    templates = tenant.call("templates", tenant.world.user_id)
    path = f"/v1/templates/{answer.json['id']}"
    assert templates.get(path).json["warnings"] == warnings
    assert templates.patch(path, {"title": "x"}).json["warnings"] == warnings
    assert templates.get("/v1/templates").json["items"][0]["warnings"] == warnings
    assert tenant.preflight()["warnings"] == warnings


MEDIA = {"media_url": "https://cdn.example.com/a.png", "media_type": "image"}


@pytest.mark.parametrize(
    ("body", "media", "value", "integration", "outcome"),
    [
        pytest.param("x" * 4_000 + "{{v}}", {}, "y" * 500, "cloud_api", "fails", id="T06-text"),
        pytest.param("x" * 1_000 + "{{v}}", MEDIA, "y" * 25, "cloud_api", "fails", id="T06-caption"),
        pytest.param("x" * 4_000 + "{{v}}", {}, "y" * 500, "baileys", "warned", id="T06-baileys"),
        pytest.param("x" * 1_000 + "{{v}}", MEDIA, "y" * 25, "baileys", "warned", id="baileys-caption"),
        pytest.param("x" * 4_000 + "{{v}}", {}, "y" * 96, "cloud_api", "sent", id="exactly"),
        pytest.param("x" * 4_000 + "{{v}}", {}, "y" * 97, "cloud_api", "fails", id="one-more"),
        pytest.param("x" * 1_000 + "{{v}}", MEDIA, "y" * 24, "cloud_api", "sent", id="caption-exactly"),
        pytest.param("{{v}}" * 9, {}, "y" * 500, "cloud_api", "fails", id="nine-times"),
        pytest.param("{{v}} {{V}}" * 4, {}, "y" * 500, "cloud_api", "sent", id="eight-times"),
        pytest.param("x" * 4_000 + "{{v}}", {}, "é" * 96, "cloud_api", "sent", id="accents"),
        pytest.param("x" * 4_000 + "{{v}}", {}, "😀" * 96, "cloud_api", "sent", id="emoji-exactly"),
        pytest.param("x" * 4_000 + "{{v}}", {}, "😀" * 97, "cloud_api", "fails", id="emoji-one-more"),
        pytest.param("x" * 4_000 + "{{v}}{{v}}", {}, "y" * 49, "cloud_api", "fails", id="twice"),
        pytest.param("x" * 4_096, {}, "y", "cloud_api", "sent", id="no-value"),
        pytest.param("x" * 1_024, MEDIA, "y", "cloud_api", "sent", id="no-value-caption"),
    ],
)
def test_a_text_that_its_values_make_too_long_is_found_before_the_start(
    tenant: Tenant, *, body: str, media: dict[str, Any], value: str, integration: str, outcome: str
) -> None:
    tenant.connect(integration)
    tenant.attributes(v=value)
    assert tenant.template(body, **media).status == 201
    found = tenant.preflight()
    preview = tenant.preview({"contact_id": tenant.contact_id()})
    tenant.world.advance()
    [message] = tenant.world.messages()
    limit = 1_024 if media else 4_096
    characters = len(preview.json["text"])
    long = outcome != "sent"
    assert (characters > limit) == long
    warned = [] if not long else ["text-too-long"]
    of_others = ("nothing-to-send", "statuses-missing")
    assert [warning["code"] for warning in found["warnings"] if warning["code"] not in of_others] == warned
    assert [warning["code"] for warning in preview.json["warnings"]] == warned
    if outcome == "fails":
        detail = f"The text with its values has {characters} characters; the Cloud API accepts at most {limit}."
        assert (message["status"], message["error_code"], message["error_detail"]) == (
            "failed",
            "text_too_long",
            detail,
        )
        [left_out] = found["will_not"]
        assert (left_out["reason"], left_out["recipients"]) == ("text_too_long", 1)
        assert left_out["examples"][0]["detail"] == detail
    else:
        assert (message["status"], found["will_receive"]) == ("pending", 1)
        assert "1 contact " in "".join(w["message"] for w in found["warnings"]) or not long


def test_only_the_recipients_with_too_long_a_text_fail(tenant: Tenant) -> None:
    tenant.connect("cloud_api")
    lines = [
        {"phone": f"+55119876500{n:02}", "attributes": {"v": "y" * (90 + n)} if n else {}, "name": "Ana"}
        for n in range(20)
    ]
    tenant.imports("\n".join(map(json.dumps, lines)), format="jsonl")
    tenant.template("x" * 4_000 + "{{v}}")
    found = tenant.preflight()
    tenant.world.advance()
    outcomes = Counter(message["error_code"] for message in tenant.world.messages())
    assert outcomes == {None: 6, "text_too_long": 13, "unresolved_variable": 1}
    assert {item["reason"]: item["recipients"] for item in found["will_not"]} | {
        None: found["will_receive"]
    } == outcomes


def test_a_test_message_with_too_long_a_text_is_refused(tenant: Tenant) -> None:
    tenant.connect("cloud_api")
    tenant.template("x" * 4_000 + "{{v}}")
    answer = tenant.campaign("test-send", {"phone": PHONE, "variables": {"V": "y" * 97}})
    assert (answer.status, answer.code, answer.fields) == (422, "text-too-long", ["variables"])


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        pytest.param({"media_url": f"http://{host}/a.png", "media_type": "image"}, ["media_url"], id=f"T09-{host}")
        for host in ("localhost", "midia_loja.example.com", "cdn")
    ]
    + [
        pytest.param({"media_url": url, "media_type": "image"}, ["media_url"], id=f"T09-{name}")
        for name, url in {
            "data": "data:image/png;base64,AA==",
            "space": "https://cdn.example.com/minha foto.png",
            "file": "file:///etc/passwd",
            "ftp": "ftp://cdn.example.com/a.png",
            "relative": "/a.png",
        }.items()
    ]
    + [
        pytest.param(
            {"media_url": "https://cdn.example.com/a.mp3", "media_type": "audio", "body": "Oi"},
            ["body"],
            id="T09-audio-with-text",
        ),
        pytest.param({**MEDIA, "body": "x" * 1_025}, ["body"], id="T09-caption"),
        ({**MEDIA, "body": "\N{ZERO WIDTH SPACE}"}, ["body"]),
    ],
)
def test_media_that_cannot_be_sent_is_refused_at_once_by_name(
    call: Any, fields: dict[str, Any], wrong: list[str]
) -> None:
    answer = call("templates").post("/v1/templates", {"title": "Oi", "body": "Oi", **fields})
    assert (answer.status, answer.fields) == (422, wrong)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"scheduled_at": "2030-01-10T09:00:00"}, id="S01-no-offset"),
        pytest.param({"scheduled_at": "10/01/2030 09:00"}, id="S01-brazilian"),
        pytest.param({"scheduled_at": 1894280400}, id="S01-epoch"),
        pytest.param({"scheduled_at": "1894280400"}, id="S01-epoch-text"),
        pytest.param({"scheduled_at": "2020-01-10T09:00:00Z"}, id="S01-past"),
        pytest.param(
            {"scheduled_at": "2030-01-10T09:00:00Z", "not_after": "2030-01-10T08:59:00Z"}, id="S01-not-after-before"
        ),
        {"scheduled_at": "2030-01-10"},
        {"scheduled_at": "2030-02-30T09:00:00Z"},
        {"scheduled_at": "amanhã às 9h"},
    ],
)
def test_a_time_that_is_not_surely_meant_is_refused(tenant: Tenant, fields: dict[str, Any]) -> None:
    tenant.attributes()
    tenant.world.databases.owner.execute("update hidra.campaigns set status = 'draft', scheduled_at = null")
    assert tenant.campaign("schedule", fields).status == 422
    assert tenant.world.campaign()["status"] == "draft"


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("2030-01-10T09:00:00-0300", id="S02-offset-without-colon"),
        pytest.param("2030-01-10 09:00:00-03:00", id="S02-space"),
        pytest.param("2030-01-10T09:00-03:00", id="S02-no-seconds"),
        pytest.param("2030-01-10T12:00:00Z", id="S02-Z"),
        "2030-01-10t12:00:00z",
        "2030-01-10T12:00:00.000Z",
        "2030-01-10T12:00:00+00:00",
    ],
)
def test_a_time_in_a_usual_form_of_iso_8601_is_that_instant(tenant: Tenant, written: str) -> None:
    tenant.attributes()
    tenant.world.databases.owner.execute("update hidra.campaigns set status = 'draft', scheduled_at = null")
    answer = tenant.campaign("schedule", {"scheduled_at": written})
    assert (answer.status, answer.json["scheduled_at"]) == (200, "2030-01-10T12:00:00Z")
