"""Answers in gzip, for clients that take it: API Gateway's HTTP API compresses nothing."""

import zlib

_GZIP = 16 + zlib.MAX_WBITS


def takes_gzip(accepted: str) -> bool:
    """Whether an ``Accept-Encoding`` allows gzip; what has a weight of 0 is refused (RFC 9110, 12.5.3)."""
    weights = {}
    for offer in accepted.lower().replace(" ", "").split(","):
        name, _, weight = offer.partition(";q=")
        weights[name] = weight or "1"
    return weights.get("gzip", weights.get("*", "0")).strip("0.") != ""


def gzipped(content: bytes) -> bytes:
    """The content as a gzip file without a name and a time: the same content gives the same bytes."""
    return zlib.compress(content, wbits=_GZIP)
