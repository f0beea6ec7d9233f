"""Budgets of `experiments`: how long a file and a function may be, and one name for one class."""

from __future__ import annotations

import ast
from collections import Counter

import pytest

from tests.architecture.test_layers import EXPERIMENTS, SIM, name_of

FILE, FUNCTION = 350, 45
"""Lines of a file and of a function, docstring and comments included."""
#: What is still longer, with its lines: numbers here may only fall, and entries vanish.
LONG_FILES: dict[str, int] = {}
LONG_FUNCTIONS: dict[str, int] = {}


def functions(path) -> dict[str, int]:
    """Lines of each function and method of a file, decorators left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        f"{name_of(path)}:{node.name}": node.end_lineno - node.lineno + 1
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }


@pytest.mark.parametrize("path", EXPERIMENTS, ids=name_of)
def test_files_are_short(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONG_FILES.get(name_of(path), FILE)


@pytest.mark.parametrize("path", EXPERIMENTS, ids=name_of)
def test_functions_are_short(path):
    long = {name: lines for name, lines in functions(path).items() if lines > FUNCTION}
    assert all(lines <= LONG_FUNCTIONS.get(name, FUNCTION) for name, lines in long.items()), long


def test_paid_debts_are_struck_off():
    files = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in EXPERIMENTS}
    found = {name: lines for path in EXPERIMENTS for name, lines in functions(path).items()}
    assert {name for name in LONG_FILES if files.get(name, 0) <= FILE} == set()
    assert {name for name in LONG_FUNCTIONS if found.get(name, 0) <= FUNCTION} == set()


def test_a_name_is_one_class():
    """Options of verbs and models of one file's own aside: a public class has its name to itself."""
    names = Counter(
        node.name
        for path in EXPERIMENTS
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
        and not node.name.startswith("_")
        and node.name not in ("OPTIONS", "ASKED")
    )
    assert {name for name, count in names.items() if count > 1} == set()


def test_keys_of_scenarios_and_of_questions_are_listed_once():
    lists = [
        {part.value for part in node.elts if isinstance(part, ast.Constant)}
        for path in (*SIM, *EXPERIMENTS)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.Tuple, ast.List, ast.Set))
    ]
    for some in ({"story", "state", "questions", "space"}, {"metric", "comparison", "sustained_days"}):
        assert sum(some <= listed for listed in lists) == 1, some
