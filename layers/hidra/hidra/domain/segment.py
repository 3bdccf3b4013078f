"""Segments: named sets of contacts."""

from hidra.errors import Field, Rejected

UNKNOWN_SEGMENT = Rejected(
    "There is no segment with this id; nothing was saved. Use the id of one of your segments.",
    code="unknown-segment",
    fields=[Field("segment_id", "is not one of your segments")],
)
UNKNOWN_EXCLUDED_SEGMENT = Rejected(
    "There is no segment with one of the ids; nothing was saved. Use the ids of your segments.",
    code="unknown-segment",
    fields=[Field("exclude_segment_ids", "has an id that is not one of your segments")],
)
