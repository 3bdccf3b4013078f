"""API keys at rest: the public key seals one, only the private key opens it.

An envelope: a fresh data key encrypts the API key (XChaCha20-Poly1305) and is itself sealed to a public key. The
user's id and the server's origin are authenticated with it. So a sealed key that is moved to another user's row, or
whose server's origin changes, does not open any more.

Layout: format (1 byte, 0x01), length of the key's id (1), the key's id, sealed data key (80), nonce (24), ciphertext.
"""

import base64
import json
from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID

import nacl.bindings
import nacl.exceptions
import nacl.public
import nacl.utils

from hidra.errors import Rejected

_FORMAT = 1
_KEY_BYTES = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_KEYBYTES
_NONCE_BYTES = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
_SEALED_KEY_BYTES = nacl.bindings.crypto_box_SEALBYTES + _KEY_BYTES
_DEFAULT_PORTS = {"http": 80, "https": 443}


def origin(base_url: str) -> str:
    """Returns scheme://host:port, in lower case and always with the port: what a sealed key is bound to."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}:{parts.port or _DEFAULT_PORTS[parts.scheme]}"


def seal(public_keys: Mapping[str, str], api_key: str, *, user_id: UUID, base_url: str) -> bytes:
    """Seals an API key to the current public key, the one whose id is lexically last.

    Args:
        public_keys: by id, base64 of 32 bytes each.
    """
    key_id = max(public_keys)
    data_key, nonce = nacl.utils.random(_KEY_BYTES), nacl.utils.random(_NONCE_BYTES)
    sealed_key = nacl.public.SealedBox(nacl.public.PublicKey(_decode(public_keys[key_id]))).encrypt(data_key)
    ciphertext = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        api_key.encode(), _bound_to(user_id, base_url), nonce, data_key
    )
    return header(key_id) + sealed_key + nonce + ciphertext


def header(key_id: str) -> bytes:
    """What every API key that is sealed to the key of this id begins with."""
    return bytes([_FORMAT, len(key_id.encode())]) + key_id.encode()


def open_sealed(private_keys: Mapping[str, str], blob: bytes, *, user_id: UUID, base_url: str) -> str:
    """Returns the API key in a blob that ``seal`` made for this user and origin.

    Args:
        private_keys: by id, base64 of 32 bytes each; every key that may still be in use.

    Raises:
        Rejected: it was tampered with, belongs to another user or origin, or its key's id is unknown.
    """
    try:
        key_id, sealed_key, nonce, ciphertext = _split(bytes(blob))
        box = nacl.public.SealedBox(nacl.public.PrivateKey(_decode(private_keys[key_id])))
        plain = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
            ciphertext, _bound_to(user_id, base_url), nonce, box.decrypt(sealed_key)
        )
    except (nacl.exceptions.CryptoError, ValueError, KeyError, IndexError):
        raise Rejected("The stored API key cannot be opened: save it again.", code="key-unreadable") from None
    return plain.decode()


def new_private_key() -> str:
    """Returns a new private key, base64 of 32 bytes."""
    return base64.b64encode(bytes(nacl.public.PrivateKey.generate())).decode()


def read_private_keys(text: str) -> dict[str, str]:
    """The private keys of a secret: a JSON object with base64 of 32 bytes by id; it may be empty.

    Raises:
        Rejected: it is something else; the words repeat nothing of it.
    """
    try:
        keys = json.loads(text)
        if all(
            key_id.isalnum() and key_id.isascii() and len(_decode(key)) == _KEY_BYTES for key_id, key in keys.items()
        ):
            return dict(keys)
    except (ValueError, AttributeError, TypeError):
        pass
    raise Rejected(
        'The vault\'s secret must be a JSON object {"id": "base64 of 32 bytes"} with ids of letters and digits.'
    )


def public_keys(private_keys: Mapping[str, str]) -> dict[str, str]:
    """The public half of each private key, by id."""
    pairs = {key_id: nacl.public.PrivateKey(_decode(key)) for key_id, key in private_keys.items()}
    return {key_id: base64.b64encode(bytes(pair.public_key)).decode() for key_id, pair in pairs.items()}


def _split(blob: bytes) -> tuple[str, bytes, bytes, bytes]:
    if blob[0] != _FORMAT:
        raise ValueError("unknown format")
    start = 2 + blob[1]
    key_end, nonce_end = start + _SEALED_KEY_BYTES, start + _SEALED_KEY_BYTES + _NONCE_BYTES
    return blob[2:start].decode(), blob[start:key_end], blob[key_end:nonce_end], blob[nonce_end:]


def _bound_to(user_id: UUID, base_url: str) -> bytes:
    return f"hidra api key\0{user_id}\0{origin(base_url)}".encode()


def _decode(key: str) -> bytes:
    return base64.b64decode(key, validate=True)
