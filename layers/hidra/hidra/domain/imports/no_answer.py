"""Texts that exports write in a cell in the place of nothing."""

from hidra.domain.imports.column_names import words

_TEXTS = frozenset(
    {
        "null", "nulo", "none", "nan", "nil", "undefined", "na", "n a", "nd", "n d", "vazio", "empty", "unknown",
        "desconhecido", "desconhecida", "nao informado", "nao informada", "nao consta", "nao respondeu",
        "nao respondido", "nao se aplica", "nao aplicavel", "nao disponivel", "sem resposta", "sem informacao",
        "no informado", "sin respuesta", "sin informacion", "not informed", "not provided", "not available",
        "not applicable", "not set", "no answer", "no data",
    }
)  # fmt: skip


def no_answer(text: str) -> bool:
    """Whether the text stands for an empty cell: "NULL", "Não informado", a dash."""
    if text[:1].isdigit():  # most texts are dates and codes
        return False
    return not text.strip(" -–—_.") or " ".join(words(text)) in _TEXTS
