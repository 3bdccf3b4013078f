"""Consent as requests bring it: the contacts' own and an import's."""

from typing import Annotated

from pydantic import Field

from hidra.domain.consent import Consent, LegalBasis
from hidra.entry.fields import Instant, Name
from hidra.entry.http import Body


class ConsentIn(Body):
    basis: Annotated[LegalBasis, Field(description="One of the LGPD's, article 7.")]
    source: Annotated[Name | None, Field(description="Where it comes from.", examples=["form on the site"])] = None
    at: Annotated[Instant | None, Field(description="Since when it holds.")] = None

    def consent(self) -> Consent:
        return Consent(self.basis, self.source, self.at)
