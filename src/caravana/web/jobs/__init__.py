"""Jobs: commands of caravana, run as processes of their own from a queue in the ledger's database."""
