"""What a run is for: needs, money, tables, the report."""
