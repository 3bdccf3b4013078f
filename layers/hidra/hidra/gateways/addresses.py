"""Where outbound calls may go. A tenant names the server, so what it names must not lead into our own network.

A name is harmless until it is resolved, and DNS may answer differently each time: what counts is the address of the
peer that a socket is connected to, and it is looked at before a byte is written, the TLS handshake included.
"""

import socket
import ssl
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NameResolutionError, SSLError

from hidra.errors import Field, HidraError, Rejected, Unavailable

_IPV6_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")  # the last 32 bits are an IPv4 address that a gateway connects to


def check_base_url(url: str, *, allow_private: bool) -> str:
    """The address of a server as we store it: http or https, a host, perhaps a port and a path, no slash at the end.

    Where private addresses are not allowed, neither is plain http: it would carry the API key readable through the
    internet.

    Raises:
        Rejected: with what is wrong with it as the message of the field ``base_url``.
    """
    text = url.strip()
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _wrong("is not a URL") from None
    if parts.scheme not in ("http", "https"):
        raise _wrong("must begin with https://" if not allow_private else "must begin with http:// or https://")
    if not host or port == 0 or any(ord(letter) <= 32 or letter == "\\" for letter in text):
        raise _wrong("is not a URL")
    if "@" in parts.netloc:
        raise _wrong("must hold no user or password")
    if "?" in text or "#" in text:
        raise _wrong("must hold no query and no fragment")
    if not allow_private:
        if parts.scheme == "http":
            raise _wrong("must begin with https://, or the API key could be read on its way")
        if _names_private(host):
            raise _wrong("must not be a private address")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path}".rstrip("/")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, also when IPv6 only wraps an IPv4 address."""
    return _is_public(ip_address(address.partition("%")[0]))


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
        if inner is not None:
            return _is_public(inner)
        return ip in _IPV6_UNICAST and ip.is_global
    return ip.is_global and not ip.is_multicast


def _names_private(host: str) -> bool:
    name = host.rstrip(".")
    if name == "localhost" or name.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not is_public(name)
    except ValueError:
        pass
    try:  # forms that resolvers take for IPv4 too: 127.1, 0x7f000001, 2130706433
        return not is_public(socket.inet_ntoa(socket.inet_aton(name)))
    except (OSError, UnicodeError):
        return False


def _wrong(what: str) -> Rejected:
    return Rejected("The server's address is not valid.", code="base-url", fields=[Field("base_url", what)])


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
