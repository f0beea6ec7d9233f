"""The layers, checked on the syntax tree: who may import whom, and that the order of a tick stands in one place."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SIM = sorted((ROOT / "sim").rglob("*.py"))
EXPERIMENTS = sorted((ROOT / "experiments").rglob("*.py"))
#: Files of `sim` at its boundary: they give users a Mesa model, tables and labelled arrays, or read a scenario.
BOUNDARY = {"model.py", "mesa_agents.py", "ensemble.py"}
#: What rules and all that they stand on may import: themselves, NumPy, Numba, and the standard library.
RULES = {"sim", "numpy", "numba"}
#: Heavy or outward-looking parts of the standard library that a rule has no business with.
FOREIGN = {
    "random",
    "socket",
    "subprocess",
    "urllib",
    "http",
    "multiprocessing",
    "asyncio",
    "pickle",
    "datetime",
}


def imports(path: Path) -> set[str]:
    """Full names of the modules that a file imports, also inside functions, but not for type checkers alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    hidden = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and "TYPE_CHECKING" in ast.dump(branch.test)
        for statement in branch.body
        for node in ast.walk(statement)
    }
    found = set()
    for node in ast.walk(tree):
        if id(node) in hidden:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(node, path)
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def _absolute(node: ast.ImportFrom, path: Path) -> str:
    if not node.level:
        return node.module or ""
    package = path.relative_to(ROOT).parts[: -node.level]
    return ".".join((*package, node.module) if node.module else package)


def tops(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def is_rule(path: Path) -> bool:
    return path.parent.name in ("agents", "mechanisms")


@pytest.mark.parametrize("path", SIM, ids=name_of)
def test_sim_never_imports_experiments_or_configurations(path):
    assert not tops(path) & {"experiments", "configs", "tests", "hydra", "omegaconf"}


@pytest.mark.parametrize("path", [p for p in SIM if is_rule(p)], ids=name_of)
def test_rules_import_numpy_numba_and_math_alone(path):
    allowed = {"sim", "numpy", "numba", "math", "__future__", "typing"}
    assert tops(path) <= allowed
    # and no part of sim that is not itself made of rules, their tables, their parameters or their randomness
    lower = ("sim.agents", "sim.mechanisms", "sim.world", "sim.luck", "sim.compiled", "sim.parameters")
    for name in imports(path):
        assert not name.startswith("sim.") or name.startswith(lower), name


@pytest.mark.parametrize("path", [p for p in SIM if p.name not in BOUNDARY], ids=name_of)
def test_only_the_boundary_of_sim_imports_more(path):
    third = {top for top in tops(path) if top not in sys.stdlib_module_names}
    assert third <= RULES
    if is_rule(path):
        assert not tops(path) & FOREIGN


def test_the_boundary_imports_what_it_says():
    allowed = {
        "model.py": RULES | {"mesa"},
        "mesa_agents.py": RULES | {"mesa"},
        "ensemble.py": RULES | {"pandas", "xarray"},
    }
    for path in SIM:
        if path.name in allowed:
            assert {top for top in tops(path) if top not in sys.stdlib_module_names} <= allowed[path.name]


def test_randomness_comes_from_the_streams_alone():
    """No generator with a state of its own; fixed numbers from a key (weights of a hash) are no luck of a run."""
    for path in SIM:
        text = path.read_text(encoding="utf-8")
        if path.name in BOUNDARY:
            text = text.replace("np.random.Philox(key=", "").replace("np.random.Generator", "")
        assert "np.random" not in text, name_of(path)
        assert not tops(path) & {"random", "secrets"}, name_of(path)


@pytest.mark.parametrize("path", EXPERIMENTS, ids=name_of)
def test_configuration_alone_imports_hydra(path):
    if "config" not in path.relative_to(ROOT).parts:
        assert not tops(path) & {"hydra", "omegaconf"}


@pytest.mark.parametrize("path", [p for p in EXPERIMENTS if p.parent.name == "stats"], ids=name_of)
def test_statistics_know_arrays_alone(path):
    """Arrays in, numbers out: neither tables nor figures nor the model."""
    assert not tops(path) & {"matplotlib", "pandas", "pyarrow", "sim"}


@pytest.mark.parametrize("path", sorted((ROOT / "configs").rglob("*.y*ml")), ids=name_of)
def test_configurations_hold_values_and_no_class_paths(path):
    """Neither code nor class paths in YAML: a scenario of somebody else cannot run anything."""
    text = path.read_text(encoding="utf-8")
    for sign in ("_target_", "_partial_", "_recursive_", "!!python", "${oc.env", "${eval"):
        assert sign not in text


def calls(function: ast.FunctionDef) -> list[tuple[str, int]]:
    """Names of the rules that a function calls on ``w``, in order, with the days between two calls."""
    found: list[tuple[str, int]] = []

    def visit(statements: list[ast.stmt], every: int) -> None:
        for statement in statements:
            if isinstance(statement, ast.If):
                visit(statement.body, 7 if "% 7 == 0" in ast.unparse(statement.test) else every)
            elif isinstance(statement, ast.For):
                visit(statement.body, every)
            elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                found.append((ast.unparse(statement.value.func), every))

    visit(function.body, 1)
    return found


def test_the_order_in_compiled_code_is_the_schedule():
    """``tick`` and ``week`` call exactly the rules of ``SCHEDULE``, in its order, as often as it says."""
    tree = ast.parse((ROOT / "sim" / "schedule.py").read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    order: list[tuple[str, int]] = []
    for name, every in calls(functions["tick"]):
        order += [(inner, 7) for inner, _ in calls(functions["week"])] if name == "week" else [(name, every)]
    table = next(
        node.value
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "SCHEDULE"
    )
    written = [(ast.unparse(step.args[1]), ast.literal_eval(step.args[2])) for step in table.elts]
    assert order == written


def test_each_step_of_agents_goes_over_all_of_them():
    """A step of a kind of agent stands in a loop over the rows of its table; one of the country in none."""
    from sim.schedule import SCHEDULE

    tree = ast.parse((ROOT / "sim" / "schedule.py").read_text(encoding="utf-8"))
    loops = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.For):
            for name, _ in calls(ast.FunctionDef("f", None, node.body, [])):
                loops[name] = ast.unparse(node.iter)
    counts = {"front": "w.fronts", "militia": "w.militias", "power": "w.powers"}
    for step in SCHEDULE:
        module = step.rule.__module__.rsplit(".", 1)[-1]
        name = step.rule.__name__ if module == "schedule" else f"{module}.{step.rule.__name__}"
        expected = counts.get(step.agents, "w.bands" if name == "pocket.daily" else f"len(w.{step.agents})")
        assert loops.get(name) == (f"range({expected})" if step.agents else None), name


def test_sim_writes_no_file():
    """The model computes; whoever wants files writes them elsewhere (compiled code keeps its own cache)."""
    for path in SIM:
        if path.name == "compiled.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func).rsplit(".", 1)[-1]
                assert called not in (
                    "write_text",
                    "write_bytes",
                    "to_csv",
                    "to_parquet",
                    "savetxt",
                    "save",
                ), name_of(path)
                if called == "open" and len(node.args) > 1:
                    assert "w" not in ast.unparse(node.args[1]), name_of(path)
