"""Shards: the tables of one block, written once and atomically, on a local disk or at any fsspec address."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.fs as pafs
import pyarrow.parquet as pq

from experiments.runs.plan import Span
from experiments.runs.tables import TABLES

_NAME = re.compile(r"^r(\d+)-s(\d+)-(\d+)-(\d+)\.parquet$")
_STUDY = b"study"


@dataclass(frozen=True)
class Shards:
    """Where the shards of a study are.

    Attributes:
        root: local folder, or an address that fsspec knows (``s3://bucket/folder``).
        study: content hash of the study; every shard carries it.
    """

    root: str
    study: str

    @property
    def local(self) -> bool:
        """Whether the root is a folder of this machine."""
        return "://" not in self.root

    def commit(self, shard: str, tables: Mapping[str, pa.Table]) -> None:
        """Write the tables of one block. The runs come last: a block counts once its runs are there.

        Each file is written under a name of its own and then renamed, so that nobody ever sees a part of one.
        A block without any run that succeeded still writes an empty table of runs.
        """
        for name in TABLES:
            if name in tables:
                table = tables[name].replace_schema_metadata({_STUDY: self.study.encode()})
                self._write(table, f"{name}/{shard}.parquet")

    def write_whole(self, name: str, batches: Iterable[pa.Table]) -> None:
        """Write a table that is no block's, in one file ``name.parquet``, batch by batch and atomically."""
        final, temporary = self._paths(f"{name}.parquet")
        filesystem, _ = self._arrow()
        writer = None
        try:
            for batch in batches:
                if writer is None:
                    writer = pq.ParquetWriter(
                        temporary, batch.schema, filesystem=filesystem, compression="zstd"
                    )
                writer.write_table(batch)
        finally:
            if writer is not None:
                writer.close()
        if writer is not None:
            self._rename(temporary, final)

    def whole(self, name: str) -> pa.Table:
        """A table that `write_whole` wrote."""
        filesystem, root = self._arrow()
        return pq.read_table(f"{root}/{name}.parquet", filesystem=filesystem)

    def names(self, table: str) -> list[str]:
        """Shards of a table that are there, in plan order."""
        filesystem, root = self._fsspec()
        folder = f"{root}/{table}"
        if not filesystem.exists(folder):
            return []
        found = (str(path).rsplit("/", 1)[-1] for path in filesystem.ls(folder, detail=False))
        return sorted(name.removesuffix(".parquet") for name in found if _NAME.match(name))

    def done(self) -> dict[tuple[int, int], list[Span]]:
        """Runs that are done: (round, scenario's position) to their spans."""
        spans: dict[tuple[int, int], list[Span]] = {}
        for shard in self.names("runs"):
            round_, variant, start, stop = place(shard)
            spans.setdefault((round_, variant), []).append((start, stop))
        return spans

    def dataset(self, table: str) -> ds.FileSystemDataset | None:
        """All shards of a table in plan order, None if there are none."""
        filesystem, root = self._arrow()
        paths = [f"{root}/{table}/{shard}.parquet" for shard in self.names(table)]
        return ds.dataset(paths, filesystem=filesystem, format="parquet") if paths else None

    def read_shard(self, table: str, shard: str, columns: list[str] | None = None) -> pa.Table:
        """One shard of a table."""
        filesystem, root = self._arrow()
        return pq.read_table(f"{root}/{table}/{shard}.parquet", filesystem=filesystem, columns=columns)

    def tidy(self) -> None:
        """Remove what a killed process left.

        That is half-written files, tables of blocks without runs, and shards that are damaged or lie within
        a larger one. Only the process that holds the folder's lock may do this.
        """
        filesystem, root = self._fsspec()
        for table in TABLES:
            folder = f"{root}/{table}"
            if filesystem.exists(folder):
                for path in filesystem.ls(folder, detail=False):
                    if str(path).endswith(".tmp"):
                        filesystem.rm_file(str(path))
        good = self._sound(self.names("runs"))
        for table in TABLES:
            for shard in self.names(table):
                if shard not in good:
                    filesystem.rm_file(f"{root}/{table}/{shard}.parquet")

    def remove_table(self, table: str) -> None:
        """Remove all shards of a table that has served its purpose."""
        filesystem, root = self._fsspec()
        if filesystem.exists(f"{root}/{table}"):
            filesystem.rm(f"{root}/{table}", recursive=True)

    def exists(self, name: str) -> bool:
        """Whether a file is there."""
        filesystem, root = self._fsspec()
        return bool(filesystem.exists(f"{root}/{name}"))

    def size(self) -> int:
        """Bytes of all shards."""
        filesystem, root = self._fsspec()
        return int(filesystem.du(root)) if filesystem.exists(root) else 0

    def _sound(self, shards: list[str]) -> set[str]:
        """Shards of runs that can be read, belong to this study, and do not lie within another."""
        filesystem, root = self._arrow()
        good: dict[tuple[int, int], list[tuple[int, int, str]]] = {}
        for shard in shards:
            try:
                metadata = (
                    pq.read_schema(f"{root}/runs/{shard}.parquet", filesystem=filesystem).metadata or {}
                )
            except (OSError, pa.ArrowInvalid):
                continue
            if metadata.get(_STUDY) == self.study.encode():
                round_, variant, start, stop = place(shard)
                good.setdefault((round_, variant), []).append((start, -stop, shard))
        kept: set[str] = set()
        for spans in good.values():
            reached = -1
            for _, minus_stop, shard in sorted(spans):
                if -minus_stop > reached:
                    kept.add(shard)
                    reached = -minus_stop
        return kept

    def _write(self, table: pa.Table, name: str) -> None:
        final, temporary = self._paths(name)
        filesystem, _ = self._arrow()
        names = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
        pq.write_table(table, temporary, filesystem=filesystem, compression="zstd", use_dictionary=names)
        self._rename(temporary, final)

    def _paths(self, name: str) -> tuple[str, str]:
        """Final and temporary path of a file; its folder is made."""
        filesystem, root = self._fsspec()
        folder, _, file = f"{root}/{name}".rpartition("/")
        filesystem.makedirs(folder, exist_ok=True)
        return f"{folder}/{file}", f"{folder}/.{file}.{uuid.uuid4().hex}.tmp"

    def _rename(self, temporary: str, final: str) -> None:
        if self.local:
            os.replace(temporary, final)
        else:
            self._fsspec()[0].mv(temporary, final)

    def _fsspec(self) -> tuple[fsspec.AbstractFileSystem, str]:
        filesystem, root = fsspec.core.url_to_fs(self.root)
        return filesystem, str(root).rstrip("/")

    def _arrow(self) -> tuple[pafs.FileSystem, str]:
        filesystem, root = self._fsspec()
        if self.local:
            return pafs.LocalFileSystem(), str(Path(self.root).absolute())
        return pafs.PyFileSystem(pafs.FSSpecHandler(filesystem)), root


def place(shard: str) -> tuple[int, int, int, int]:
    """Round, scenario's position, first run and the one after the last, from the name of a shard."""
    found = _NAME.match(f"{shard}.parquet")
    if found is None:
        raise ValueError(f"{shard!r} is not the name of a shard")
    round_, variant, start, stop = (int(part) for part in found.groups())
    return round_, variant, start, stop
