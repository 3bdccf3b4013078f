import pytest

from hidra.domain.reply import wants_out


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
    assert wants_out(text)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "👍", "...", "ok", "sim", "não", "Quero comprar", "vou sair agora", "sair?? como assim", "sair mais tarde",
        "quero cancelar meu pedido", "cancelar o pedido 123", "não quero parar", "não pare", "parar onde?", "don't stop",
        "stopping", "sairá", "SAIR1", "SAIR 2", "sair stop", "por favor", "obrigado", "s a i r", "nao sair",
        "quero", "Onde posso parar o carro?",
    ],
)  # fmt: skip
def test_any_other_message_does_not(text: str) -> None:
    assert not wants_out(text)
