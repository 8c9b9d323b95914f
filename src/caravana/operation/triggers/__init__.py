"""Triggers: the whole condition of an activation, its backtest, and the person who signs it."""
