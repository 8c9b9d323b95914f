"""Who moves how: a scenario compiled to arrays, and simulated in counts."""
