"""The one way to the terminal: lines and tables on standard output, information on standard error.

A table never loses a digit. On a terminal that is too narrow it wraps words, then sets the columns that do not
fit below the others (or each row as a list), and says so. In a pipe it is as wide as it has to be, unless
``COLUMNS`` says otherwise. Control characters in people's texts are dropped, what the encoding of the output
lacks is replaced, and a reader that closes the pipe is no error.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextvars import ContextVar

from experiments.kit.layout import Cell, Column, Part, lay_out, wrap

__all__ = ["Cell", "Column", "clean", "heading", "line", "note", "raw", "say", "set_up", "table", "width"]

_QUIET = ContextVar("quiet", default=False)
_LOST = ContextVar("lost", default=False)
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_].*?(?:\x07|\x1b\\|$)|[ -/]*[0-~]?)", re.DOTALL)
#: Control characters, and those that turn the direction of writing of all that follows.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
_PLAIN = {"█": "#", "–": "-", "—": "-", "±": "+/-", "≥": ">=", "≤": "<=", "’": "'", "·": "-", "…": "...", "×": "x",
          "\u00a0": " "}  # fmt: skip


def clean(text: str) -> str:
    """A text without escape sequences of terminals and without control characters but line ends and tabs."""
    return _CONTROLS.sub("", _ESCAPES.sub("", text))


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Print nothing on standard output while the block is open: a program asked, which takes the result."""
    token = _QUIET.set(True)
    try:
        yield
    finally:
        _QUIET.reset(token)


def width() -> int | None:
    """Columns to fill, at least 20: ``COLUMNS`` if set, else those of the terminal; None in a pipe, without end."""
    wanted = os.environ.get("COLUMNS", "")
    if wanted.isdigit() and int(wanted) > 0:
        return max(20, int(wanted))
    if _on_terminal():
        with contextlib.suppress(OSError, ValueError, AttributeError):
            return max(20, os.get_terminal_size(sys.stdout.fileno()).columns)
    return None


def line(text: str = "", style: str = "", *, hang: int = 0, copied: bool = False) -> None:
    """Print a paragraph, wrapped at the terminal's width.

    Parameters
    ----------
    text : str
        The paragraph; spaces at its beginning indent all of its lines.
    style : str
        Style of Rich, such as ``bold`` or ``dim``; seen on a terminal only.
    hang : int
        Columns by which the lines after the first are indented further.
    copied : bool
        Never broken: a command to be copied.
    """
    for piece in clean(text).split("\n"):
        for one in [piece] if copied else wrap(piece, width(), hang):
            _emit([Part(one, style)])


def heading(text: str) -> None:
    """Print a heading."""
    line(text, "bold")


def note(text: str) -> None:
    """Print what a reader should know before trusting the numbers, as ``Note: ...``."""
    line(f"Note: {text}", "yellow", hang=6)


def table(
    rows: Sequence[Sequence[Cell | str]], columns: Sequence[Column | str], *, headings: bool = True
) -> None:
    """Print a table that keeps every character of its cells at any width.

    Parameters
    ----------
    rows : sequence of sequences
        Cells of each row, as texts or as `Cell` with a style.
    columns : sequence
        Columns, or their headings alone: the first is then text that may be wrapped, the others are numbers.
    headings : bool
        Whether the headings are printed.
    """
    made = [
        c if isinstance(c, Column) else Column(c, wraps=not n, right=n > 0) for n, c in enumerate(columns)
    ]
    cells = [[_cell(cell) for cell in row] for row in rows]
    for parts in lay_out(cells, made, width(), headings):
        _emit(parts)


def raw(text: str) -> None:
    """Print a text as it stands, for other programs: JSON, YAML, a completion script."""
    _emit([Part(clean(text), "")])


def say(text: str) -> None:
    """Print a line of information on standard error."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            print(clean(text), file=sys.stderr, flush=True)


def set_up() -> None:
    """Prepare the standard streams: one that is closed leads nowhere; what cannot be encoded is replaced."""
    _LOST.set(False)
    codecs.register_error("outlook", _replaced)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - open until the end
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="outlook")


def finish() -> bool:
    """Write out what is buffered; whether all that was printed could be written. A reader that has gone is no error."""
    try:
        sys.stdout.flush()
    except OSError as error:
        _no_more(error)
    return not _LOST.get()


def _replaced(error: UnicodeError) -> tuple[str, int]:
    """A plain form of the characters that an encoding lacks, ``?`` where there is none."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_PLAIN.get(one, "?") for one in lacking), error.end


def _no_more(error: OSError) -> None:
    """Send the rest of standard output nowhere, what Python writes out at its end too; say why, unless nobody reads."""
    if not isinstance(error, BrokenPipeError):
        _LOST.set(True)
        say(f"outlook: standard output cannot be written: {error.strerror}; what was made in files is there")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(nowhere, sys.stdout.fileno())


def _cell(cell: Cell | str) -> Cell:
    text, style = cell if isinstance(cell, tuple) else (str(cell), "")
    return Cell(" ".join(clean(text).split("\n")).replace("\t", " "), style)


def _on_terminal() -> bool:
    """Whether standard output is a terminal."""
    try:
        return sys.stdout.isatty()
    except (ValueError, AttributeError):  # closed, or replaced by something simpler
        return False


def _emit(parts: Sequence[Part]) -> None:
    """Write one line."""
    if _QUIET.get():
        return
    try:
        if _on_terminal() or os.environ.get("FORCE_COLOR"):
            from experiments.kit import terminal  # where no style is seen Rich is not loaded

            terminal.write(parts)
        else:
            print("".join(part.text for part in parts), flush=True)
    except OSError as error:  # the reader has gone, or the disk is full
        _no_more(error)
