"""The compiled loops of the walk."""
