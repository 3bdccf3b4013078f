"""The addresses that outbound calls may reach. A tenant names the server, so no name may lead into our own network.

DNS may answer differently each time a name is resolved. So a name is resolved once, its addresses are checked and then
connected to, and the address of the connected peer is checked too, before the first byte is written, the TLS handshake
included.
"""

import socket
import ssl
import time
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError, SSLError
from urllib3.util.connection import create_connection

from hidra.domain.address import is_public
from hidra.errors import HidraError, Rejected, Unavailable
from hidra.gateways import tls

SLOW_TO_CONNECT = "slow-to-connect"
_UNREACHABLE = "The server cannot be reached."


class Adapter(HTTPAdapter):
    """Separates failures before the first byte from failures after it, and connects to public addresses only.

    Until a connection is established, TLS included, every failure is one of our errors: Unavailable (nothing was
    written) or Rejected (the address is not allowed). A failure after that stays an exception of requests.
    """

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=tls.context())
        self.poolmanager.pool_classes_by_scheme = (
            {"http": _HTTPPool, "https": _HTTPSPool}
            if self._allow_private
            else {"http": _PublicHTTPPool, "https": _PublicHTTPSPool}
        )

    def cert_verify(self, conn: Any, url: str, verify: bool | str | None, cert: Any) -> None:  # noqa: ARG002
        """Leaves it to the process's context, into which the inherited method loads the authorities for each call."""
        # Another choice would change the context for every other call of the process.
        if verify is not True or cert:
            raise ValueError("every server is verified against the authorities of tls.context")


class _Translating(HTTPConnection):
    def connect(self) -> None:
        """Connects within the time-out in all: name, address and TLS. Each alone may take as long for the libraries."""
        began = time.monotonic()
        try:
            super().connect()
            if self.timeout is not None and time.monotonic() - began > self.timeout:
                raise TimeoutError
        except HidraError:
            raise
        except NameResolutionError as error:
            raise Unavailable("The server's name is not known to the DNS.", code="dns") from error
        except NewConnectionError as error:  # it is a ConnectTimeoutError, too
            raise Unavailable(_UNREACHABLE, code="unreachable") from error
        except (TimeoutError, ConnectTimeoutError) as error:
            raise Unavailable(
                f"Connecting to the server took longer than {self.timeout:g} seconds.", code=SLOW_TO_CONNECT
            ) from error
        except (ssl.SSLError, ssl.CertificateError, SSLError) as error:
            raise Unavailable("The server's TLS certificate or handshake is not valid.", code="tls") from error
        except (OSError, HTTPError) as error:
            raise Unavailable(_UNREACHABLE, code="unreachable") from error


class _Public(_Translating):
    def _new_conn(self) -> socket.socket:
        try:
            found = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NameResolutionError(self.host, self, socket.gaierror(str(error))) from error
        addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
        # Also checked before connecting: otherwise our answer would show which private ports are open.
        for address in addresses:
            _require_public(address)
        connected = self._connect_to_first(addresses)
        try:
            _require_public(connected.getpeername()[0])
        except (HidraError, OSError):
            connected.close()
            raise
        return connected

    def _connect_to_first(self, addresses: list[str]) -> socket.socket:
        failure = OSError("the name has no address")
        for address in addresses:
            try:
                return create_connection((address, self.port), self.timeout, socket_options=self.socket_options)
            except OSError as error:
                failure = error
        raise failure


def _require_public(address: str) -> None:
    if not is_public(address):
        raise Rejected("The server's name leads to a private address, which is not allowed.", code="private-address")


class _HTTPS(_Translating, HTTPSConnection):
    pass


class _PublicHTTPS(_Public, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _Translating


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPS


class _PublicHTTPPool(HTTPConnectionPool):
    ConnectionCls = _Public


class _PublicHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHTTPS
