"""The outcome that an answer to ``POST /message/sendText`` or ``/message/sendMedia`` means.

Evolution API 2.3.7: status codes of ``src/main.ts`` and ``src/exceptions``, the envelope's ``message`` in four shapes
(a text; a list of texts; a list of lists from the JSON schema; a list with an object for a number that is not on
WhatsApp), and the Cloud API's refusals as 201 with Meta's error object (``whatsapp.business.service.ts``).

If the answer does not show whether the message was sent, the outcome is Unknown: an unknown message can be looked up,
a second message to the same recipient cannot be taken back.
"""

import re
from collections.abc import Mapping
from typing import Any

from hidra.domain.content import MediaType
from hidra.domain.outcome import NotSent, Outcome, Refused, Sent, Stops, Unknown
from hidra.domain.whatsapp_message import id_of

# Meta's error codes (developers.facebook.com, WhatsApp Cloud API, "Error codes").
_META_STOPS = {
    0: "Meta does not accept the connection's access token: renew it.",
    3: "Meta does not let this app send messages: check its permissions.",
    10: "Meta does not let this app send messages: check its permissions.",
    190: "The connection's access token at Meta is no longer valid: renew it.",
    368: "Meta has blocked this account for breaking its policies.",
    131005: "Meta does not let this app send messages: check its permissions.",
    131031: "Meta has locked this account.",
    131042: "Meta sends nothing because of a problem with the account's payment.",
    131045: "This phone number is not registered with the Cloud API.",
    133010: "This phone number is not registered with the Cloud API.",
}
_META_FAILED = 131000  # documented as "message failed to send due to an unknown error"
_META_WAITS = {
    _META_FAILED: "Meta failed to send the message and does not say why.",
    **dict.fromkeys((4, 80007, 130429, 131048, 131056), "Meta asks to slow down."),
    # Temporarily unavailable or in maintenance: Meta accepted nothing.
    **dict.fromkeys((2, 131016, 131057, 133004), "Meta's service is not available at the moment."),
}
_META_UNSURE = {1}  # "an unknown error": Meta says no more about it
_META_MEDIA = 131053  # it could not fetch the file, or cannot use it
_META_REFUSALS = {
    131021: "The recipient is the sending number itself.",
    131026: "WhatsApp cannot deliver to this recipient.",
    131030: "The recipient is not on the list of numbers allowed for this test account.",
    131047: "More than 24 hours have passed since the recipient last wrote: Meta asks for a template.",
    131049: "Meta holds marketing messages to this recipient back.",
    131050: "The recipient asked Meta for no more marketing messages of this sender.",
}
# Evolution first checks the form of the URL (class-validator's isURL, src/api/controllers). Then Baileys fetches the
# media, before it checks the number: a failure there is a 500 with the exception as text
# (whatsapp.baileys.service.ts, prepareMediaMessage). The patterns are texts of HTTP clients only: axios and Node.
_NO_URL = "Owned media must be a url or base64"
_FETCH_FAILED = (
    (re.compile(r"getaddrinfo E[A-Z_]+"), "the name of its server is not found"),
    (re.compile(r"connect E[A-Z]+"), "its server does not answer"),
    (re.compile(r"timeout of \d+ms exceeded"), "its server does not answer in time"),
    (re.compile(r"Request failed with status code (?P<status>\d{3})"), "its server answers with status {status}"),
    (re.compile(r"Failed to fetch stream from "), "its server does not return the file"),
    (re.compile(r"fetch failed"), "its server does not answer"),
    (re.compile(r"Maximum number of redirects exceeded"), "its server redirects again and again"),
    (re.compile(r"certificate has expired|self-signed certificate"), "its server's certificate is not valid"),
    (re.compile(r"Hostname/IP does not match certificate's altnames"), "its server's certificate is not valid"),
    (re.compile(r"unable to (?:verify|get) "), "its server's certificate is not valid"),
    (re.compile(r"Invalid URL"), "it is not a valid URL"),
)
_EXCEPTION = re.compile(r"(?:Axios|Type)?Error: ")
# Media is uploaded before the message itself is sent (Baileys, prepareWAMessageMedia), and uploads often fail for a
# while (github.com/evolution-foundation/evolution-api/issues/1810).
_UPLOAD_FAILED = "Error: Media upload failed on all hosts"
# WhatsApp's answer to a query that comes too soon after others, as Baileys throws it (WABinary, assertNodeErrorFree).
# All queries of a send come before the message: the number check, the devices, their keys, the place for media
# (Socket/messages-send.ts, relayMessage, whose last step is sendNode). The message itself is not a query.
_SLOW_DOWN = re.compile(r"(?:Error: )?rate-overlimit")
# What libsignal throws (WhiskeySockets/libsignal-node, src: errors, session_cipher, session_builder, crypto).
# A message is encrypted for each device before it is sent, and nothing is encrypted or decrypted by a send afterwards.
_ENCRYPTION_FAILED = re.compile(
    r"(?:SessionError|PreKeyError|UntrustedIdentityKeyError|MessageCounterError|SignalError)(?:: |$)"
    r"|Error: (?:No (?:open |matching )?sessions?\b|Bad MAC\b|Invalid PreKey ID\b|Missing SignedPreKey\b"
    r"|Tried to encrypt on a receiving chain$)"
)
_WHAT_HELPS = (
    "Make the file available there and resume the campaign; or cancel it and duplicate it, "
    "for a campaign that has started keeps its media_url."
)


def sort_answer(status: int, body: object, *, media: MediaType | None = None) -> Outcome:
    """Returns the outcome of a send that was answered.

    Args:
        body: the decoded JSON, or None if there was none.
        media: the kind of media sent by ``sendMedia``; None for a text.
    """
    if 200 <= status < 300:
        return _sort_success(body, media)
    stopped = refusal(status, body)
    if stopped is not None:
        return stopped
    if status == 429:
        # Evolution has no rate limiter of its own; a proxy in front of it may.
        return NotSent("too_many_requests", "The Evolution server asks to slow down.", Stops.NOTHING)
    unsent = _sort_error_before_send(status, body)
    if unsent is not None:
        return unsent
    about_media = _sort_media_error(status, body, media) if media else None
    if about_media is not None:
        return about_media
    return _sort_server_error(status, body) if status >= 500 else _sort_client_error(status, body)


def refusal(status: int, body: object) -> NotSent | None:
    """Returns why this server answers no call at all for this instance with this key; None if it does."""
    stop = None
    if status == 401:
        stop = ("unauthorized", "The Evolution server does not accept the API key.")
    elif status == 404:
        known = any("instance does not exist" in item for item in messages(body) if isinstance(item, str))
        stop = (
            ("instance_not_found", "There is no instance of this name on the Evolution server.")
            if known
            else ("not_evolution", "There is no Evolution API at this address.")
        )
    elif 300 <= status < 400 or status in (403, 405, 407):
        # Evolution itself never answers our calls with these: a proxy or a firewall does, to every call.
        stop = ("not_evolution", f"Something in front of the Evolution server answers with status {status}.")
    elif status == 503 and isinstance(body, Mapping) and body.get("code") == "LICENSE_REQUIRED":
        stop = ("license_required", "The Evolution server does not work without a licence: activate one on it.")
    return NotSent(*stop, Stops.CONNECTION) if stop else None


def messages(body: object) -> list[Any]:
    """Returns the error's message as a list of texts, lists of texts or objects."""
    if not isinstance(body, Mapping):
        return []
    response = body.get("response")
    message = (response if isinstance(response, Mapping) else body).get("message")
    if message is None:
        return []
    return message if isinstance(message, list) else [message]


def _sort_success(body: object, media: MediaType | None) -> Outcome:
    if isinstance(body, Mapping):
        key, code = body.get("key"), body.get("code")
        message_id = id_of(key.get("id")) if isinstance(key, Mapping) else None
        if message_id is not None:
            return Sent(message_id)
        if key is None and isinstance(code, int):
            return _sort_meta(code, subcode=body.get("error_subcode"), media=media)
    return Unknown("answer_not_understood", "The server's answer does not say whether the message was sent.")


def _sort_error_before_send(status: int, body: object) -> NotSent | None:
    """Returns why WhatsApp's part of a send ended before the message; None if the answer does not say so for sure."""
    errors = messages(body)
    if status not in (400, 500) or len(errors) != 1 or not isinstance(errors[0], str):
        return None
    if _SLOW_DOWN.fullmatch(errors[0]):
        return NotSent("rate_overlimit", "WhatsApp asks this number to slow down.", Stops.CONNECTION)
    if _ENCRYPTION_FAILED.match(errors[0]):
        why = "Evolution could not encrypt the message for the recipient's devices."
        return NotSent("not_encrypted", why, Stops.CONNECTION_IF_REPEATED)
    return None


def _sort_media_error(status: int, body: object, media: MediaType) -> NotSent | None:
    """Returns why the media was not sent before any message was; None if the answer is about something else."""
    errors = messages(body)
    if len(errors) != 1 or not isinstance(errors[0], str):
        return None
    if status in (400, 500) and errors[0] == _UPLOAD_FAILED:
        # It concerns every recipient: no other is tried until the next check of the connection.
        return NotSent("media_not_uploaded", f"WhatsApp did not accept the upload of the {media}.", Stops.CONNECTION)
    if status == 400 and errors[0] == _NO_URL:
        why = f"Evolution does not accept the campaign's media_url as the URL of the {media}."
        return NotSent("media_not_fetched", f"{why} {_WHAT_HELPS}", Stops.CAMPAIGN)
    exception = _EXCEPTION.match(errors[0])
    if status != 500 or exception is None:
        return None
    for pattern, because in _FETCH_FAILED:
        if found := pattern.match(errors[0], exception.end()):
            why = f"Evolution cannot fetch the campaign's {media} from its media_url: {because}."
            return NotSent("media_not_fetched", f"{why.format(**found.groupdict())} {_WHAT_HELPS}", Stops.CAMPAIGN)
    return None


def _sort_server_error(status: int, body: object) -> Outcome:
    errors = messages(body)
    if status == 500 and errors == ["Connection Closed"]:
        # Only the check of the number fails with this text, and the message is sent after it.
        return NotSent("connection_closed", "The WhatsApp connection is closed.", Stops.CONNECTION)
    texts = [item for item in errors if isinstance(item, str)]
    if status == 500 and any("reading 'onWhatsApp'" in item for item in texts):
        return NotSent("never_connected", "This WhatsApp number has never been connected.", Stops.CONNECTION)
    if status == 500 and any("reading 'textMessage'" in item for item in texts):
        # The instance is in Evolution's database but not in its memory (issue 2583), so it cannot have sent anything.
        return NotSent("not_running", "Evolution knows this instance but does not run it.", Stops.CONNECTION)
    return Unknown("server_error", f"The Evolution server failed with status {status}.")


def _sort_client_error(status: int, body: object) -> Outcome:
    errors = messages(body)
    if any(isinstance(item, Mapping) and item.get("exists") is False for item in errors):
        return Refused("not_on_whatsapp", "The number is not on WhatsApp.")
    if any(isinstance(item, list) for item in errors):
        return Refused("invalid_request", "Evolution does not accept the form of the message.")
    if status == 408 or not errors or any("Error: " in item for item in errors if isinstance(item, str)):
        # A failure inside the send itself is a 400 with the exception as text: "Error: Connection Closed",
        # "Error: Timed Out", "TypeError: ... (reading 'message')" when Meta hung up or answered no JSON.
        return Unknown("failed_while_sending", "Evolution failed while it was sending.")
    return Refused("refused", f"Evolution refused the message with status {status}.")


def _sort_meta(code: int, *, subcode: object, media: MediaType | None) -> Outcome:
    """Returns the outcome of a Cloud API error, by its codes alone: its text may repeat the recipient's number."""
    name = f"meta_{code}"
    if (code, subcode) == (100, 33):
        return NotSent(name, "Meta does not know the connection's phone number id.", Stops.CONNECTION)
    if code in _META_STOPS or 200 <= code < 300:
        return NotSent(name, _META_STOPS.get(code, _META_STOPS[10]), Stops.CONNECTION)
    if media and code == _META_MEDIA:
        why = f"Meta cannot use the campaign's {media} from its media_url."
        return NotSent(name, f"{why} {_WHAT_HELPS}", Stops.CAMPAIGN)
    if code in _META_WAITS:
        stops = Stops.CONNECTION_IF_REPEATED if code == _META_FAILED else Stops.NOTHING
        return NotSent(name, _META_WAITS[code], stops)
    if code in _META_UNSURE:
        return Unknown(name, "Meta failed and did not say whether the message was sent.")
    return Refused(name, _META_REFUSALS.get(code, f"Meta refused the message with its code {code}."))
