"""What a scenario must hold."""
