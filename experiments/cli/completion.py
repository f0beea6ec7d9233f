"""Shell completion: the scripts for bash, zsh and fish, and the words that they ask for.

Hydra's own completion knows one program with one configuration; here a verb comes first, so the words are
made from the verbs, their options, the groups and the parameter table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.kit.errors import UserError
from sim.values import hint

if TYPE_CHECKING:
    from experiments.kit.verb import Verb

_BASH = r"""# Completion of outlook for bash. Put this into ~/.bashrc:  eval "$(outlook --completion bash)"
_outlook_complete() {
    local line="${COMP_LINE:0:COMP_POINT}" current word
    current="${line##*[[:space:]]}"
    # bash takes '=' for the end of a word: only what follows it is replaced.
    local prefix=""
    if [[ "$current" == *=* && "$COMP_WORDBREAKS" == *=* ]]; then prefix="${current%=*}="; fi
    COMPREPLY=()
    while IFS= read -r word; do
        [[ -n "$word" ]] && COMPREPLY+=("${word#"$prefix"}")
    done < <("${COMP_WORDS[0]}" --complete "$line" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 1 && "${COMPREPLY[0]}" == *= ]]; then compopt -o nospace; fi
    if [[ ${#COMPREPLY[@]} -eq 1 && "${COMPREPLY[0]}" == *. ]]; then compopt -o nospace; fi
}
complete -o default -F _outlook_complete outlook"""

_ZSH = r"""#compdef outlook
# Completion of outlook for zsh. Put this into ~/.zshrc, after compinit:  eval "$(outlook --completion zsh)"
_outlook() {
    local -a words_found open_ended
    words_found=("${(@f)$(outlook --complete "$LBUFFER" 2>/dev/null)}")
    open_ended=(${(M)words_found:#*[=.]})
    words_found=(${words_found:#*[=.]})
    compadd -S '' -- $open_ended
    compadd -- $words_found
}
compdef _outlook outlook"""

_FISH = r"""# Completion of outlook for fish. Save as ~/.config/fish/completions/outlook.fish
complete -c outlook -f -a '(outlook --complete (commandline -cp) 2>/dev/null)'"""

_SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}
_FLAGS = ("--help", "--cfg", "--package", "--multirun")


def script(shell: str) -> str:
    """The completion script of a shell; UserError for one that is not known."""
    if shell not in _SCRIPTS:
        raise UserError(
            f"--completion: found {shell!r}; allowed: {', '.join(_SCRIPTS)}{hint(shell, _SCRIPTS)}"
        )
    return _SCRIPTS[shell]


def complete(line: str) -> list[str]:
    """The words that may stand at the end of a command line up to the cursor, sorted; none if it makes no sense.

    Keys end in ``=`` and branches in ``.``: more may follow.
    """
    words = line.split()
    current = "" if not words or line[-1:].isspace() else words.pop()
    typed = words[1:]
    try:
        return sorted(word for word in _candidates(typed, current) if word.startswith(current))
    except UserError:
        return []


def _candidates(typed: list[str], current: str) -> list[str]:
    """Every word that could stand in the place of the current one."""
    from experiments.kit.verb import VERBS, load

    if typed[-1:] in (["--cfg"], ["-c"]):
        return ["job", "scenario"]
    if typed[-1:] == ["--completion"]:
        return list(_SCRIPTS)
    verbs = [word for word in typed if not word.startswith("-")]
    if not verbs:
        return ["--help", "--version", "--completion"] if current.startswith("-") else list(VERBS)
    if current.startswith("-"):
        return list(_FLAGS)
    verb = load(verbs[0])
    key, equals, _ = current.partition("=")
    if equals:
        return [f"{key}={value}" for value in _values(verb, key)]
    return _next_level(_keys(verb), current)


def _keys(verb: Verb) -> list[str]:
    """All keys that a verb takes: options, groups, keys of the scenario, parameters."""
    from experiments.config import groups_of

    found = [*verb.options.model_fields, *groups_of(verb)]
    if verb.takes_scenario:
        from sim.parameters import build_schema

        found += ["title", "story", "start", "end", *build_schema().names]
    return found


def _next_level(keys: list[str], current: str) -> list[str]:
    """Keys cut behind the next dot: ``tal`` gives ``taliban.``, not all of its thirty members."""
    depth = current.count(".")
    cut = set()
    for key in keys:
        parts = key.split(".")
        whole = len(parts) <= depth + 1
        cut.add(f"{key}=" if whole else ".".join(parts[: depth + 1]) + ".")
    return list(cut)


def _values(verb: Verb, key: str) -> list[str]:
    """Values that a key may have, if they can be listed."""
    from typing import get_args

    from experiments.config import group_choices, groups_of

    if key in groups_of(verb):
        return group_choices(key)
    field = verb.options.model_fields.get(key)
    if field is not None:
        if field.annotation is bool:
            return ["true", "false"]
        return [value for value in get_args(field.annotation) if isinstance(value, str)]
    if verb.takes_scenario:
        from sim.parameters import build_schema

        schema = build_schema()
        if key in schema and schema[key].kind == "switch":
            return ["true", "false"]
    return []
