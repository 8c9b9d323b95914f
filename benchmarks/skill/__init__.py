"""How well every given record is forecast when it is left out of everything: ``python -m benchmarks.skill.run``."""
