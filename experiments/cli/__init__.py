"""The command line: finds the verb, reads its options, prints help and completion."""

import sys

from experiments import check_neighbours

try:
    check_neighbours()
except ImportError as error:
    print(f"outlook: {error}", file=sys.stderr)
    sys.exit(2)
