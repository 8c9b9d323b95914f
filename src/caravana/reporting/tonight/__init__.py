"""The page of tonight: where they will be, how many, needing what, how sure we are, and whether we were right."""
