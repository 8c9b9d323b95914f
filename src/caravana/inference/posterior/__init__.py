"""Calibrated parameters, kept and simulated with."""
