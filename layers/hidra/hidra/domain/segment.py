"""Segments: named sets of contacts."""

from hidra.errors import Field, Rejected

UNKNOWN_SEGMENT = Rejected(
    "There is no segment with this id; nothing was saved. Use the id of one of your segments.",
    code="unknown-segment",
    fields=[Field("segment_id", "is not one of your segments")],
)
