"""Columns of files from real life: usual names, exports of address books and CRMs, and what is beside the phone."""

import json
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import Databases
from tests.real_inputs.reading_files import failure, imported

ANA = "+5511987654321"
LANDLINE = "+551133334444"
GOOGLE_OLD = (
    "Name,Given Name,Additional Name,Family Name,Yomi Name,Given Name Yomi,Additional Name Yomi,Family Name Yomi,"
    "Name Prefix,Name Suffix,Initials,Nickname,Short Name,Maiden Name,Birthday,Gender,Location,Billing Information,"
    "Directory Server,Mileage,Occupation,Hobby,Sensitivity,Priority,Subject,Notes,Language,Photo,Group Membership,"
    "E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value,Phone 2 - Type,Phone 2 - Value,"
    "Organization 1 - Type,Organization 1 - Name,Organization 1 - Yomi Name,Organization 1 - Title"
)
GOOGLE_NEW = (
    "First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,Name Prefix,Name Suffix,"
    "Nickname,File As,Organization Name,Organization Title,Organization Department,Birthday,Notes,Photo,Labels,"
    "E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value,"
    "Address 1 - Label,Address 1 - Formatted,Address 1 - Street,Address 1 - City,Relation 1 - Label,Relation 1 - Value"
)
OUTLOOK = (
    "Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Business Street,Business Street 2,"
    "Business Street 3,Business City,Business State,Business Postal Code,Business Country/Region,Home Street,"
    "Home Street 2,Home Street 3,Home City,Home State,Home Postal Code,Home Country/Region,Other Street,Other Street 2,"
    "Other Street 3,Other City,Other State,Other Postal Code,Other Country/Region,Assistant's Phone,Business Fax,"
    "Business Phone,Business Phone 2,Callback,Car Phone,Company Main Phone,Home Fax,Home Phone,Home Phone 2,ISDN,"
    "Mobile Phone,Other Fax,Other Phone,Pager,Primary Phone,Radio Phone,TTY/TDD Phone,Telex,Account,Anniversary,"
    "Assistant's Name,Billing Information,Birthday,Business Address PO Box,Categories,Children,Directory Server,"
    "E-mail Address,E-mail Type,E-mail Display Name,E-mail 2 Address,E-mail 2 Type,E-mail 2 Display Name,"
    "E-mail 3 Address,E-mail 3 Type,E-mail 3 Display Name,Gender,Government ID Number,Hobby,Home Address PO Box,Initials,"
    "Internet Free Busy,Keywords,Language,Location,Manager's Name,Mileage,Notes,Office Location,"
    "Organizational ID Number,Other Address PO Box,Priority,Private,Profession,Referred By,Sensitivity,Spouse,User 1,"
    "User 2,User 3,User 4,Web Page"
)
OUTLOOK_PT = (
    "Título,Primeiro nome,Segundo nome,Sobrenome,Sufixo,Empresa,Departamento,Cargo,Rua do endereço comercial,"
    "Cidade do endereço comercial,Estado,CEP do endereço comercial,Endereço residencial,Cidade do endereço residencial,"
    "Telefone do assistente,Fax comercial,Telefone comercial,Telefone comercial 2,Retorno de chamada,Telefone do carro,"
    "Telefone principal da empresa,Fax residencial,Telefone residencial,Telefone residencial 2,ISDN,Telefone celular,"
    "Outro fax,Outro telefone,Pager,Telefone principal,Radiofone,Telefone TTY/TDD,Telex,Aniversário,Nome do assistente,"
    "Categorias,Endereço de email,Tipo de email,Nome para exibição do email,Nome do gerenciador,Anotações,Página da Web"
)


def filled(header: str, **cells: str) -> str:
    """The header and a row with the cells, by column."""
    names = header.split(",")
    assert not cells.keys() - set(names)
    return f"{header}\n" + ",".join(cells.get(name, "") for name in names) + "\n"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(
            "Código;Nome;Endereço;Número;Bairro;Cidade;Fone;Celular\n"
            "1;Ana;Rua A;123;Centro;Recife;;(11) 98765-4321\n2;Bia;Rua B;45;Centro;Olinda;(11) 3333-4444;\n",
            {ANA: "Ana", LANDLINE: "Bia"},
            id="C01 a house number beside phones",
        ),
        pytest.param("Cliente;Nome;Celular\n00123;Ana Souza;11987654321\n", {ANA: "Ana Souza"}, id="C02 a code"),
        pytest.param("Contato;Nome;Celular\nsim;Ana;11987654321\n", {ANA: "Ana"}, id="C02 yes"),
        pytest.param("Cliente;Celular\n00123;11987654321\n", {ANA: None}, id="C02 a code alone is no name"),
        pytest.param("Contato;Celular\nsim;11987654321\n", {ANA: None}, id="C02 yes alone is no name"),
        pytest.param("Contato;Celular\nAna;11987654321\n", {ANA: "Ana"}, id="C02 Contato with names"),
        pytest.param("Contato;Cliente;Fone\nAna;Bia;11987654321\n", {ANA: "Bia"}, id="C02 Cliente before Contato"),
        pytest.param("Nome;Contato\nAna;(11) 98765-4321\n", {ANA: "Ana"}, id="C02 Contato with phones"),
        pytest.param("Cliente;Nome do cliente;Fone\n7;Ana;11987654321\n", {ANA: "Ana"}, id="C02 Nome do cliente"),
        pytest.param("Nome da mãe;Nome;Fone\nEva;Ana;11987654321\n", {ANA: "Ana"}, id="C02 another person's name"),
        pytest.param("Name,Phone,Billing Name\n#1001,11987654321,Ana\n", {ANA: "Ana"}, id="C02 an order's number"),
        pytest.param("Nome;Fone;Celular\nBia;;(11) 98765-4321\n", {ANA: "Bia"}, id="C03 an empty cell"),
        pytest.param("Nome;Celular;Fone\nBia;não tem;11 3333-4444\n", {LANDLINE: "Bia"}, id="C03 no number"),
        pytest.param("Celular;Fone;Nome\n;;Eva\n11987654321;;Ana\n", {ANA: "Ana"}, id="C03 no cell"),
        pytest.param("Fone;WhatsApp\n1133334444;11987654321\n", {ANA: None}, id="C03 WhatsApp before Fone"),
        pytest.param("Telefone;Celular\n1133334444;11987654321\n", {ANA: None}, id="C03 Celular before Telefone"),
        pytest.param("Número;Fone\n1133334444;11987654321\n", {ANA: None}, id="C03 Fone before Número"),
        pytest.param("Fone;Telefone\n1133334444;11987654321\n", {ANA: None}, id="C03 Telefone before Fone"),
        pytest.param(
            "Telefone 2;Telefone 1\n1133334444;11987654321\n", {ANA: None}, id="C03 the first before the second"
        ),
        pytest.param("Telefone fixo;Telefone\n1133334444;11987654321\n", {ANA: None}, id="C03 a landline is last"),
        pytest.param("Número;Nome\n11987654321;Ana\n", {ANA: "Ana"}, id="C03 Número alone"),
        pytest.param("Celular;Número\n;11987654321\n", {ANA: None}, id="C03 falls back to Número"),
        pytest.param("WhatsApp;Telefone\nSim;11987654321\nNão;1133334444\n", {ANA: None, LANDLINE: None}, id="C03 Sim"),
        pytest.param(
            "Telefone da mãe;Celular\n1133334444;11987654321\n1133334444;\n",
            {ANA: None},
            id="C03 not the mother instead",
        ),
        pytest.param("Nome;WhatsApp do responsável\nAna;11987654321\n", {ANA: "Ana"}, id="C03 somebody's only phone"),
        pytest.param(
            "Nome;Telefone do vendedor;Fone\nAna;1133334444;11987654321\nBia;1133334444;\n",
            {ANA: "Ana"},
            id="C03 never the seller",
        ),
    ],
)
def test_names_have_ranks_and_cells_fall_back(
    databases: Databases, user: UUID, content: str, expected: dict[str, str | None]
) -> None:
    assert imported(databases, user, content).names == expected


def test_a_row_without_a_number_has_the_reason_of_its_best_cell(databases: Databases, user: UUID) -> None:
    this = imported(databases, user, "Nome;Fone;Celular\nAna;;\nBia;;não tem\nEva;1133334444;?\nLia;y;\n")
    assert this.rejected == [(2, "no_phone"), (3, "invalid_phone"), (5, "invalid_phone")]
    assert this.attributes(LANDLINE) == {"Fone": "1133334444"}


def test_the_phones_that_are_not_the_first_stay_attributes(databases: Databases, user: UUID) -> None:
    this = imported(databases, user, "Celular;Telefone;DDD\n987654321;3333-4444;11\n")
    assert this.attributes(ANA) == {"Telefone": "3333-4444", "DDD": "11"}


def test_the_mapping_decides_first(databases: Databases, user: UUID) -> None:
    content = "Celular;Fone;Nome;Apelido\n11987654321;1133334444;Ana;Aninha\n11987654322;;Bia;\n"
    this = imported(databases, user, content, mapping={"fone": "phone", "Apelido": "name", "Nome": None})
    assert this.names == {LANDLINE: "Aninha"}
    assert this.rejected == [(3, "no_phone")]
    both = imported(databases, user, content, mapping={"Fone": "phone", "Celular": "phone", "Nome": "name"})
    assert both.names == {ANA: "Ana", LANDLINE: "Aninha", "+5511987654322": "Bia"}


def test_columns_that_are_mapped_to_the_name_are_joined(databases: Databases, user: UUID) -> None:
    content = "Prenom;Nom;Tel\nAna;Souza;11987654321\n"
    assert imported(databases, user, content, mapping={"Nom": "name", "Prenom": "name"}).names == {ANA: "Ana Souza"}


@pytest.mark.parametrize(
    "column",
    [
        "Phone 1 - Value", "Mobile Phone", "Telefone 1", "Celular/WhatsApp", "Cel.", "Telefone (WhatsApp)", "phoneNumber",
        "Nº de telefone", "N° Celular", "Tel. Celular", "Fone/WhatsApp", "Celular do cliente", "WhatsApp do responsável",
        "CELULAR", "celular_1", "TelefoneCelular", "telefonecelular", "Whats App", "whats-app", "Zap", "Fone Cel", "Tel",
        "Telefone com DDD", "DDD + Telefone", "DDD/Telefone", "Celular (com DDD)", "Qual é o seu WhatsApp? (com DDD)",
        "Digite seu telefone (só números, ex: 11987654321)", "phone_number", "número_do_whatsapp", "Contact Number",
        "Número para contato", "Contato telefônico", "Pessoa - Telefone - Celular", "Person - Phone - Work",
        "Work direct phone", "Telefone comercial (contato)", "WhatsApp Phone Number", "Número de telefone do WhatsApp",
        "MobilePhone", "billing_phone", "Default Address Phone", "Celular_1__c", "Formatted Phone", "📱 WhatsApp", "iPhone",
        "Telemóvel", "Teléfono móvil", "Fone p/ contato", "Telefone\u200b", "\ufeffTelefone", "Tele\u00adfone",
        "\u202aTelefone\u202c", "Telefone\u00a0Celular", " Telefone ", "'Telefone'", "Telefone*", "Tel.:", "phone-number",
        "Telephone Number", "Home Phone", "Telefone residencial", "DDD Celular", "Telefone DDD",
    ],
)  # fmt: skip
def test_c04_a_column_is_a_phone_by_its_words(databases: Databases, user: UUID, column: str) -> None:
    cells = imported(databases, user, f'Id;"{column}";Nome\n7;11987654321;Ana\n')
    assert cells.contacts == {ANA: ("Ana", {"Id": "7"}, None)}


@pytest.mark.parametrize(
    "column",
    [
        "Phone 1 - Label", "Phone Type", "Business Fax", "Fax", "Assistant's Phone", "Telefone do assistente", "CPF",
        "Operadora do celular", "Aceita WhatsApp", "WhatsApp Opt-in", "Número do Pedido", "Telefone do vendedor", "Pager",
        "Último contato", "Código do cliente", "E-mail", "Telefone/E-mail", "Nome e telefone", "Data do telefone", "Ramal",
    ],
)  # fmt: skip
def test_what_only_sounds_like_a_phone_is_none(databases: Databases, user: UUID, column: str) -> None:
    code, reason = failure(databases, user, f'Id;"{column}"\n7;11987654321\n')
    assert (code, "map" in reason) == ("no_phone_column", True)


@pytest.mark.parametrize(
    ("content", "name", "attributes"),
    [
        pytest.param(
            filled(
                GOOGLE_NEW, **{"First Name": "Ana", "Middle Name": "Maria", "Last Name": "Souza", "Labels": "* myContacts",
                "Phone 1 - Label": "Mobile", "Phone 1 - Value": "+55 11 98765-4321", "Phone 2 - Value": "11 3333-4444"},
            ),
            "Ana Maria Souza",
            {"First Name": "Ana", "Middle Name": "Maria", "Last Name": "Souza", "Labels": "* myContacts",
             "Phone 1 - Label": "Mobile", "Phone 2 - Value": "11 3333-4444"},
            id="Google",
        ),
        pytest.param(
            filled(GOOGLE_NEW, **{"Phone 1 - Label": "Home", "Phone 2 - Label": "Mobile", "Phone 2 - Value": ANA}),
            None,
            {"Phone 1 - Label": "Home", "Phone 2 - Label": "Mobile", "Phone 2 - Value": ANA},
            id="Google, second phone",
        ),
        pytest.param(
            filled(GOOGLE_OLD, **{"Name": "Ana Souza", "Given Name": "Ana", "Family Name": "Souza", "Phone 1 - Value": ANA}),
            "Ana Souza",
            {"Given Name": "Ana", "Family Name": "Souza"},
            id="Google before 2024",
        ),
        pytest.param(
            filled(GOOGLE_OLD, **{"Given Name": "Ana", "Family Name": "Souza", "Phone 1 - Value": ANA}),
            "Ana Souza",
            {"Given Name": "Ana", "Family Name": "Souza"},
            id="Google before 2024, no whole name",
        ),
        pytest.param(
            filled(
                OUTLOOK, **{"First Name": "Ana", "Last Name": "Souza", "Company": "Loja", "Mobile Phone": ANA,
                "Business Phone": "1133334444", "Assistant's Phone": "11999990000", "Priority": "Normal"},
            ),
            "Ana Souza",
            {"First Name": "Ana", "Last Name": "Souza", "Company": "Loja", "Business Phone": "1133334444",
             "Assistant's Phone": "11999990000", "Priority": "Normal"},
            id="Outlook",
        ),
        pytest.param(
            filled(OUTLOOK, **{"First Name": "Ana", "Primary Phone": ANA, "Business Fax": "1133334444"}),
            "Ana",
            {"First Name": "Ana", "Primary Phone": ANA, "Business Fax": "1133334444"},
            id="Outlook, another phone",
        ),
        pytest.param(
            filled(
                OUTLOOK_PT, **{"Primeiro nome": "Ana", "Sobrenome": "Souza", "Telefone celular": "(11) 98765-4321",
                "Telefone do assistente": "11 3333-4444"},
            ),
            "Ana Souza",
            {"Primeiro nome": "Ana", "Sobrenome": "Souza", "Telefone do assistente": "11 3333-4444"},
            id="Outlook in Portuguese",
        ),
        pytest.param(
            filled("Email,Nome,Telefone,Celular,Empresa,Cargo,Estágio no funil", Nome="Ana", Celular=ANA, Cargo="Dona"),
            "Ana", {"Cargo": "Dona"}, id="RD Station",
        ),
        pytest.param(
            filled("Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Contact owner,Lead Status",
                   **{"Record ID": "7", "First Name": "Ana", "Phone Number": ANA, "Contact owner": "Eva"}),
            "Ana", {"Record ID": "7", "First Name": "Ana", "Phone Number": ANA, "Contact owner": "Eva"}, id="HubSpot",
        ),
        pytest.param(
            filled("Nome,Sobrenome,E-mail,Número de telefone,Número de celular,Proprietário do contato",
                   Nome="Ana", Sobrenome="Souza", **{"Número de telefone": ANA}),
            "Ana Souza", {"Sobrenome": "Souza", "Número de telefone": ANA}, id="HubSpot in Portuguese",
        ),
        pytest.param(
            filled("Pessoa - ID,Pessoa - Nome,Pessoa - Organização,Pessoa - Telefone - Trabalho,Pessoa - Telefone - Celular",
                   **{"Pessoa - ID": "7", "Pessoa - Nome": "Ana", "Pessoa - Telefone - Celular": ANA}),
            "Ana", {"Pessoa - ID": "7"}, id="Pipedrive",
        ),
        pytest.param(
            filled("ID,Código,Nome,Fantasia,Endereço,Número,Complemento,Bairro,CEP,Cidade,UF,Contatos,Fone,Fax,Celular,E-mail",
                   ID="9", Nome="Ana", Número="123", Fone="(11) 98765-4321"),
            "Ana", {"ID": "9", "Número": "123", "Fone": "(11) 98765-4321"}, id="Bling",
        ),
        pytest.param(
            filled("ID,Nome completo,Primeiro nome,Sobrenome,Empresa do contato,Telefone comercial,Celular,Fax",
                   ID="7", Celular=ANA, **{"Primeiro nome": "Ana", "Sobrenome": "Souza"}),
            "Ana Souza", {"ID": "7", "Primeiro nome": "Ana", "Sobrenome": "Souza"}, id="Kommo",
        ),
        pytest.param(
            filled("Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,"
                   "Default Address Country Code,Default Address Phone,Phone,Accepts SMS Marketing,Tags",
                   **{"Customer ID": "'7", "First Name": "Ana", "Default Address Country Code": "BR", "Phone": f"'{ANA}"}),
            "Ana", {"Customer ID": "'7", "First Name": "Ana", "Default Address Country Code": "BR"}, id="Shopify",
        ),
        pytest.param(
            filled("Número do Pedido,E-mail,Nome do comprador,CPF / CNPJ,Telefone,Nome para a entrega,"
                   "Telefone para a entrega,Endereço,Número,Bairro",
                   Telefone=ANA, Número="12", **{"Número do Pedido": "1133334444", "Nome do comprador": "Ana"}),
            "Ana", {"Número": "12", "Número do Pedido": "1133334444"}, id="Nuvemshop",
        ),
        pytest.param(
            filled("id,created_time,ad_name,form_name,full_name,phone_number,email",
                   id="l:1", full_name="Ana", phone_number=ANA, ad_name="Verão"),
            "Ana", {"id": "l:1", "ad_name": "Verão"}, id="Facebook",
        ),
        pytest.param(
            filled("Order,Billing First Name,Billing Last Name,Billing Phone,Shipping First Name,Shipping Last Name",
                   Order="5", **{"Billing First Name": "Ana", "Billing Last Name": "Souza", "Billing Phone": ANA}),
            "Ana Souza", {"Order": "5", "Billing First Name": "Ana", "Billing Last Name": "Souza"}, id="WooCommerce",
        ),
        pytest.param(
            filled("Country Code,Phone Number,Formatted Phone,Saved Name,Public Name,Is Business",
                   **{"Country Code": "55", "Phone Number": "5511987654321", "Public Name": "Ana"}),
            "Ana", {"Country Code": "55"}, id="WhatsApp's groups",
        ),
    ],
)  # fmt: skip
def test_c04_exports_are_known(
    databases: Databases, user: UUID, content: str, name: str | None, attributes: dict[str, str]
) -> None:
    this = imported(databases, user, content)
    assert (this.rejected, this.warnings) == ([], [])
    found = {key: value for key, value in this.attributes(ANA).items() if "Public" not in key}
    assert (this.names, found) == ({ANA: name}, attributes)


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        pytest.param("Nome;DDD;Telefone", "Ana;11;987654321", ANA, id="C05"),
        pytest.param("Nome;DDD;Celular", "Ana;(011);98765-4321", ANA, id="C05 with signs"),
        pytest.param("Nome;ddd;fone", "Ana;11.0;987654321.0", ANA, id="C05 as floats"),
        pytest.param("Código de área;Número", "11;98765-4321", ANA, id="C05 Número"),
        pytest.param("Cód. área;Telefone", "11;98765-4321", ANA, id="C05 abbreviated"),
        pytest.param("Area Code;Phone", "11;987654321", ANA, id="C05 in English"),
        pytest.param("DDI;DDD;Celular", "55;11;987654321", ANA, id="C05 with the country's code"),
        pytest.param("DDI;DDD;Celular", "+55;11;987654321", ANA, id="C05 with +"),
        pytest.param("DDI;DDD;Celular", "0055;011;987654321", ANA, id="C05 with zeros"),
        pytest.param("DDI;Celular", "55;11987654321", ANA, id="C05 country only"),
        pytest.param("DDI;Celular", "55;5511987654321", ANA, id="C05 country twice"),
        pytest.param("DDI;DDD;Celular", "55;11;5511987654321", ANA, id="C05 both twice"),
        pytest.param("DDD;Celular", "11;11987654321", ANA, id="C05 area twice"),
        pytest.param("DDD;Celular", "11;011 98765-4321", ANA, id="C05 area twice, with a zero"),
        pytest.param("DDD;Celular", "11;5511987654321", ANA, id="C05 whole number"),
        pytest.param("DDD;Celular", "21;+5511987654321", ANA, id="C05 another area before +"),
        pytest.param("DDD;Celular", ";11987654321", ANA, id="C05 area empty"),
        pytest.param("DDD;Celular", "99;991234567", "+5599991234567", id="C05 a number that begins like its area"),
        pytest.param("DDD;Celular", "55;987654321", "+5555987654321", id="C05 area 55"),
        pytest.param("DDD 1;Fone 1;DDD 2;Fone 2", "11;;21;987654321", "+5521987654321", id="C05 two pairs"),
        pytest.param("DDD Fixo;Fixo;DDD Celular;Celular", "21;33334444;11;987654321", ANA, id="C05 pairs by kind"),
        pytest.param("DDD_Celular;DDD_Telefone;Telefone;Celular", "11;21;33334444;987654321", ANA, id="C05 apart"),
        pytest.param("Telefone DDD;Telefone Número", "11;987654321", ANA, id="C05 parts of one name"),
        pytest.param("Telefone;DDD", "987654321;11", ANA, id="C05 behind"),
        pytest.param("Country Code;Phone", "1;2125550123", "+12125550123", id="C05 abroad"),
        pytest.param("Country Code;Phone", "BR;11987654321", ANA, id="C05 a country's name"),
    ],
)
def test_area_and_number_are_joined(databases: Databases, user: UUID, header: str, row: str, expected: str) -> None:
    this = imported(databases, user, f"{header}\n{row}\n")
    assert (list(this.contacts), this.rejected) == ([expected], [])


def test_an_area_that_does_not_fit_the_number_rejects_it(databases: Databases, user: UUID) -> None:
    this = imported(databases, user, "DDD;Fone\n11;2133334444\n11;123\nxx;3333-4444\n;987654321\n")
    assert (this.contacts, [line for line, _ in this.rejected]) == ({}, [2, 3, 4, 5])


def test_a_mapping_can_join_too(databases: Databases, user: UUID) -> None:
    mapping = {"a": "phone.country_code", "b": "phone.area_code", "c": "phone"}
    this = imported(databases, user, "a;b;c\n55;11;987654321\n", mapping=mapping)
    assert this.contacts == {ANA: (None, {}, None)}


@pytest.mark.parametrize(
    ("header", "row", "name"),
    [
        ("Nome;Sobrenome;Fone", "Ana;Souza", "Ana Souza"),
        ("Nome;Sobrenome;Fone", "Ana Souza;Souza", "Ana Souza"),
        ("Primeiro nome;Último nome;Fone", "Ana;Souza", "Ana Souza"),
        ("First Name;Last Name;Fone", ";Souza", "Souza"),
        ("firstName;lastName;Fone", "Ana;Souza", "Ana Souza"),
        ("Surname;Given Name;Fone", "Souza;Ana", "Ana Souza"),
        ("Nome completo;Sobrenome;Fone", "Ana Souza;Lima", "Ana Souza"),
        ("Nome e sobrenome;x;Fone", "Ana Souza;", "Ana Souza"),
        ("Primeiro nome;x;Fone", "Ana;", "Ana"),
        ("Razão social;Nome;Fone", "Loja;Ana", "Ana"),
        ("Nome do responsável;Nome do aluno;Fone", "Eva;Ana", "Ana"),
        ("E-mail Display Name;pushName;Fone", "x;Ana", "Ana"),
    ],
)
def test_parts_of_a_name_are_joined(databases: Databases, user: UUID, header: str, row: str, name: str) -> None:
    assert imported(databases, user, f"{header}\n{row};11987654321\n").names == {ANA: name}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param('\ufeff"nome";"telefone"\n"Ana";"11987654321"\n', id="C06"),
        pytest.param("\ufeff\ufeffnome;telefone\nAna;11987654321\n", id="C07"),
        pytest.param('\ufeff\ufeff\ufeff"nome";"telefone"\nAna;11987654321\n', id="C07 quoted"),
        pytest.param("ï»¿nome;telefone\nAna;11987654321\n", id="C07 encoded twice"),
        pytest.param('\ufeffï»¿"nome";telefone\nAna;11987654321\n', id="C07 both"),
        pytest.param("\u200bnome\u200b;\u202atelefone\u202c\nAna;11987654321\n", id="C07 zero width"),
        pytest.param("no\u00adme;tele\u2060fone\nAna;11987654321\n", id="C07 within words"),
        pytest.param("\u00a0nome\u00a0;\u200etelefone\nAna;11987654321\n", id="C07 no-break spaces"),
        pytest.param("\n\n;\nnome;telefone\nAna;11987654321\n", id="C06 blank lines before the header"),
    ],
)
def test_marks_that_nobody_sees_are_no_part_of_a_name(databases: Databases, user: UUID, content: str) -> None:
    assert imported(databases, user, content).contacts == {ANA: ("Ana", {}, None)}
    assert imported(databases, user, content.encode("utf-16")).row["unchanged"] == 1


def test_an_attributes_name_is_clean_and_a_mapping_finds_it(databases: Databases, user: UUID) -> None:
    this = imported(
        databases, user, '\ufeff"Data de\n nascimento";\u200bX;Fone\n1/2;y;11987654321\n', mapping={"x": "z"}
    )
    assert this.attributes(ANA) == {"Data de nascimento": "1/2", "z": "y"}


@pytest.mark.parametrize("title", ["Relatório de clientes", "Relatório, janeiro\n\nEmitido em;01/02/2026\n;;"])
def test_titles_above_the_header_are_not_imported(databases: Databases, user: UUID, title: str) -> None:
    this = imported(databases, user, f"{title}\nNome;Telefone;Cidade\nAna;11987654321;Recife\nBia;1133334444;Natal\n")
    assert this.contacts == {ANA: ("Ana", {"Cidade": "Recife"}, None), LANDLINE: ("Bia", {"Cidade": "Natal"}, None)}
    assert (this.row["rows_read"], this.warnings) == (2, ["lines_above_header"])


def test_a_cell_with_the_word_telefone_makes_no_header(databases: Databases, user: UUID) -> None:
    code, _ = failure(databases, user, "Pessoa;Obs\nAna;telefone\nBia;11987654321\n")
    assert code == "no_phone_column"


def test_a_file_without_header_is_told_so(databases: Databases, user: UUID) -> None:
    code, reason = failure(databases, user, "11987654321;Ana\n1133334444;Bia\n")
    assert (code, "first line seems to be a row" in reason) == ("no_phone_column", True)


def test_a_column_that_holds_phones_under_another_name_is_named(databases: Databases, user: UUID) -> None:
    code, reason = failure(databases, user, "Quem;Onde;CPF\nAna;11987654321;11144477735\n")
    assert (code, "'Onde'" in reason, "CPF" in reason) == ("no_phone_column", True, False)


def test_a_house_number_alone_is_no_phone(databases: Databases, user: UUID) -> None:
    assert failure(databases, user, "Nome;Rua;Número\nAna;Rua A;123\n")[0] == "no_phone_column"


def wide(columns: int, rows: int, last: str = "") -> str:
    """A file with so many attributes, of which every second is empty; ``last`` is the last row's cells."""
    header = ",".join(["fone", *(f"c{n}" for n in range(columns))])
    row = ",".join(["11987654321", *("" if n % 2 else "x" for n in range(columns))])
    return "\n".join([header, *[row] * rows, last]) + "\n"


def test_columns_that_are_empty_in_the_sample_are_none(databases: Databases, user: UUID) -> None:
    this = imported(databases, user, wide(90, 1))
    assert (this.attributes(ANA), this.warnings) == ({f"c{n}": "x" for n in range(0, 90, 2)}, [])


def test_attributes_beyond_fifty_are_left_out_with_a_warning(databases: Databases, user: UUID) -> None:
    this = imported(databases, user, wide(110, 1))
    assert (this.attributes(ANA), this.warnings) == (
        {f"c{n}": "x" for n in range(0, 100, 2)},
        ["attributes_not_imported"],
    )
    assert "'c100', 'c102'" in this.row["warnings"][0]["message"]
    chosen = imported(databases, user, wide(110, 1).replace(ANA[3:], LANDLINE[3:]), mapping={"c108": "wanted"})
    assert chosen.attributes(LANDLINE)["wanted"] == "x"


def test_columns_that_only_later_rows_fill_are_warned_of(databases: Databases, user: UUID) -> None:
    this = imported(databases, user, wide(98, 300))
    assert (len(this.attributes(ANA)), this.warnings) == (49, ["empty_columns_not_imported"])


def test_a_long_name_is_cut_and_a_repeated_one_numbered(databases: Databases, user: UUID) -> None:
    this = imported(databases, user, f"fone;x;x;{'q' * 80};fone\n11987654321;1;2;3;1133334444\n")
    assert this.attributes(ANA) == {"x": "1", "x 2": "2", "q" * 64: "3", "fone": "1133334444"}
    assert sorted(this.warnings) == ["column_names_shortened", "repeated_columns"]


def test_a_warning_is_kept_once_however_often_it_is_given(databases: Databases, user: UUID) -> None:
    this = imported(databases, user, "x;x;fone\n" + "1;2;11987654321\n" * 9)
    assert this.warnings == ["repeated_columns"]


SIM = {"basis": "consent", "source": None, "at": None}


class TestConsent:
    @pytest.mark.parametrize("text", ["Sim", "SIM", "s", "X", "x", "1", "1.0", "true", "VERDADEIRO", "yes", "Y", "opt-in",
                                      "Opt In", "Aceito", "Sim, aceito", "✓", "subscribed", "consent", "Consentimento"])  # fmt: skip
    def test_yes_is_consent(self, databases: Databases, user: UUID, text: str) -> None:
        content = f'Telefone;Aceite\n11987654321;"{text}"\n'
        assert imported(databases, user, content, mapping={"Aceite": "consent.basis"}).contacts == {
            ANA: (None, {}, SIM)
        }

    @pytest.mark.parametrize("text", ["Não", "NAO", "n", "0", "false", "no", "opt-out", "não aceito", "-", ""])
    def test_no_is_a_contact_without_consent(self, databases: Databases, user: UUID, text: str) -> None:
        content = f"Telefone;Aceite\n11987654321;{text}\n"
        assert imported(databases, user, content, mapping={"Aceite": "consent.basis"}).contacts == {
            ANA: (None, {}, None)
        }

    def test_another_text_is_rejected_unless_it_has_a_value(self, databases: Databases, user: UUID) -> None:
        content = "Telefone;Aceite\n11987654321;talvez\n1133334444;A confirmar\n"
        options = {"mapping": {"Aceite": "consent.basis"}, "consent": {"values": {"a CONFIRMAR": None}}}
        this = imported(databases, user, content, **options)
        assert (this.contacts, this.rejected) == ({LANDLINE: (None, {}, None)}, [(2, "invalid_consent")])

    def test_the_default_is_for_rows_without_their_own_and_completes_a_yes(
        self, databases: Databases, user: UUID
    ) -> None:
        content = (
            "Telefone;Aceite;Quando\n1133334441;;\n1133334442;Sim;31/01/2026\n1133334443;Não;\n1133334444;contract;\n"
            "1133334445;;31/01/2026 10:00\n"
        )
        default = {"basis": "legitimate_interest", "source": "balcão", "at": "2025-01-01T00:00:00Z"}
        mapping = {"Aceite": "consent.basis", "Quando": "consent.at"}
        this = imported(databases, user, content, mapping=mapping, consent={**default, "values": {}})
        assert {phone[-1]: found[2] for phone, found in this.contacts.items()} == {
            "1": default,
            "2": {**default, "at": "2026-01-31T00:00:00Z"},
            "3": None,
            "4": {"basis": "contract", "source": None, "at": None},
            "5": {**default, "at": "2026-01-31T10:00:00Z"},
        }

    def test_the_default_needs_no_column(self, databases: Databases, user: UUID) -> None:
        given = {"basis": "contract", "source": "loja", "at": None}
        assert imported(databases, user, f"fone\n{ANA}\n", consent=given).contacts == {ANA: (None, {}, given)}
        lines = json.dumps({"phone": "1133334444"}) + "\n" + json.dumps({"phone": "11 33334445", "consent": SIM})
        this = imported(databases, user, lines, format="jsonl", consent=given)
        assert [this.contacts[f"+55113333444{n}"][2] for n in (4, 5)] == [given, SIM]

    def test_an_import_of_the_version_before_has_no_default(self, databases: Databases, user: UUID) -> None:
        assert imported(databases, user, f"fone\n{ANA}\n").contacts[ANA][2] is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"phone": "", "celular": "11987654321"}, {ANA: (None, {}, None)}),
        ({"phone": ANA, "celular": "1133334444"}, {ANA: (None, {"celular": "1133334444"}, None)}),
        ({"mobile": 11987654321.0, "fone": "1133334444"}, {ANA: (None, {"fone": "1133334444"}, None)}),
        ({"ddd": 11, "telefone": 987654321}, {ANA: (None, {"ddd": 11}, None)}),
        ({"firstName": "Ana", "lastName": "Souza", "phoneNumber": ANA},
         {ANA: ("Ana Souza", {"firstName": "Ana", "lastName": "Souza"}, None)}),
        ({"phone": ANA, "consent": None, "attributes": None, "vip": True}, {ANA: (None, {"vip": True}, None)}),
    ],
)  # fmt: skip
def test_the_keys_of_json_lines_are_columns(
    databases: Databases, user: UUID, value: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert imported(databases, user, json.dumps(value), format="jsonl").contacts == expected
