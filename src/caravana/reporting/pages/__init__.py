"""Pages beside the report: comparison, claims, needs, sensitivity, calibration."""
