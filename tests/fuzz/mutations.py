"""Valid files and words of a command line, and what can be done to them."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

import yaml

SECRET = "the-value-of-an-environment-variable"
CANARY = "canary"
RUNS_CODE = f"!!python/object/apply:os.system ['touch {CANARY}']"

SCENARIO: dict[str, Any] = {
    "base": "baseline",
    "title": "A winter corridor",
    "story": "Convoys reach the valley.",
    "start": "2021-09-06",
    "end": "2022-03-01",
    "taliban": {"service_delivery": 0.2, "control": 0.5},
    "economy": {"growth": -0.1},
    "powers": {"pakistan": {"stance": 0.5}},
    "assumes": "Little.",
    "events": [
        {"date": "2021-12-01", "title": "Opens", "set": {"supply.corridor": 0.8}},
        {"date": "2021-12-15", "title": "More", "state": {"front.nrf.main": {"add": 500}, "cache.Kabul.count": 5}},
        {"date": "2022-01-01", "title": "Gone", "state": {"government": {"kabul": {"forces": {"multiply": 0.5}}}}},
        {"drop": "Gone"},
    ],
    "questions": [
        {"id": "many", "text": "Many deaths?", "metric": "deaths", "over": "sum", "by": "2022-01-01",
         "comparison": ">", "value": 400, "weight": 1.0},
        {"id": "held", "text": "Held?", "metric": "districts_held", "over": "any", "by": "+30d",
         "comparison": ">", "value": 0, "sustained_days": 7},
    ],
    "space": {"caches.abundance": {"dist": "loguniform", "low": 0.5, "high": 2.0}},
    "state": {"front.nrf.ammo": {"multiply": 2}, "province.Balkh.held": 0},
}  # fmt: skip
SPACE: dict[str, Any] = {
    "caches.abundance": {"dist": "triangular", "low": 0.5, "mode": 1.0, "high": 2.0},
    "community": {"unity": {"dist": "uniform", "low": 0.2, "high": 0.8}},
}
QUESTIONS: dict[str, Any] = {
    "many": {"text": "Many deaths?", "metric": "deaths", "over": "sum", "by": "2022-01-01", "comparison": ">",
             "value": 400},
}  # fmt: skip
ASKED: dict[str, Any] = {
    "title": "A file of questions",
    "asked": "2021-09-15",
    "questions": [
        {"id": "many", "text": "Many deaths?", "metric": "deaths", "over": "sum", "start": "2021-10-01",
         "by": "2022-01-01", "comparison": ">", "value": 400, "resolution": True, "weight": 0.5,
         "group": "deaths", "hindsight_shaped": False, "proxy": "none", "source": "a count"},
        {"id": "none", "text": "A question?", "cannot": "The model has no such thing.", "resolution": False},
    ],
}  # fmt: skip
CLAIMS: dict[str, Any] = {
    "title": "Claims",
    "scenario": "baseline",
    "drivers": ["economy.growth"],
    "claims": [
        {"id": "c1", "factors": ["F1"], "text": "Services help.", "direction": "increases",
         "condition": {"low": {"taliban.service_delivery": 0.2}, "high": {"taliban.service_delivery": 0.8}},
         "outcome": {"ending": "consolidation"}, "note": "A note."},
        {"id": "c2", "text": "A corridor matters.", "direction": "increases",
         "condition": {"scenarios": ["baseline", "corridor_opens"]},
         "outcome": {"measure": "deaths", "scale": "log"}},
    ],
}  # fmt: skip
TARGETS: dict[str, Any] = {
    "title": "Targets",
    "targets": [
        {"name": "deaths", "series": "deaths", "statistic": "sum", "start": "2021-10-01", "by": "2021-12-01",
         "observed": 900, "error": 0.4, "weight": 1.0, "transform": "log1p", "why": "A count."},
        {"name": "level", "series": "refugees", "start": "2021-10-01", "by": "2021-11-01", "observed": 9000,
         "error": 0.5, "statistic": "mean", "against": {"start": "2021-11-01", "by": "2021-12-01"}},
    ],
}  # fmt: skip
POINTS = "taliban.control,economy.growth\n0.5,-0.1\n0.6,0.05\n"
OBSERVED = "month,series,place,value,source\n2021-10,deaths,national,300,x\n2021-11,deaths,national,250,y\n"

STRANGE: tuple[Any, ...] = (
    None, True, False, "", " ", "x", "x" * 3000, "=1+1", "@SUM(A1)", "${oc.env:FUZZ_SECRET}", "${now:%Y}",
    "$5% to $3% of GDP", "\x1b[31mred", "a\nb", "\u202egnp", "战争 😀", "a.b", "yes", "../../etc/passwd",
    float("nan"), float("inf"), float("-inf"), 10**400, -(10**30), -1, 0, 1, 0.5, 1e308, 5e-324, 2**63,
    "2021-13-45", "2021-10-01", "0001-01-01", "9999-12-31", "+30d", "+0d", "+99999999999d", "national",
    [], {}, [[]], [None], {"a": {"b": []}}, [1, 2, 3], {"dist": []}, {"_target_": "os.system"}, {"": ""},
    ["deaths"], {"deaths": 1}, "deaths", "baseline", "Kabul", ">", "sum", "uniform", "corridor_opens",
)  # fmt: skip
NAMES = (
    "", "a.b", "1", "title", "hydra", "_target_", "defaults", "base", "x" * 300, "ключ", "\x07", "value", "by",
    "space", "taliban.control", "question.many", "__class__", "=x", "id", "dist", "state", "set",
)  # fmt: skip
USUAL = (
    "0",
    "0.5",
    "1",
    "2",
    "0.5,1",
    "true",
    "100",
    "interval(0,1)",
    "null",
    "2022-01-01",
    "deaths",
    "[deaths]",
)
VALUES = (
    "0", "0.5", "1", "-1", "1e9", "nan", "inf", "null", "true", "''", "\"'\"", "[]", "{}", "[1,2]", "{a:1}", "x",
    "[[", "range(0,3)", "range(1,0)", "range(0,1,0)", "range(0,1e9)", "range(0,1,0.5)", "interval(0,1)",
    "interval(1,0)", "interval(nan,1)", "choice(0.1,0.2)", "glob(*)", "glob(siege_*)", "sort(3,2)",
    "shuffle(range(0,4))", "sort(range(450,100,-120))", "tag(a,range(0,1))", "0.2,0.4", "a,b,a",
    "${oc.env:FUZZ_SECRET}",
    "$x", "9" * 500, "9" * 5000, "x" * 3000, "int(5)", "str(a)", "json_str({})", "extend_list(1)", "../x", "/dev/zero",
    "nothing.yaml", "folder", "pipe.yaml", "pipe.csv", "2021-10-01", "2021-12", "\x1b[31m", "战争", "1_000", "0x10",
    "{add:500}", "{multiply:0.5}", "{add:nan}", "{mul:1}",
    "own.yaml", "points.csv", "baseline", "prior", "posterior", "none", "deaths", "auto", "key", "first_year",
)  # fmt: skip


def paths(data: Any, prefix: tuple = ()) -> list[tuple]:
    """Paths of all that stands in a tree, the top itself aside."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    found = []
    for key, value in items:
        found += [(*prefix, key), *paths(value, (*prefix, key))]
    return found


def _parent(data: Any, path: tuple) -> Any:
    for key in path[:-1]:
        data = data[key]
    return data


def tree(rng: Random, base: Any) -> Any:
    """A tree to which one to three things have been done."""
    data = copy.deepcopy(base)
    for _ in range(rng.choice((1, 1, 2, 3))):
        known = paths(data)
        if known:
            _change(rng, data, rng.choice(known), known)
    return rng.choice(([data], "x", None, 5)) if rng.random() < 0.03 else data


def _change(rng: Random, data: Any, path: tuple, known: list[tuple]) -> None:
    """Do something to what stands at a path."""
    parent, key = _parent(data, path), path[-1]
    deed = rng.choice(("set", "set", "set", "delete", "wrap", "add", "rename", "copy"))
    strange = copy.deepcopy(rng.choice(STRANGE))
    if deed == "delete":
        del parent[key]
    elif deed == "wrap":
        parent[key] = rng.choice(([parent[key]], {"a": parent[key]}, [[parent[key]]]))
    elif deed == "add" and isinstance(parent, dict):
        parent[rng.choice(NAMES)] = strange
    elif deed == "rename" and isinstance(parent, dict):
        parent[rng.choice(NAMES)] = parent.pop(key)
    elif deed == "copy":
        other = rng.choice(known)
        parent[key] = copy.deepcopy(_parent(data, other)[other[-1]])
    else:
        parent[key] = strange


def text(rng: Random, whole: str) -> bytes:
    """A text to which something has been done that its structure does not know."""
    at = rng.randrange(max(1, len(whole)))
    lines = whole.splitlines(keepends=True)
    line = at % max(1, len(lines))
    sign = rng.choice("{}[]:,&*!|>'\"%@`#-?\t\0\n=$\\\ufeff")
    tail = rng.choice(("---\na: 1\n", "\0", "\ta: 1\n", "...\n", "%YAML 9\n"))
    raw = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 5)))
    return rng.choice((
        whole[:at].encode(),
        (whole[:at] + sign + whole[at:]).encode(),
        "".join([*lines[: line + 1], *lines[line:]]).encode(),
        whole.replace(": ", f": {RUNS_CODE} ", 1).encode(),
        f"{whole}\nz: {RUNS_CODE}\n".encode(),
        f"z: &a [x, x]\ny: &b [*a, *a]\n{whole}\nx: *b\n".encode(),
        whole[:at].encode() + raw + whole[at:].encode(),
        (whole + tail).encode(),
        (whole + "\nz: " + "[" * 2000 + "]" * 2000 + "\n").encode(),
        "".join([*lines[line:], *lines[:line]]).encode(),
    ))  # fmt: skip


def yaml_file(rng: Random, base: Any) -> bytes:
    """The content of a YAML file made of a tree, changed as a tree or as a text."""
    changed = tree(rng, base) if rng.random() < 0.8 else base
    whole = yaml.safe_dump(changed, allow_unicode=True, sort_keys=False)
    return text(rng, whole) if changed is base else whole.encode("utf-8", "replace")


def csv_file(rng: Random, whole: str) -> bytes:
    """The content of a CSV file, a cell or the whole text changed."""
    if rng.random() < 0.4:
        return text(rng, whole)
    cells = [line.split(",") for line in whole.splitlines()]
    row = rng.choice(cells)
    strange = (
        *(str(one) for one in STRANGE if not isinstance(one, (list, dict))),
        "1e400",
        "0.5.5",
        "#",
        '"',
    )
    row[rng.randrange(len(row))] = rng.choice(strange)
    return "\n".join(",".join(line) for line in cells).encode("utf-8", "replace")


def overrides(rng: Random, keys: tuple[str, ...]) -> list[str]:
    """Words of a command line: known and strange keys, known and strange values, typed in every manner."""
    made = []
    written = (*VALUES, *(str(one) for one in STRANGE if isinstance(one, (int, float, str))))
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        key = rng.choice(keys if rng.random() < 0.95 else NAMES)
        head = rng.choice(("+", "++", "~")) if rng.random() < 0.1 else ""
        value = rng.choice(USUAL if rng.random() < 0.4 else written)
        made.append(f"{head}{key}" if head == "~" and rng.random() < 0.5 else f"{head}{key}={value}"[:6000])
    return made
