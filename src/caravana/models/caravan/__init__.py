"""Caravans: places that move."""
