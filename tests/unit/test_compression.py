"""Which clients get an answer compressed."""

import gzip

import pytest

from hidra.entry.compression import gzipped, takes_gzip


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip", True),
        ("gzip, deflate, br", True),
        ("br;q=1.0, GZIP ; q=0.5", True),
        ("deflate, *;q=0.1", True),
        ("", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("br, gzip; q=0.000", False),
        ("gzip;q=0, *", False),
        ("*;q=0", False),
        ("x-not-gzip", False),
    ],
)
def test_gzip_goes_to_clients_that_take_it(accepted: str, takes: bool) -> None:
    assert takes_gzip(accepted) is takes


def test_the_same_content_gives_the_same_bytes() -> None:
    assert gzip.decompress(gzipped(b"Ana" * 1000)) == b"Ana" * 1000
    assert gzipped(b"Ana") == gzipped(b"Ana")
