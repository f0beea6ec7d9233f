"""Makes the executed notebooks, and the figures and tables of the pages whose commands run as they stand.

``python -m tests.docs.make [NAME ...]`` makes all of them or those named, each in a folder of its own that vanishes;
``folder=DIR`` runs the commands there, where results of an earlier time are taken as they are, and stay.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image

from tests.docs import understanding

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "experiments" / "docs"
NOTEBOOKS = sorted(DOCS.glob("*.ipynb"))
WALKTHROUGH, UNDERSTANDING = DOCS / "walkthrough.md", DOCS / "understanding.md"
PATIENCE = 600
_BLOCK = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)
_FIGURE = re.compile(r"!\[[^]]*\]\(([\w./-]+)\) <!-- (\S+) -->")


def executed(path: Path, folder: Path) -> nbformat.NotebookNode:
    """A notebook with its cells run in a folder; outputs without times, identifiers of a kernel and empty displays."""
    notebook = nbformat.read(path, as_version=4)
    os.environ["PYTHONPATH"] = str(ROOT)
    NotebookClient(
        notebook,
        timeout=PATIENCE,
        kernel_name="python3",
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
        cell.metadata.clear()
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if _lasts(output)]
    return notebook


def _lasts(output: nbformat.NotebookNode) -> bool:
    """Whether an output says more than how far the work is."""
    shown = output.get("data", {}).get("text/html")
    return output.get("name") != "stderr" and not (output.output_type == "display_data" and shown is not None)


def commands(text: str) -> list[str]:
    """The commands of a page: the lines of its blocks of bash, continued lines joined, comments left out."""
    joined = "\n".join(_BLOCK.findall(text)).replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


def figures(text: str) -> list[tuple[str, str]]:
    """Figures of a page: their file in `docs`, and the file of a results folder that they are copies of."""
    return _FIGURE.findall(text)


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of a page in a folder, as it stands there; ``outlook`` is this checkout."""
    script = f'outlook() {{ {shlex.quote(sys.executable)} -m experiments "$@"; }}\n{command}\n'
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        ["bash", "-euc", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE,
        check=False,
    )  # fmt: skip


def small(source: Path, copy: Path) -> None:
    """Copy a figure in as few bytes as its few colours need."""
    copy.parent.mkdir(exist_ok=True)
    with Image.open(source) as image:
        coloured = image.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        coloured.save(copy, optimize=True)


def make_page(page: Path, folder: Path) -> None:
    """Run the commands of a page in a folder; bring its figures and its tables up to date."""
    text = page.read_text(encoding="utf-8")
    for command in commands(text):
        done = run(command, folder)
        print(f"$ {command}\n{done.stdout}{done.stderr}")
        if done.returncode:
            raise SystemExit(f"{page.name}: a command of it failed")
    for copy, source in figures(text):
        small(folder / source, DOCS / copy)
    page.write_text(understanding.filled(text, folder, commands(text)), encoding="utf-8")


def main(words: list[str]) -> None:
    """Make what is named."""
    names = [word for word in words if not word.startswith("folder=")]
    kept = [Path(word.removeprefix("folder=")) for word in words if word.startswith("folder=")]
    for path in (*NOTEBOOKS, WALKTHROUGH, UNDERSTANDING):
        if names and path.stem not in names:
            continue
        with tempfile.TemporaryDirectory() as temporary:
            folder = kept[0].resolve() if kept else Path(temporary)
            if path.suffix == ".ipynb":
                nbformat.write(executed(path, folder), path)
            else:
                make_page(path, folder)
        print(path.name)


if __name__ == "__main__":
    main(sys.argv[1:])
