"""What one recipient receives: a text, or media with a caption."""

from dataclasses import dataclass
from typing import Literal, Self

MediaType = Literal["image", "document", "video", "audio"]


@dataclass(frozen=True)
class Media:
    """A file that Evolution, or Meta, fetches from its URL; only a document has a file name."""

    url: str
    type: MediaType
    file_name: str | None = None

    @classmethod
    def of(cls, url: str | None, media_type: MediaType | None, file_name: str | None) -> Self | None:
        """Reads columns that are null if there is no media."""
        return cls(url, media_type, file_name) if url and media_type else None


@dataclass(frozen=True)
class Content:
    """A rendered text; with media it is the caption and may be empty."""

    text: str
    media: Media | None = None
