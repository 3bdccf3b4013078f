import pytest

from hidra.domain.reply import (
    ALWAYS,
    DEFAULT,
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
        "stopping", "sairá", "SAIR1", "SAIR 2", "sair stop", "por favor", "obrigado", "s a i r", "nao sair",
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
    ],
)
def test_words_without_letters_or_in_both_lists_are_refused(leave: list[str], come_back: list[str], field: str) -> None:
    with pytest.raises(Rejected) as refused:
        check_words(leave, come_back)
    assert [wrong.field for wrong in refused.value.fields] == [field]
