"""The addresses that a tenant may name as a server."""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from hidra.errors import Field, Rejected

_IPV6_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")  # the last 32 bits are an IPv4 address that a gateway connects to


def check_base_url(url: str, *, allow_private: bool) -> str:
    """Returns the URL of a server as we store it: http or https, a host, maybe a port and a path, no slash at the end.

    If private addresses are not allowed, plain http is not either: it would send the API key unencrypted over the
    internet.

    Raises:
        Rejected: the message of the field ``base_url`` says what is wrong.
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
        raise _wrong("must not have a user or password")
    if "?" in text or "#" in text:
        raise _wrong("must not have a query or a fragment")
    if not allow_private:
        if parts.scheme == "http":
            raise _wrong("must begin with https://, because http sends the API key unencrypted")
        if names_private(host):
            raise _wrong("must not be a private address")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path}".rstrip("/")


def is_public(address: str) -> bool:
    """Whether an IP address is public; of an IPv4 address inside an IPv6 one, whether that is."""
    return _is_public(ip_address(address.partition("%")[0]))


def names_private(host: str) -> bool:
    """Whether a URL's host is a private address, in any form that resolvers read, or a name of our own network."""
    name = host.rstrip(".")
    if name == "localhost" or name.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not is_public(name)
    except ValueError:
        pass
    try:  # forms that resolvers also read as IPv4: 127.1, 0x7f000001, 2130706433
        return not is_public(socket.inet_ntoa(socket.inet_aton(name)))
    except (OSError, UnicodeError):
        return False


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
        if inner is not None:
            return _is_public(inner)
        return ip in _IPV6_UNICAST and ip.is_global
    return ip.is_global and not ip.is_multicast


def _wrong(what: str) -> Rejected:
    return Rejected("The server's address is not valid.", code="base-url", fields=[Field("base_url", what)])
