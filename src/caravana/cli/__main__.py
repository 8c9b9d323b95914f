"""``python -m caravana.cli``: the same as the command ``caravana``."""

from caravana.cli.main import main

main()
