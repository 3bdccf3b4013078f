"""A file of contacts in a request: how it is written, what its columns mean, and what was not read as it stands."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from hidra.domain.consent import LegalBasis
from hidra.domain.imports.decoding import DETECT
from hidra.entry.fields import AttributeName, Country, Instant, Name, WithoutNul
from hidra.entry.http import Answer, Body

Column = Annotated[str, StringConstraints(min_length=1, max_length=200), WithoutNul(something=True)]
Delimiter = Annotated[str, StringConstraints(strip_whitespace=False, pattern=r"^(detect|[,;\t|])$")]
Encoding = Literal[
    "detect", "utf-8", "cp1252", "iso-8859-1", "cp850", "cp437", "mac-roman", "utf-16", "utf-16-le", "utf-16-be"
]
ConsentText = Annotated[str, StringConstraints(min_length=1, max_length=200), WithoutNul(something=True)]
Format = Literal["csv", "xlsx", "jsonl"]


class ImportConsentIn(Body):
    """The consent of rows that have none of their own, and what the texts in the column `consent.basis` mean."""

    basis: Annotated[
        LegalBasis | None,
        Field(
            description="The legal basis (LGPD, article 7) of each row whose cells of consent are empty, and of each "
            "row that says yes. If absent, a yes is `consent`, and rows with empty cells get none."
        ),
    ] = None
    source: Annotated[Name | None, Field(description="Where it was given, if the row does not say it.")] = None
    at: Annotated[Instant | None, Field(description="When it was given, if the row does not say it.")] = None
    values: Annotated[
        dict[ConsentText, LegalBasis | None],
        Field(
            default_factory=dict,
            max_length=100,
            description="Text of a cell → its legal basis, or null for no consent. Case, accents and signs do not "
            "matter. The names of the legal bases, yes (`Sim`, `S`, `X`, `1`, `true`, …) and no (`Não`, `N`, `0`, …) "
            "are known.",
        ),
    ]


class FileIn(Body):
    """How the file is written, and what its columns mean."""

    format: Format = "csv"
    mapping: Annotated[
        dict[Column, AttributeName | None],
        Field(
            default_factory=dict,
            max_length=200,
            description="Column → `phone`, `phone.area_code`, `phone.country_code`, `name`, `consent.basis`, "
            "`consent.source`, `consent.at`, or an attribute's name; null leaves the column out. Several columns may "
            "be `phone` (the first that is a number counts) or `name` (they are joined). Other columns are recognized "
            "by usual names, or become attributes.",
        ),
    ]
    country: Country = "BR"
    consent: ImportConsentIn | None = None
    delimiter: Delimiter = DETECT
    encoding: Annotated[
        Encoding,
        Field(
            description="`detect`: UTF-16, or UTF-8 in which bytes that are no UTF-8 are read as Windows-1252. "
            "`cp850`: DOS; `mac-roman`: Excel on a Mac."
        ),
    ] = "detect"
    old_numbers: Annotated[
        bool,
        Field(
            strict=True,
            description="The list is from before 2017: its Brazilian mobiles of eight digits get their ninth digit. "
            "Without it they are rejected with `digit_missing`.",
        ),
    ] = False

    def options(self) -> dict[str, Any]:
        """As an import keeps them."""
        return {
            "mapping": self.mapping,
            "country": self.country,
            "delimiter": self.delimiter,
            "encoding": self.encoding,
            "consent": self.consent.model_dump(mode="json") if self.consent else None,
            "old_numbers": self.old_numbers,
        }


class ImportWarning(Answer):
    """What was not read as the file has it, although the import continued."""

    code: str
    message: str
