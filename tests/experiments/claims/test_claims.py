"""``outlook claims`` from the command line on a short world, with real runs."""

from __future__ import annotations

import json

import pytest

from experiments.claims.ledger import load_ledger
from experiments.cli.main import main

LEDGER = """
title: Two claims
scenario: {scenario}
drivers: [taliban.control]
claims:
  - id: caches
    factors: [F16]
    text: More caches, more pockets.
    condition: {{low: {{caches.abundance: 0.1}}, high: {{caches.abundance: 8}}}}
    outcome: {{measure: final_caches}}
    direction: increases
    built_in: true
  - id: services
    factors: [F21]
    text: Better services calm.
    condition: {{high: {{taliban.service_delivery: 0.9}}}}
    outcome: {{measure: final_grievance}}
    direction: decreases
"""


@pytest.fixture
def ledger(tmp_path, short_world):
    path = tmp_path / "mine.yaml"
    path.write_text(LEDGER.format(scenario=short_world), encoding="utf-8")
    return str(path)


def test_claims_of_ones_own(tmp_path, ledger, capsys):
    out = tmp_path / "out"
    assert main(["claims", ledger, "replicates=40", f"out={out}"]) == 0
    rows = json.loads((out / "claims.json").read_text(encoding="utf-8"))
    assert [row["id"] for row in rows] == ["caches", "services"]
    assert {"effect", "low", "high", "p_direction", "verdict", "runs"} <= set(rows[0])
    assert rows[0]["verdict"] == "supported"
    assert rows[0]["runs"] == 80
    shown = capsys.readouterr().out
    assert "caches" in shown
    assert "supported" in shown
    assert (out / "claims.html").stat().st_size > 20_000
    (out / "claims.json").unlink()
    assert main(["claims", ledger, "replicates=40", f"out={out}"]) == 0  # runs are there: it is judged again
    assert json.loads((out / "claims.json").read_text(encoding="utf-8")) == rows
    assert main(["claims", ledger, "replicates=42", f"out={out}"]) == 2
    error = capsys.readouterr().err
    assert "another study" in error
    assert "replicates: 40 in the folder, 42 now" in error


def test_claims_do_not_depend_on_threads(tmp_path, ledger):
    for threads in (1, 2):
        assert (
            main(["claims", ledger, "replicates=20", f"threads={threads}", f"out={tmp_path / str(threads)}"])
            == 0
        )
    first, second = ((tmp_path / str(n) / "claims.json").read_bytes() for n in (1, 2))
    assert first == second


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["claims", "reprot"], "nearest: report"),
        (["claims", "./absent.yaml"], "no such file"),
        (["claims", "only=F99"], "only: found 'F99'"),
        (["claims", "replicates=21"], "replicates"),
    ],
)
def test_bad_input_is_one_message_and_nothing_is_written(words, says, refused):
    assert says in refused([*words, "out=made"] if len(words) > 1 else words)


def test_the_shipped_ledger_is_valid():
    ledger = load_ledger("report")
    assert ledger.family == len(ledger.claims) > 27
    assert all(claim.text for claim in ledger.claims)
