"""Styled lines on a terminal, by Rich."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from experiments.kit.layout import Part


class _Console(Console):
    """A console that leaves a reader who has gone to its caller, where releases of Rich end the program."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def write(parts: Sequence[Part]) -> None:
    """Write one line; OSError if it cannot be written."""
    out = _Console(highlight=False, markup=False, emoji=False, force_jupyter=False)
    out.print(Text.assemble(*((part.text, part.style) for part in parts)), soft_wrap=True)
