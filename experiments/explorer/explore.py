"""``outlook explore``: scenarios and studies in the browser, served to this machine alone."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from pydantic import Field

from experiments.kit.errors import UserError
from experiments.kit.options import Options, Shards, Threads

if TYPE_CHECKING:
    from experiments.config import Job

SUMMARY = "Explore in the browser: sliders that move the outlook, filters on a study, maps through time"
EXAMPLES = [
    "outlook explore",
    "outlook explore results/first",
    "outlook explore scenario=./my_scenario.yaml",
    "outlook explore results/three port=9000 browser=false",
]
ARGUMENTS = ("folder?",)
SCENARIO = False
NEEDS = ("starlette", "uvicorn")
"""Packages of the extra ``explore``."""


class OPTIONS(Options):
    """Options of ``outlook explore``."""

    folder: str | None = Field(None, description="folder of a run or a study to look into")
    scenario: str | None = Field(None, description="a scenario file of one's own, offered first")
    port: int = Field(8765, ge=0, le=65535, description="port on this machine; 0: any that is free")
    browser: bool = Field(True, description="open the page in the browser")
    threads: Threads = None
    shards: Shards = None


def main(options: OPTIONS, job: Job) -> int:
    """Serve until interrupted; returns the exit code."""
    for name in NEEDS:
        try:
            importlib.import_module(name)
        except ImportError:
            raise UserError(
                f"outlook explore: the package {name} is missing; install panjshir-outlook[explore]"
            ) from None
    from experiments.explorer.server import serve

    return serve(options)
