"""Instances of Flee."""
