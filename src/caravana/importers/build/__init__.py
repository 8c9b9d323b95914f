"""A scenario from files that people have, each of them optional; every fallback is an assumption that is shown."""
