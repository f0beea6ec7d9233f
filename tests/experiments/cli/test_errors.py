"""Everything that a user can do wrong gives one clear line, exit code 2, no traceback and no file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.cli.main import main

ROOT = Path(__file__).resolve().parents[3]

#: Command line, then what the message has to say.
MISTAKES = {
    "unknown verb": (["rnu"], ["unknown verb 'rnu'", "nearest: run"]),
    "unknown flag": (["run", "--cgf", "job"], ["unknown flag '--cgf'", "nearest: --cfg"]),
    "flag without value": (["run", "--cfg"], ["--cfg", "needs a value", "--cfg job"]),
    "unknown kind of configuration": (["run", "--cfg", "jobs"], ["'jobs'", "job, scenario"]),
    "unknown parameter": (
        ["run", "taliban.servce_delivery=0.7"],
        ["unknown key 'taliban.servce_delivery'", "nearest: taliban.service_delivery"],
    ),
    "unknown group of parameters": (
        ["run", "talban.control=0.7"],
        ["talban.control", "nearest: taliban.control"],
    ),
    "unknown option": (["run", "replicate=5"], ["unknown key 'replicate'", "nearest: replicates"]),
    "option of another verb": (["params", "seed=1"], ["unknown key 'seed'"]),
    "added unknown key": (["run", "+a.b=1"], ["unknown key 'a.b'"]),
    "added unknown key by force": (["run", "++x=1"], ["unknown key 'x'"]),
    "deleted unknown key": (["run", "~taliban.contrl"], ["unknown key", "nearest: taliban.control"]),
    "deleted unknown uncertainty": (["run", "~space.no.such"], ["no 'no.such' in space"]),
    "unknown power": (
        ["run", "powers.irna.stance=0.3"],
        ["no 'irna' among the powers", "nearest: iran", "+powers"],
    ),
    "truth value for a number": (
        ["run", "taliban.control=true"],
        ["taliban.control", "True", "from 0 to 1", "share"],
    ),
    "text for a number": (
        ["run", "taliban.control='0.7'"],
        ["taliban.control", "'0.7'", "a number from 0 to 1"],
    ),
    "number for a switch": (
        ["run", "militias.fatemiyoun.instructed=0.5"],
        ["instructed", "0.5", "true or false"],
    ),
    "list for a number": (["run", "taliban.control=[1]"], ["taliban.control", "[1]", "from 0 to 1"]),
    "number for a group": (["run", "taliban=3"], ["taliban: found 3", "a mapping (taliban."]),
    "out of range": (
        ["run", "taliban.control=1.5"],
        ["command line: taliban.control", "1.5", "0 to 1", "share"],
    ),
    "truth value for a count": (
        ["run", "replicates=true"],
        ["replicates: found True", "a whole number from 1"],
    ),
    "empty text": (["run", "out="], ["out: found ''", "allowed: text"]),
    "empty choice of claims": (["claims", "only=[]"], ["only: found []", "allowed: a list of text"]),
    "empty choice of outcomes": (["compare", "a", "outcomes=[]"], ["outcomes: found []", "a list of text"]),
    "odd number of pairs": (["claims", "replicates=21"], ["found 21", "to 1000000, a multiple of 2"]),
    "fraction for a count": (["run", "replicates=2.5"], ["replicates: found 2.5", "a whole number"]),
    "text for a count": (["run", "replicates=many"], ["replicates: found 'many'", "a whole number"]),
    "count out of range": (["run", "replicates=0"], ["replicates: found 0", "from 1 to"]),
    "seed out of range": (["run", "seed=-1"], ["seed: found -1", "from 0 to 4294967295"]),
    "unknown word": (["run", "uncertainty=pior"], ["uncertainty: found 'pior'", "prior | posterior | none"]),
    "posterior without its use": (["run", "posterior=x.csv"], ["posterior=x.csv", "uncertainty=posterior"]),
    "posterior beside none": (
        ["run", "uncertainty=none", "posterior=x.csv"],
        ["posterior=x.csv", "uncertainty=posterior"],
    ),
    "claims with a posterior that is not there": (
        ["claims", "uncertainty=posterior", "posterior=x"],
        ["command line: unknown posterior 'x'"],
    ),
    "a group as a value": (
        ["run", "taliban=x", "taliban.control=0"],
        ["taliban.control: found 'x' as taliban"],
    ),
    "a place without a series": (["forecast", "place=Kabul"], ["place=Kabul: has no effect without series="]),
    "missing posterior": (["run", "uncertainty=posterior", "posterior=x.csv"], ["x.csv", "no such file"]),
    "unknown scenario": (["run", "scenario=basline"], ["unknown scenario 'basline'", "nearest: baseline"]),
    "unknown space": (["run", "space=reprot"], ["unknown space 'reprot'", "nearest: report"]),
    "no scenario": (["run", "scenario=null"], ["scenario=null", "allowed: one of"]),
    "two scenarios": (["run", "scenario=[baseline,corridor_opens]"], ["allowed: one of"]),
    "scenario left out": (["run", "~scenario"], ["scenario cannot be left out"]),
    "scenario file that is not there": (["run", "scenario=./none.yaml"], ["none.yaml", "no such file"]),
    "name without a key": (["run", "baseline"], ["found 'baseline'", "did you mean scenario=baseline?"]),
    "several values": (["run", "seed=1,2"], ["'seed=1,2'", "one value", "outlook sweep"]),
    "an interval": (["run", "taliban.control=interval(0,1)"], ["one value", "outlook sweep"]),
    "multirun": (["run", "-m"], ["--multirun", "outlook sweep"]),
    "broken override": (["run", "title=[1"], ["cannot read 'title=[1'", "quotes"]),
    "interpolation": (["run", "title=${oc.env:HOME}"], ["interpolations are not allowed"]),
    "key of Hydra": (["run", "hydra.verbose=true"], ["no effect here"]),
    "package": (["run", "scenario@x=baseline"], ["package"]),
    "end before start": (["run", "end=2020-01-01"], ["command line: end", "2020-01-01", "after the start"]),
    "impossible start": (["run", "start=2021-02-30"], ["command line: start", "2021-02-30"]),
    "part that is not there": (["run", "--package", "talban"], ["'talban'", "nearest: taliban"]),
    "missing argument": (["check"], ["file is missing", "outlook check FILE"]),
    "neither name nor file": (["check", "notes.txt"], ["notes.txt", ".yaml"]),
    "search without a match": (["params", "zzqqzz"], ["no parameter holds 'zzqqzz'"]),
    "unknown confidence": (["params", "confidence=measurd"], ["'measurd'", "nearest: measured"]),
    "scenario search without a match": (["scenarios", "zzqqzz"], ["no scenario holds 'zzqqzz'"]),
    "unknown shell": (["--completion", "basch"], ["'basch'", "nearest: bash"]),
}

#: Content of a scenario file, then what the message has to say.
BAD_FILES = {
    "broken YAML": ("title: x\ntaliban: {control: 0.3\nend: 3\n", ["mine.yaml:3:", "broken YAML"]),
    "tab": ("title: x\n\tstory: y\n", ["mine.yaml:2:1", "broken YAML"]),
    "key given twice": ("title: x\ntitle: y\n", ["mine.yaml:2:1", "duplicate key title"]),
    "not a mapping": ("- 1\n- 2\n", ["mine.yaml", "found a list", "a mapping"]),
    "object": ("title: !!python/object/apply:os.system ['ls']\n", ["mine.yaml:1:8", "broken YAML"]),
    "class path": ("taliban: {_target_: os.system}\n", ["taliban._target_", "class paths are not allowed"]),
    "interpolation": ("taliban: {control: '${oc.env:HOME}'}\n", ["taliban.control", "interpolations"]),
    "unknown key": ("taliban: {contrl: 0.3}\n", ["mine.yaml: taliban.contrl", "nearest: taliban.control"]),
    "unknown group": ("talban: {control: 0.3}\n", ["mine.yaml: talban", "nearest: taliban"]),
    "an option": ("replicates: 3\n", ["mine.yaml: replicates", "option of the command line"]),
    "wrong type": (
        "taliban: {control: '0.3'}\n",
        ["mine.yaml: taliban.control", "'0.3'", "a number from 0 to 1"],
    ),
    "truth value": ("taliban: {control: yes}\n", ["taliban.control: found True", "a number from 0 to 1"]),
    "out of range": ("taliban: {control: 3}\n", ["taliban.control: found 3", "a number from 0 to 1 (share)"]),
    "impossible date": (
        "events: [{date: 2022-02-30, title: x, set: {taliban.control: 0.3}}]\n",
        ["mine.yaml: events[0].date", "2022-02-30", "a date from 2021-09-06"],
    ),
    "date outside": (
        "events: [{date: 2035-01-01, title: x, set: {taliban.control: 0.3}}]\n",
        ["events[0].date", "2035-01-01", "a date from 2021-09-06"],
    ),
    "unknown parameter in an event": (
        "events: [{date: 2022-02-20, title: x, set: {taliban.contrl: 0.3}}]\n",
        ["events[0].set.taliban.contrl", "nearest: taliban.control"],
    ),
    "unknown key in an event": ("events: [{day: 2022-02-20}]\n", ["events[0]", "day", "date"]),
    "end before start": ("end: 2020-01-01\n", ["mine.yaml: end", "2020-01-01", "after the start"]),
    "unknown base": ("base: basline\n", ["mine.yaml: base", "nearest: baseline"]),
    "two bases": ("base: baseline\ndefaults: [baseline]\n", ["both base and defaults"]),
    "unknown distribution": (
        "space: {taliban.control: {dist: unifrm, low: 0, high: 1}}\n",
        ["space", "uniform"],
    ),
    "question about an unknown series": (
        "questions: [{id: q, text: t, metric: deths, comparison: '>', value: 1, by: 2022-01-01}]\n",
        ["questions[0]", "deths", "nearest: deaths"],
    ),
}


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Calls the command line in an empty folder; gives code, standard error and the files there after it."""
    monkeypatch.chdir(tmp_path)

    def call(argv):
        code = main(argv)
        return code, capsys.readouterr().err, sorted(path.name for path in tmp_path.iterdir())

    return call


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_on_the_command_line_is_said_in_one_line_and_writes_nothing(mistake, run):
    argv, parts = MISTAKES[mistake]
    code, message, files = run(argv)
    assert code == 2
    assert len(message.splitlines()) == 1, message
    assert message.startswith("outlook: ")
    for part in parts:
        assert part in message
    assert files == []


@pytest.mark.parametrize("mistake", BAD_FILES)
@pytest.mark.parametrize("verb", ["check", "run"])
def test_a_mistake_in_a_scenario_file_names_file_and_key_and_writes_nothing(mistake, verb, run, tmp_path):
    text, parts = BAD_FILES[mistake]
    (tmp_path / "mine.yaml").write_text(text)
    argv = ["check", "mine.yaml"] if verb == "check" else ["run", "scenario=./mine.yaml"]
    if verb == "check" and mistake == "an option":
        parts = [
            "mine.yaml: replicates",
            "unknown key",
        ]  # it has no such option
    code, message, files = run(argv)
    assert code == 2
    assert len(message.splitlines()) == 1, message
    for part in parts:
        assert part in message
    assert files == ["mine.yaml"]


def test_all_mistakes_of_a_file_are_told_at_once(run, tmp_path):
    (tmp_path / "mine.yaml").write_text("taliban: {control: 2, prudence: x}\npowers: {iran: {stanc: 0}}\n")
    code, message, _ = run(["check", "mine.yaml"])
    assert code == 2
    lines = message.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("outlook: mine.yaml: ") for line in lines)


def test_a_place_that_cannot_be_written_is_told_before_the_run(run, tmp_path):
    (tmp_path / "file").write_text("mine")
    code, message, files = run(["run", "out=file/below", "replicates=2"])
    assert (code, files) == (2, ["file"])
    assert "out=file/below: cannot be written" in message
    code, message, _ = run(["run", "out=file", "replicates=2"])
    assert code == 2
    assert "out=file: is a file" in message
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_with_other_content_is_not_touched(run, tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "notes.txt").write_text("mine")
    code, message, files = run(["run", "out=theirs", "replicates=2"])
    assert (code, files) == (2, ["theirs"])
    assert "out=theirs: holds other files" in message
    assert [path.name for path in (tmp_path / "theirs").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("argv", "part"),
    [
        (["run", "scenario=nowhere"], "unknown scenario 'nowhere'"),
        (["run", "taliban.control=2"], "a number from 0 to 1"),
        (["check", "broken.yaml"], "broken.yaml:1:"),
    ],
)
def test_the_process_ends_with_code_2_and_no_traceback(argv, part, tmp_path):
    (tmp_path / "broken.yaml").write_text("title: [")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "experiments", *argv],
        cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert part in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["broken.yaml"]


def test_the_unexpected_is_short_unless_asked_for(monkeypatch, capsys):
    def fails(*_):
        raise RuntimeError("the disk\nmelted")

    monkeypatch.setattr("experiments.cli.main._dispatch", fails)
    monkeypatch.delenv("OUTLOOK_DEBUG", raising=False)
    assert main(["run"]) == 1
    message = capsys.readouterr().err
    assert "unexpected RuntimeError: the disk melted" in message
    assert "Traceback" not in message
    monkeypatch.setenv("OUTLOOK_DEBUG", "1")
    with pytest.raises(RuntimeError, match="melted"):
        main(["run"])


@pytest.mark.parametrize(
    ("name", "quiet"), [("outlook", True), ("/bin/outlook", True), ("a_program.py", False)]
)
def test_a_command_that_has_not_begun_is_interrupted_in_one_line(name, quiet):
    """While its modules load nobody catches an interruption; a program that imports them keeps its own way."""
    code = f"""if True:
        import os, signal, sys
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.argv = [{name!r}]
        import experiments.cli
        os.kill(os.getpid(), signal.SIGINT)
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stderr == "outlook: interrupted\n") == quiet
    assert (done.returncode == 130) == quiet


def test_an_interruption_ends_with_code_130(monkeypatch, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("experiments.cli.main._dispatch", interrupted)
    assert main(["run"]) == 130
    assert "interrupted" in capsys.readouterr().err
