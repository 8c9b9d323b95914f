"""Forecasts and calibration of displacement."""
