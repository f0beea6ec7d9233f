"""Compiled functions: kept on disk, never stale, ordinary Python when asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numba
import pytest

from sim import compiled as module

ROOT = Path(__file__).resolve().parents[2]


def run(program: str, root: Path = ROOT, **environment: str) -> dict:
    """Run `program`, which prints one line of JSON, in a process of its own with `root` on the path."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("NUMBA_", "XDG_"))}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program)],
        env={**inherited, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        timeout=300,
        cwd=root,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def package(tmp_path):
    """A small copy: the real `compiled.py` beside a caller and a callee in two files."""
    folder = tmp_path / "copy" / "sim"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")  # or the installed package would be found first
    (folder / "compiled.py").write_text((ROOT / "sim" / "compiled.py").read_text())
    (folder / "callee.py").write_text(
        "from sim.compiled import compiled\n\n@compiled\ndef inner(x):\n    return x + 1\n"
    )
    (folder / "caller.py").write_text(
        "from sim.callee import inner\nfrom sim.compiled import compiled\n\n"
        "@compiled\ndef outer(x):\n    return 10 * inner(x)\n"
    )
    return folder


CALL = """
    import json
    from sim import compiled
    from sim.caller import outer
    warm = compiled.is_warm(), compiled.is_warm(outer)
    value = outer(1)
    hits = sum(outer.stats.cache_hits.values()) if hasattr(outer, "stats") else None
    print(json.dumps({"value": value, "hits": hits, "before": warm, "folder": str(compiled.cache_folder()),
                      "after": [compiled.is_warm(), compiled.is_warm(outer)]}))
"""


def test_second_process_loads_from_the_cache(package, tmp_path):
    base = str(tmp_path / "cache")
    first = run(CALL, package.parent, NUMBA_CACHE_DIR=base)
    assert first["hits"] == 0
    assert first["before"] == [False, False]
    assert first["after"] == [True, True]
    assert Path(first["folder"]).parent == Path(base)
    second = run(CALL, package.parent, NUMBA_CACHE_DIR=base)
    assert second["hits"] == 1
    assert second["before"] == [True, True]
    assert second["folder"] == first["folder"]
    assert not list(package.rglob("__pycache__")), "nothing may be written beside the sources"


def test_a_changed_callee_never_leaves_a_stale_caller(package, tmp_path):
    """The very fault this module exists for: the caller's own file does not change."""
    base = str(tmp_path / "cache")
    assert run(CALL, package.parent, NUMBA_CACHE_DIR=base)["value"] == 20
    callee = package / "callee.py"
    callee.write_text(callee.read_text().replace("x + 1", "x + 2"))
    second = run(CALL, package.parent, NUMBA_CACHE_DIR=base)
    assert second["value"] == 30
    assert second["hits"] == 0


def test_is_warm_asks_for_the_function_itself(package, tmp_path):
    program = """
        import json
        from sim import compiled
        from sim.callee import inner
        from sim.caller import outer
        inner(1)
        print(json.dumps([compiled.is_warm(), compiled.is_warm(inner), compiled.is_warm(outer)]))
    """
    assert run(program, package.parent, NUMBA_CACHE_DIR=str(tmp_path / "cache")) == [True, True, False]


def test_the_hash_sees_every_source(tmp_path):
    (tmp_path / "a.py").write_text("one")
    (tmp_path / "b.py").write_text("two")
    (tmp_path / "deep").mkdir()
    seen = {module.source_hash(tmp_path)}

    def changed() -> bool:
        before = len(seen)
        seen.add(module.source_hash(tmp_path))
        return len(seen) > before

    assert not changed()
    (tmp_path / "notes.md").write_text("prose")
    assert not changed()
    (tmp_path / "deep" / "c.py").write_text("")
    assert changed()
    (tmp_path / "deep" / "data.csv").write_text("1,2")
    assert changed()
    (tmp_path / "a.py").write_text("onet")
    (tmp_path / "b.py").write_text("wo")
    assert changed()
    (tmp_path / "b.py").rename(tmp_path / "d.py")
    assert changed()


def test_disabled_jit_gives_back_the_function_and_touches_no_disk(package, tmp_path):
    program = """
        import json
        from sim import compiled
        def f(x):
            return x
        print(json.dumps([compiled.compiled(f) is f, compiled.inlined(f) is f, compiled.is_warm()]))
    """
    cache = tmp_path / "cache"
    assert run(program, package.parent, NUMBA_DISABLE_JIT="1", NUMBA_CACHE_DIR=str(cache)) == [True] * 3
    assert not cache.exists()


def test_user_cache_folder_is_the_default(package, tmp_path):
    found = run(CALL, package.parent, XDG_CACHE_HOME=str(tmp_path / "xdg"))
    assert Path(found["folder"]).parent == tmp_path / "xdg" / "panjshir-outlook"
    found = run(CALL, package.parent, HOME=str(tmp_path / "home"))
    assert Path(found["folder"]).parent == tmp_path / "home" / ".cache" / "panjshir-outlook"


def test_falls_back_to_a_private_temporary_folder(package, tmp_path):
    """A file stands where the cache folder should be: nobody, not even root, can make a folder there."""
    (tmp_path / "file").write_text("")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    blocked = str(tmp_path / "file" / "cache")
    found = run(CALL, package.parent, XDG_CACHE_HOME=blocked, NUMBA_CACHE_DIR=blocked, TMPDIR=str(temporary))
    assert found["value"] == 20
    base = Path(found["folder"]).parent
    assert base.parent == temporary
    assert base.stat().st_mode & 0o077 == 0


def test_a_temporary_folder_that_others_can_write_is_not_trusted(package, tmp_path):
    """Loading a cache runs code: rather none. Functions then compile without one."""
    (tmp_path / "file").write_text("")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    open_to_all = temporary / f"panjshir-outlook-{os.getuid()}"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    program = """
        import json
        from sim import compiled
        from sim.caller import outer
        try:
            compiled.cache_folder()
        except OSError as error:
            print(json.dumps([outer(1), compiled.is_warm(), "NUMBA_CACHE_DIR" in str(error)]))
    """
    blocked = str(tmp_path / "file" / "cache")
    environment = {"XDG_CACHE_HOME": blocked, "TMPDIR": str(temporary)}
    assert run(program, package.parent, **environment) == [20, False, True]
    assert not list(open_to_all.iterdir())


def test_numba_s_own_setting_is_put_back():
    before = numba.config.CACHE_DIR
    module.compiled(lambda x: x)
    assert before == numba.config.CACHE_DIR


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="about compiled code")
def test_division_by_zero_follows_ieee():
    divide = module.compiled(lambda a, b: a / b)
    assert divide(1.0, 0.0) == float("inf")
    assert divide(-1.0, 0.0) == float("-inf")


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="about compiled code")
def test_compiled_functions_release_the_gil():
    assert module.compiled(lambda x: x).targetoptions["nogil"] is True
