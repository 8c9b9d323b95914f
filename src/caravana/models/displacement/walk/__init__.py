"""People who walk from place to place, by Flee's rules as published or with their defects mended."""
