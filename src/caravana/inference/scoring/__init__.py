"""Scores of forecasts, and the naive rules that they must beat."""
