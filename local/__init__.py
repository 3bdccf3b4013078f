"""The local stack: PostgreSQL, emulated AWS, a token issuer and an Evolution simulator, without Docker or accounts."""
