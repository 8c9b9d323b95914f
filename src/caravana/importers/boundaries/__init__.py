"""Boundaries of admin units (COD-AB GeoJSON): places get their names and p-codes."""
