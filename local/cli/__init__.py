"""The command `hidra`, a module a topic; local/__main__.py puts them together."""
