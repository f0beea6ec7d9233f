"""Work in a copy of the process: its result, its error, and what happens when the copy dies or there is none."""

from __future__ import annotations

import os

import pytest

from experiments.kit import beside as module
from experiments.kit.beside import beside

HERE = os.getpid()


def test_the_result_comes_from_a_copy_where_there_is_one():
    result = beside(lambda: {"sum": sum(range(10)), "copy": os.getpid() != HERE})()
    assert result["sum"] == 45
    assert result["copy"] == (module.sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1)


def test_an_error_is_raised_where_the_result_is_asked_for():
    def fails():
        raise ValueError("no ink")

    result = beside(fails)
    with pytest.raises(ValueError, match="no ink"):
        result()


def test_what_a_copy_did_not_do_is_done_here():
    def dies() -> int:
        if os.getpid() != HERE:
            os._exit(3)
        return 7

    assert beside(dies)() == 7


def test_one_core_does_it_when_asked(monkeypatch):
    monkeypatch.setattr(module.os, "sched_getaffinity", lambda _: {0}, raising=False)
    assert beside(os.getpid)() == HERE
