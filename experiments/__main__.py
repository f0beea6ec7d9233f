"""``python -m experiments``: the same as the ``outlook`` command."""

from __future__ import annotations

from experiments.cli.main import program

if __name__ == "__main__":  # workers of MPI import the program that they belong to
    program()
