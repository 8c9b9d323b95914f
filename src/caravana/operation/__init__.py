"""A living record: reports coming in, forecasts issued and frozen, how right they were, what they set off."""
