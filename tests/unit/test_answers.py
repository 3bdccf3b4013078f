"""Every row of what Evolution API 2.3.7 is known to answer to a send, and some that proxies answer for it."""

from typing import Any

import pytest

from hidra.domain.connection_error import ConnectionErrorCode, ConnectionFault
from hidra.domain.outcome import NotSent, Outcome, Refused, Sent, Stops, Unknown
from hidra.gateways import answers
from hidra.gateways.answers import sort_answer

ERRORS = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 500: "Internal Server Error"}
PHONE = "5541988887777"


def envelope(status: int, message: Any) -> dict[str, Any]:
    return {"status": status, "error": ERRORS[status], "response": {"message": message}}


def meta(code: int, **more: Any) -> dict[str, Any]:
    return {"message": f"(#{code}) no, {PHONE}", "type": "OAuthException", "code": code, "fbtrace_id": "A1"} | more


def accepted(key: Any) -> dict[str, Any]:
    return {"key": key, "status": "PENDING", "message": {"conversation": "Oi"}, "messageType": "conversation"}


STOPS: dict[str, tuple[int, Any]] = {
    "unauthorized": (401, envelope(401, "Unauthorized")),
    "instance_not_found": (404, envelope(404, ['The "loja" instance does not exist'])),
    "license_required": (503, {"code": "LICENSE_REQUIRED", "message": "activate"}),
    "connection_closed": (500, envelope(500, "Connection Closed")),
    "never_connected": (500, envelope(500, "Cannot read properties of undefined (reading 'onWhatsApp')")),
    "not_running": (500, envelope(500, ["TypeError: Cannot read properties of undefined (reading 'textMessage')"])),
    "rate_overlimit": (500, envelope(500, "rate-overlimit")),
    "meta_100": (201, meta(100, error_subcode=33)),
    "meta_190": (201, meta(190, error_subcode=463)),
    "meta_200": (201, meta(200)),
    "meta_131031": (201, meta(131031)),
    "meta_131042": (201, meta(131042)),
}
NOT_EVOLUTION: list[tuple[int, Any]] = [
    (404, envelope(404, ["Cannot POST /message/sendText/loja"])),
    (404, None),
    (403, None),
    (405, None),
    (301, None),
    (307, None),
]
WAITS: dict[str, tuple[int, Any]] = {
    "too_many_requests": (429, None),
    "meta_130429": (201, meta(130429, error_data={"details": "too many"})),
    "meta_131048": (201, meta(131048)),
    "meta_131056": (201, meta(131056)),
    "meta_80007": (201, meta(80007)),
    "meta_131016": (201, meta(131016)),
}
REFUSED: dict[str, list[tuple[int, Any]]] = {
    "not_on_whatsapp": [
        (400, envelope(400, [{"jid": f"{PHONE}@s.whatsapp.net", "exists": False, "number": PHONE}])),
    ],
    "invalid_request": [
        (400, envelope(400, [['instance requires property "number"']])),
        (400, envelope(400, [["Invalid format"]])),
    ],
    "refused": [
        (400, envelope(400, ["Text is required"])),
        (400, {"status": 400, "error": "Internal Server Error", "response": {"message": "Expected property name"}}),
        (413, {"status": 413, "error": "Payload Too Large", "response": {"message": "request entity too large"}}),
    ],
    "meta_131030": [(201, meta(131030, error_data={"messaging_product": "whatsapp", "details": PHONE}))],
    "meta_131047": [(201, meta(131047))],
    "meta_131026": [(201, meta(131026))],
    "meta_100": [(201, meta(100))],
}
UNKNOWN: dict[str, list[tuple[int, Any]]] = {
    "failed_while_sending": [
        (400, envelope(400, ["Error: Connection Closed"])),
        (400, envelope(400, ["Error: Timed Out"])),
        (400, envelope(400, ["TypeError: Cannot read properties of undefined (reading 'message')"])),
        (400, {}),
        (400, None),
        (408, None),
    ],
    "server_error": [
        (500, envelope(500, "Timed Out")),
        (500, envelope(500, ["Error: Connection Closed"])),
        (500, None),
        (502, None),
        (503, None),
        (503, {"code": "OTHER"}),
        (504, None),
        (520, None),
    ],
    "answer_not_understood": [
        (200, {"error": True, "message": "[object Object]"}),
        (201, None),
        (201, []),
        (201, "ok"),
        (201, {}),
        (201, accepted({})),
        (201, accepted({"id": ""})),
        (201, accepted({"id": None})),
        (201, accepted({"id": 7})),
        (201, accepted({"id": "3EB0\0A1"})),
        (201, accepted({"id": "3EB0\ud800"})),
        (201, accepted({"id": "3" * 9_000})),
        (201, accepted("3EB0")),
        (204, None),
    ],
    "meta_1": [(201, meta(1))],
}


def rows(table: dict[str, list[tuple[int, Any]]]) -> list[tuple[str, int, Any]]:
    return [(code, status, body) for code, answers in table.items() for status, body in answers]


@pytest.mark.parametrize(
    "body",
    [
        accepted({"remoteJid": f"{PHONE}@s.whatsapp.net", "fromMe": True, "id": "3EB0A1"}) | {"source": "web"},
        accepted({"fromMe": True, "id": "wamid.HBg=", "remoteJid": "554188887777@s.whatsapp.net"}),
    ],
)
@pytest.mark.parametrize("status", [200, 201])
def test_a_send_succeeded_if_and_only_if_it_got_an_id(status: int, body: Any) -> None:
    assert sort_answer(status, body) == Sent(body["key"]["id"])


@pytest.mark.parametrize("code", STOPS)
def test_a_failure_that_every_recipient_would_meet_stops_the_connection(code: str) -> None:
    outcome = sort_answer(*STOPS[code])
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.stops) == (code, Stops.CONNECTION)


@pytest.mark.parametrize("code", STOPS)
def test_a_failure_that_stops_the_connection_is_the_connections_error_under_the_same_code(code: str) -> None:
    outcome = sort_answer(*STOPS[code])
    assert isinstance(outcome, NotSent)
    fault = ConnectionFault.of(outcome.code, outcome.detail)
    assert fault.message == outcome.detail
    assert fault.code == ("meta-other" if code == "meta_200" else code.replace("_", "-"))


def test_every_error_of_meta_that_stops_the_connection_has_a_code() -> None:
    codes = {ConnectionFault.of(f"meta_{code}", "x").code for code in (*answers._META_STOPS, 100)}
    assert len(codes) == len(answers._META_STOPS) + 1
    assert ConnectionErrorCode.META_OTHER not in codes


def test_a_code_that_no_connection_has_becomes_unknown() -> None:
    assert ConnectionFault.of("invalid-request", "x") == ConnectionFault(ConnectionErrorCode.UNKNOWN, "x")


@pytest.mark.parametrize(("status", "body"), NOT_EVOLUTION)
def test_an_answer_that_is_not_evolutions_burns_no_recipient(status: int, body: Any) -> None:
    outcome = sort_answer(status, body)
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.stops) == ("not_evolution", Stops.CONNECTION)


@pytest.mark.parametrize("code", WAITS)
def test_an_answer_that_asks_to_slow_down_delays_the_message(code: str) -> None:
    outcome = sort_answer(*WAITS[code])
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.stops) == (code, Stops.NOTHING)


@pytest.mark.parametrize(("code", "status", "body"), rows(REFUSED))
def test_a_refusal_of_this_message_is_permanent(code: str, status: int, body: Any) -> None:
    outcome = sort_answer(status, body)
    assert isinstance(outcome, Refused)
    assert outcome.code == code


@pytest.mark.parametrize(("code", "status", "body"), rows(UNKNOWN))
def test_a_message_that_may_have_been_sent_is_unknown(code: str, status: int, body: Any) -> None:
    outcome = sort_answer(status, body)
    assert isinstance(outcome, Unknown)
    assert outcome.code == code


BEFORE_SENDING = [
    "SessionError: No sessions",
    "SessionError: No session record",
    "SessionError: No open session",
    "SessionError: No matching sessions found for message",
    "SessionError: Over 2000 messages into the future!",
    "SessionError",
    "PreKeyError: Invalid PreKey ID",
    "PreKeyError: Missing SignedPreKey",
    "UntrustedIdentityKeyError",
    "MessageCounterError: Key used already or never filled",
    "Error: No sessions",
    "Error: No session record",
    "Error: Bad MAC",
    "Error: Bad MAC: Received: 00, Expected: 01",
    "Error: Tried to encrypt on a receiving chain",
]


@pytest.mark.parametrize("said", BEFORE_SENDING)
@pytest.mark.parametrize("status", [400, 500])
def test_a_message_that_could_not_be_encrypted_was_not_sent(status: int, said: str) -> None:
    for message in (said, [said]):
        outcome = sort_answer(status, envelope(status, message))
        assert isinstance(outcome, NotSent)
        assert (outcome.code, outcome.stops) == ("not_encrypted", Stops.CONNECTION_IF_REPEATED)
        assert outcome.detail.endswith(".")


@pytest.mark.parametrize("status", [400, 500])
@pytest.mark.parametrize("said", ["rate-overlimit", "Error: rate-overlimit"])
def test_whatsapps_rate_limit_comes_before_the_message_and_stops_the_connection(status: int, said: str) -> None:
    for message in (said, [said]):
        outcome = sort_answer(status, envelope(status, message))
        assert isinstance(outcome, NotSent)
        assert (outcome.code, outcome.stops) == ("rate_overlimit", Stops.CONNECTION)


def test_a_message_that_meta_failed_to_send_was_not_sent() -> None:
    outcome = sort_answer(201, meta(131000))
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.stops) == ("meta_131000", Stops.CONNECTION_IF_REPEATED)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, ["Error: SessionError: No sessions"]),
        (400, ["Error: sent, then SessionError: No sessions"]),
        (400, ["Error: Timed Out, rate-overlimit"]),
        (400, ["Error: Connection Closed", "SessionError: No sessions"]),
        (400, ["Error: session closed"]),
        (400, ["Error: Bad MACHINE"]),
        (502, ["SessionError: No sessions"]),
        (504, "rate-overlimit"),
    ],
)
def test_an_error_that_only_resembles_those_before_the_message_stays_unknown(status: int, message: Any) -> None:
    assert isinstance(sort_answer(status, {"status": status, "response": {"message": message}}), Unknown)


ODD = [None, [], {}, "x", 3, {"response": None}, {"response": "x"}, {"response": {"message": None}}, {"message": [[]]},
       {"response": {"message": [None, 3, {}, {"exists": None}]}}, {"key": [], "code": "190"}, {"message": {"a": 1}}]  # fmt: skip


@pytest.mark.parametrize("body", ODD)
@pytest.mark.parametrize("status", [200, 201, 302, 400, 401, 404, 418, 422, 429, 500, 502, 503])
def test_no_shape_of_an_answer_raises(status: int, body: Any) -> None:
    assert isinstance(sort_answer(status, body), Outcome)


@pytest.mark.parametrize(
    ("status", "body"),
    [*STOPS.values(), *WAITS.values(), *NOT_EVOLUTION, *(row[1:] for row in rows(REFUSED) + rows(UNKNOWN))],
)
def test_no_reason_repeats_the_recipients_number_or_the_servers_words(status: int, body: Any) -> None:
    outcome = sort_answer(status, body)
    assert not isinstance(outcome, Sent)
    assert PHONE not in outcome.detail
    assert "loja" not in outcome.detail
    assert outcome.detail.endswith(".")


NOT_FETCHED = {
    "Error: Hostname/IP does not match certificate's altnames: Host: cdn.example": "certificate",
    "Error: unable to get local issuer certificate": "certificate",
    "AxiosError: timeout of 10000ms exceeded": "in time",
    "TypeError: Invalid URL": "not a valid URL",
    "Error: getaddrinfo ENOTFOUND cdn.loja.example": "not found",
    "Error: getaddrinfo EAI_AGAIN cdn.loja.example": "not found",
    "AxiosError: getaddrinfo ENOTFOUND cdn.loja.example": "not found",
    "Error: connect ECONNREFUSED 192.0.2.1:443": "does not answer",
    "AxiosError: connect ETIMEDOUT 192.0.2.1:443": "does not answer",
    "TypeError: fetch failed": "does not answer",
    "AxiosError: Request failed with status code 404": "status 404",
    "Error: Failed to fetch stream from https://cdn.loja.example/a.png": "does not return",
    "AxiosError: Maximum number of redirects exceeded": "redirects",
    "Error: certificate has expired": "certificate",
    "Error: unable to verify the first certificate": "certificate",
}


@pytest.mark.parametrize(("said", "because"), NOT_FETCHED.items())
def test_media_that_cannot_be_fetched_stops_the_campaign_and_says_why(said: str, because: str) -> None:
    outcome = sort_answer(500, envelope(500, [said]), media="image")
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.stops) == ("media_not_fetched", Stops.CAMPAIGN)
    assert outcome.detail.startswith("Evolution cannot fetch the campaign's image from its media_url: ")
    assert because in outcome.detail
    assert "loja" not in outcome.detail
    assert "192.0.2.1" not in outcome.detail


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, ["Error: getaddrinfo ENOTFOUND cdn.example"]),
        (502, ["Error: getaddrinfo ENOTFOUND cdn.example"]),
        (500, ["Error: read ECONNRESET"]),
        (500, ["Error: Timed Out"]),
        (500, "Timed Out"),
        (500, ["getaddrinfo ENOTFOUND cdn.example"]),
        (500, ["Error: sent, then connect ECONNREFUSED 192.0.2.1:443"]),
        (500, ["Error: connect ECONNREFUSED 192.0.2.1:443", "Error: more"]),
    ],
)
def test_a_failure_that_may_not_be_a_failed_fetch_stays_unknown(status: int, message: Any) -> None:
    body = {"status": status, "response": {"message": message}}
    assert isinstance(sort_answer(status, body, media="image"), Unknown)


@pytest.mark.parametrize("said", NOT_FETCHED)
def test_the_same_words_about_a_text_stay_unknown(said: str) -> None:
    assert isinstance(sort_answer(500, envelope(500, [said])), Unknown)


def test_a_media_url_that_evolution_refuses_by_its_form_stops_the_campaign() -> None:
    answer = envelope(400, ["Owned media must be a url or base64"])
    outcome = sort_answer(400, answer, media="image")
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.stops) == ("media_not_fetched", Stops.CAMPAIGN)
    assert isinstance(sort_answer(400, answer), Refused)


@pytest.mark.parametrize("status", [400, 500])
def test_media_that_whatsapp_did_not_accept_waits_for_the_next_check(status: int) -> None:
    answer = envelope(status, ["Error: Media upload failed on all hosts"])
    outcome = sort_answer(status, answer, media="video")
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.stops) == ("media_not_uploaded", Stops.CONNECTION)
    assert isinstance(sort_answer(status, answer), Unknown)


def test_media_that_meta_cannot_use_stops_the_campaign() -> None:
    outcome = sort_answer(201, meta(131053), media="document")
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.stops) == ("meta_131053", Stops.CAMPAIGN)


@pytest.mark.parametrize(
    ("status", "body"), [*STOPS.values(), *WAITS.values(), *(row[1:] for row in rows(REFUSED) + rows(UNKNOWN))]
)
def test_every_other_answer_means_for_media_what_it_means_for_a_text(status: int, body: Any) -> None:
    assert sort_answer(status, body, media="image") == sort_answer(status, body)
