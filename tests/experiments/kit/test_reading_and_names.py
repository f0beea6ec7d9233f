"""Plain files alone are read; names of files are safe and differ where the words do."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.kit.errors import UserError
from experiments.kit.files import file_name
from experiments.kit.reading import read_bytes, read_text


def test_plain_text_is_read_with_or_without_a_mark(tmp_path):
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbfk\xc3\xb6")
    assert read_text(tmp_path / "a") == "kö"


def test_what_is_no_plain_file_is_named(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    cases = {tmp_path: "a folder", tmp_path / "pipe": "a pipe", "/dev/zero": "a device"}
    for path, words in cases.items():
        with pytest.raises(UserError, match=f"found {words}; allowed: a plain file"):
            read_bytes(path)
    with pytest.raises(UserError, match="no such file"):
        read_bytes(tmp_path / "nothing")
    with pytest.raises(UserError, match="cannot be read"):
        read_bytes("a\x00b")
    (tmp_path / "large").write_bytes(b"x" * 11)
    with pytest.raises(UserError, match="too large"):
        read_bytes(tmp_path / "large", 10)
    (tmp_path / "latin").write_bytes(b"\xe9")
    with pytest.raises(UserError, match=r"is not text in UTF-8 \(byte 0\)"):
        read_text(tmp_path / "latin")


@given(st.text(max_size=200), st.text(max_size=200))
def test_names_are_safe_and_differ_as_the_words_do(a, b):
    for words in (a, b):
        name = file_name(words)
        assert name == os.path.basename(name)
        assert name.isascii()
        assert name.isprintable()
        assert not name.startswith((".", "-"))
        assert 0 < len(name) <= 100
    assert (file_name(a) == file_name(b)) == (a == b)


def test_plain_words_stay_as_they_are():
    assert file_name("baseline") == "baseline"
    assert file_name("baseline+uncertainty=none") == "baseline+uncertainty=none"
    assert file_name("a/../b").startswith("a_b-")
