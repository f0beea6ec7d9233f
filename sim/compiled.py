"""The one way in which `sim` compiles a function, and where the compiled code is kept.

Numba's own disk cache watches only the file in which a function stands. When a rule in another file changes,
a caller that was compiled with the old rule is loaded unchanged, and the simulation silently runs old code.
Here the cache folder carries a hash of all sources of `sim` (and of the versions of Numba, NumPy and Python)
in its name, so that any change of any file starts a new, empty folder. Stale code cannot be found, at the
price of one compilation.
"""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import tempfile
import threading
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])

_PACKAGE = Path(__file__).resolve().parent
# Data files count as sources: compiled code freezes module-level arrays that were read from them.
_SOURCES = frozenset({".py", ".csv", ".json", ".yaml", ".toml"})
_DECORATING = threading.Lock()
_MAKING = threading.RLock()


def compiled(function: F) -> F:
    """Compile `function` with Numba on first use and keep the machine code on disk.

    The function releases the GIL (replicates run side by side in threads). Division by zero follows IEEE 754
    (inf or nan) as in NumPy: the exceptions of Python would put a branch at each division, an error path into
    every caller and a bar to vectorisation, and a loop without the GIL has nobody to catch them. A rule whose
    divisor can be zero has to test it, which it must anyway, since ordinary Python raises there.

    With ``NUMBA_DISABLE_JIT=1`` the function is given back as it is: ordinary Python to step through. Where
    no folder can be written the function is compiled anew in each process.
    """
    return _late(function, {})


def inlined(function: F) -> F:
    """Like `compiled`, but copied into each compiled caller: for few small functions on the hottest paths.

    It spares the cost of a call (some nanoseconds) and lengthens the compilation of every caller.
    """
    return _late(function, {"inline": "always"})


def _late(function: F, extra: dict[str, str]) -> F:
    if os.environ.get("NUMBA_DISABLE_JIT", "0").strip() not in ("", "0"):
        return function
    return cast(F, Late(function, extra))


def plain(function: F) -> F:
    """The function in ordinary Python: for the few numbers that are computed when a module is imported."""
    return cast(F, getattr(function, "py_func", function))


class Late:
    """A function that Numba decorates when it is first called, or compiled into a caller.

    Numba takes longer to import than most commands that need no run take in all. Everything but the call is that of
    Numba's dispatcher; ``py_func`` is the function itself.
    """

    def __init__(self, function: Callable[..., Any], extra: dict[str, str]) -> None:
        functools.update_wrapper(self, function)
        self.py_func = function
        self.extra = extra

    def __call__(self, *arguments: Any) -> Any:
        return self.dispatcher(*arguments)

    def __getattr__(self, name: str) -> Any:
        if name == "dispatcher":
            with _MAKING:
                if "dispatcher" not in self.__dict__:
                    self.__dict__["dispatcher"] = _decorated(self.py_func, self.extra)
            return self.__dict__["dispatcher"]
        return getattr(self.dispatcher, name)


def _decorated(function: F, extra: dict[str, str]) -> F:
    import numba

    config: Any = numba.config  # its settings are made at run time, unknown to type checkers
    if config.DISABLE_JIT:
        return function
    _remember_names()
    folder = _folder()
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True, **extra}
    if folder is None:
        return _one_for_all_constants(numba.njit(**options)(function))
    # Numba chooses the place of a cache when it decorates, from a global setting that others may rely on.
    with _DECORATING:
        before = config.CACHE_DIR
        config.CACHE_DIR = str(folder)
        try:
            return _one_for_all_constants(numba.njit(cache=True, **options)(function))
        finally:
            config.CACHE_DIR = before


@functools.cache
def _remember_names() -> None:
    """Let Numba put the name of a record type together once: a tenth of the time of the first compilation.

    The name of the state's type has a thousand fields in it, and Numba asks for it at every call that it compiles.
    """
    from numba import types

    record: Any = types.Record
    named, names = record.__repr__, {}

    def remembered(self: Any) -> str:
        if id(self) not in names:
            names[id(self)] = named(self), self  # kept, so that the identity is not given again
        return names[id(self)][0]

    record.__repr__ = remembered


def _one_for_all_constants(dispatcher: Any) -> Any:
    """Compile a function once for all constants that callers write into a call.

    Numba compiles a version for each literal argument: of a draw with its number 0, 1, 2 ... written in the
    rule, one each. Taking literals for plain values halves the time of the first compilation and changes no bit.
    """
    from numba import types

    original, unliteral = dispatcher.get_call_template, cast(Any, types).unliteral

    def plain(args: tuple, kws: dict) -> Any:
        return original(tuple(map(unliteral, args)), {k: unliteral(v) for k, v in kws.items()})

    dispatcher.get_call_template = plain
    return dispatcher


def cache_folder() -> Path:
    """The folder of the compiled code of exactly these sources and library versions.

    Its base is the first of these that can be written: Numba's own setting (``NUMBA_CACHE_DIR``), the user's
    cache folder (``$XDG_CACHE_HOME`` or ``~/.cache``, then ``panjshir-outlook``), a private temporary folder.
    It can be deleted at any time. Raises OSError when none of them can be written.
    """
    folder = _folder()
    if folder is None:
        raise OSError("no folder for compiled code can be written; set NUMBA_CACHE_DIR to one that can")
    return folder


def is_warm(function: Callable[..., Any] | None = None) -> bool:
    """Whether compiled code is on disk, so that a run starts without compiling.

    Without an argument: whether the cache folder holds any compiled function. With a function made by
    `compiled`: whether that one is there (for some types of its arguments), which is the question to ask of
    the outermost loop. Always true when compilation is switched off, since then nothing will be compiled.
    """
    import numba

    if cast(Any, numba).config.DISABLE_JIT:
        return True
    folder = _folder()
    if folder is None:
        return False
    if function is None:
        return any(folder.rglob("*.nbc"))
    plain = getattr(function, "py_func", function)
    name = f"{plain.__module__.rpartition('.')[2]}.{plain.__qualname__.replace('<', '').replace('>', '')}"
    return any(folder.rglob(f"{name}-{plain.__code__.co_firstlineno}.*.nbc"))


def source_hash(package: Path = _PACKAGE) -> str:
    """Sixteen hexadecimal digits that change with any source under `package` and any tool."""
    digest = hashlib.sha256(f"{version('numba')} {np.__version__} {platform.python_version()}".encode())
    for path in sorted(package.rglob("*")):
        if path.suffix in _SOURCES and "__pycache__" not in path.parts and path.is_file():
            content = path.read_bytes()
            # Name and length go in as well, or text moved from one file to the next would go unseen.
            digest.update(f"\n{path.relative_to(package).as_posix()} {len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()[:16]


@functools.cache
def _folder() -> Path | None:
    """The cache folder, made on first call and then kept for good; None when no base can be written."""
    name = f"sim-{source_hash()}"
    for base in _bases():
        try:
            folder = base / name
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    return None


def _bases() -> Iterator[Path]:
    """Places for the cache, best first."""
    import numba

    chosen = cast(Any, numba).config.CACHE_DIR
    if chosen:
        yield Path(chosen)
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    if os.path.isabs(home):  # "~" stays as it is for a user without a home
        yield Path(home) / "panjshir-outlook"
    private = _private_temporary()
    if private is not None:
        yield private


def _private_temporary() -> Path | None:
    """A temporary folder only this user can write: loading a cache runs code, so nobody else may fill it."""
    if not hasattr(os, "getuid"):
        return Path(tempfile.gettempdir()) / "panjshir-outlook"  # a user's own folder on such systems
    folder = Path(tempfile.gettempdir()) / f"panjshir-outlook-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        state = folder.lstat()
    except OSError:
        return None
    ours = (
        state.st_uid == os.getuid()
        and not state.st_mode & 0o022
        and folder.is_dir()
        and not folder.is_symlink()
    )
    return folder if ours else None
