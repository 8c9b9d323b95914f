"""How much of a text the reader finds, and how much of what it proposes is right."""
