"""What stands before every request: whose host, whose page, how large; and what every answer forbids."""
