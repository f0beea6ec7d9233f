"""The tables of the model's documentation, each made from the code that it describes."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from sim import outcomes
from sim.luck import streams
from sim.parameters import ENTITY_KINDS, GLOBAL_PARAMETERS, Parameter, build_schema, entities
from sim.schedule import SCHEDULE
from sim.world.tables import ROWS, TABLES

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "sim"

_RECORDS = ("p", "today", "week")  # parameters and records of a day and a week: shown elsewhere
_MODULES = {
    "cache": "sim.world.cache",
    "place": "sim.world.stretch",
    "route": "sim.world.route",
    "now": "sim.world.season",
    "province": "sim.world.province",
}  # tables of what does not act
_CODE = re.compile(r"F[1-9]\d*")
_RANGE = re.compile(r"\bF\d+\s*(?:to|-|\u2013)\s*F\d+\b")
_STREAM = re.compile(r'\("(\w+)", \d+\),\s*#\s*(.+)')


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; a bar inside a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines
    )


def code(names: Iterable[str]) -> str:
    """Names as inline code, separated by commas."""
    return ", ".join(f"`{name}`" for name in names)


# --- factors ---


class Factor(NamedTuple):
    """One factor of the report.

    Attributes
    ----------
    code
        ``F1`` to ``F27`` of the report, and the next numbers for what was added.
    words
        The factor in our own words.
    mechanism
        How the model represents it.
    rules
        The functions that do so, as ``file.py:function`` below the folder of the model.
    series
        The series, national or by province, in which it shows.
    """

    code: str
    words: str
    mechanism: str
    rules: tuple[str, ...]
    series: tuple[str, ...]


def load_factors(path: Path = MODEL / "factors.toml") -> tuple[Factor, ...]:
    """The factors and where they are, in the order of the file."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["factor"]
    return tuple(
        Factor(row["code"], row["words"], row["mechanism"], tuple(row["rules"]), tuple(row["series"]))
        for row in rows
    )


def parameters_of(factor: str) -> tuple[str, ...]:
    """Names of the parameters that are levers of a factor; members of an open list as ``powers.*.stance``."""
    found = [parameter.name for parameter in GLOBAL_PARAMETERS if factor in parameter.factors]
    for kind, template in ENTITY_KINDS.items():
        found += [f"{kind}.*.{parameter.name}" for parameter in template if factor in parameter.factors]
    return tuple(found)


def factors_of_test(name: str, docstring: str | None) -> frozenset[str]:
    """The factors that a test is about: ``F7`` in its docstring or ``_f7_`` in its name, no ranges."""
    named = {part.upper() for part in name.split("_") if _CODE.fullmatch(part.upper())}
    text = _RANGE.sub(" ", docstring or "")
    return frozenset(named | set(re.findall(rf"\b{_CODE.pattern}\b", text)))


def tests_by_factor(folder: Path) -> dict[str, tuple[str, ...]]:
    """Factor to its tests, as ``path::name`` from the folder above ``folder``, in the order of paths."""
    found: dict[str, list[str]] = {factor.code: [] for factor in load_factors()}
    for path in sorted(folder.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                test = f"{path.relative_to(folder.parent).as_posix()}::{node.name}"
                for factor in factors_of_test(node.name, ast.get_docstring(node)) & found.keys():
                    found[factor].append(test)
    return {factor: tuple(tests) for factor, tests in found.items()}


def factor_table(tests: dict[str, tuple[str, ...]]) -> str:
    """Section 1: each factor with its mechanism, rules, parameters, series and tests."""
    head = ("", "Factor", "Mechanism", "File: rules", "Parameters", "Series", "Tests")
    return table(head, [_factor_row(factor, tests[factor.code]) for factor in load_factors()])


def _factor_row(factor: Factor, tests: tuple[str, ...]) -> list[str]:
    by_file: dict[str, list[str]] = {}
    for rule in factor.rules:
        file, function = rule.split(":")
        by_file.setdefault(file, []).append(function)
    files = "; ".join(f"`{file}`: {code(functions)}" for file, functions in by_file.items())
    shown = "; ".join(f"`{test}`" for test in tests)
    return [factor.code, factor.words, factor.mechanism, files, code(parameters_of(factor.code)),
            code(factor.series), shown]  # fmt: skip


# --- agents and rules ---


def summary(docstring: str | None) -> str:
    """The first paragraph of a docstring in one line."""
    return " ".join((docstring or "").strip().split("\n\n")[0].split())


def agent_tables() -> str:
    """Section 2: the tables of the state and their fields."""
    parts = []
    for name, columns in TABLES.items():
        if name in _RECORDS:
            continue
        module = importlib.import_module(_MODULES.get(name, f"sim.agents.{name}"))
        rows = "1 row" if ROWS[name] == 1 else f"{ROWS[name]} rows"
        parts.append(f"#### `{name}` ({rows})\n\n{summary(module.__doc__)}\n")
        parts.append(
            table(("Field", "Unit", "Meaning"), [(f"`{f.name}`", f.unit, f.meaning) for f in columns])
        )
        parts.append("")
    return "\n".join(parts).rstrip()


def functions(path: Path) -> dict[str, str]:
    """The compiled functions of a source file, in its order: name to summary of the docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.name: summary(ast.get_docstring(node))
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(mark, ast.Name) and mark.id == "compiled" for mark in node.decorator_list)
    }


def rule_tables() -> str:
    """Section 7: every rule by file, in the words of its docstring."""
    parts = []
    for path in [p for part in ("agents", "mechanisms", "world") for p in sorted(MODEL.glob(f"{part}/*.py"))]:
        rules = functions(path)
        if rules:
            head = (f"`{path.relative_to(MODEL).as_posix()}`", "What it does")
            parts.append(table(head, [(f"`{name}`", text) for name, text in rules.items()]) + "\n")
    return "\n".join(parts).rstrip()


def schedule_table() -> str:
    """Section 3: the steps of a tick in their order."""
    rows = []
    for position, step in enumerate(SCHEDULE, start=1):
        rule = getattr(step.rule, "py_func", step.rule)
        who = f"each `{step.agents}`" if step.agents else "the country"
        every = "daily" if step.every == 1 else f"every {step.every} days"
        rows.append(
            (position, f"`{rule.__module__.rpartition('.')[2]}.{rule.__name__}`", who, every, step.meaning)
        )
    return table(("", "Rule", "Who", "When", "What happens"), rows)


# --- parameters ---

_HEAD = ("Parameter", "Unit", "Range", "Default", "Meaning", "Source", "Confidence", "Factors")


def _parameter_row(parameter: Parameter) -> list[str]:
    p = parameter
    span = "off, on" if p.kind == "switch" else f"{p.low:g} to {p.high:g}"
    default = ("off", "on")[int(p.default)] if p.kind == "switch" else f"{p.default:g}"
    return [f"`{p.name}`", p.unit, span, default, p.meaning, p.source, p.confidence, ", ".join(p.factors)]


def parameter_tables() -> str:
    """Section 4: global parameters by group; then each open list: its template and where members differ."""
    groups: dict[str, list[Parameter]] = {}
    for parameter in GLOBAL_PARAMETERS:
        groups.setdefault(parameter.name.split(".")[0], []).append(parameter)
    parts = [
        f"#### `{group}`\n\n{table(_HEAD, map(_parameter_row, some))}\n" for group, some in groups.items()
    ]
    for kind, template in ENTITY_KINDS.items():
        named = code(f"{kind}.{member}" for member in entities.KNOWN[kind])
        parts.append(f"#### `{kind}.NAME` (open list; in the baseline {named})\n")
        parts.append(table(_HEAD, map(_parameter_row, template)) + "\n")
        parts.append(_differences(kind) + "\n")
    return "\n".join(parts).rstrip()


def _differences(kind: str) -> str:
    """Where the members of an open list depart from its template."""
    schema, rows = build_schema(), []
    for member, known in entities.KNOWN[kind].items():
        for bare in known:
            parameter = schema[f"{kind}.{member}.{bare}"]
            rows.append(
                (f"`{parameter.name}`", f"{parameter.default:g}", parameter.source, parameter.confidence)
            )
    return table(("Differs", "Default", "Source", "Confidence"), rows)


# --- outcomes and streams ---


def outcome_tables() -> str:
    """Section 5: series, endings and measures."""
    series = [(f"`{s.name}`", s.unit, s.level, s.kind, s.meaning) for s in outcomes.SERIES.values()]
    rest = [name for name in outcomes.MEASURES if name not in outcomes.SERIES and name != "ending_code"]
    families = (
        ("position of the ending in the list of endings", ["ending_code"]),
        ("sum over the run", [name for name in outcomes.MEASURES if name in outcomes.SERIES]),
        (
            "day on which it first happened; not a number if it did not",
            [n for n in rest if n.endswith("_day")],
        ),
        ("highest value of a day", [name for name in rest if name.startswith("max_")]),
        ("value of the last day", [name for name in rest if name.startswith("final_")]),
        ("deaths of the last 365 days", ["deaths_last_year"]),
    )
    endings = [(f"`{name}`", text) for name, text in outcomes.ENDING_CRITERIA.items()]
    return "\n\n".join(
        (
            table(("Series", "Unit", "Level", "Kind", "Meaning"), series),
            f"By province and week: {code(outcomes.PLACE_SERIES)}.",
            table(("Ending, the first that applies", "Criterion"), endings),
            table(
                ("Measures at the end of a run", "Names"), [(text, code(names)) for text, names in families]
            ),
        )
    )


def stream_meanings() -> dict[str, str]:
    """What each stream decides: the remark beside its declaration."""
    return dict(_STREAM.findall(Path(streams.__file__).read_text(encoding="utf-8")))


def stream_table() -> str:
    """Section 6: the named random streams."""
    meanings = stream_meanings()
    rows = [(f"`{name}`", number, meanings[name]) for name, number in streams.STREAMS.items()]
    return table(("Stream", "Number", "What it decides"), rows)
