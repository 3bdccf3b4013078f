"""Why a user may write to a person, as the LGPD (Lei 13.709/2018) asks to be able to say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self


class LegalBasis(StrEnum):
    """The ten of article 7, in its order from I to X."""

    CONSENT = "consent"
    LEGAL_OBLIGATION = "legal_obligation"
    PUBLIC_POLICY = "public_policy"
    RESEARCH = "research"
    CONTRACT = "contract"
    LEGAL_PROCEEDINGS = "legal_proceedings"
    PROTECTION_OF_LIFE = "protection_of_life"
    HEALTH_PROTECTION = "health_protection"
    LEGITIMATE_INTEREST = "legitimate_interest"
    CREDIT_PROTECTION = "credit_protection"


@dataclass(frozen=True)
class Consent:
    """The basis, where it comes from ("form on the site"), and since when it holds; the last two may not be known."""

    basis: LegalBasis
    source: str | None = None
    at: datetime | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """As ``stored`` wrote it."""
        at = stored.get("at")
        return cls(LegalBasis(stored["basis"]), stored.get("source"), datetime.fromisoformat(at) if at else None)

    def stored(self) -> dict[str, str | None]:
        """As contacts.consent keeps it, in JSON."""
        return {"basis": self.basis, "source": self.source, "at": self.at.isoformat() if self.at else None}
