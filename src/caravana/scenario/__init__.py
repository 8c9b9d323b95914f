"""Scenarios: what the world is, read from folders, checked, and written back without loss."""
