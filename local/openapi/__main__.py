"""Writes docs/openapi.json: python -m local.openapi."""

from local.openapi import PATH, text

if __name__ == "__main__":
    PATH.write_text(text())
