"""Claims, what rests on them, and what becomes of the answers if they are taken as true or false."""
