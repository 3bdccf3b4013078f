"""How many connections to PostgreSQL a deployment may open at once (docs/deploying.md, Connections to PostgreSQL)."""

FOR_EACH_SENDER = 2  # the pool of message_sender
PASSES, SLICES, EXPORTS, RECORDERS = (
    10,
    5,
    5,
    4,
)  # the maximum concurrencies in template.yaml; the shards of a new on-demand stream
SCHEDULED = 4  # the clock, the connection check and one that a user asks for, the rebuild of metrics
HTTP = 30  # one for each request that is being answered, or whose process is still warm: an estimate


def connections_needed(senders: int) -> int:
    """The most connections with so many senders at once, each function with one, and an estimate for HTTP."""
    return FOR_EACH_SENDER * senders + PASSES + SLICES + EXPORTS + RECORDERS + SCHEDULED + HTTP
