"""News articles, read into draft rows of evidence by rules, offline; a person edits and accepts them."""
