"""The commands of an operation, one file a command."""
