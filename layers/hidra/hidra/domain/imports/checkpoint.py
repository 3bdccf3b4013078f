"""Where an import stands between two batches, as its row keeps it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from hidra.domain.imports.layout import Layout
from hidra.domain.imports.records import Position


@dataclass(frozen=True)
class Checkpoint:
    """``etag``: of the file that is read. ``over``: no record is behind ``position``."""

    etag: str
    layout: Layout
    position: Position
    over: bool

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Checkpoint | None":
        """Returns None for an import without a batch: its checkpoint is empty."""
        if not value:
            return None
        return cls(value["etag"], Layout.of(value["layout"]), Position(**value["position"]), value["over"])
