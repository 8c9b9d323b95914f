"""The processes of a day, one file each, and the table that puts them in order."""
