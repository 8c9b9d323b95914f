"""Pictures for those who write Python: drawn with matplotlib (extra ``plot``), in the look of the pages."""
