"""The main job, end to end, through the public HTTP API only: from a CSV of recipients to exact metrics."""
