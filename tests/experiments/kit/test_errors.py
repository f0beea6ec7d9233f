"""Messages to people are short enough to be read."""

from __future__ import annotations

from experiments.kit.errors import UserError, first_line


def test_what_is_quoted_is_cut():
    said = str(UserError(f"a.yaml: name: found {'x' * 10_000!r}; allowed: 'a', 'b'\nb.yaml: y"))
    assert said == f"a.yaml: name: found '{'x' * 100} ...'; allowed: 'a', 'b'\nb.yaml: y"


def test_a_long_line_keeps_its_beginning_and_its_end():
    said = str(UserError(f"a.yaml: list: found {list(range(5000))}; allowed: a text"))
    assert said.startswith("a.yaml: list: found [0, 1, 2")
    assert said.endswith("4999]; allowed: a text")
    assert len(said) < 2000


def test_what_nobody_sees_is_written_out():
    assert str(UserError("a: found 202\ufeff1-11\u200b \x1b[31m; allowed: é 战")) == (
        "a: found 202\\ufeff1-11\\u200b \\x1b[31m; allowed: é 战"
    )


def test_an_error_without_a_message_is_told_by_its_type():
    assert first_line(OSError("a\nb")) == "a"
    assert first_line(OSError()) == "OSError"
