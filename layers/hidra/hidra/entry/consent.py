"""Consent in a request's body."""

from typing import Annotated

from pydantic import Field

from hidra.domain.consent import Consent, LegalBasis
from hidra.entry.fields import Instant, Name
from hidra.entry.http import Body


class ConsentIn(Body):
    basis: Annotated[LegalBasis, Field(description="A legal basis of the LGPD, article 7.")]
    source: Annotated[Name | None, Field(description="Where the consent was given.", examples=["form on the site"])] = (
        None
    )
    at: Annotated[Instant | None, Field(description="When the consent was given.")] = None

    def consent(self) -> Consent:
        return Consent(self.basis, self.source, self.at)
