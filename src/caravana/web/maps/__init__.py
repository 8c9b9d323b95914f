"""What the map shows, as plain values: what was frozen of an evening, and the world that it stands in."""
