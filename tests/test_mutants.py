"""The mutants fit the sources; `make mutants` runs them, which takes minutes."""

from collections import Counter

from tests.slow.mutants import ROOT, read

PROMISES = {*range(1, 15)}


def test_each_mutant_replaces_one_place_and_its_tests_exist() -> None:
    for mutant in read():
        assert (ROOT / mutant.file).read_text().count(mutant.old) == 1, mutant.name
        for test in mutant.tests:
            file, _, name = test.partition("::")
            assert f"def {name.split('[')[0]}(" in (ROOT / file).read_text() if name else (ROOT / file).is_file(), test


def test_every_promise_has_two_mutants() -> None:
    promises = Counter(mutant.promise for mutant in read())
    assert {number for number in PROMISES if promises[number] >= 2} == PROMISES
