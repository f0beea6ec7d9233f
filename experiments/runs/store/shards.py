"""Shards: the tables of one block, written once and atomically, on a local disk or at an fsspec address.

A block is there once its record is: a small JSON file with the size and the checksum of each of the block's
tables, written last. The name of every file begins with the hash of the study, and nothing without it is ever
removed or replaced.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import uuid
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.fs as pafs
import pyarrow.parquet as pq

from experiments.kit.errors import UserError, first_line
from experiments.kit.files import check_writable
from experiments.kit.reading import not_plain, sha256
from experiments.runs.plan import Span
from experiments.runs.store.record import BlockRecord, FileRecord, parse
from experiments.runs.tables import TABLES

BLOCKS = "blocks"
"""Folder of the records of blocks."""
TEMPORARY = ("weekly",)
"""Tables that are removed when the study is done."""
_SHARD = re.compile(r"^r(\d{2,4})-s(\d{3,6})-(\d{10,15})-(\d{10,15})$")
_READERS = 4  # files whose checksums are taken at a time


@dataclass(frozen=True)
class Shards:
    """Where the shards of a study are.

    Attributes
    ----------
    root
        Local folder, or an address that `address.checked` let through (``s3://bucket/folder``).
    study
        Content hash of the study; the name of every file begins with it.
    """

    root: str
    study: str

    @property
    def local(self) -> bool:
        """Whether the root is a folder of this machine."""
        return "://" not in self.root

    def check(self) -> None:
        """See that files can be kept here, before anything is written; raises UserError if not."""
        self._fsspec()
        if self.local:
            check_writable(Path(self.root) / BLOCKS, "shards")

    def commit(self, shard: str, tables: Mapping[str, pa.Table]) -> None:
        """Write the tables of one block, then its record, which makes it count.

        Parameters
        ----------
        shard
            Name of the block, see `Task.shard`.
        tables
            Name of a table to the block's part of it. A block without any run that succeeded still has an
            empty table of runs.

        Raises
        ------
        OSError
            If they cannot be written.
        """
        files = {}
        for name in TABLES:
            if name in tables:
                content = _parquet(tables[name])
                self._put(name, f"{self.study}-{shard}.parquet", content)
                digest = hashlib.sha256(content).hexdigest()
                files[name] = FileRecord(size=len(content), sha256=digest)
        record = BlockRecord(study=self.study, files=files)
        self._put(BLOCKS, f"{self.study}-{shard}.json", record.model_dump_json().encode())

    def blocks(self) -> list[str]:
        """Blocks that are there, in plan order."""
        return self._found(BLOCKS, ".json")

    def names(self, table: str) -> list[str]:
        """Blocks that are there and have a part of a table, in plan order."""
        there = set(self.blocks())
        return [shard for shard in self._found(table, ".parquet") if shard in there]

    def done(self) -> dict[tuple[int, int], list[Span]]:
        """Runs that are done: (round, scenario's position) to their spans."""
        spans: dict[tuple[int, int], list[Span]] = {}
        for shard in self.blocks():
            round_, variant, start, stop = located(shard)
            spans.setdefault((round_, variant), []).append((start, stop))
        return spans

    def dataset(self, table: str) -> ds.FileSystemDataset | None:
        """All shards of a table in plan order, None if there are none."""
        filesystem, root = self._arrow()
        paths = [f"{root}/{table}/{self.study}-{shard}.parquet" for shard in self.names(table)]
        return ds.dataset(paths, filesystem=filesystem, format="parquet") if paths else None

    def read(
        self, table: str, columns: list[str] | None = None, wanted: ds.Expression | None = None
    ) -> pa.Table | None:
        """A table of all blocks, in the order of the blocks; None if no block has it.

        Raises
        ------
        UserError
            If a file is no Parquet file or lacks a column.
        """
        try:
            dataset = self.dataset(table)
            if dataset is None:
                return None
            # what each of many files says of itself takes more room than what it holds
            return dataset.to_table(columns=columns, filter=wanted, cache_metadata=False)
        except (pa.ArrowException, OSError) as error:
            raise UserError(f"{self.root}/{table}: cannot be read: {first_line(error)}") from None

    def read_shard(self, table: str, shard: str, columns: list[str] | None = None) -> pa.Table:
        """One shard of a table."""
        filesystem, root = self._arrow()
        path = f"{root}/{table}/{self.study}-{shard}.parquet"
        return pq.read_table(path, filesystem=filesystem, columns=columns)

    def open(self, table: str, shard: str) -> pq.ParquetFile:
        """One shard of a table, of which some columns are read: quicker than `read_shard`."""
        filesystem, root = self._arrow()
        return pq.ParquetFile(f"{root}/{table}/{self.study}-{shard}.parquet", filesystem=filesystem)

    def problems(self, temporary: bool) -> dict[str, str]:
        """Blocks of which something is missing or damaged, to file and fault; every file is read, for its checksum.

        ``temporary``: whether tables that are removed at the end have to be there too.
        """
        found = {}
        with ThreadPoolExecutor(_READERS) as pool:
            shards = self.blocks()
            for shard, problem in zip(
                shards, pool.map(lambda one: self._problem(one, temporary), shards), strict=True
            ):
                if problem:
                    found[shard] = problem
        for shard in self._within(shards):
            found.setdefault(shard, f"{BLOCKS}/{self.study}-{shard}.json: holds runs of another block")
        return found

    def tidy(self, temporary: bool) -> None:
        """Remove what a killed process left and what is damaged, of this study alone.

        That is half-written files, tables of blocks without a record, and blocks of which something is missing
        or damaged, or whose runs another block holds too. Only the process that holds the folder's lock may do
        this. ``temporary``: as in `problems`.
        """
        self.refuse_folders()
        for table in (BLOCKS, *TABLES):
            for name in self._listed(table):
                if name.startswith(f".{self.study}-") and name.endswith(".tmp"):
                    self._remove(table, name)
        self._drop(self.problems(temporary))

    def drop_repeated(self) -> None:
        """Remove blocks whose runs another block holds too: a worker that was thought dead may write late."""
        self._drop(list(self._within(self.blocks())))

    def _drop(self, shards: Collection[str]) -> None:
        """Remove blocks, their records first, and tables without a record."""
        for shard in shards:
            self._remove(BLOCKS, f"{self.study}-{shard}.json")
        good = set(self.blocks())
        for table in TABLES:
            for shard in self._found(table, ".parquet"):
                if shard not in good:
                    self._remove(table, f"{self.study}-{shard}.parquet")

    def remove_table(self, table: str) -> None:
        """Remove this study's shards of a table that has served its purpose."""
        for shard in self._found(table, ".parquet"):
            self._remove(table, f"{self.study}-{shard}.parquet")
        if self.local:
            with contextlib.suppress(OSError):  # something else is in it
                (Path(self.root) / table).rmdir()

    def size(self) -> int:
        """Bytes of all shards of this study."""
        filesystem, root = self._fsspec()
        total = 0
        for table in (BLOCKS, *TABLES):
            if filesystem.isdir(f"{root}/{table}"):
                for entry in filesystem.ls(f"{root}/{table}", detail=True):
                    if str(entry["name"]).rsplit("/", 1)[-1].startswith(f"{self.study}-"):
                        total += int(entry["size"] or 0)
        return total

    def _problem(self, shard: str, temporary: bool) -> str | None:
        """What is wrong with a block; None if nothing is."""
        name = f"{BLOCKS}/{self.study}-{shard}.json"
        try:
            record = parse(BlockRecord, self._get(name), name, "a damaged record")
        except (UserError, OSError) as error:
            return f"{name}: {'is damaged' if isinstance(error, UserError) else _reason(error)}"
        if record.study != self.study or not {"runs"} <= set(record.files) <= set(TABLES):
            return f"{name}: is damaged"
        for table, expected in record.files.items():
            if table in TEMPORARY and not temporary:
                continue
            file = f"{table}/{self.study}-{shard}.parquet"
            try:
                content = self._facts(file)
            except OSError as error:
                return f"{file}: {_reason(error)}"
            if content != (expected.size, expected.sha256):
                return f"{file}: is damaged"
        return None

    def _facts(self, name: str) -> tuple[int, str]:
        """Size and checksum of a file."""
        if self.local:
            path = self._plain(name)
            return path.stat().st_size, sha256(path)
        content = self._get(name)
        return len(content), hashlib.sha256(content).hexdigest()

    def _within(self, shards: Collection[str]) -> Iterator[str]:
        """Blocks with runs that an earlier or larger block holds too."""
        reached: dict[tuple[int, int], int] = {}
        for round_, variant, start, minus_stop, shard in sorted(
            (*located(shard)[:3], -located(shard)[3], shard) for shard in shards
        ):
            if start < reached.get((round_, variant), 0):
                yield shard
            else:
                reached[round_, variant] = -minus_stop

    def _listed(self, table: str) -> list[str]:
        """Names of the files in a folder of the root."""
        filesystem, root = self._fsspec()
        try:
            found = filesystem.ls(f"{root}/{table}", detail=False)
        except (FileNotFoundError, NotADirectoryError):
            return []
        return [str(path).rstrip("/").rsplit("/", 1)[-1] for path in found]

    def _found(self, table: str, ending: str) -> list[str]:
        """Blocks with a file of this study in a folder of the root, in plan order."""
        head = f"{self.study}-"
        names = (name for name in self._listed(table) if name.startswith(head) and name.endswith(ending))
        shards = (name.removeprefix(head).removesuffix(ending) for name in names)
        return sorted(shard for shard in shards if _SHARD.match(shard))

    def _put(self, table: str, name: str, content: bytes) -> None:
        """Write a file whole or not at all: under a name of its own first, then renamed."""
        filesystem, root = self._fsspec()
        folder = f"{root}/{table}"
        filesystem.makedirs(folder, exist_ok=True)
        temporary = f"{folder}/.{name}.{uuid.uuid4().hex}.tmp"
        if self.local:
            Path(temporary).write_bytes(content)
            os.replace(temporary, f"{folder}/{name}")
        else:
            filesystem.pipe_file(temporary, content)
            filesystem.mv(temporary, f"{folder}/{name}")

    def _get(self, name: str) -> bytes:
        if self.local:
            return self._plain(name).read_bytes()
        filesystem, root = self._fsspec()
        return filesystem.cat_file(f"{root}/{name}")

    def _plain(self, name: str) -> Path:
        """The path of a local file; raises OSError if it is none."""
        path = Path(self.root) / name
        found = not_plain(path)
        if found is not None:
            raise OSError(f"is {found}")
        return path

    def _remove(self, table: str, name: str) -> None:
        """Remove a file of this study."""
        filesystem, root = self._fsspec()
        with contextlib.suppress(FileNotFoundError):
            filesystem.rm_file(f"{root}/{table}/{name}")

    def refuse_folders(self) -> None:
        """Raise UserError if a folder has the name of a shard: nobody's, so it is neither read nor removed."""
        filesystem, root = self._fsspec()
        for table in (BLOCKS, *TABLES):
            for name in self._listed(table):
                path = f"{root}/{table}/{name}"
                if name.startswith(f"{self.study}-") and filesystem.isdir(path):
                    raise UserError(f"{path}: found a folder; allowed: a file of the study; move it away")

    def _fsspec(self) -> tuple[fsspec.AbstractFileSystem, str]:
        try:
            filesystem, root = fsspec.core.url_to_fs(self.root)
        except ImportError as error:
            raise UserError(f"{self.root}: {first_line(error)}; install it, or use a local folder") from None
        return filesystem, str(root).rstrip("/")

    def _arrow(self) -> tuple[pafs.FileSystem, str]:
        filesystem, root = self._fsspec()
        if self.local:
            return pafs.LocalFileSystem(), str(Path(self.root).absolute())
        return pafs.PyFileSystem(pafs.FSSpecHandler(filesystem)), root


def located(shard: str) -> tuple[int, int, int, int]:
    """Round, scenario's position, first run and the one after the last, from the name of a shard."""
    found = _SHARD.match(shard)
    if found is None:
        raise ValueError(f"{shard!r} is not the name of a shard")
    round_, variant, start, stop = (int(part) for part in found.groups())
    return round_, variant, start, stop


def _parquet(table: pa.Table) -> bytes:
    """A table as the content of a Parquet file."""
    names = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
    sink = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata(None), sink, compression="zstd", use_dictionary=names)
    return sink.getvalue().to_pybytes()


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "is missing"
    return error.strerror or first_line(error)
