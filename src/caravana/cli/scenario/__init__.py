"""Commands that make scenarios."""
