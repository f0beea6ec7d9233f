"""The parameter schema: every number documented, checked, in one order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.parameters import DEFAULT_ENTITIES, Parameter, build_schema
from sim.values import nearest
from sim.world.tables import TABLES, layout_of, offset
from tests.odd.tables import load_factors

SCHEMA = build_schema()
FACTORS = {factor.code for factor in load_factors()}


def make(**changes) -> Parameter:
    fields = {"name": "a.b", "unit": "share", "low": 0, "high": 1, "default": 0.5, "meaning": "What it means.",
              "source": "assumption", "confidence": "assumption", "factors": ("F1",)}  # fmt: skip
    return Parameter(**(fields | changes))


@pytest.mark.parametrize("parameter", SCHEMA.parameters, ids=lambda p: p.name)
def test_each_parameter_is_documented(parameter):
    assert parameter.unit
    assert parameter.source
    assert parameter.meaning.endswith(".")
    assert parameter.low < parameter.high
    assert parameter.factors
    assert set(parameter.factors) <= FACTORS
    assert parameter.check(parameter.default) == parameter.default


def test_every_factor_of_the_report_has_a_parameter():
    assert {factor for parameter in SCHEMA.parameters for factor in parameter.factors} == FACTORS


def test_names_are_unique_and_in_the_order_of_the_vector():
    assert len(set(SCHEMA.names)) == len(SCHEMA) == len(SCHEMA.defaults())
    for position, name in enumerate(SCHEMA.names):
        assert SCHEMA.index(name) == position
        assert SCHEMA.defaults()[position] == SCHEMA[name].default


@pytest.mark.parametrize("value", [True, "0.5", None, float("nan"), float("inf"), -0.01, 1.01, [0.5]])
def test_a_number_out_of_place_is_refused(value):
    with pytest.raises(ValueError, match="a number from 0 to 1"):
        make().check(value)


@pytest.mark.parametrize("value", [2.5, True, "2", 9])
def test_a_whole_number_must_be_whole(value):
    with pytest.raises(ValueError, match="a whole number from 1 to 8"):
        make(low=1, high=8, default=1, kind="int").check(value)


@pytest.mark.parametrize(("value", "is_"), [(True, 1.0), (False, 0.0), (1, 1.0), (0.0, 0.0)])
def test_a_switch_takes_true_and_false(value, is_):
    assert make(default=0, kind="switch").check(value) == is_


@pytest.mark.parametrize("value", [0.5, "true", 2, None])
def test_a_switch_takes_nothing_else(value):
    with pytest.raises(ValueError, match="true or false"):
        make(default=0, kind="switch").check(value)


@pytest.mark.parametrize("wrong", [{"kind": "text"}, {"confidence": "sure"}, {"default": 2}])
def test_a_wrong_declaration_is_refused(wrong):
    with pytest.raises(ValueError, match=r"a\.b"):
        make(**wrong)


@given(st.sampled_from(SCHEMA.parameters), st.floats(0, 1))
def test_every_value_of_the_range_is_allowed(parameter, share):
    value = parameter.low + share * (parameter.high - parameter.low)
    value = round(value) if parameter.kind != "float" else min(max(value, parameter.low), parameter.high)
    assert parameter.check(value) == value


@pytest.mark.parametrize(
    ("typo", "meant"),
    [
        ("taliban.service_delivry", "taliban.service_delivery"),
        ("service_delivery", "taliban.service_delivery"),
        ("powers.iran.stence", "powers.iran.stance"),
    ],
)
def test_a_typo_finds_the_name_that_was_meant(typo, meant):
    assert typo not in SCHEMA
    assert nearest(typo, SCHEMA.names) == meant
    with pytest.raises(KeyError, match=meant):
        SCHEMA.index(typo)


def test_nothing_alike_has_no_nearest_name():
    assert nearest("zzzzzzzz", ["taliban.control"]) is None


def test_open_lists_take_new_members():
    fronts = (*DEFAULT_ENTITIES["fronts"], "andarab")
    schema = build_schema(fronts=fronts)
    added = [name for name in schema.names if name not in SCHEMA]
    assert added
    assert all(name.startswith("fronts.andarab.") for name in added)
    assert {name.split(".")[2] for name in added} == {
        name.split(".")[2] for name in SCHEMA.names if name.startswith("fronts.nrf.")
    }


def test_each_parameter_has_its_own_place_in_the_state():
    """The vector is copied to places of the state that bear the parameter's name, each to one of its own."""
    layout = layout_of(SCHEMA)
    assert len(np.unique(layout.parameter_at)) == len(SCHEMA)
    of_place = {at: path for path, at in layout.paths.items()}
    tables = {"fronts": "front", "militias": "militia", "powers": "power"}
    for name, at in zip(SCHEMA.names, layout.parameter_at, strict=True):
        kind, _, rest = name.partition(".")
        if kind in tables:
            assert of_place[at] == f"{tables[kind]}.{rest}"
        else:
            assert TABLES["p"][at - offset("p")].name == name.replace(".", "_")
