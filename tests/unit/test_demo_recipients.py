from pathlib import Path

import pytest

from local.demo import recipients
from local.processes import LocalError


def written(folder: Path, text: str) -> Path:
    path = folder / "people.csv"
    path.write_text(text)
    return path


def test_a_list_is_read_with_its_own_columns(tmp_path: Path) -> None:
    path = written(tmp_path, "nome,Telefone,cidade\nAna,(11) 98765-4321,Recife\n,+351 912 345 678,\n")
    assert recipients.read(path) == [
        {"phone": "(11) 98765-4321", "name": "Ana", "attributes": {"cidade": "Recife"}},
        {"phone": "+351 912 345 678", "attributes": {}},
    ]


def test_the_lines_without_a_phone_are_named(tmp_path: Path) -> None:
    path = written(tmp_path, 'telefone,nome\n11987654321,"Ana\nMaria"\n17,Bia\n,Caio\n')
    with pytest.raises(LocalError, match="no valid phone in line 4, 5"):
        recipients.read(path)


@pytest.mark.parametrize("text", ["", "nome\nAna\n", "telefone\n"])
def test_a_list_without_phones_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(LocalError, match="has no recipients or no column of phones"):
        recipients.read(written(tmp_path, text))
