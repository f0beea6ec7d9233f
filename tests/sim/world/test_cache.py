"""Weapon caches: where they lie, how they go, what forms from them."""

from __future__ import annotations

import pytest

from sim.agents import garrison
from sim.world import cache
from tests.worlds import PANJSHIR, province
from tests.worlds import world as build

KUNAR = province("Kunar")


def test_abundance_is_shared_out_over_the_provinces():
    """F16: the hidden arms of the former army lie in every province, more where it was at home."""
    w = build(caches__abundance=2.0)
    assert w.cache["count"].sum() == pytest.approx(2000, abs=34)
    assert (w.cache["count"] > 0).all()
    assert w.cache["share"][PANJSHIR] > w.cache["share"].mean()
    assert build(caches__abundance=0.0).cache["count"].sum() == 0.0


def test_pockets_form_from_caches_where_people_defy():
    """F16: hidden caches arm small pockets; each takes one cache with its arms."""
    w = build(pockets__start=0.0, pockets__formation=30.0, caches__decay=0.0, caches__abundance=8.0)
    w.community[KUNAR].defiance = 1.0
    before = w.cache[KUNAR].count
    for week in range(30):
        cache.weekly(w, KUNAR, 7 * week)
    formed = before - w.cache[KUNAR].count
    assert formed > 0
    assert w.province[KUNAR].pockets == formed == (w.pocket["active"] > 0).sum()
    new = w.pocket[w.pocket["active"] > 0]
    assert (new["arms"] == w.p.caches_arms).all()
    assert (new["fighters"] == w.p.pockets_cell).all()
    assert (new["home"] == KUNAR).all()


@pytest.mark.parametrize(("defiance", "abundance"), [(0.0, 8.0), (1.0, 0.0)])
def test_no_pockets_without_defiance_or_caches(defiance, abundance):
    """F16: arms without anger, or anger without arms, form no pocket."""
    w = build(pockets__start=0.0, pockets__formation=30.0, caches__abundance=abundance)
    w.community[KUNAR].defiance = defiance
    for week in range(60):
        cache.weekly(w, KUNAR, 7 * week)
    assert w.pocket["active"].sum() == 0.0


def test_caches_rust():
    w = build(caches__decay=1.0, pockets__formation=0.0, caches__abundance=8.0)
    before = w.cache[KUNAR].count
    for week in range(52):
        cache.weekly(w, KUNAR, 7 * week)
    assert w.cache[KUNAR].count == pytest.approx(before * 2.718**-1.0, rel=0.3)


def test_a_full_table_of_pockets_leaves_the_cache_alone():
    w = build(pockets__start=0.0, pockets__formation=30.0, caches__decay=0.0, caches__abundance=8.0)
    w.pocket["active"] = 1.0
    w.community[KUNAR].defiance = 1.0
    before = w.cache[KUNAR].count
    for week in range(10):
        cache.weekly(w, KUNAR, 7 * week)
    assert w.cache[KUNAR].count == before


def test_patrols_find_caches_as_well_as_they_are_informed():
    """F10: garrisons that are told find caches; F16: what they find is gone."""
    found = {}
    for knowledge in (0.0, 1.0):
        w = build(caches__search=1.0, caches__abundance=8.0)
        before = w.cache[KUNAR].count
        for week in range(52):
            w.community[KUNAR].knowledge = knowledge
            garrison.search(w, KUNAR, 7 * week)
        found[knowledge] = before - w.cache[KUNAR].count
    assert found[1.0] > found[0.0] == 0.0


def test_a_lost_province_is_not_searched():
    w = build(caches__search=2.0, caches__abundance=8.0)
    w.province[KUNAR].held = 0.0
    w.community[KUNAR].knowledge, before = 1.0, w.cache[KUNAR].count
    garrison.search(w, KUNAR, 0)
    assert w.cache[KUNAR].count == before
