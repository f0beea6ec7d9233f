"""Every number has a home: rules hold no numbers of behaviour, which are parameters with unit, range and source.

Counted on the syntax tree, in compiled functions. What may stand in a rule: 0, 1 and 2; one half of a sum or a
difference, and in rounding; units of time; whole numbers in calls of random streams, which number the draws.
Numerical guards and codes are module constants with names.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SIM = ROOT / "sim"
RULES = [*sorted(SIM.glob("agents/*.py")), *sorted(SIM.glob("mechanisms/*.py")), SIM / "world" / "season.py",
         SIM / "world" / "province.py", SIM / "world" / "stretch.py", SIM / "world" / "route.py",
         SIM / "world" / "cache.py"]  # fmt: skip
MOST = 60
PLAIN = {0, 1, 2}
TIME = {7, 30, 52, 365}  # days in a week and a month, weeks and days in a year


def literals(source: str) -> list[tuple[int, float]]:
    """Line and value of each number of behaviour in the compiled functions of a source file."""
    found = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and _is_compiled(node):
            exempt = _draws(node) | _halves(node)
            found += [
                (part.lineno, part.value)
                for part in ast.walk(node)
                if isinstance(part, ast.Constant)
                and type(part.value) in (int, float)
                and part.value not in PLAIN | TIME
                and id(part) not in exempt
            ]
    return sorted(found)


def _is_compiled(function: ast.FunctionDef) -> bool:
    return any(ast.unparse(mark) in ("compiled", "inlined") for mark in function.decorator_list)


def _draws(function: ast.FunctionDef) -> set[int]:
    """Whole numbers in calls of random streams and in those of rules that take the number of a draw: ids of nodes."""
    found = set()
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and "streams." in ast.unparse(call):
            for argument in call.args:
                found |= {
                    id(part)
                    for part in ast.walk(argument)
                    if isinstance(part, ast.Constant) and type(part.value) is int
                }
    return found


def _halves(function: ast.FunctionDef) -> set[int]:
    """One half where it takes the middle of two, ``0.5 * (a + b)``, or rounds, ``floor(x + 0.5)``: ids of nodes."""
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            for half, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(other, ast.BinOp) and isinstance(other.op, (ast.Add, ast.Sub)):
                    found.add(_half(half))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "math.floor":
            inner = node.args[0]
            if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Add):
                found.add(_half(inner.right))
    return found


def _half(node: ast.expr) -> int:
    """The id of a node that is the number one half, else 0, which is no node's."""
    return id(node) if isinstance(node, ast.Constant) and node.value == 0.5 else 0


def name_of(path: Path) -> str:
    return path.relative_to(SIM).as_posix()


def test_the_numbers_of_rules_have_a_home(capsys):
    counts = {name_of(path): len(literals(path.read_text(encoding="utf-8"))) for path in RULES}
    with capsys.disabled():
        print()
        for name, number in counts.items():
            print(f"{number:5} numbers of behaviour in {name}")
    assert sum(counts.values()) <= MOST


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x = 0.4 + 0.6 * y", [0.4, 0.6]),
        ("x = 2.0 * y - 1.0 + 0.0", []),
        ("x = 0.5 * (a + b) + math.floor(c + 0.5)", []),
        ("x = 0.5 * y", [0.5]),
        ("x = y / 52.0 * 7.0 / 30.0", []),
        ("x = streams.uniform(w.key, t, k, streams.FRONT, 50 + n)", []),
        ("x = streams.poisson(w.key, t, k, streams.FRONT, 3, 0.3 * y)", [0.3]),
        ("reprisal(w, home, t, k, streams.MILITIA, 100 + n)", []),
        ("x = y[3]", [3]),
    ],
)
def test_what_counts_as_a_number_of_behaviour(line, expected):
    source = f"@compiled\ndef rule(w, t):\n    {line}\n"
    assert [value for _, value in literals(source)] == expected


def test_numbers_outside_of_rules_do_not_count():
    assert literals("SPAN = 17.5\n\n\ndef plain():\n    return 17.5\n") == []
