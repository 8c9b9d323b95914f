"""Ensembles: what is drawn, where blocks are simulated, how they are kept."""
