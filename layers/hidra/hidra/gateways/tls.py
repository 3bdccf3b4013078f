"""How this process verifies servers: one context for every call, because reading the authorities costs 13 ms of CPU."""

import ssl
from collections.abc import Iterable
from functools import cache

import certifi


class _Context(ssl.SSLContext):
    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        """Keeps the protocols that the context has: urllib3 sets the same ones for each connection, while another
        thread may connect with the context.
        """


@cache
def context() -> ssl.SSLContext:
    """A context that verifies certificate and host name against certifi's authorities, as requests does by default.

    It is shared by all threads, so its callers must not change it.
    """
    made = _Context(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT  # as ssl.create_default_context
    made.load_verify_locations(certifi.where())
    ssl.SSLContext.set_alpn_protocols(made, ["http/1.1"])
    return made
