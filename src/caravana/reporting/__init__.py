"""Pages and lines for people."""
