"""Records made out of the given ones by what happens to real records, and how well they are forecast."""
