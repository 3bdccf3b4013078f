"""The preview of an import: the request, and the answer."""

from base64 import b64decode
from typing import Annotated

from pydantic import Field

from hidra.domain.consent import Consent as ShownConsent
from hidra.entry.http import Answer
from hidra.entry.import_file import FileIn, ImportWarning

MAX_PREVIEWED, MAX_TEXT = 3_600_000, 256 * 1024  # bytes
BASE64 = r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"


class ImportPreviewIn(FileIn):
    """The file or its beginning, with the options of an import."""

    content: Annotated[
        str,
        Field(
            max_length=MAX_PREVIEWED // 3 * 4,
            pattern=BASE64,
            description=f"In base64: a workbook as a whole, up to {MAX_PREVIEWED:,} bytes; of another file the first "
            f"{MAX_TEXT:,} bytes are read.",
        ),
    ]
    whole: Annotated[bool, Field(strict=True, description="Whether the content is the whole file.")] = False

    def read(self) -> tuple[bytes, bool]:
        """The bytes that are read, and whether they are the whole file."""
        content = b64decode(self.content)
        read = content if self.format == "xlsx" else content[:MAX_TEXT]
        return read, self.whole and len(read) == len(content)


class ImportColumn(Answer):
    """A column of the file, and what an import reads in it."""

    name: str
    role: Annotated[
        str | None,
        Field(
            description="As in a mapping: `phone`, `phone.area_code`, `phone.country_code`, `name`, `consent.basis`, "
            "`consent.source`, `consent.at`; or `attribute`; null if the column is left out."
        ),
    ]
    attribute: Annotated[
        str | None, Field(description="The attribute that it becomes. Further phones and names are attributes, too.")
    ]


class ImportPreviewRow(Answer):
    """A row as an import reads it: the contact, or the reason why it would be rejected."""

    line: int
    cells: Annotated[
        list[str], Field(description="As the file has them, each cut to 200 characters; empty for JSON Lines.")
    ]
    phone: str | None
    name: str | None
    attributes: dict[str, str | int | float | bool]
    consent: ShownConsent | None
    reject_reason: str | None


class ImportPreview(Answer):
    """What an import would read. Whether a person was erased, or a contact has too many attributes, shows only then."""

    encoding: Annotated[str | None, Field(description="As it was found or requested; null for a workbook.")]
    delimiter: Annotated[str | None, Field(description="Null unless the format is csv.")]
    columns: Annotated[list[ImportColumn], Field(description="Empty for JSON Lines.")]
    rows: Annotated[list[ImportPreviewRow], Field(description="The first ten.")]
    rejects: Annotated[list[ImportPreviewRow], Field(description="The first ten rows that would be rejected.")]
    rows_read: Annotated[int, Field(description="Of the content, at most 5,000; the counts are of these.")]
    rejected_by_reason: dict[str, int]
    warnings: list[ImportWarning]
    failure_code: Annotated[
        str | None, Field(description="With which the import would fail; rows then have only their cells.")
    ]
    failure_reason: str | None
