"""The processes of a caravan's day, one file each."""
