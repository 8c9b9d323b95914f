"""Which figure goes with which place, day, speaker and caravan."""
