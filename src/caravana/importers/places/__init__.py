"""Places and camps from tables, GeoNames dumps and extracts, with near-identical names joined."""
