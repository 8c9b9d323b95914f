"""A run of many sites, seen by unit of administration first."""
