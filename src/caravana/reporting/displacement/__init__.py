"""The report of a displacement."""
