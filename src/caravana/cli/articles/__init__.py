"""Commands that read texts: what they report is proposed, and a person accepts it."""
