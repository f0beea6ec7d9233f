"""``python -m experiments``: the same as the ``outlook`` command."""

from __future__ import annotations

import sys

from experiments.cli.main import main

sys.exit(main())
