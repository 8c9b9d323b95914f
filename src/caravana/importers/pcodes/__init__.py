"""Codes of admin units (p-codes): read from boundary files, and held against those that data uses."""
