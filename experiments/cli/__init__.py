"""The command line: finds the verb, reads its options, prints help and completion."""

import os
import signal
import sys


def _interrupted(*_: object) -> None:
    """The end of a command that is interrupted before it has begun: the one line and the exit code of later ones."""
    os.write(2, b"outlook: interrupted\n")
    os._exit(130)


def _is_command() -> bool:
    """Whether this is the process of a command, and not one of its workers or a program that imports this one."""
    folder, name = os.path.split(sys.argv[0] if sys.argv else "")
    named = name in ("outlook", "outlook.exe") or (
        name == "__main__.py" and folder == os.path.dirname(__path__[0])
    )
    return named and not {"multiprocessing", "mpi4py"} & set(sys.modules)


if _is_command() and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, _interrupted)  # until `experiments.cli.main.main` takes over

from experiments import check_neighbours  # noqa: E402

try:
    check_neighbours()
except ImportError as error:
    print(f"outlook: {error}", file=sys.stderr)
    sys.exit(2)


def take_over() -> None:
    """From here on an interruption is Python's own again."""
    if signal.getsignal(signal.SIGINT) is _interrupted:
        signal.signal(signal.SIGINT, signal.default_int_handler)
