import base64
from uuid import UUID, uuid4

import pytest
from nacl.public import PrivateKey

from hidra.errors import Rejected
from hidra.gateways import vault

USER = UUID("00000000-0000-4000-8000-000000000001")
URL = "https://evo.example.com/api"


def pair() -> tuple[str, str]:
    key = PrivateKey.generate()
    return base64.b64encode(bytes(key.public_key)).decode(), base64.b64encode(bytes(key)).decode()


PUBLIC, PRIVATE = pair()


def sealed(**changes: object) -> bytes:
    args = {"user_id": USER, "base_url": URL} | changes
    return vault.seal({"k1": PUBLIC}, "s3cret-açaí", **args)


def opened(blob: bytes, **changes: object) -> str:
    args = {"user_id": USER, "base_url": URL} | changes
    return vault.open_sealed({"k1": PRIVATE}, blob, **args)


def test_a_sealed_key_opens_again() -> None:
    assert opened(sealed()) == "s3cret-açaí"


def test_the_same_key_sealed_twice_looks_different() -> None:
    first, second = sealed(), sealed()
    assert first != second
    assert b"s3cret" not in first


def test_a_key_moved_to_another_user_does_not_open() -> None:
    with pytest.raises(Rejected):
        opened(sealed(), user_id=uuid4())


@pytest.mark.parametrize(
    "base_url",
    [
        "http://evo.example.com",
        "https://evil.example.com",
        "https://evo.example.com:8443",
        "https://evo.example.com.evil",
    ],
)
def test_a_key_does_not_open_for_another_origin(base_url: str) -> None:
    with pytest.raises(Rejected):
        opened(sealed(), base_url=base_url)


@pytest.mark.parametrize("base_url", ["https://EVO.example.com:443", "https://evo.example.com/other/path"])
def test_another_spelling_of_the_origin_or_another_path_opens(base_url: str) -> None:
    assert opened(sealed(), base_url=base_url) == "s3cret-açaí"


def test_no_byte_can_be_changed_or_cut_off() -> None:
    blob = sealed()
    for place in range(len(blob)):
        spoiled = blob[:place] + bytes([blob[place] ^ 1]) + blob[place + 1 :]
        with pytest.raises(Rejected):
            opened(spoiled)
        with pytest.raises(Rejected):
            opened(blob[:place])


def test_keys_rotate_new_ones_seal_and_old_ones_still_open() -> None:
    new_public, new_private = pair()
    both = {"k2": new_private, "k1": PRIVATE}
    old = sealed()
    new = vault.seal({"k1": PUBLIC, "k2": new_public}, "new", user_id=USER, base_url=URL)
    assert vault.open_sealed(both, old, user_id=USER, base_url=URL) == "s3cret-açaí"
    assert vault.open_sealed(both, new, user_id=USER, base_url=URL) == "new"
    assert vault.open_sealed({"k2": new_private}, new, user_id=USER, base_url=URL) == "new"
    with pytest.raises(Rejected):
        vault.open_sealed({"k2": new_private}, old, user_id=USER, base_url=URL)


def test_the_public_key_does_not_open() -> None:
    with pytest.raises(Rejected):
        vault.open_sealed({"k1": PUBLIC}, sealed(), user_id=USER, base_url=URL)


def test_an_origin_is_scheme_host_and_port() -> None:
    assert vault.origin("https://Evo.Example.com/x") == "https://evo.example.com:443"
    assert vault.origin("http://evo.example.com:8080") == "http://evo.example.com:8080"
    assert vault.origin("http://[::1]:8080/") == "http://[::1]:8080"
