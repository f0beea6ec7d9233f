"""Configuration: Hydra's grammar and composition in, validated options and scenarios out.

This package is the only importer of Hydra and OmegaConf. The names below are its interface.
"""

from __future__ import annotations

from experiments.config.compose import Job, compose, load_scenario, packaged_scenarios
from experiments.config.composer import groups_of
from experiments.config.files import DEFAULT_SCENARIO, config_folder, group_choices, read_yaml
from experiments.config.options import allowed

__all__ = [
    "DEFAULT_SCENARIO",
    "Job",
    "allowed",
    "compose",
    "config_folder",
    "group_choices",
    "groups_of",
    "load_scenario",
    "packaged_scenarios",
    "read_yaml",
]
