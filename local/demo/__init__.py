"""The main job, end to end, through the public HTTP API only: from a file of recipients to exact metrics."""
