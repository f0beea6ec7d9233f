"""Tables of draws: checked for kind and range, and they say as of when they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from experiments.config import load_scenario
from experiments.config.posteriors import basis, read_posterior
from experiments.kit.errors import UserError

GOOD = "taliban.service_delivery,taliban.force_target\n0.5,100000\n0.4,90000\n"

BAD = {
    "row 2: taliban.service_delivery: found 1.5": GOOD.replace("0.4", "1.5"),
    "row 1: taliban.service_delivery: found nan": GOOD.replace("0.5,", ","),
    "row 1: taliban.service_delivery: found 'many'": GOOD.replace("0.5", "many"),
    "no such parameter; nearest: taliban.force_target": GOOD.replace("force_target", "force_targt"),
    "holds no draws": "taliban.service_delivery\n",
    "allowed: true or false": "iskp.present\n0.5\n",
}


@pytest.mark.parametrize("message", BAD)
def test_bad_tables_are_refused_in_one_line(message: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    scenario = load_scenario()
    text = BAD[message]
    if text.startswith("iskp.present"):
        switches = [name for name in scenario.schema.names if scenario.schema[name].kind == "switch"]
        text = text.replace("iskp.present", switches[0])
    path.write_text(text)
    with pytest.raises(UserError, match=r"mine\.csv") as caught:
        read_posterior(str(path), scenario)
    assert message in str(caught.value)
    assert len(caught.value.lines) == 1


def test_a_basis_says_as_of_when(tmp_path: Path) -> None:
    assert basis("prior", None).as_of == "2021-09-15"
    path = tmp_path / "mine.csv"
    path.write_text(GOOD)
    assert basis("posterior", str(path)).as_of is None
    path.with_suffix(".json").write_text(json.dumps({"as_of": "soon"}))
    assert basis("posterior", str(path)).as_of is None
    path.with_suffix(".json").write_text(json.dumps({"as_of": "2022-10-01"}))
    found = basis("posterior", str(path))
    assert (found.as_of, found.posterior) == ("2022-10-01", "mine")
    assert found.to_mapping()["uncertainty"] == "posterior"


def test_the_packaged_ones_know_their_days() -> None:
    assert basis("posterior", "first_year").as_of == "2022-10-01"
    assert basis("posterior", "second_year").as_of == "2023-07-01"
    assert basis("posterior", None).posterior == "second_year"
