"""What a run says: arrays by member and day, and one number a member."""
