import pytest

from hidra.domain.reply import (
    ALWAYS,
    DEFAULT,
    LONGEST,
    MAX_WORDS,
    OPT_IN_WORDS,
    OPT_OUT_WORDS,
    Intent,
    Words,
    check_words,
)
from hidra.errors import Rejected


@pytest.mark.parametrize(
    "text",
    [
        "SAIR", "sair", "Sair.", " sair ", "\nSair!!!\n", "SAÍR", "🛑 SAIR 🛑", "*SAIR*", "'sair'", "sair sair SAIR",
        "ＳＡＩＲ", "sa\u200bir", "sair \u200e", "PARAR", "parar", "Parár!", "STOP", "Stop.", "stop 😡", "CANCELAR",
        "Cancelar?", "DESCADASTRAR", "descadastrar…", "Quero sair", "quero sair da lista", "Sair, por favor",
        "por favor, parar", "Parar promoções", "PARAR PROMOCOES", "Parar mensagens", "parar de enviar", "Stop promotions",
        "Sair, obrigada.", "unsubscribe",
    ],
)  # fmt: skip
def test_a_message_that_is_the_word_and_nothing_else_opts_out(text: str) -> None:
    assert DEFAULT.intent(text) is Intent.OPT_OUT


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "👍", "...", "ok", "sim", "não", "Quero comprar", "vou sair agora", "sair?? como assim", "sair mais tarde",
        "quero cancelar meu pedido", "cancelar o pedido 123", "não quero parar", "não pare", "parar onde?", "don't stop",
        "stopping", "sairá", "SAIR1", "SAIR 2", "por favor", "obrigado", "s a i r", "nao sair",
        "quero", "Onde posso parar o carro?",
        "não quero sair daqui", "quero voltar a comprar", "voltar atrás", "não voltar", "sair voltar",
    ],
)  # fmt: skip
def test_any_other_message_does_not(text: str) -> None:
    assert DEFAULT.intent(text) is None


@pytest.mark.parametrize(
    "text", ["VOLTAR", "voltar!", " Voltar, por favor 🙏", "voltar voltar", "Quero voltar", "start"]
)
def test_a_message_that_is_the_opt_in_word_and_nothing_else_opts_in(text: str) -> None:
    assert DEFAULT.intent(text) is Intent.OPT_IN


@pytest.mark.parametrize(
    "text",
    [
        "Sair, obrigado!", "Stop. Thank you", "Sair obg", "Sair pfvr", "PARE", "SAIR PARAR",
        "não quero mais receber", "me tira da lista", "salir", "STOP STOP", "sair sair parar", "por favor sair",
        "oi, quero sair", "bom dia, pode me tirar da lista?", "não quero mais receber mensagens",
        "me tire desta lista", "eu quero sair", "quero sair", "para de mandar mensagem",
        "pare de me mandar mensagens", "remover meu número", "descadastrar", "unsubscribe",
        "remove me from the list", "dar de baja", "no quiero recibir más mensajes", "saiiir", "SAIRRR", "sair stop",
        "Sair?", "Cancelar?", "🚫 SAIR 🚫", "Pare!", "Parem de me enviar mensagens por favor",
        "Pode parar de mandar mensagens?", "Quero sair da lista", "me remova da sua lista",
        "Favor me excluir da lista de transmissão", "tire meu número da lista", "tira o meu número daí",
        "não me mande mais mensagens", "Nao mande mais msg", "não envie mais", "Não me envie mais nada",
        "não quero receber mais mensagens de vocês", "nao quero receber propaganda", "não quero mais receber nada",
        "Não quero mais mensagens", "Oi, tudo bem? Quero sair",
        "Olá, boa tarde! Gostaria de sair da lista, por favor. Obrigada!", "SAIR, não quero mais", "sair\nsair",
        "Sair - me tira da lista", "quero parar de receber mensagens", "gostaria de parar de receber",
        "Desculpe, quero sair", "Please stop", "stop sending me messages", "Stop texting me", "please remove me",
        "take me off your list", "can you remove me from your list?", "I want to unsubscribe", "don't text me",
        "do not contact me again", "no more messages", "I don't want to receive messages", "opt out", "STOP ALL",
        "quiero salir", "quiero darme de baja", "bórrame de la lista", "no me envíen más mensajes",
        "no quiero más mensajes", "deje de enviarme mensajes", "dame de baja por favor", "baja", "Parar promoções",
        "parar as mensagens", "chega de mensagem", "me deixa em paz", "não quero ser incomodado", "me descadastra",
        "quero me descadastrar", "cancelar inscrição", "sair da lista", "PARAR DE RECEBER", "parar de enviar",
        "Stop promotions", "sair obrigado(a)", "Boa noite. Sair", "Sim, quero sair", "Ok, sair",
        "não tenho interesse, me tira da lista", "número errado, me tira da lista", "pare com isso", "sair, valeu",
        "Stop, thx", "Sair!!! 😡😡", "Tem como me tirar da lista?", "vc pode me tirar dessa lista pfv",
        "já pedi para me tirar da lista", "Sair e parar", "SAÍR", "Sair🙏", "desejo sair", "me exclua",
        "me tira desse grupo", "remova-me da lista", "tire-me da lista", "descadastre-se", "quero sair!!!!",
        "Gracias, salir", "parar, por gentileza", "stop pls", "n quero mais receber mensagens",
        "ñ quero receber propaganda", "já não quero mais receber mensagens", "ya no quiero recibir mensajes",
        "gostaria de não receber mais mensagens", "prefiro não receber", "favor não enviar mais mensagens",
        "por favor, não mandar mais mensagem", "solicito a remoção do meu número da lista",
        "Solicito descadastramento", "Quero que tirem meu número", "poderiam não me enviar mais?", "quit",
        "não desejo receber mais mensagens", "PAREM DE ME ENCHER O SACO", "não quero receber mais nada",
        "quero cancelar o recebimento de mensagens", "Olá! Tudo bem? Poderia me remover da lista, por favor?",
        "Gostaria de cancelar o recebimento de promoções", "quero sair dessa lista de transmissão",
        "pode me tirar dessa lista por favor? obrigado", "Obrigado, mas quero sair",
        "Quero me desinscrever", "me tira aí da lista", "remover da lista", "ya no me manden mensajes", "quero descadastrar meu número",
        "não tenho mais interesse em receber mensagens", "I no longer want to receive messages", "no quiero recibir nada",
        "quem é? me tira da lista", "Me tira dessa lista, não sou cliente", "stop now", "não autorizo o envio de mensagens",
    ],
)  # fmt: skip
def test_a_short_sentence_that_asks_for_no_more_messages_opts_out(text: str) -> None:
    assert DEFAULT.intent(text) is Intent.OPT_OUT
    assert Words.of([], []).intent(text) is (None if text == "Cancelar?" else Intent.OPT_OUT)


@pytest.mark.parametrize(
    "text",
    [
        "Nao quero sair", "quero cancelar meu pedido", "sair hoje à noite?", "como faço para sair?", "não pare",
        "parar de fumar", "cancelar a compra", "quero parar de pagar", "não quero mais o produto",
        "vou sair de férias", "quando sair o resultado me avisa", "não quero parar", "nao quero parar de receber",
        "quero sair?", "Quero sair hoje", "preciso sair", "quero sair com você", "não quero sair da lista",
        "não me tira da lista", "não me tire da lista por favor", "quero cancelar",
        "quero cancelar minha assinatura", "cancelar assinatura", "cancelar a assinatura do plano", "não quero mais",
        "não quero", "não, obrigado", "sem interesse", "para", "Pará", "que horas posso sair?", "don't stop",
        "do not stop", "please don't stop", "never stop", "nunca parar", "sair não", "sair nao quero",
        "posso parar o carro aí?", "quero remover um item", "remover do carrinho", "me tira uma dúvida",
        "tira do pedido", "pode me tirar uma dúvida?", "me manda mais mensagens", "quero receber mensagens",
        "quero mais mensagens", "voltar a receber", "stop by tomorrow", "when does it stop?",
        "unsubscribe me from plan a", "como cancelo?", "como me descadastro?", "por que parar?",
        "vou parar de comprar", "parar pedido", "sair do emprego", "não mande o pedido", "não envie o produto",
        "quero sair da lista de espera", "me tira da lista de espera", "não quero sair, quero ficar",
        "não, quero sair", "bom dia", "oi", "obrigado", "ok", "sim", "?", "!!", "sai", "saiu", "saindo",
        "pare o pedido", "pare de comprar", "quero que pare de chover", "a loja vai parar?", "me remove do pedido",
        "cancelar mensagem 123", "quero devolver", "mudei de número", "não recebi", "não recebi mensagens",
        "não quero mais receber o produto", "não quero mais receber a revista", "I don't want to stop",
        "stop the order", "cancel my order", "no quiero salir", "no quiero parar", "quiero cancelar mi pedido",
        "no pare", "darse de baja del gimnasio", "baja el precio", "parar onde", "sair SAIR1", "SAIR 2", "stopping",
        "quero sair de casa", "sair mais cedo", "não perca", "estou sem mensagens", "ja saiu o pedido?",
        "sair voltar", "voltar sair", "não sair", "é para sair?", "devo sair?", "quem quer sair?", "to sair",
        "vai sair", "e", "quero parar aqui", "me deixa ver", "não me chame de senhor", "não me mande", "não entre",
        "da pra sair", "me tira dessa", "sem contato", "S A I R", "voltar, não quero mais",
        "preciso parar", "n", "não tenho interesse", "não preciso", "quero a remoção do item",
        "solicito a retirada do pedido", "solicito exclusão do pedido", "quando vou parar de receber?", "vou sair",
        "sai da frente", "quem vai sair da lista?", "quero ver a lista", "me coloca na lista",
        "quero entrar na lista", "me tira do SPC", "tirar meu nome do serasa", "Quero sair mas não agora",
        "sair depois", "talvez sair", "acho que quero sair", "nunca quero sair", "jamais quero sair da lista",
        "Eu não quero sair da lista", "Não precisa me tirar da lista", "não precisa parar", "não precisa sair",
        "não pare de mandar mensagens", "não parem de enviar", "não deixe de me enviar",
        "I do not want to unsubscribe", "don't remove me", "please do not remove me from the list",
        "no me borres de la lista", "no quiero darme de baja", "parar a entrega", "cancelar entrega",
        "pare a entrega", "remover produto", "quero sair do plano", "quero sair da fila", "posso sair da lista?",
        "onde clico para sair?", "já saí da lista?", "por que me tiraram da lista?", "quanto custa para sair?",
        "é só responder sair?", "se eu responder sair paro de receber?", "o que acontece se eu sair?",
        "tira o produto da lista", "me tira da lista de compras", "não quero receber", "não quero receber em casa",
        "não exclua meu número", "no me saques de la lista", "unsubscribe from netflix", "cancelar suscripción", "sem parar",
        "dar de baja el servicio", "SAIR?? não entendi", "parem de cobrar juros", "não quero participar",
    ],
)  # fmt: skip
def test_questions_negations_and_matters_of_orders_do_not_opt_out(text: str) -> None:
    assert DEFAULT.intent(text) is None


@pytest.mark.parametrize("text", ["Oi, voltar", "VOLTAR START", "voltaaar", "Quero voltar. Obrigada!", "Sim, voltar"])
def test_opt_in_words_may_be_repeated_combined_and_polite_too(text: str) -> None:
    assert DEFAULT.intent(text) is Intent.OPT_IN


def test_a_users_own_words_combine_with_each_other_and_with_the_usual_sentences() -> None:
    words = Words.of(["Tchau", "chega de promoção"], ["Oi", "SIM"])
    for text in (
        "oi, tchau",
        "Tchau tchau!",
        "tchau, me tira da lista",
        "Bom dia. Chega de promoção, obrigado",
        "tchau sair",
    ):
        assert words.intent(text) is Intent.OPT_OUT
    for text in ("oi", "Sim!", "oi, bom dia", "sim, por favor"):
        assert words.intent(text) is Intent.OPT_IN
    for text in ("tchau oi tudo certo", "tchau voltar", "nao tchau", "bom dia"):
        assert words.intent(text) is None


def test_a_users_word_no_opts_out_alone_and_still_negates_another_request() -> None:
    words = Words.of(["NÃO"], [])
    for text in ("não", "Não, obrigado", "não não", "oi, não"):
        assert words.intent(text) is Intent.OPT_OUT
    for text in ("não quero sair", "não sair", "não pare", "não quero parar"):
        assert words.intent(text) is None
    words = Words.of(["NÃO QUERO MAIS"], [])
    assert words.intent("Não quero mais, obrigado") is Intent.OPT_OUT
    assert words.intent("SAIR, não quero mais") is Intent.OPT_OUT
    assert words.intent("não quero mais sair") is None


def test_a_long_message_is_no_request_and_is_read_quickly() -> None:
    assert DEFAULT.intent("sair " * (LONGEST + 1)) is None
    assert DEFAULT.intent("oi tudo bem " * 12 + "sair") is Intent.OPT_OUT
    assert DEFAULT.intent("sair " * LONGEST) is Intent.OPT_OUT


def test_a_user_has_words_of_their_own_beside_those_that_always_count() -> None:
    words = Words.of(["Não, obrigado", "1", "chega de promoção"], ["Quero de novo"])
    assert words.intent("NAO") is Intent.OPT_OUT
    assert words.intent("1.") is Intent.OPT_OUT
    assert words.intent("Chega de promocao!") is Intent.OPT_OUT
    assert words.intent("chega") is None
    assert words.intent("cancelar") is None  # not among this owner's
    assert words.intent("quero de novo") is Intent.OPT_IN
    assert words.intent("voltar") is None
    for word in (*ALWAYS, "Parar promoções"):
        assert words.intent(word) is Intent.OPT_OUT


def test_a_word_in_both_lists_opts_out() -> None:
    assert Words.of(["tchau"], ["TCHAU", "sair"]).intent("Tchau") is Intent.OPT_OUT
    assert Words.of(["tchau"], ["TCHAU", "sair"]).intent("Sair") is Intent.OPT_OUT


def test_words_are_kept_once_in_upper_case_with_those_that_always_count() -> None:
    assert check_words(["tchau", " Tcháu! ", "stop", "chega  disso"], ["oi"]) == (
        ["SAIR", "PARAR", "STOP", "TCHAU", "CHEGA DISSO"],
        ["OI"],
    )
    assert check_words(OPT_OUT_WORDS, OPT_IN_WORDS) == (list(OPT_OUT_WORDS), list(OPT_IN_WORDS))
    assert check_words([], []) == (list(ALWAYS), [])
    assert len(check_words([f"palavra {at}" for at in range(MAX_WORDS)], [])[0]) <= 40  # what the table takes


@pytest.mark.parametrize(
    ("leave", "come_back", "field"),
    [
        (["ok", "🛑"], [], "opt_out_words.1"),
        (["obrigado"], [], "opt_out_words.0"),
        ([], ["!!"], "opt_in_words.0"),
        (["tchau"], ["Tchau."], "opt_in_words.0"),
        ([], ["volta", "sair sair"], "opt_in_words.1"),
        ([], ["Quero sair"], "opt_in_words.0"),
        ([], ["Pare"], "opt_in_words.0"),
        ([], ["me tira da lista"], "opt_in_words.0"),
    ],
)
def test_words_without_letters_or_in_both_lists_are_refused(leave: list[str], come_back: list[str], field: str) -> None:
    with pytest.raises(Rejected) as refused:
        check_words(leave, come_back)
    assert [wrong.field for wrong in refused.value.fields] == [field]
