"""Words and numbers as each language writes them."""
