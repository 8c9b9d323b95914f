"""Days as texts name them by their number in the month alone."""
