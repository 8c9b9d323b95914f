"""Displacement over a network of roads."""
