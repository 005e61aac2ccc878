"""What ``python -m bot`` runs; ``./huiqi`` calls it once everything is installed."""

import sys

from bot import cli

if __name__ == "__main__":
    sys.exit(cli.main(sys.argv[1:]))
