"""Why a connection does not work: a code for programs, and the sentence for its owner.

Checks, sends and webhooks find faults. The code of a failed call or send (``HidraError.code``, ``NotSent.code``) is the
code of the fault, with hyphens.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class ConnectionErrorCode(StrEnum):
    """Why a connection does not work, or why it stopped: the same as its ``error_message``, for programs.

    The server cannot be called:

    - ``unreachable``: no connection to the Evolution server can be opened.
    - ``dns``: the DNS does not know the name of the server.
    - ``slow-to-connect``: opening a connection to the server took too long.
    - ``tls``: the server's certificate or TLS handshake is not valid.
    - ``private-address``: the server's name leads to a private address, which the deployment does not allow.
    - ``timed-out``: the server did not answer in time.
    - ``connection-lost``: the connection broke before the server answered.
    - ``server-error``: the server answers with a failure; the message has its HTTP status.
    - ``not-evolution``: the address is not that of an Evolution API, or something in front of it answers.
    - ``unusable-connection``: the saved address or API key cannot be used in a request.
    - ``key-unreadable``: the stored API key cannot be opened.

    The server is not ready for this instance:

    - ``unauthorized``: the server does not accept the API key.
    - ``instance-not-found``: the server has no instance of this name.
    - ``instance-removed``: the instance was deleted on the server.
    - ``license-required``: the server has no licence.
    - ``not-running``: the server knows the instance but does not run it.
    - ``state-unknown``: the server reports a state that Hidra does not know.
    - ``no-whatsapp``: the instance's integration does not reach WhatsApp.
    - ``webhook-not-set``: our webhook could not be set, so statuses and replies may be missing. Messages are sent.

    The number is not linked to WhatsApp:

    - ``code-not-scanned``: the QR code was not scanned in time.
    - ``never-connected``: the number has never been connected.
    - ``connection-closed``: the connection between the server and WhatsApp is closed.
    - ``logged-out``: the phone or the server logged the connection out.
    - ``cloud-api-closed``: the Cloud API instance was logged out; a restart of the server opens it.

    WhatsApp closed the connection:

    - ``banned``: WhatsApp has banned the number.
    - ``payment-required``: WhatsApp asks for a payment on the account.
    - ``request-not-accepted``: WhatsApp did not accept a request of the connection.
    - ``version-not-accepted``: WhatsApp does not accept Evolution's version of WhatsApp Web.
    - ``client-not-accepted``: WhatsApp does not accept this client any more.
    - ``whatsapp-timed-out``: WhatsApp did not answer the server in time, or the code was not scanned.
    - ``session-conflict``: another session of the number is in conflict with this one.
    - ``session-replaced``: another program has taken over the session.
    - ``session-not-accepted``: WhatsApp does not accept the stored session.
    - ``session-restart``: WhatsApp asks for a restart of the session.
    - ``devices-mismatch``: WhatsApp and the server disagree about linked devices.
    - ``slow-down-and-connect``: WhatsApp asks the number to slow down and has closed the connection.
    - ``new-chats-limited``: WhatsApp limits new chats of the number.
    - ``not-supported``: WhatsApp does not support what this version of Evolution asks for.
    - ``whatsapp-unavailable``: WhatsApp is not available at the moment.
    - ``closed-by-whatsapp``: another reason; the message has WhatsApp's number for it.

    Sends failed:

    - ``rate-overlimit``: WhatsApp asks the number to slow down.
    - ``media-not-uploaded``: WhatsApp did not accept the upload of the media.
    - ``not-acknowledged``: WhatsApp acknowledges no message that the server accepts.
    - ``repeated-doubts``: the outcome of several messages is in doubt; the message has the last reason.
    - ``repeated-failures``: messages to several recipients failed for the same reason, which the message has.
    - ``meta-0``, ``meta-190``: Meta does not accept the access token.
    - ``meta-3``, ``meta-10``, ``meta-131005``: Meta does not let the app send messages.
    - ``meta-100``: Meta does not know the phone number id.
    - ``meta-368``, ``meta-131031``: Meta has blocked or locked the account.
    - ``meta-131042``: there is a problem with the payment of the account at Meta.
    - ``meta-131045``, ``meta-133010``: the number is not registered with the Cloud API.
    - ``meta-other``: Meta sends nothing for another reason; the message has it.

    Anything else:

    - ``unknown``: a reason without a code of its own; only the message has it.
    """

    UNREACHABLE = "unreachable"
    DNS = "dns"
    SLOW_TO_CONNECT = "slow-to-connect"
    TLS = "tls"
    PRIVATE_ADDRESS = "private-address"
    TIMED_OUT = "timed-out"
    CONNECTION_LOST = "connection-lost"
    SERVER_ERROR = "server-error"
    NOT_EVOLUTION = "not-evolution"
    UNUSABLE_CONNECTION = "unusable-connection"
    KEY_UNREADABLE = "key-unreadable"
    UNAUTHORIZED = "unauthorized"
    INSTANCE_NOT_FOUND = "instance-not-found"
    INSTANCE_REMOVED = "instance-removed"
    LICENSE_REQUIRED = "license-required"
    NOT_RUNNING = "not-running"
    STATE_UNKNOWN = "state-unknown"
    NO_WHATSAPP = "no-whatsapp"
    WEBHOOK_NOT_SET = "webhook-not-set"
    CODE_NOT_SCANNED = "code-not-scanned"
    NEVER_CONNECTED = "never-connected"
    CONNECTION_CLOSED = "connection-closed"
    LOGGED_OUT = "logged-out"
    CLOUD_API_CLOSED = "cloud-api-closed"
    BANNED = "banned"
    PAYMENT_REQUIRED = "payment-required"
    REQUEST_NOT_ACCEPTED = "request-not-accepted"
    VERSION_NOT_ACCEPTED = "version-not-accepted"
    CLIENT_NOT_ACCEPTED = "client-not-accepted"
    WHATSAPP_TIMED_OUT = "whatsapp-timed-out"
    SESSION_CONFLICT = "session-conflict"
    SESSION_REPLACED = "session-replaced"
    SESSION_NOT_ACCEPTED = "session-not-accepted"
    SESSION_RESTART = "session-restart"
    DEVICES_MISMATCH = "devices-mismatch"
    SLOW_DOWN_AND_CONNECT = "slow-down-and-connect"
    NEW_CHATS_LIMITED = "new-chats-limited"
    NOT_SUPPORTED = "not-supported"
    WHATSAPP_UNAVAILABLE = "whatsapp-unavailable"
    CLOSED_BY_WHATSAPP = "closed-by-whatsapp"
    RATE_OVERLIMIT = "rate-overlimit"
    MEDIA_NOT_UPLOADED = "media-not-uploaded"
    NOT_ACKNOWLEDGED = "not-acknowledged"
    REPEATED_DOUBTS = "repeated-doubts"
    REPEATED_FAILURES = "repeated-failures"
    META_0 = "meta-0"
    META_3 = "meta-3"
    META_10 = "meta-10"
    META_100 = "meta-100"
    META_190 = "meta-190"
    META_368 = "meta-368"
    META_131005 = "meta-131005"
    META_131031 = "meta-131031"
    META_131042 = "meta-131042"
    META_131045 = "meta-131045"
    META_133010 = "meta-133010"
    META_OTHER = "meta-other"
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, value: object) -> "ConnectionErrorCode":
        """A code of a later version, which may be in the table or on the stream, or of what no connection can have."""
        return cls.META_OTHER if str(value).startswith("meta-") else cls.UNKNOWN


@dataclass(frozen=True)
class ConnectionFault:
    """A code, and the English sentence that becomes the connection's ``error_message``."""

    code: ConnectionErrorCode
    message: str

    @classmethod
    def of(cls, code: str, message: str) -> Self:
        """The fault with the code of a failed call or send; one that is no connection's becomes a fallback."""
        return cls(ConnectionErrorCode(code.replace("_", "-")), message)
