"""The floors of `experiments`: who stands on whom, and the one road to runs.

``cli -> explorer -> questions -> config -> runs -> drawing, kit -> stats -> sim``. A question is a folder that
answers what a user asks; no question imports another, and nothing imports upward. The explorer shows in the
browser what the questions answer: it stands on them, below the command line.
"""

from __future__ import annotations

import pytest

from tests.architecture.test_layers import EXPERIMENTS, ROOT, SIM, imports, name_of

QUESTIONS = (
    "animation",
    "catalogue",
    "claims",
    "discovery",
    "drivers",
    "forecast",
    "given",
    "mesa_view",
    "outlook",
    "sensitivity",
    "studies",
    "validation",
)
FLOORS = (
    ("stats",),
    ("drawing", "kit", "observed"),
    ("chronicle", "runs"),
    ("config",),
    QUESTIONS,
    ("explorer",),
    ("cli",),
)  # from the ground up
FLOOR = {room: height for height, rooms in enumerate(FLOORS) for room in rooms}
#: Arrows that still go up or sideways, by file: this list may only get shorter.
DEBTS: dict[str, set[str]] = {}
ROAD = {"experiments/runs/work.py", "experiments/runs/road.py"}


def room_of(module: str) -> str | None:
    """The folder of `experiments` that a module lies in."""
    parts = module.split(".")
    return parts[1] if parts[0] == "experiments" and len(parts) > 1 and parts[1] in FLOOR else None


def wrong(path) -> set[str]:
    """Rooms that a file imports although they stand higher, or are another question."""
    here = path.relative_to(ROOT).parts[1]
    found = set()
    for module in imports(path):
        room = room_of(module)
        if here in FLOOR and room not in (None, here):
            up = FLOOR[room] > FLOOR[here]
            sideways = here in QUESTIONS and room in QUESTIONS
            found |= {room} if up or sideways else set()
    return found


def test_every_folder_has_its_floor():
    folders = {p.relative_to(ROOT).parts[1] for p in EXPERIMENTS if len(p.relative_to(ROOT).parts) > 2}
    assert folders == set(FLOOR)


@pytest.mark.parametrize("path", EXPERIMENTS, ids=name_of)
def test_no_import_goes_up_or_from_question_to_question(path):
    assert wrong(path) <= DEBTS.get(name_of(path), set())


def test_debts_are_paid_off_the_list():
    left = {name_of(path): wrong(path) for path in EXPERIMENTS if wrong(path)}
    assert left == DEBTS


@pytest.mark.parametrize("path", EXPERIMENTS, ids=name_of)
def test_runs_come_over_one_road(path):
    """The compiled ensemble is called by the engine of studies and by the road of runs in memory alone."""
    if name_of(path) not in ROAD:
        assert not imports(path) & {"sim.ensemble.simulate_points", "sim.simulate", "sim.ensemble.simulate"}


def module_of(path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_no_module_leads_back_to_itself():
    """Imports inside of functions count too; a package stands for what it takes from its own modules."""
    modules = {module_of(path): path for path in (*EXPERIMENTS, *SIM)}
    left = {}
    for name, path in modules.items():
        found = {one for one in imports(path) if one in modules} - {name}
        deeper = {
            one.rpartition(".")[0] for one in found
        }  # of `from package import module` the module counts
        inside = {one for one in found - deeper if not one.startswith(f"{name}.")}
        left[name] = inside | {
            one for one in found if one.startswith(f"{name}.") and path.name == "__init__.py"
        }
    while ends := {name for name, found in left.items() if not found & left.keys()}:
        left = {name: found for name, found in left.items() if name not in ends}
    assert left == {}


def test_tests_mirror_the_tree():
    """Tests of a folder lie in the folder of its name; those of what Python and other tools import lie above."""
    tests = ROOT / "tests"
    for package in ("experiments", "sim"):
        lost = {
            path.parent.relative_to(tests).as_posix()
            for path in (tests / package).rglob("test_*.py")
            if not (ROOT / path.parent.relative_to(tests)).is_dir()
        }
        assert lost == set()
    above = {path.name for path in (tests / "experiments").glob("test_*.py")}
    assert above == {"test_other_tools.py", "test_python.py"}
