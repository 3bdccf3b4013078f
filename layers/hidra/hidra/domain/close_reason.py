"""Why WhatsApp closed a connection, and what to do about it, by the code that Evolution reports.

Sources: WhiskeySockets/Baileys, src/Types/index.ts (DisconnectReason) and src/Utils/decode-wa-message.ts; Evolution API
2.3.7, whatsapp.baileys.service.ts, which reconnects by itself except after 401, 402, 403 and 406. 2.4 does not
reconnect after 408 either.
"""

_CONNECT = "Connect again."
_RESTART = "If it does not connect again by itself within a minute, restart the instance in Evolution."
_REASONS = {
    400: f"WhatsApp did not accept a request of this connection. {_RESTART}",
    401: "The phone or Evolution has logged this connection out: connect again.",
    402: "WhatsApp asks for a payment on this account: check it in WhatsApp, then connect again.",
    403: "WhatsApp has banned this number: appeal in WhatsApp on the phone, or connect another number.",
    405: "WhatsApp does not accept Evolution's version of WhatsApp Web: update Evolution, then connect again.",
    406: "WhatsApp does not accept this client any more: update Evolution, then connect again.",
    408: "WhatsApp did not answer Evolution in time, or the code was not scanned: check the network of the Evolution"
    " server, then connect again.",
    409: f"WhatsApp found a conflict with another session of this number. {_CONNECT}",
    411: "WhatsApp and Evolution disagree about linked devices: remove the linked device on the phone, then connect"
    " again.",
    428: f"The connection between Evolution and WhatsApp was closed. {_RESTART}",
    429: "WhatsApp asks this number to slow down: wait some minutes, then connect again.",
    440: "Another program has taken over this WhatsApp session: stop the other Evolution server or client of this"
    " number, then connect again.",
    463: "WhatsApp limits new chats of this number for now: wait some hours, and write to contacts that know it.",
    500: "WhatsApp does not accept the session that Evolution has stored: log the instance out in Evolution, then"
    " connect again.",
    501: "WhatsApp does not support what this version of Evolution asks for: update Evolution, then connect again.",
    503: f"WhatsApp is not available at the moment. {_RESTART}",
    515: f"WhatsApp asks Evolution to start the session again. {_RESTART}",
}


def close_reason(code: int) -> str:
    """Returns what happened and what to do, for a code that may be unknown."""
    return _REASONS.get(
        code, f"WhatsApp closed the connection with code {code}. Connect again, or restart the instance in Evolution."
    )


def code_of(value: object) -> int | None:
    """Reads a code, which may come as a number or as text; None if there is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10 else None
