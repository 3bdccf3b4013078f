"""Why a user may write to a person: the record that the LGPD (Lei 13.709/2018) demands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self


class LegalBasis(StrEnum):
    """The ten legal bases of article 7, in its order from I to X."""

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
    """The basis, its source ("form on the site") and when it was given; the last two may be unknown."""

    basis: LegalBasis
    source: str | None = None
    at: datetime | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """The consent that ``stored`` wrote."""
        at = stored.get("at")
        return cls(LegalBasis(stored["basis"]), stored.get("source"), datetime.fromisoformat(at) if at else None)

    def stored(self) -> dict[str, str | None]:
        """The JSON of the column contacts.consent."""
        return {"basis": self.basis, "source": self.source, "at": self.at.isoformat() if self.at else None}
