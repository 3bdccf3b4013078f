"""The local stack: PostgreSQL, an emulated AWS, a token issuer and an Evolution simulator; no Docker, no account."""
