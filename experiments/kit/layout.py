"""Where the cells of a table stand at a given width: whole, wrapped, below each other, but never cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len, chop_cells

_GAP = 2  # columns between two columns of a table
_NARROWEST = 14  # columns that a column of words keeps at least


class Cell(NamedTuple):
    """A text with a style of Rich."""

    text: str
    style: str = ""


class Part(NamedTuple):
    """A piece of a line with a style of Rich."""

    text: str
    style: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    heading : str
        What stands over it; may be broken between words.
    right : bool
        Set to the right, as numbers are.
    wraps : bool
        Words, which may go on in the next line; numbers never do.
    spare : bool
        Repeats what another column says (a bar beside its number): left out first where room is short.
    style : str
        Style of Rich of its cells.
    """

    heading: str = ""
    right: bool = False
    wraps: bool = False
    spare: bool = False
    style: str = ""


def wrap(text: str, width: int | None, hang: int = 0) -> list[str]:
    """A paragraph in lines of at most ``width`` columns, broken between words.

    Parameters
    ----------
    text : str
        One line; spaces at its beginning indent every line.
    width : int or None
        Columns; None: no end.
    hang : int
        Columns by which the lines after the first are indented further.

    Returns
    -------
    list of str
        At least one line. A word that is longer than a line goes on in the next one.
    """
    if width is None or cell_len(text) <= width:
        return [text]
    indent = len(text) - len(text.lstrip(" "))
    lines, now = [], " " * indent
    room = max(width, indent + hang + 1)
    for word in text.split(" "):
        if not word:
            continue
        gap = "" if not now.strip() else " "
        if cell_len(now) + len(gap) + cell_len(word) <= room:
            now += gap + word
            continue
        if now.strip():
            lines.append(now)
        *full, now = (" " * (indent + hang) + piece for piece in chop_cells(word, room - indent - hang))
        lines += full
    return [*lines, now]


def lay_out(
    rows: Sequence[Sequence[Cell]], columns: Sequence[Column], width: int | None, headings: bool = True
) -> list[list[Part]]:
    """Lines of a table at a width (None: no end), each as pieces with a style; the first column names the rows."""
    least = _least(rows, columns, headings)
    if not _fits(least, width) and any(column.spare for column in columns):
        kept = [k for k, column in enumerate(columns) if not column.spare]
        rows, columns = [[row[k] for k in kept] for row in rows], [columns[k] for k in kept]
        least = [least[k] for k in kept]
    if _fits(least, width):
        return _grid(rows, columns, least, width, headings)
    assert width is not None
    if any(c.wraps for c in columns[1:]) or least[0] + _GAP + max(least[1:], default=0) > width:
        return _lists(rows, columns, width)
    return _below(rows, columns, least, width, headings)


def _least(rows: Sequence[Sequence[Cell]], columns: Sequence[Column], headings: bool) -> list[int]:
    """The fewest columns that each column needs."""
    least = []
    for k, column in enumerate(columns):
        whole = max((cell_len(row[k].text) for row in rows), default=0)
        words = [cell_len(word) for row in rows for word in row[k].text.split(" ")] if column.wraps else [0]
        need = (
            min(whole, max(_NARROWEST, min(max(words, default=0), 3 * _NARROWEST))) if column.wraps else whole
        )
        over = max(cell_len(word) for word in column.heading.split(" ")) if headings else 0
        least.append(max(need, over))
    return least


def _fits(least: Sequence[int], width: int | None) -> bool:
    return width is None or sum(least) + _GAP * (len(least) - 1) <= width


def _grid(
    rows: Sequence[Sequence[Cell]], columns: Sequence[Column], least: Sequence[int], width: int | None,
    headings: bool,
) -> list[list[Part]]:  # fmt: skip
    """A table beside each other: room that is left goes to the columns that would use it."""
    wanted = []
    for k, column in enumerate(columns):
        cells = max((cell_len(row[k].text) for row in rows), default=0)
        wanted.append(max(cells, cell_len(column.heading) if headings else 0))
    given = list(least) if width is not None else wanted
    spare = 0 if width is None else width - sum(least) - _GAP * (len(least) - 1)
    while spare > 0 and (short := [k for k in range(len(given)) if given[k] < wanted[k]]):
        for k in short[:spare]:
            given[k] += 1
        spare -= min(spare, len(short))
    lines: list[list[Part]] = []
    if headings and any(column.heading for column in columns):
        lines += _row([Cell(column.heading, "bold") for column in columns], columns, given, plain=True)
    for row in rows:
        lines += _row(row, columns, given)
    return lines


def _row(
    row: Sequence[Cell], columns: Sequence[Column], given: Sequence[int], plain: bool = False
) -> list[list[Part]]:
    """The lines of one row; ``plain``: a row of headings, which all may be wrapped."""
    pieces = [
        wrap(cell.text, given[k]) if columns[k].wraps or plain else [cell.text] for k, cell in enumerate(row)
    ]
    lines = []
    for n in range(max(len(piece) for piece in pieces)):
        parts: list[Part] = []
        for k, piece in enumerate(pieces):
            # Headings stand on the line above the numbers.
            at = n - (max(map(len, pieces)) - len(piece)) if plain else n
            text = piece[at] if 0 <= at < len(piece) else ""
            room = " " * (given[k] - cell_len(text))
            last = k == len(pieces) - 1
            shown = room + text if columns[k].right else text + ("" if last else room)
            parts.append(Part(shown + ("" if last else " " * _GAP), row[k].style or columns[k].style))
        lines.append(_without_end(parts))
    return lines


def _without_end(parts: list[Part]) -> list[Part]:
    """A line without the spaces at its end."""
    while parts and not parts[-1].text.strip():
        parts.pop()
    return [*parts[:-1], Part(parts[-1].text.rstrip(), parts[-1].style)] if parts else [Part("")]


def _below(
    rows: Sequence[Sequence[Cell]],
    columns: Sequence[Column],
    least: Sequence[int],
    width: int,
    headings: bool,
) -> list[list[Part]]:
    """A table whose further columns stand below the first ones, with the names of the rows again."""
    groups: list[list[int]] = [[]]
    for k in range(1, len(columns)):
        if groups[-1] and not _fits([least[0], *(least[j] for j in groups[-1]), least[k]], width):
            groups.append([])
        groups[-1].append(k)
    lines: list[list[Part]] = []
    for n, group in enumerate(groups):
        kept = [0, *group]
        if n:
            lines.append([Part("")])
            told = f"(too wide for {width} columns: the table goes on here)"
            lines += [[Part(line, "dim")] for line in wrap(told, width)]
        lines += _grid([[row[k] for k in kept] for row in rows], [columns[k] for k in kept],
                       [least[k] for k in kept], width, headings)  # fmt: skip
    return lines


def _lists(rows: Sequence[Sequence[Cell]], columns: Sequence[Column], width: int) -> list[list[Part]]:
    """Each row as a list: its name, then a line for every further column."""
    told = wrap(f"(too wide for {width} columns: each row as a list)", width)
    lines = [[Part(line, "dim")] for line in told]
    for row in rows:
        lines += [[Part(line, row[0].style or "bold")] for line in wrap(row[0].text, width, 2)]
        for column, cell in zip(columns[1:], row[1:], strict=True):
            if cell.text:
                label = f"{column.heading}: " if column.heading else ""
                lines += [[Part(line, cell.style)] for line in wrap(f"  {label}{cell.text}", width, 2)]
    return lines
