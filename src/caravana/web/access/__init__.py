"""Who may do what: roles, passwords, sessions, and who asks."""
