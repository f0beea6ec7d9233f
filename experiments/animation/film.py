"""Pictures into a file: GIF by Pillow, MP4 by ffmpeg."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from PIL import Image

from experiments.kit import files
from experiments.kit.errors import UserError

_HOLD = 3.0
"""Seconds for which the last picture stands."""


def write(
    path: Path, pictures: Iterable[Image.Image], fps: int, colours: Sequence[tuple[int, int, int]]
) -> int:
    """Write pictures of one size as a film; the file appears when it is whole.

    Parameters
    ----------
    path
        ``.gif`` or ``.mp4``.
    pictures
        In order, at least one.
    fps
        Pictures a second.
    colours
        Those that a GIF is reduced to, at most 256.

    Returns
    -------
    int
        Bytes of the file.

    Raises
    ------
    UserError
        If ffmpeg refuses.
    """
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / f"film{path.suffix.lower()}"
        if made.suffix == ".gif":
            _gif(made, pictures, fps, colours)
        else:
            _mp4(made, iter(pictures), fps)
        files.write(path, made.read_bytes())
        return made.stat().st_size


def _gif(
    path: Path, pictures: Iterable[Image.Image], fps: int, colours: Sequence[tuple[int, int, int]]
) -> None:
    """All pictures share the colours, each the nearest of them."""
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in colours for part in colour])
    frames = [one.quantize(palette=palette, dither=Image.Dither.NONE) for one in pictures]
    times = [1000 // fps] * (len(frames) - 1) + [int(1000 * _HOLD)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=times, loop=0, optimize=False)


def _mp4(path: Path, pictures: Iterator[Image.Image], fps: int) -> None:
    """Raw pictures through a pipe."""
    first = next(pictures)
    command = [
        "ffmpeg", "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24",
        "-s", f"{first.width}x{first.height}", "-r", str(fps), "-i", "-", "-an", "-vcodec", "libx264",
        "-pix_fmt", "yuv420p", "-movflags", "+faststart", str(path),
    ]  # fmt: skip
    last = first
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, stdin=subprocess.PIPE, stderr=said) as encoder,
    ):
        assert encoder.stdin is not None
        try:
            for last in chain([first], pictures):
                encoder.stdin.write(last.tobytes())
            for _ in range(int(_HOLD * fps)):
                encoder.stdin.write(last.tobytes())
            encoder.stdin.close()
        except BrokenPipeError:
            pass  # it says why it has gone
        if encoder.wait():
            said.seek(0)
            reason = said.read().decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
            raise UserError(f"ffmpeg refuses: {reason[-1]}")
