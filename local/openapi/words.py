"""The document's prose."""

ABOUT = """\
WhatsApp campaigns through the tenant's own Evolution API server: never twice to one recipient, never over the pace,
every count exact.

**First steps.** Save the connection (`PUT /v1/evolution-config`), then contacts, a segment, a template and a campaign.
Check the campaign (`preflight`), `schedule` or `start` it, and follow `metrics`, `timeline` and `recipients`.

**Authentication.** Every route under `/v1` needs a bearer token (JWT) of the deployment's OpenID issuer. Its `sub`, a
UUID, is the user. A user sees only their own data: data of another user is a 404. Without a valid token the gateway
answers 401 with `{"message": "Unauthorized"}`.

**Errors** are problem documents (RFC 9457, `application/problem+json`). `type` is `urn:hidra:problem:<code>` and
stable; each operation lists its codes. 422 names the wrong fields, 409 means that the request does not fit the present
state, 503 that the request failed for now: send it again.

**Lists** have pages: send `next_cursor`, unless it is null, as `cursor` for the next page.

**Sending a request twice.** `external_id` makes creating a campaign safe to repeat: the same request returns the same
campaign (200 instead of 201), a different one with the same id is a 409. Contacts are identified by their phones. A
lifecycle action that does not fit the campaign's status is a 409. Only a test message is sent twice if it is requested
twice.

Times are in UTC as in `2030-01-31T12:00:00Z`; phones are shown in E.164 and accepted in any usual spelling.
"""

TAGS = {
    "connections": "Your connection to an Evolution API server. Its key is sealed at once and never shown.",
    "contacts": "The people you write to, identified by their phones.",
    "opt_outs": "Phones that are never written to again.",
    "segments": "Named groups of contacts; a campaign is sent to one.",
    "imports": "Imports of contacts, from a file or from your Evolution server, with their progress.",
    "exports": "Exports of lists to files, with their progress and links.",
    "templates": "Message texts with variables.",
    "campaigns": "One template sent to one segment at one pace, from draft to completed.",
    "metrics": "Exact, up-to-date numbers for dashboards.",
    "webhooks": "Called by Evolution; not for your clients.",
    "docs": "This description, if the deployment serves it.",
}
