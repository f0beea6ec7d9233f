"""What one server looks at: a folder or none, and the runs that it has at hand."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from experiments.explorer.ask import Ask
from experiments.explorer.desk import Desk
from experiments.explorer.story import Stories
from experiments.kit import screen


@dataclass
class State:
    """The state of a server; nothing of it is written anywhere.

    Attributes
    ----------
    desk
        Runs of the live outlook.
    folder
        The study that is looked into, checked when the server started; None: none.
    shards
        Address of its tables that the person named.
    ready
        Set once the model is compiled.
    latest
        Page to the number of its latest question: older ones need no answer any more.
    stories
        Runs that were told last.
    """

    desk: Desk
    folder: Path | None = None
    shards: str | None = None
    ready: threading.Event = field(default_factory=threading.Event)
    latest: dict[str, int] = field(default_factory=dict)
    stories: Stories = field(default_factory=Stories)

    @classmethod
    def opened(cls, folder: str | None, shards: str | None = None, threads: int | None = None) -> State:
        """The state of a new server.

        Raises
        ------
        UserError
            If the folder holds no study that can be read.
        """
        return cls(Desk(threads), Path(folder) if folder is not None else None, shards)

    def warm(self) -> None:
        """Compile the model and run it once, so that the first answer is quick."""
        from experiments.runs.carry_out import say_if_cold

        say_if_cold()
        try:
            self.desk.grow(Ask(), 2)
        except Exception as error:
            screen.say(f"outlook: the model does not run: {error}")
        finally:
            self.ready.set()
