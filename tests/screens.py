"""What must hold for every table that is printed: checked for all tables of all verbs, see conftest.py."""

from __future__ import annotations

from collections import Counter

from rich.cells import cell_len

from experiments.kit.layout import Cell, Column, lay_out

WIDTHS = (56, 80, 200, None)
LONG = 10  # columns of a word that may go on in the next line at the narrowest width of 20


def check_table(rows, columns, width) -> None:
    """Every cell and heading is there in full at this width, numbers in one piece, and no line is too wide."""
    made = [
        c if isinstance(c, Column) else Column(c, wraps=not n, right=n > 0) for n, c in enumerate(columns)
    ]
    cells = [[cell if isinstance(cell, Cell) else Cell(str(cell)) for cell in row] for row in rows]
    lines = ["".join(part.text for part in line) for line in lay_out(cells, made, width)]
    text = "".join("".join(lines).split())
    kept = [k for k, column in enumerate(made) if not column.spare]
    told = Counter("".join("".join(row[k].text for row in cells for k in kept).split()))
    assert not told - Counter(text), (width, told - Counter(text))
    for k in kept:
        if not made[k].wraps:
            for row in cells:
                for word in row[k].text.split():
                    assert word in text or cell_len(word) > LONG, (width, word)
    for line in lines:
        assert width is None or cell_len(line) <= width, (width, line)
