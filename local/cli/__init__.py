"""The command `hidra`, one module for each topic; local/__main__.py joins them."""
