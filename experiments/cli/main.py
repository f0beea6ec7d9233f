"""The command ``outlook VERB key=value ...``: finds the verb, reads options, turns errors into exit codes.

Exit codes: 0 done; 1 something unexpected failed; 2 the user asked for what cannot be done; 130 interrupted.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from experiments.cli import take_over
from experiments.kit import screen
from experiments.kit.errors import UserError
from sim.values import hint

if TYPE_CHECKING:
    from experiments.config import Job
    from experiments.kit.verb import Verb

_FLAGS = {
    "--help": "this help",
    "--cfg job": "print the composed configuration and stop; --package KEY prints a part of it",
    "--multirun": "accepted by verbs that sweep, where it changes nothing",
    "--version": "the version of the program",
    "--completion SHELL": "print the completion script of bash, zsh or fish",
}
_SHORT = {"-h": "--help", "-c": "--cfg", "-p": "--package", "-m": "--multirun"}
_WITH_VALUE = ("--cfg", "--package", "--completion")
_KNOWN = ("--help", "--cfg", "--package", "--multirun", "--version", "--completion", "--complete")
_CFG = ("job", "scenario")


@dataclass
class _Request:
    """A command line, taken apart."""

    flags: dict[str, str] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code.

    With ``OUTLOOK_DEBUG=1`` an unexpected error shows its traceback.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    screen.set_up()
    os.environ["MPLBACKEND"] = (
        "agg"  # figures go into files: never the window or notebook of somebody's settings
    )
    # threads of linear algebra are slow to start, and runs take all cores
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Numba's own threads are never used, and a number that it cannot take would end every compilation
    os.environ.pop("NUMBA_NUM_THREADS", None)
    # the search for garbage takes a seventh of a run with figures if it is made at every 700 objects
    before = gc.get_threshold()
    gc.set_threshold(200_000, *before[1:])
    try:
        take_over()
        code = _dispatch(words)
        return code if screen.finish() else code or 1
    except UserError as error:
        for line in error.lines:
            screen.say(f"outlook: {line}")
        return 2
    except KeyboardInterrupt:
        screen.say("outlook: interrupted")
        return 130
    except Exception as error:
        if os.environ.get("OUTLOOK_DEBUG"):
            raise
        return _told(error)
    finally:
        gc.set_threshold(*before)


def program() -> NoReturn:
    """The command ``outlook``: `main`, and the end of the process."""
    code = main()
    gc.freeze()  # the process ends: a last search for garbage would take a tenth of a quick verb
    sys.exit(code)


def _told(error: Exception) -> int:
    """Say what a file system refused, or what nobody thought of; gives the exit code."""
    if isinstance(error, OSError) and (error.filename is not None or error.errno == errno.ENOSPC):
        # a full disk, a right that is missing, a folder where a file has to be
        where = f"{error.filename2 or error.filename}: " if error.filename is not None else ""
        screen.say(f"outlook: {where}{error.strerror}")
        return 2
    reason = " ".join(str(error).split()) or "no further explanation"
    screen.say(f"outlook: unexpected {type(error).__name__}: {reason[:300]}")
    screen.say("outlook: set OUTLOOK_DEBUG=1 to see where it happened")
    return 1


def _dispatch(words: list[str]) -> int:
    """Do what the command line asks for."""
    if words[:1] == ["--complete"]:
        from experiments.cli.completion import complete

        screen.raw("\n".join(complete(words[1] if len(words) > 1 else "")))
        return 0
    request = _take_apart(words)
    if "--version" in request.flags:
        return _version()
    if "--completion" in request.flags:
        from experiments.cli.completion import script

        screen.raw(script(request.flags["--completion"]))
        return 0
    if not request.words:
        from experiments.cli.help import overview

        overview(_FLAGS)
        return 0 if "--help" in request.flags else 2
    from experiments.kit.verb import load

    verb = load(request.words[0])
    if "--help" in request.flags:
        from experiments.cli.help import verb_help

        verb_help(verb, _FLAGS)
        return 0
    return _run(verb, request)


def _run(verb: Verb, request: _Request) -> int:
    """Compose the verb's configuration; print it or carry it out."""
    from experiments import config

    if "--multirun" in request.flags and not verb.sweeps:
        raise UserError(f"--multirun: outlook {verb.name} makes one study; outlook sweep makes many")
    arguments, overrides = _by_position(verb, request.words[1:])
    if verb.sweeps:
        from experiments.config.sweep import compose_sweep

        job = compose_sweep(verb, overrides, arguments)  # leaves swept keys to the design
    else:
        job = config.compose(verb, overrides, arguments=arguments)
    if "--cfg" in request.flags or "--package" in request.flags:
        return _print_config(job, request)
    return verb.module.main(job.options, job)


def _print_config(job: Job, request: _Request) -> int:
    """``--cfg job`` (everything) or ``--cfg scenario`` (a file that ``scenario=FILE`` takes)."""
    which = request.flags.get("--cfg", "job")
    if which not in _CFG:
        raise UserError(f"--cfg: found {which!r}; allowed: {', '.join(_CFG)}{hint(which, _CFG)}")
    if which == "scenario":
        import yaml

        screen.raw(
            yaml.safe_dump(job.scenario.to_mapping(), sort_keys=False, allow_unicode=True).rstrip("\n")
        )
    else:
        screen.raw(job.to_yaml(request.flags.get("--package")).rstrip("\n"))
    return 0


def _version() -> int:
    from experiments.kit.record import project_version

    screen.line(f"outlook {project_version()}")
    return 0


def _take_apart(words: Sequence[str]) -> _Request:
    """Separate flags from words; refuse unknown flags."""
    request = _Request()
    rest = iter(words)
    for word in rest:
        if not word.startswith("-") or word == "-" or _is_number(word):
            request.words.append(word)
            continue
        name, equals, value = word.partition("=")
        name = _SHORT.get(name, name)
        if name not in _KNOWN:
            raise UserError(f"unknown flag {word!r}; allowed: {', '.join(_KNOWN[:-1])}{hint(name, _KNOWN)}")
        if name in _WITH_VALUE and not equals:
            value = next(rest, "")
            if not value or value.startswith("-"):
                raise UserError(f"{name}: needs a value, as {name} {_example_value(name)}")
        request.flags[name] = value
    return request


def _example_value(name: str) -> str:
    return {"--cfg": "job", "--package": "taliban", "--completion": "bash"}[name]


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _by_position(verb: Verb, words: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """Arguments by position (name to value) and overrides of the words behind a verb."""
    from experiments.kit.verb import is_override

    overrides = [word for word in words if is_override(word)]
    free = [word for word in words if not is_override(word)]
    arguments: dict[str, Any] = {}
    for declared in verb.arguments:
        name = declared.rstrip("*?")
        if declared.endswith("*"):
            if free:
                arguments[name], free = free, []
        elif free:
            arguments[name] = free.pop(0)
    if free:
        raise UserError(_superfluous(verb, free[0]))
    for declared in verb.arguments:
        name = declared.rstrip("*?")
        given = name in arguments or any(word.startswith(f"{name}=") for word in overrides)
        if declared[-1] not in "*?" and not given:
            raise UserError(f"outlook {verb.name}: {name} is missing; usage: {verb.usage}")
    return arguments, overrides


def _superfluous(verb: Verb, word: str) -> str:
    """What to say about a word that is no override and has no place."""
    from experiments import config

    for group in config.groups_of(verb):
        if word in config.group_choices(group) or word.endswith((".yaml", ".yml")):
            return f"command line: found {word!r}; allowed: key=value; did you mean {group}={word}?"
    return f"command line: found {word!r}; allowed: key=value; usage: {verb.usage}"
