"""Commands over an operation: one file a command."""
