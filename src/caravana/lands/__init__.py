"""The ground under a map: the countries of the world, and points in their outlines."""
