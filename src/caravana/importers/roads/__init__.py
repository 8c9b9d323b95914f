"""Roads between places: the network of an extract, or of neighbours where there is none."""
