"""What the document says in prose."""

ABOUT = """\
WhatsApp campaigns through the tenant's own Evolution API server: never twice to one recipient, never over the pace,
every count exact.

**Order of things.** Save the connection (`PUT /v1/evolution-config`), then contacts, a segment, a template and a
campaign; look at it (`preflight`), then `schedule` or `start` it, and follow `metrics`, `timeline` and `recipients`.

**Who calls.** Every route under `/v1` wants a bearer token (JWT) of the deployment's OpenID issuer. Its `sub`, a UUID,
is the user, and everybody sees their own only: what belongs to others is a 404. Without a valid token the gateway
answers 401 with `{"message": "Unauthorized"}`.

**Errors** are problem documents (RFC 9457, `application/problem+json`). `type` is `urn:hidra:problem:<code>` and
stable; each operation lists its codes. 422 names the wrong fields, 409 means that the request does not fit the present
state, 503 that nothing was changed and the same request may be sent again.

**Lists** come in pages: `next_cursor`, where it is not null, is the next page's `cursor`.

**Sending a request twice.** `external_id` makes creating a campaign safe to repeat: the same request gives the same
campaign (200 instead of 201), another one under the same id is a 409. Contacts are known by their phones, and all
lifecycle actions refuse with a 409 what does not fit the campaign's status. Only a test message asked for twice is sent
twice.

Times are in UTC as in `2030-01-31T12:00:00Z`; phones are shown in E.164 and taken in any usual spelling.
"""

TAGS = {
    "connections": "Your connection to an Evolution API server. Its key is sealed at once and never shown.",
    "contacts": "The people you write to, known by their phones.",
    "opt_outs": "Phones that are never written to again.",
    "segments": "Named groups of contacts; a campaign goes to one.",
    "imports": "Files of contacts, brought in while you watch.",
    "templates": "Message texts with variables.",
    "campaigns": "One template to one segment at one pace, through its life from draft to completed.",
    "metrics": "Exact numbers for dashboards, as they stand.",
    "webhooks": "What Evolution calls; nothing for clients of yours.",
    "docs": "This description, where the deployment serves it.",
}
