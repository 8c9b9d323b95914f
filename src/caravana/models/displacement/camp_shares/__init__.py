"""Camps that share arrivals by nearness, size, room and their counts so far."""
