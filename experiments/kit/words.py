"""Names of the model in words, with units: the one place that says what a series or measure is called."""

from __future__ import annotations

import re

from sim.outcomes import ENDINGS, SERIES
from sim.parameters import build_schema

_NAMES = {
    "deaths": "deaths in organised violence",
    "deaths_state_based": "deaths in fights with a group",
    "deaths_front": "deaths in the front's war",
    "deaths_pockets": "deaths in the war of the pockets",
    "deaths_militia": "deaths in the war of foreign-backed militias",
    "deaths_risings": "deaths in risings",
    "deaths_iskp": "deaths in the war of IS-K",
    "deaths_iskp_civilians": "civilians killed by IS-K",
    "deaths_government_civilians": "civilians killed by the government",
    "attacks_front": "attacks by the front",
    "attacks_pockets": "attacks by pockets",
    "attacks_militia": "attacks by foreign-backed militias",
    "attacks_iskp": "attacks by IS-K",
    "front_fighters": "fighters of the front",
    "pocket_fighters": "fighters in pockets",
    "militia_fighters": "fighters of foreign-backed militias",
    "militia_active": "foreign-backed militias in the field",
    "iskp_cells": "fighters of IS-K",
    "iskp_fighters": "fighters of IS-K",
    "front_ammunition": "ammunition of the front",
    "districts_held": "districts held by the front",
    "valleys_held": "side valleys held by the front",
    "kabul_lost": "Kabul out of the government's hands",
    "new_fronts": "fronts that grew from pockets",
    "command": "commanders of the front alive and free",
    "leader": "leader of the front alive",
    "quality": "training and order of the forces",
    "elders": "elders with the government",
    "habit": "habit of living with the government",
    "knowledge": "knowledge of fighters' doings",
    "capitals_lost": "provincial capitals out of Kabul's hands",
    "services": "public services",
    "control": "control over public life",
    "grievance": "grievance of communities",
    "forces": "army and police",
    "victory": "psychological victory of 2021 that is left",
    "inclusiveness": "high offices outside the core",
    "recognitions": "powers that recognise Kabul",
    "opposing": "powers that back the opposition",
    "exile": "support for a government in exile",
    "attack_provinces": "provinces with an attack so far",
    "groups": "armed groups known by a name",
    "aid": "aid from abroad",
    "refugees_north": "refugees to the north",
    "refugees_iran": "refugees to Iran",
    "refugees_pakistan": "refugees to Pakistan",
    "largest_protest": "people in the largest protest",
    "corridor_open": "safe way from the north",
    "returned": "a front has returned",
    "deaths_last_year": "deaths in the last year",
    "first_rising_day": "first rising",
    "first_return_day": "first return of a front to fighting",
    "first_militia_day": "first militia in the field",
    "settlement_day": "settlement",
    "first_capital_lost_day": "first provincial capital lost",
    "corridor_open_day": "safe way from the north opens",
    "first_recognition_day": "first recognition of Kabul",
    "floor_fallen_day": "fall of the valley floor",
}
ENDING_LABELS = {
    "consolidation": "Consolidation", "scattered_insurgency": "Scattered insurgency",
    "valley_resurgence": "Valley resurgence", "multi_front_civil_war": "Multi-front civil war",
    "settlement": "Settlement", "government_falls": "The government falls",
}  # fmt: skip
_PROPER = re.compile(r"\b(kabul|iran|pakistan|taliban|soviet|panjshir)\b")
_UNITS = {"share": "0 to 1", "flag": "0 or 1", "index": "early 2021 = 1"}
#: What is recorded of provinces alone: what it is called, and its unit.
_OF_PROVINCES = {
    "attacks": ("attacks by all groups", "attacks"),
    "control_by_province": ("share of the time that Kabul holds the capital", "0 to 1"),
    "garrison": ("fighters of the garrison", "fighters"),
    "presence": ("people and ground that soldiers watch", "0 to 1"),
}


def stem(name: str) -> str:
    """A parameter in words, without its group: ``service delivery``."""
    return words(name.rpartition(".")[2])


def words(name: str) -> str:
    """A name in words, as it stands: ``multi_front_civil_war`` is ``multi-front civil war``."""
    said = name.replace("multi_front", "multi-front").replace("_", " ")
    return _PROPER.sub(lambda found: found.group().capitalize(), said)


def capital(text: str) -> str:
    """A text with a capital at its beginning; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def ending(name: str) -> str:
    """An ending as a title: ``Scattered insurgency``."""
    return ENDING_LABELS.get(name, name.replace("_", " ").capitalize())


def label(name: str) -> str:
    """What a series, an end-of-run measure or an ending is called; any other name is set in words.

    ``final_iskp_cells`` is ``fighters of IS-K at the end``.
    """
    if name in _NAMES:
        return _NAMES[name]
    if name in _OF_PROVINCES:
        return _OF_PROVINCES[name][0]
    for start, form in (("final_", "{} at the end"), ("max_", "most {} at a time")):
        if name.startswith(start):
            return form.format(label(name.removeprefix(start)))
    return words(name)


def unit(name: str) -> str:
    """The unit of a measure or of a series summed over time, ``people``, ``tonnes``, ``0 to 1`` ...; empty for none."""
    if name.endswith("_day"):
        return "days after the start"
    if name in ENDINGS:
        return ""
    base = name.removeprefix("final_").removeprefix("max_")
    if base.startswith("deaths"):
        return "people"
    series = SERIES.get(base)
    if series is None:
        return _OF_PROVINCES.get(base, ("", ""))[1]
    plain = series.unit.removesuffix(" a day")
    return _UNITS.get(plain, plain)


def labelled(name: str) -> str:
    """What it is called, with its unit unless the words hold it already: ``refugees (people)``."""
    said, of = label(name), unit(name)
    return said if not of or of.split(" ")[0] in said.split(" ") else f"{said} ({of})"


def spoken(text: str) -> str:
    """A condition with its series and measures in words: ``attacks by IS-K > 200 in 2022-01 to 2022-12``."""
    named = re.sub(
        r"\b[a-z]+(?:_[a-z]+)+\b|\b[a-z]+\b", lambda found: _NAMES.get(found.group(), found.group()), text
    )
    return named.replace("..", " to ")


def parameter(name: str) -> str:
    """A parameter in words with its unit: ``service delivery (share)``; the group is left out."""
    said = stem(name)
    schema = build_schema()
    return f"{said} ({schema[name].unit})" if name in schema else said


def fighting(kind: str) -> tuple[str, ...]:
    """Series by who fights: those of ``attacks`` or of ``deaths`` that the model keeps by actor, in its order."""
    return tuple(name for name in SERIES if name.startswith(f"{kind}_") and name != "deaths_state_based")
