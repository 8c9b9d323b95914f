"""Questions asked of runs: policies compared, coming days, what drives an outcome."""
