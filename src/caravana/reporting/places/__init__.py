"""The report of people at places, whatever the model."""
