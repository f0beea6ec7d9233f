"""The page of claims: self-contained, escaped, complete."""

from __future__ import annotations

import re

from experiments.claims.page import effect_text, page

PART = {"change": 0.1, "low": 0.0, "high": 0.2, "clear": True, "thirds": [[0.1, 0.0, 0.2]] * 3}
ROW = {
    "id": "one",
    "factors": ["F1", "F2"],
    "text": "More <b>force</b> & less",
    "note": "A note",
    "from": "baseline",
    "to": "other",
    "outcome": "chance of settlement",
    "unit": "",
    "direction": "increases",
    "built_in": True,
    "effect": 0.12,
    "low": 0.05,
    "high": 0.19,
    "p_direction": 0.9,
    "p_direction_low": 0.8,
    "p_direction_high": 1.0,
    "verdict": "supported",
    "why": "clear",
    "runs": 800,
    "draws": 200,
    "spread": 0.4,
    "standardised": [0.3, 0.1, 0.5],
    "depends_on": {"taliban.control": PART},
}
META = {
    "title": "Claims & effects",
    "margin": 0.2,
    "alpha": 0.05,
    "agreement": 0.75,
    "replicates": 400,
    "seed": 1,
    "uncertainty": "prior",
    "version": "0.1",
    "command": "outlook claims out=x",
}


def test_nothing_is_fetched_and_nothing_runs():
    html = page([ROW], META)
    assert not re.search(r"(src|href)=[\"'](?!data:|#)", html)
    assert "<script" not in html


def test_texts_are_escaped():
    html = page([ROW], META)
    assert "More &lt;b&gt;force&lt;/b&gt; &amp; less" in html
    assert "Claims &amp; effects" in html


def test_every_claim_has_its_figure_verdict_and_numbers():
    rows = [ROW, {**ROW, "id": "two", "verdict": "mixed", "depends_on": {}, "built_in": False}]
    html = page(rows, META)
    assert html.count("data:image/png;base64") == 4  # the forest twice (one for phones) and one a claim
    assert (
        html.count("+12 [+5, +19] points") == 8
    )  # in the table, the article, and the words for both figures
    assert 'href="#two"' in html
    assert 'id="two"' in html
    assert "depends on taliban.control" in html
    assert "1 supported, 1 mixed" in html
    assert "outlook claims out=x" in html


def test_effects_in_their_unit():
    assert effect_text({"unit": "ratio", "effect": 1.5, "low": 1.2, "high": 1.9}) == "×1.50 [1.20, 1.90]"
    assert effect_text({"unit": "days", "effect": -120.4, "low": -150, "high": -90}) == "-120 [-150, -90]"
