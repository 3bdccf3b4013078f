"""Whether a reply asks to be left alone."""

import unicodedata

_WORDS = frozenset({"sair", "parar", "stop", "cancelar", "descadastrar"})
# What people answer to "responda SAIR", and the words on Meta's own opt-out button ("Parar promoções"). Each is a whole
# message that can mean nothing else; "quero cancelar meu pedido" is none of them and reaches a person.
_PHRASES = frozenset(
    {
        "quero sair",
        "quero parar",
        "quero me descadastrar",
        "sair da lista",
        "quero sair da lista",
        "parar mensagens",
        "parar as mensagens",
        "parar promocoes",
        "parar de receber",
        "parar de enviar",
        "cancelar inscricao",
        "stop promotions",
        "unsubscribe",
    }
)
_COURTESY = ("por favor", "favor", "pfv", "obrigado", "obrigada")


def wants_out(text: str) -> bool:
    """Whether the whole message is a word such as SAIR, PARAR or STOP, or one of a few short phrases around them.

    Case, accents, punctuation, emoji, a "por favor" and repetition ("SAIR SAIR!!!") do not matter; further words do.
    """
    words = _plain(text)
    for polite in _COURTESY:
        words = f" {words} ".replace(f" {polite} ", " ").strip()
    return words in _PHRASES or (len(set(words.split())) == 1 and words.split()[0] in _WORDS)


def _plain(text: str) -> str:
    """Lower-case letters and digits, single spaces: accents and invisible characters dropped, all else a space."""
    kept = []
    for letter in unicodedata.normalize("NFKD", text):
        category = unicodedata.category(letter)
        if category[0] in "LN":
            kept.append(letter)
        elif category[0] != "M" and category != "Cf":
            kept.append(" ")
    return " ".join("".join(kept).casefold().split())
