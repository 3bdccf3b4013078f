"""Why WhatsApp closed a connection, and what to do about it, by the code that Evolution reports.

Sources: WhiskeySockets/Baileys, src/Types/index.ts (DisconnectReason) and src/Utils/decode-wa-message.ts; Evolution API
2.3.7, whatsapp.baileys.service.ts, which reconnects by itself except after 401, 402, 403 and 406. 2.4 does not
reconnect after 408 either.
"""

from hidra.domain.connection_error import ConnectionErrorCode as Code
from hidra.domain.connection_error import ConnectionFault

_CONNECT = "Connect again."
_RESTART = "If it does not connect again by itself within a minute, restart the instance in Evolution."
_REASONS = {
    400: (Code.REQUEST_NOT_ACCEPTED, f"WhatsApp did not accept a request of this connection. {_RESTART}"),
    401: (Code.LOGGED_OUT, "The phone or Evolution has logged this connection out: connect again."),
    402: (
        Code.PAYMENT_REQUIRED,
        "WhatsApp asks for a payment on this account: check it in WhatsApp, then connect again.",
    ),
    403: (Code.BANNED, "WhatsApp has banned this number: appeal in WhatsApp on the phone, or connect another number."),
    405: (
        Code.VERSION_NOT_ACCEPTED,
        "WhatsApp does not accept Evolution's version of WhatsApp Web: update Evolution, then connect again.",
    ),
    406: (
        Code.CLIENT_NOT_ACCEPTED,
        "WhatsApp does not accept this client any more: update Evolution, then connect again.",
    ),
    408: (
        Code.WHATSAPP_TIMED_OUT,
        "WhatsApp did not answer Evolution in time, or the code was not scanned: check the network of the Evolution"
        " server, then connect again.",
    ),
    409: (Code.SESSION_CONFLICT, f"WhatsApp found a conflict with another session of this number. {_CONNECT}"),
    411: (
        Code.DEVICES_MISMATCH,
        "WhatsApp and Evolution disagree about linked devices: remove the linked device on the phone, then connect"
        " again.",
    ),
    428: (Code.CONNECTION_CLOSED, f"The connection between Evolution and WhatsApp was closed. {_RESTART}"),
    429: (Code.SLOW_DOWN_AND_CONNECT, "WhatsApp asks this number to slow down: wait some minutes, then connect again."),
    440: (
        Code.SESSION_REPLACED,
        "Another program has taken over this WhatsApp session: stop the other Evolution server or client of this"
        " number, then connect again.",
    ),
    463: (
        Code.NEW_CHATS_LIMITED,
        "WhatsApp limits new chats of this number for now: wait some hours, and write to contacts that know it.",
    ),
    500: (
        Code.SESSION_NOT_ACCEPTED,
        "WhatsApp does not accept the session that Evolution has stored: log the instance out in Evolution, then"
        " connect again.",
    ),
    501: (
        Code.NOT_SUPPORTED,
        "WhatsApp does not support what this version of Evolution asks for: update Evolution, then connect again.",
    ),
    503: (Code.WHATSAPP_UNAVAILABLE, f"WhatsApp is not available at the moment. {_RESTART}"),
    515: (Code.SESSION_RESTART, f"WhatsApp asks Evolution to start the session again. {_RESTART}"),
}


def close_reason(code: int) -> ConnectionFault:
    """Returns what happened and what to do, for a code that may be unknown."""
    unknown = f"WhatsApp closed the connection with code {code}. Connect again, or restart the instance in Evolution."
    return ConnectionFault(*_REASONS.get(code, (Code.CLOSED_BY_WHATSAPP, unknown)))


def code_of(value: object) -> int | None:
    """Reads a code, which may come as a number or as text; None if there is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10 else None
