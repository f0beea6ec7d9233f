"""The way to the terminal: nothing is lost, nothing foreign is printed, no reader is missed."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.kit import screen
from experiments.kit.layout import Cell, Column, lay_out, wrap
from experiments.kit.screen import clean
from tests.screens import check_table

WIDE = ("deaths in organised violence (people)", "4,355,453", "337,747 to 4,355,453", "76 % [60, 87]")
COLUMNS = ("Number", "median", "90 % of runs", "due to parameters, not luck")


def shown(width, rows, columns):
    made = [
        c if isinstance(c, Column) else Column(c, wraps=not n, right=n > 0) for n, c in enumerate(columns)
    ]
    lines = lay_out([[Cell(text) for text in row] for row in rows], made, width)
    return ["".join(part.text for part in line) for line in lines]


@pytest.mark.parametrize("width", [20, 36, 56, 79, 80, 110, 200, None])
def test_no_digit_is_lost(width):
    lines = shown(width, [WIDE], COLUMNS)
    text = "\n".join(lines)
    for cell in WIDE[1:]:
        assert cell in (text if width != 20 else text.replace("\n    ", " "))
    if width is not None:
        assert max(map(len, lines)) <= width


def test_what_does_not_fit_stands_below_and_says_so():
    lines = shown(56, [WIDE], COLUMNS)
    assert "(too wide for 56 columns: the table goes on here)" in lines
    assert sum("organised" in line for line in lines) == 2  # the name of the row stands at both


def test_prose_in_later_columns_makes_lists():
    columns = [Column("parameter"), Column("default", right=True), Column("meaning", wraps=True)]
    lines = shown(
        40, [("taliban.service_delivery", "0.40", "how well the services work in the provinces")], columns
    )
    assert lines[0] == "(too wide for 40 columns: each row as a"
    assert "  default: 0.40" in lines


def test_a_spare_column_goes_first():
    columns = [Column("Ending", wraps=True), Column("p", right=True), Column(spare=True)]
    assert "███" not in "".join(
        shown(40, [("consolidation of many words", "35 % [31, 39]", "█" * 20)], columns)
    )


words = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=12)
phrases = st.lists(words, max_size=6).map(" ".join)


@given(st.integers(1, 6).flatmap(lambda n: st.lists(st.tuples(*[phrases] * n), min_size=1, max_size=4)),
       st.integers(20, 120), st.data())  # fmt: skip
def test_every_table_keeps_every_character(rows, width, data):
    columns = [
        Column(data.draw(phrases), right=data.draw(st.booleans()), wraps=data.draw(st.booleans()))
        for _ in rows[0]
    ]
    check_table(rows, columns, width)


@pytest.mark.parametrize(
    ("text", "left"),
    [("\x1b[31mred\x1b[0m", "red"), ("\x1b]0;title\x07after", "after"), ("a\x08b\x00c\x9bd", "abcd"),
     ("right\u202eleft", "rightleft"), ("tab\tand\nline", "tab\tand\nline"), ("خانه\u200cها", "خانه\u200cها")],
)  # fmt: skip
def test_control_characters_are_dropped(text, left):
    assert clean(text) == left


def test_indents_are_kept_when_wrapped():
    assert wrap("  one two three four", 12) == ["  one two", "  three four"]
    assert wrap("a bb ccc", 5, hang=2) == ["a bb ccc"] or max(map(len, wrap("a bb ccc", 12, hang=2))) <= 12


def test_columns_rules_in_a_pipe(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "56")
    screen.table([WIDE], COLUMNS)
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 56
    monkeypatch.delenv("COLUMNS")
    screen.table([WIDE], COLUMNS)
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_what_cannot_be_encoded_is_replaced(monkeypatch):
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    screen.set_up()
    screen.line("0.5 ± 0.1 – █ 谁")
    out.flush()
    assert out.buffer.getvalue() == b"0.5 +/- 0.1 - # ?\n"


def outlook(shell: str, **environment: str) -> subprocess.CompletedProcess:
    command = f'set -o pipefail; o() {{ {sys.executable} -m experiments "$@"; }}; {shell}'
    return subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120,
                          env={**os.environ, **environment}, check=False)  # fmt: skip


def test_a_reader_that_goes_is_no_error():
    done = outlook("o params | head -1")
    assert (done.returncode, done.stderr) == (0, "")
    assert outlook("o scenarios >&-").returncode == 0


def test_help_in_any_encoding_and_width():
    done = outlook("o run --help", PYTHONIOENCODING="ascii", COLUMNS="56")
    assert done.returncode == 0
    assert "taliban.service_delivery" in done.stdout


def test_a_full_disk_ends_what_is_printed_and_not_the_work(capsys):
    with open("/dev/full", "w") as full, contextlib.redirect_stdout(full):
        screen.set_up()
        for _ in range(3):
            screen.line("a line")
        assert not screen.finish()
    said = capsys.readouterr().err
    assert said.count("standard output cannot be written: No space left on device") == 1
    screen.set_up()
    assert screen.finish()
