"""Forecasts held against what was counted: observations, scores, calibration, backtests."""
