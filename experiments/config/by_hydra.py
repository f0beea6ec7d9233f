"""Hydra's part of a composition: the chosen files laid over the options of a verb, in Hydra's order.

Hydra takes a tenth of a second to load, so this module is imported where something is composed.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml
from hydra import compose, initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from experiments.config import files
from experiments.kit.errors import UserError, first_line
from experiments.kit.reading import yaml_reason
from sim.values import cut

_PRIMARY = "_outlook_"
_OWN = "_own_file_"
#: Hydra keeps its state in singletons: one composition at a time.
_LOCK = threading.RLock()


def composed(
    options: Mapping[str, Any], defaults: Sequence[Any], chosen: Mapping[str, str],
    content: Mapping[str, Mapping[str, Any]], dropped: Sequence[str],
) -> dict[str, Any]:  # fmt: skip
    """Compose by Hydra; gives plain data.

    Parameters
    ----------
    options
        At the bottom of all: option to its default.
    defaults
        Hydra's list of what is laid over them.
    chosen
        Group to choice.
    content
        Group to the content of its choice, where Hydra does not read the file itself.
    dropped
        Groups that are left out, in Hydra's grammar.

    Raises
    ------
    UserError
        In one line, with files of one's own under their names.
    """
    folder = str(files.config_folder().resolve())
    logging.getLogger("hydra").setLevel(logging.ERROR)
    selections = [f"{group}={_OWN}" for group in content]
    selections += [f"{group}={choice}" for group, choice in chosen.items() if group not in content]
    try:
        with _LOCK, _own_hydra(), initialize_config_dir(folder, job_name="outlook", version_base="1.3"):
            store = ConfigStore.instance()
            store.store(name=_PRIMARY, node={"defaults": list(defaults), **options})
            for group, node in content.items():
                package = "_global_" if group == "scenario" else group
                store.store(group=group, name=_OWN, node=node, package=package)
            made = OmegaConf.to_container(compose(_PRIMARY, [*selections, *dropped]), resolve=False)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise UserError(f"{mark.name if mark else folder}{yaml_reason(error)}") from None
    except (HydraException, OmegaConfBaseException, ValueError) as error:
        raise UserError(f"command line: {_in_words(error, chosen)}") from None
    assert isinstance(made, dict)
    return made  # type: ignore[return-value]


@contextlib.contextmanager
def _own_hydra() -> Iterator[None]:
    """Room for a composition of ours inside a program that has set up Hydra for itself."""
    state = GlobalHydra.instance()
    theirs = state.hydra
    state.hydra = None
    try:
        yield
    finally:
        GlobalHydra.instance().hydra = theirs


def _in_words(error: Exception, chosen: Mapping[str, str]) -> str:
    """Hydra's reason in one line, with the user's file under its own name."""
    line = first_line(error)
    for group, choice in chosen.items():
        line = line.replace(f"{group}/{_OWN}", choice)
    return cut(line, 300)
