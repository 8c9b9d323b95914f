"""Forecasts and calibration of caravans."""
