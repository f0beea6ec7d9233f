"""What can be chosen and what it means: scenarios, parameters, series, endings, and the ground."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from experiments.config import DEFAULT_SCENARIO, config_folder, group_choices, read_yaml
from experiments.config.posteriors import in_words
from experiments.explorer.ask import OWN, REPLICATES, Ask
from experiments.explorer.requests import answer, encoded, state_of
from experiments.kit.record import project_version
from experiments.kit.words import ending, label, unit, words
from sim.outcomes import ENDING_CRITERIA, ENDINGS, PLACE_SERIES, SERIES
from sim.parameters import build_schema
from sim.parameters.schema import Parameter
from sim.parameters.starts import becomes
from sim.world.geography import PLACE_KINDS, load_geography, load_outlines

DRIVERS = (
    "taliban.service_delivery", "economy.growth", "taliban.control", "economy.aid", "supply.corridor",
    "supply.donors", "caches.abundance", "taliban.harshness", "taliban.inclusiveness",
    "powers.pakistan.stance", "community.shelter", "pockets.recruitment",
)  # fmt: skip
"""What the report sees as deciding, shown first."""
POSTERIORS = ("first_year", "second_year")


async def catalogue(request: Request) -> Response:
    """Everything that the page offers."""
    state = state_of(request)
    return answer(
        {
            **await run_in_threadpool(_offered),
            "folder": str(state.folder) if state.folder is not None else None,
        }
    )


@lru_cache(maxsize=1)
def _offered() -> dict[str, Any]:
    schema = build_schema()
    names = sorted(group_choices("scenario"), key=lambda name: (name != DEFAULT_SCENARIO, name))
    return {
        "version": project_version(),
        "replicates": REPLICATES,
        "scenarios": [_titled(name) for name in (*OWN, *names)],
        "posteriors": list(POSTERIORS),
        "parameters": [_parameter(one) for one in schema.parameters],
        "drivers": [name for name in DRIVERS if name in schema],
        "series": [
            {"name": name, "text": label(name), "unit": unit(name), "kind": one.kind, "meaning": one.meaning}
            for name, one in SERIES.items()
        ],
        "places": [{"name": name, "text": label(name), "unit": unit(name)} for name in PLACE_SERIES],
        "endings": [{"name": name, "text": ending(name), "means": ENDING_CRITERIA[name]} for name in ENDINGS],
    }


def _titled(name: str) -> dict[str, str]:
    """Name, title and story of a scenario, from its file alone."""
    file = read_yaml(name if name in OWN else config_folder() / "scenario" / f"{name}.yaml")
    return {"name": name, "title": str(file.get("title") or name), "story": str(file.get("story") or "")}


async def scenario(request: Request) -> Response:
    """One scenario: what it sets, its events, and what its runs know."""
    return answer(await run_in_threadpool(_scenario, request.query_params.get("name", DEFAULT_SCENARIO)))


@lru_cache(maxsize=32)
def _scenario(name: str) -> dict[str, Any]:
    found = Ask(scenario=name).built()
    told = {way: in_words(way, None, found.start) for way in ("prior", "none")}
    told |= {f"posterior:{which}": in_words("posterior", which) for which in POSTERIORS}
    return {
        "name": name,
        "title": found.title,
        "story": " ".join(found.story.split()),
        "start": found.start.isoformat(),
        "end": found.end.isoformat(),
        "values": {parameter: found.value(parameter) for parameter in sorted(found.fixed)},
        "priors": {parameter: prior.to_mapping() for parameter, prior in found.space.priors.items()},
        "events": [
            {"date": event.day.isoformat(), "title": event.title, "set": dict(event.set),
             "state": {path: change.to_plain() for path, change in event.state.items()}}
            for event in found.events
        ],
        "basis": told,
    }  # fmt: skip


def _parameter(one: Parameter) -> dict[str, Any]:
    return {
        "name": one.name, "text": words(one.name.rpartition(".")[2]), "group": one.name.rpartition(".")[0],
        "unit": one.unit, "low": one.low, "high": one.high, "default": one.default, "meaning": one.meaning,
        "source": one.source, "confidence": one.confidence, "factors": list(one.factors), "kind": one.kind,
        "stock": becomes(one.name),
    }  # fmt: skip


async def stocks(request: Request) -> Response:
    """Fields of the state that an event can change."""
    return Response(await run_in_threadpool(_stocks), media_type="application/json")


@lru_cache(maxsize=1)
def _stocks() -> str:
    layout = Ask().built().layout
    fields = [(path, layout.field(path)) for path in layout.paths]
    return encoded([
        {"name": path, "unit": field.unit, "meaning": field.meaning, "low": field.bounds[0], "high": field.bounds[1]}
        for path, field in fields if not field.kept
    ])  # fmt: skip


async def ground(request: Request) -> Response:
    """The map: outlines of the provinces, and the places of the valley."""
    return Response(_ground(), media_type="application/json")


@lru_cache(maxsize=1)
def _ground() -> str:
    found, outlines = load_geography(), load_outlines()
    kinds = {code: name for name, code in PLACE_KINDS.items()}
    return encoded({
        "provinces": [
            {"name": name, "lon": row["lon"], "lat": row["lat"], "rings": outlines[name]}
            for name, row in zip(found.province_names, found.provinces, strict=True)
        ],
        "valley": [
            {"name": name, "kind": kinds[int(row["kind"])], "order": row["order"],
             "attaches": found.place_names[int(row["attaches"])] if row["attaches"] >= 0 else ""}
            for name, row in zip(found.place_names, found.places, strict=True)
        ],
    })  # fmt: skip


ROUTES = [
    Route("/api/catalogue", catalogue),
    Route("/api/scenario", scenario),
    Route("/api/stocks", stocks),
    Route("/api/ground", ground),
]
