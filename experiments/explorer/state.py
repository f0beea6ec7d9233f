"""What one server looks at: a folder or none, and the runs that it has at hand."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from experiments.explorer.ask import Ask
from experiments.explorer.desk import Desk
from experiments.explorer.story import Stories
from experiments.explorer.study import StudyTable
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
    table, reading
        The study once it is read; held by who reads it.
    """

    desk: Desk
    folder: Path | None = None
    shards: str | None = None
    ready: threading.Event = field(default_factory=threading.Event)
    latest: dict[str, int] = field(default_factory=dict)
    stories: Stories = field(default_factory=Stories)
    table: StudyTable | None = None
    reading: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def opened(cls, folder: str | None, shards: str | None = None, threads: int | None = None) -> State:
        """The state of a new server.

        Raises
        ------
        UserError
            If the folder holds no study that can be read.
        """
        if folder is None:
            return cls(Desk(threads))
        table = StudyTable.opened(Path(folder), shards)
        return cls(Desk(threads), Path(folder), shards, table=table)

    def warm(self) -> None:
        """Look at the study, compile the model and run it once, so that the first answers are quick."""
        from experiments.explorer.study_answers import summary
        from experiments.runs.carry_out import say_if_cold

        if self.table is not None:
            with self.reading:
                summary(self.table)
        say_if_cold()
        try:
            self.desk.grow(Ask(), 2)
        except Exception as error:
            screen.say(f"outlook: the model does not run: {error}")
        finally:
            self.ready.set()
