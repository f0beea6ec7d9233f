"""Keep the generated sections of ``sim/ODD.md`` equal to the code: ``python -m tests.odd.make [--check]``.

The prose of the document is written by hand; what can be read off the code stands between two marks,
``<!-- generated: name -->`` and ``<!-- end: name -->``, and is replaced as a whole.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from experiments.kit.errors import UserError
from sim.values import hint
from tests.odd import tables as odd_tables

DOCUMENT = odd_tables.MODEL / "ODD.md"
TESTS = odd_tables.ROOT / "tests"


def _factors(tests: Path) -> str:
    return odd_tables.factor_table(odd_tables.tests_by_factor(tests))


#: Name of a generated section to what makes it, from the folder of the tests.
SECTIONS: dict[str, Callable[[Path], str]] = {
    "factors": _factors,
    "agents": lambda tests: odd_tables.agent_tables(),
    "schedule": lambda tests: odd_tables.schedule_table(),
    "parameters": lambda tests: odd_tables.parameter_tables(),
    "outcomes": lambda tests: odd_tables.outcome_tables(),
    "streams": lambda tests: odd_tables.stream_table(),
    "rules": lambda tests: odd_tables.rule_tables(),
}


def marks(name: str) -> tuple[str, str]:
    """The lines between which the generated section ``name`` stands."""
    return f"<!-- generated: {name} -->", f"<!-- end: {name} -->"


def render_odd(text: str, tests: Path = TESTS) -> str:
    """The document with every generated section made anew; what stands outside the marks is not touched.

    Parameters
    ----------
    text
        The document as it is.
    tests
        Folder of the tests, which are searched for the factors that they are about.

    Raises
    ------
    UserError
        If a section has no place, more than one, or a name that is not known.
    """
    _check_marks(text)
    for name, make in SECTIONS.items():
        begin, end = marks(name)
        before, rest = text.split(begin)
        text = f"{before}{begin}\n\n{make(tests)}\n\n{end}{rest.split(end)[1]}"
    return text


def _check_marks(text: str) -> None:
    """Raise UserError with everything that is wrong with the marks."""
    problems = []
    for name in SECTIONS:
        begin, end = marks(name)
        if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
            problems.append(f"sim/ODD.md: section {name}: one pair of marks '{begin}' and '{end}' is needed")
    for line in text.splitlines():
        if line.startswith("<!-- generated: "):
            name = line.removeprefix("<!-- generated: ").removesuffix(" -->")
            if name not in SECTIONS:
                known = ", ".join(SECTIONS)
                problems.append(f"sim/ODD.md: section {name!r}; allowed: {known}{hint(name, SECTIONS)}")
    if problems:
        raise UserError("\n".join(problems))


def main(argv: Sequence[str] | None = None) -> int:
    """Write the document anew, or with ``--check`` say whether it is up to date; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.odd.make", description="Generated parts of sim/ODD.md."
    )
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit code 1 if it is out of date"
    )
    options = parser.parse_args(argv)
    try:
        if not TESTS.is_dir():
            raise UserError("tests: not found beside the packages; run this from a checkout")
        text = DOCUMENT.read_text(encoding="utf-8")
        made = render_odd(text)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    if options.check:
        print(
            "sim/ODD.md is up to date"
            if made == text
            else "sim/ODD.md: out of date; run python -m tests.odd.make"
        )
        return int(made != text)
    if made != text:
        DOCUMENT.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
