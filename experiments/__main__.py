"""``python -m experiments``: the same as the ``outlook`` command."""

from __future__ import annotations

import sys

from experiments.cli.main import main

if __name__ == "__main__":  # workers of MPI import the program that they belong to
    sys.exit(main())
