"""What the pages keep beside the ledger, in its database: accounts, sessions, jobs, edits, what was published."""
