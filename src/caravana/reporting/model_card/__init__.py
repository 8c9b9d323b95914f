"""The model card that goes with every run."""
