"""The words that columns' names consist of: Portuguese first, English and Spanish where exports have them."""


def word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


MOBILE = word_set(
    "celular celulares cel cels cell cells cellphone cellular mobile mobiles movel moveis movil telemovel tlm "
    "smartphone iphone whatsapp whats wpp wapp whatsap watsapp watsap zap zapzap msisdn gsm"
)
TELEPHONE = word_set("telefone telefones telefonico telefono telefonos telephone phone phones tel tels telef telf tlf")
FONE = word_set("fone fones fon")
NUMBER = word_set("numero numeros number numbers num nro nr nmr")
CONTACT = word_set("contato contatos contact contacts contacto contactos")
PHONE = MOBILE | TELEPHONE | FONE

CODE, AREA, COUNTRY = (
    word_set("codigo cod code"),
    word_set("area"),
    word_set("pais country internacional calling dial dialing"),
)
# Beside the word for a country in a column of countries.
LAND = word_set("pais country")
OF_LAND = word_set("region regiao iso sigla alpha address endereco")

NAME = word_set("nome nomes name names nombre")
FIRST, MIDDLE = word_set("primeiro first given"), word_set("meio middle additional segundo second")
LAST = word_set("ultimo last family")
FIRST_ALONE, LAST_ALONE = word_set("prenome forename"), word_set("sobrenome sobrenomes surname apellido apellidos")
WHOLE = word_set("completo completa full complete display exibicao social saved public push")
# Nouns for the person that a row is about; with CUSTOMER alone a column holds the person's name.
CUSTOMER = word_set(
    "cliente clientes client clients customer customers lead aluno aluna student paciente patient titular "
    "assinante subscriber associado member comprador buyer destinatario recipient participante participant "
    "inscrito hospede morador doador donor candidato segurado passageiro"
)
PERSON = (
    CONTACT
    | CUSTOMER
    | word_set(
        "consumidor pessoa person leads alunos pacientes membro convidado guest candidate colaborador funcionario "
        "employee parceiro prospect beneficiario condomino usuario user"
    )
)
# A CRM's lead is a deal, too: "Lead #1".
LEAD = word_set("lead leads")
# A company's names: "nome fantasia", and "razão social".
TRADE_NAME, LEGAL_NAME = word_set("fantasia"), word_set("razao razon social")
# The address of an order is often another person's.
ORDER = word_set("billing shipping entrega cobranca delivery")

JOINERS = word_set("com c e y and with mais")
# They change nothing.
FILLERS = (
    NUMBER
    | JOINERS
    | word_set(
        "de do da dos das del la el o a os as ou p para por pra em no na n of the for your seu sua meu minha qual "
        "informe digite insira favor value valor principal principais primary main preferencial preferred default "
        "padrao oficial atual current melhor best brasil brasileiro br formatado formatted nacional international or "
        "to at pessoal personal so apenas somente only digits digitos sem espacos tracos ex exemplo example "
        "obrigatorio required aqui here s cadastrado cadastrada registrado informado novo"
    )
)
SECOND = word_set(
    "secundario secundaria secondary alternativo alternative alternate outro outra outros other adicional "
    "additional extra reserva opcional segundo second"
)
LANDLINE = ORDER | word_set(
    "fixo fixos landline residencial residencia res casa home house comercial trabalho work business office "
    "escritorio empresa company corporativo profissional direto direct carro car radio address endereco"
)
# Another person's phone.
OTHERS = word_set(
    "responsavel mae pai pais mother father parent conjuge esposa esposo marido spouse filho filha parente "
    "familiar emergencia emergency recado recados referencia reference guardian tutor avo noivo noiva amigo "
    "indicacao indicado"
)
# With one of these a column says something about a phone, or holds the phone of another person at work.
NEVER = word_set(
    "fax telefax pager telex isdn rdsi tty tdd assistente assistant assistants secretaria vendedor vendedora "
    "seller consultor corretor atendente agente agent gerente manager managers operador operadora carrier modelo "
    "model marca brand tipo type label rotulo status situacao data date hora time valid valido valida validado "
    "validacao verified verificado confirmado optin optout opt aceita aceite accepts autoriza autorizacao consent "
    "consentimento permite tem possui has ativo active inativo ramal extension ext plano plan mensagem message "
    "messages url link id ids loja filial suporte sac ultima ultimo last quantidade qtd total count hash origem "
    "source descricao obs observacao observacoes notas notes erro error protocolo pedido order cpf cnpj rg "
    "documento email marketing campanha campaign grupo group bloqueado blocked fornecedor supplier country estado "
    "state city cidade cep zip enviado sent lido read resposta reply"
)
# A street's number is in a column of this name, too, if one of these is beside it.
STREET = word_set("endereco rua logradouro bairro cep address street complemento avenida zip")
