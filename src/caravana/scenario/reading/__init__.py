"""Files of a scenario folder, read with every fault."""
