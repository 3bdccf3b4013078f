"""Where outbound calls may go. A tenant names the server, so what it names must not lead into our own network.

A name is harmless until it is resolved, and DNS may answer differently each time: what counts is the address of the
peer that a socket is connected to, and it is looked at before a byte is written, the TLS handshake included.
"""

import socket
import ssl
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NameResolutionError, SSLError

from hidra.domain.address import is_public
from hidra.errors import HidraError, Rejected, Unavailable


class Adapter(HTTPAdapter):
    """Tells what happened before anything was written from what happened after, and keeps to public addresses.

    Until a connection stands, TLS included, every failure is one of ours: Unavailable (nothing was written) or Rejected
    (the address is not allowed). A failure after that stays an exception of requests.
    """

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = (
            {"http": _HTTPPool, "https": _HTTPSPool}
            if self._allow_private
            else {"http": _PublicHTTPPool, "https": _PublicHTTPSPool}
        )


class _Telling(HTTPConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except HidraError:
            raise
        except NameResolutionError as error:
            raise Unavailable("The server's name is not known to the DNS.", code="dns") from error
        except (ssl.SSLError, ssl.CertificateError, SSLError) as error:
            raise Unavailable("The server's TLS certificate or handshake is not valid.", code="tls") from error
        except (OSError, HTTPError) as error:
            raise Unavailable("The server cannot be reached.", code="unreachable") from error


class _Public(_Telling):
    def _new_conn(self) -> socket.socket:
        # Looked at beforehand as well, so that nobody can tell open private ports from closed ones by our answer.
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NameResolutionError(self.host, self, socket.gaierror(str(error))) from error
        for *_, place in found:
            _require_public(str(place[0]))
        connected = super()._new_conn()
        try:
            _require_public(connected.getpeername()[0])
        except (HidraError, OSError):
            connected.close()
            raise
        return connected


def _require_public(address: str) -> None:
    if not is_public(address):
        raise Rejected("The server's name leads to a private address, which is not allowed.", code="private-address")


class _HTTPS(_Telling, HTTPSConnection):
    pass


class _PublicHTTPS(_Public, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _Telling


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPS


class _PublicHTTPPool(HTTPConnectionPool):
    ConnectionCls = _Public


class _PublicHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHTTPS
