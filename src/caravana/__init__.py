"""caravana: simulate and forecast people on the move."""
