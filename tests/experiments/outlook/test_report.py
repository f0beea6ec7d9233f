"""The report is one self-contained page that says what was run, what came out and how sure that is."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from html.parser import HTMLParser

import pytest
from PIL import Image

from experiments.chronicle.happening import NOTABLE, TURNING, Happening
from experiments.outlook.report import figure_sentences, write_figure, write_report
from experiments.outlook.typical import TypicalRun
from experiments.stats.intervals import wilson
from sim.scenario import Scenario
from tests.experiments.outlook.synthetic import drawn, make_tables

SPEC = {
    "title": "Aid <resumes>",
    "story": "Aid comes back.\n\nNothing else differs.",
    "start": "2021-09-06",
    "end": "2023-09-06",
    "taliban": {"service_delivery": 0.7},
    "events": [{"date": "2022-03-23", "title": "girls' schools stay shut", "set": {"taliban.control": 0.9}}],
    "space": {"caches.abundance": {"dist": "loguniform", "low": 0.3, "high": 3.0}},
}
VOID = {"meta", "img", "br", "link", "input"}


class Tree(HTMLParser):
    """Checks that tags nest and collects what the tests ask for."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.images: list[dict] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append(tag)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if "href" in found else []
        self.images += [found] if tag == "img" else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


QUESTIONS = {
    "held": {
        "text": "Is a district held & kept?", "by": "2022-09-06", "p": 0.25, "low": 0.16, "high": 0.37,
        "runs": 60, "resolution": 0.0,
    },
    "dead": {
        "text": "How many die?", "by": "2022-09-06", "median": 1480.0, "low": 1400.0, "high": 1600.0,
        "mean": 1500.0, "q05": 900.0, "q95": 2600.0, "runs": 60,
    },
    "late": {"text": "Is it late?", "by": "2031-01-01", "p": None, "low": 0.0, "high": 1.0, "runs": 0},
}  # fmt: skip
NUMBERS = {
    "deaths": {"text": "deaths", "unit": "people", "median": 1480.0, "mean": 1.5, "q05": 9.0, "q95": None}
}
SPREAD = {
    "final_services": {"parameters": 0.9, "low": 0.85, "high": 0.95, "pairs": 50},
    "flat": {"parameters": None, "low": None, "high": None, "pairs": 50},
}


def outlook(runs: int = 60) -> dict:
    """What `outlook.json` holds."""
    ended = {"consolidation": 33, "scattered_insurgency": 27, "valley_resurgence": 0}
    shares = {n: dict(zip(("p", "low", "high"), wilson(k, runs), strict=True)) for n, k in ended.items()}
    return {
        "runs": runs,
        "seed": 4,
        "uncertainty": "prior",
        "endings": shares,
        "questions": QUESTIONS,
        "numbers": NUMBERS,
        "spread": SPREAD,
    }


@pytest.fixture(scope="module")
def tables():
    return make_tables(runs=60, days=730)


@pytest.fixture(scope="module")
def scenario():
    return Scenario.from_mapping(SPEC, name="aid_resumes", source="test")


@pytest.fixture(scope="module")
def pictures(tables, tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures") / "new"
    told = figure_sentences(tables)
    made = {
        name: write_figure(folder / f"{name}.png", figure, tables, told)
        for name, figure in drawn(tables).items()
    }
    assert {p.stem for p in folder.iterdir()} == set(made)
    return folder, made


@pytest.fixture(scope="module")
def page(tables, scenario, pictures, tmp_path_factory):
    path = write_report(
        tmp_path_factory.mktemp("report") / "report.html", scenario=scenario, outlook=outlook(),
        figures=pictures[1], tables=tables,
        record={"command": "outlook run scenario=aid.yaml", "commit": "abc123"},
    )  # fmt: skip
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tree(page):
    parser = Tree()
    parser.feed(page)
    return parser


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def test_the_page_is_well_formed_and_its_contents_lead_somewhere(tree):
    assert tree.open == []
    assert len(set(tree.ids)) == len(tree.ids)
    assert all(link.startswith("#") and link[1:] in tree.ids for link in tree.links)
    assert len(tree.links) > 10


def test_nothing_is_asked_from_outside(page, tree):
    assert len(re.findall(r"<script>", page)) == 1
    code = re.search(r"<script>(.*?)</script>", page, re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    assert f"script-src &#39;sha256-{digest}&#39;" in page
    assert "default-src &#39;none&#39;" in page
    assert not re.search(r"\bfetch\b|XMLHttpRequest|innerHTML|eval\(", code)
    assert not re.search(r"""(src|href)\s*=\s*["'](?!#|data:)""", page)
    assert "@import" not in page
    assert "url(" not in page


def test_figures_are_inside_with_words_for_those_who_cannot_see_them(tree, pictures):
    assert len(tree.images) == len(pictures[1])
    for image, png in zip(tree.images, pictures[1].values(), strict=True):
        assert base64.b64decode(image["src"].removeprefix("data:image/png;base64,")) == png
        assert len(image["alt"]) > 60


def test_the_scenario_is_told_and_escaped(page):
    assert "<h1>Aid &lt;resumes&gt;</h1>" in page
    told = plain(page)
    assert "Aid comes back." in told
    assert "2022-03-23 girls' schools stay shut taliban.control = 0.9" in told
    assert "6 September 2021 to 6 September 2023" in told


def test_chances_stand_with_their_intervals(page):
    told = plain(page)
    assert "Consolidation 55 % [42, 67]" in told
    assert "Valley resurgence 0 % [0, 6]" in told
    assert "the front holds a district of Panjshir's floor" in told
    assert "Is a district held & kept? 2022-09-06 25 % [16, 37] unlikely no" in told
    assert "How many die? 2022-09-06 1,480 (900 to 2,600)" in told
    assert "Is it late? 2031-01-01 not decided within the horizon" in told


def test_what_the_scenario_sets_has_unit_source_and_confidence(page, scenario):
    parameter = next(p for p in scenario.schema.parameters if p.name == "taliban.service_delivery")
    told = plain(page)
    expected = (
        "taliban.service_delivery",
        "0.7",
        f"{parameter.default:g}",
        parameter.unit,
        parameter.meaning,
    )
    assert re.sub(r"\s+", " ", " ".join(expected)) in told
    assert parameter.source in told
    assert "All that is drawn (1)" in told
    assert "loguniform 0.3, 3" in told


def test_how_sure_we_are_is_said(page):
    told = plain(page)
    assert "60 runs know a share near one half to ± 12.3 points" in told
    assert "services at the end 90 % [85, 95]" in told
    assert "60 runs are few" in told
    assert "flat" not in told


def test_the_likeliest_endings_are_said_in_words(page):
    told = plain(page)
    assert "Consolidation is about even: 55 % [42, 67], some 55 in 100 simulated futures." in told
    assert "Words for probabilities: almost impossible below 1 %" in told


def test_charts_stand_without_a_script(page, tables):
    assert 'id="chart-deaths"' in page
    told = plain(page)
    assert "Chance that it has happened by a date" in told
    assert "All numbers" in told
    assert told.count("90 % of runs") > 3
    assert 'role="img"' in page


def test_a_typical_run_is_told_with_dates_and_reasons(tables, scenario, tmp_path):
    events = [
        Happening(3, "rising", NOTABLE, "A rising breaks out in <Takhar>", "grievance 0.71", 5),
        Happening(729, "ending", TURNING, "The run ends in consolidation"),
    ]
    run = TypicalRun(
        7, "aid_resumes/0123456789ab/7", "consolidation", 33, events, "Not told here: 2 of pockets"
    )
    path = tmp_path / "r.html"
    write_report(path, scenario=scenario, outlook=outlook(), figures={}, tables=tables, typical=run)
    page = path.read_text(encoding="utf-8")
    told = plain(page)
    assert "2021-09-09 A rising breaks out in <Takhar> grievance 0.71" in told
    assert "Of the 33 runs that end so" in told
    assert "reproduce" in told
    assert "the typical run" in told
    assert "<Takhar>" not in page
    assert "Not told here: 2 of pockets." in told


def test_it_can_be_made_again(page, scenario):
    told = plain(page)
    assert "outlook run scenario=aid.yaml" in told
    assert "commit abc123" in told
    assert scenario.hash in told


def test_fixed_parameters_are_a_warning(tables, scenario, tmp_path):
    result = outlook() | {"uncertainty": "none", "runs": 500}
    path = write_report(tmp_path / "r.html", scenario=scenario, outlook=result, figures={}, tables=tables)
    told = plain(path.read_text(encoding="utf-8"))
    assert "luck alone" in told
    assert "are few" not in told
    assert "outlook run scenario=aid_resumes replicates=500 seed=4" in told
    assert 'id="figures"' not in path.read_text(encoding="utf-8")


def test_pictures_carry_their_sentence(pictures):
    image = Image.open(pictures[0] / "endings.png")
    assert "of runs" in image.text["Description"]
    assert "60 runs, seed 1" in image.text["Source"]


def test_the_same_outlook_gives_the_same_page(page, tables, scenario, pictures, tmp_path):
    again = write_report(
        tmp_path / "report.html", scenario=scenario, outlook=outlook(), figures=pictures[1], tables=tables,
        record={"command": "outlook run scenario=aid.yaml", "commit": "abc123"},
    )  # fmt: skip
    assert again.read_text(encoding="utf-8") == page
