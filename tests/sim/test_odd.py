"""The documentation of the model is true to it: generated parts up to date, names that exist, factors complete."""

from __future__ import annotations

import ast
import re

import pytest

from experiments.kit.errors import UserError
from sim import schedule
from sim.luck import streams
from sim.outcomes import PLACE_SERIES, SERIES
from sim.parameters import ENTITY_KINDS, GLOBAL_PARAMETERS, build_schema
from tests.odd import make as odd
from tests.odd import tables as odd_tables

FACTORS = odd_tables.load_factors()
TEXT = odd.DOCUMENT.read_text(encoding="utf-8")
TESTS = odd_tables.tests_by_factor(odd.TESTS)
RULE_FILES = [
    p for part in ("agents", "mechanisms", "world") for p in sorted(odd_tables.MODEL.glob(f"{part}/*.py"))
]


def prose() -> str:
    """What is written by hand."""
    text = TEXT
    for name in odd.SECTIONS:
        begin, end = odd.marks(name)
        text = text.split(begin)[0] + text.split(end)[1]
    return text


def fields_read(paths) -> set[str]:
    """Attributes that are read anywhere in the given sources: parameters are read as fields of ``p`` or a row."""
    found = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                found.add(node.attr)
    return found


def field_of(parameter: str) -> str:
    """The field that holds a parameter: ``taliban.control`` is ``taliban_control``, ``powers.*.stance`` ``stance``."""
    return parameter.split(".")[-1] if "*" in parameter else parameter.replace(".", "_")


def test_the_document_is_up_to_date():
    assert odd.render_odd(TEXT) == TEXT, "run python -m tests.odd.make"


def test_every_factor_has_its_entry():
    """Those of the report, F1 to F27, and after them the next numbers for what was added."""
    assert [factor.code for factor in FACTORS] == [f"F{n + 1}" for n in range(len(FACTORS))]
    assert len(FACTORS) >= 27


@pytest.mark.parametrize("factor", FACTORS, ids=lambda factor: factor.code)
def test_a_factor_is_complete(factor):
    assert factor.words.strip()
    assert factor.mechanism.strip()
    assert factor.rules
    assert factor.series
    assert odd_tables.parameters_of(factor.code), f"no parameter of the schema names {factor.code}"
    assert TESTS[factor.code], f"no test names {factor.code} in its docstring or name"


@pytest.mark.parametrize("factor", FACTORS, ids=lambda factor: factor.code)
def test_files_rules_and_series_of_a_factor_exist(factor):
    for rule in factor.rules:
        file, function = rule.split(":")
        path = odd_tables.MODEL / file
        assert path.is_file(), f"{factor.code}: {file} is not there"
        assert function in odd_tables.functions(path), f"{factor.code}: {file} has no rule {function}"
    assert set(factor.series) <= set(SERIES) | set(PLACE_SERIES)


@pytest.mark.parametrize("factor", FACTORS, ids=lambda factor: factor.code)
def test_the_files_of_a_factor_read_one_of_its_parameters(factor):
    read = fields_read(odd_tables.MODEL / rule.split(":")[0] for rule in factor.rules)
    names = odd_tables.parameters_of(factor.code)
    assert any(field_of(name) in read for name in names), (
        f"{factor.code}: none of {names} is read in its files"
    )


def test_every_parameter_is_read_by_some_rule():
    read = fields_read(RULE_FILES)
    names = [parameter.name for parameter in GLOBAL_PARAMETERS]
    names += [f"{kind}.*.{parameter.name}" for kind, some in ENTITY_KINDS.items() for parameter in some]
    unread = [name for name in names if field_of(name) not in read]
    assert not unread, f"no rule reads {', '.join(unread)}"


def test_rules_named_in_the_prose_exist():
    files = {
        path.stem: odd_tables.functions(path) for path in [*RULE_FILES, odd_tables.MODEL / "schedule.py"]
    }
    named = re.findall(r"\b(\w+)\.(\w+)\(\)", prose())
    assert len(named) > 50
    missing = [f"{file}.{rule}" for file, rule in named if rule not in files.get(file, {})]
    assert not missing


def test_parameters_named_in_the_prose_exist():
    schema = build_schema()
    groups = {name.split(".")[0] for name in schema.names if name.count(".") == 1}
    named = [
        f"{group}.{name}" for group, name in re.findall(r"\b(\w+)\.(\w+)\b(?!\()", prose()) if group in groups
    ]
    named = [name for name in named if not name.endswith(".py")]
    assert len(named) > 80
    assert not [name for name in named if name not in schema]


def test_every_parameter_is_told_of_in_the_prose():
    text = prose()
    names = [parameter.name for parameter in GLOBAL_PARAMETERS]
    names += [parameter.name for template in ENTITY_KINDS.values() for parameter in template]
    assert not [name for name in names if not re.search(rf"\b{re.escape(name)}\b", text)]


def test_every_scheduled_rule_is_in_the_document():
    for step in schedule.SCHEDULE:
        assert step.meaning in TEXT


def test_every_stream_says_what_it_decides():
    assert set(odd_tables.stream_meanings()) == set(streams.STREAMS)


def test_every_rule_says_what_it_does():
    silent = [
        f"{path.name}:{name}"
        for path in RULE_FILES
        for name, text in odd_tables.functions(path).items()
        if not text
    ]
    assert not silent


def test_tests_are_found_by_docstring_and_by_name(tmp_path):
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_some.py").write_text(
        'def test_supply():\n    """F7, F16: convoys."""\n\n\n'
        "def test_f9_cards():\n    pass\n\n\n"
        'def test_all():\n    """Every factor from F1 to F27 is there; F99 is not."""\n\n\n'
        'def helper():\n    """F3."""\n',
        encoding="utf-8",
    )
    found = odd_tables.tests_by_factor(folder)
    assert {factor: tests for factor, tests in found.items() if tests} == {
        "F7": ("tests/test_some.py::test_supply",),
        "F9": ("tests/test_some.py::test_f9_cards",),
        "F16": ("tests/test_some.py::test_supply",),
    }


def test_prose_is_left_alone_and_stale_parts_are_replaced():
    begin, _ = odd.marks("streams")
    stale = TEXT.replace(begin, f"{begin}\nan old line\n")
    assert odd.render_odd(stale) == TEXT


def test_a_bar_in_a_cell_does_not_break_the_table():
    assert odd_tables.table(("a",), [("x|y",)]).splitlines()[-1] == "| x\\|y |"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("<!-- end: rules -->", ""), "section rules: one pair of marks"),
        (
            lambda text: text + "\n<!-- generated: stream -->\n",
            "section 'stream'; allowed: .*nearest: streams",
        ),
    ],
)
def test_wrong_marks_are_named(change, message):
    with pytest.raises(UserError, match=message):
        odd.render_odd(change(TEXT))


@pytest.mark.parametrize(("spoil", "code"), [("", 0), ("<!-- generated: rules -->", 1)])
def test_check_tells_by_its_exit_code_and_writes_nothing(spoil, code, tmp_path, monkeypatch, capsys):
    document = tmp_path / "ODD.md"
    document.write_text(TEXT.replace(spoil, f"{spoil}\nold") if spoil else TEXT, encoding="utf-8")
    before = document.read_text(encoding="utf-8")
    monkeypatch.setattr(odd, "DOCUMENT", document)
    assert odd.main(["--check"]) == code
    assert document.read_text(encoding="utf-8") == before
    assert "sim/ODD.md" in capsys.readouterr().out
    assert odd.main([]) == 0
    assert document.read_text(encoding="utf-8") == TEXT
