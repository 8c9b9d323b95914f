"""Counts of people from the tables of others: a spreadsheet, a CSV file, a JSON answer, a Flee folder."""
