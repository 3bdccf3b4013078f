import csv
from pathlib import Path

import pytest

from local.demo import recipients
from local.processes import LocalError


def test_the_shipped_list_holds_300_recipients_with_every_behaviour() -> None:
    rows = list(csv.DictReader(recipients.read(recipients.SHIPPED).decode().splitlines()))
    assert len(rows) == 300
    assert {str(number) for number in range(90, 100)} <= {row["telefone"][-4:-2] for row in rows}
    assert all(set(row) == {"telefone", "nome", "cidade", "pontos"} and row["nome"] for row in rows)


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes("telefone;nome\n11987654321;Conceição\n".encode("cp1252"))
    assert recipients.read(path) == path.read_bytes()


@pytest.mark.parametrize("name", ["empty.csv", "missing.csv", "folder"])
def test_a_file_that_cannot_be_read_is_reported_in_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(LocalError, match=rf"{name} (is empty|cannot be read)"):
        recipients.read(tmp_path / name)


def test_the_most_frequent_reason_comes_first() -> None:
    assert recipients.reasons({"rejected_by_reason": {"erased": 1, "no_phone": 2, "malformed": 1}}) == (
        "2 no_phone, 1 erased, 1 malformed"
    )
    assert recipients.reasons({"rejected_by_reason": {}}) == "it has no rows"
