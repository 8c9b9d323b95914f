"""The report of a caravan."""
