"""A living record: reports in, forecasts issued and frozen, verified, and acted on."""
