"""Points in parquet files, read a few rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from saelib.errors import InputError

_BATCH = 4096  # rows decoded at a time


class RowGroups:
    """A matrix in a parquet file: one numeric column a dimension, or one column of lists.

    Rows that follow the last ones that were read are read on from there; others from the beginning of
    their row group.

    Parameters
    ----------
    path : Path
        The file; opening it reads its footer and, for lists, the first row.
    argument : str
        What the caller calls it.

    Raises
    ------
    InputError
        If it is no parquet file, or its columns are not numbers.
    """

    dtype = "float32"

    def __init__(self, path: Path, argument: str) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.path, self._argument = path, argument
        try:
            self._file = pq.ParquetFile(path, memory_map=True)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise self._refused(error) from None
        footer = self._file.metadata
        self._ends = np.cumsum([footer.row_group(i).num_rows for i in range(footer.num_row_groups)])
        n_points = int(self._ends[-1]) if len(self._ends) else 0
        if n_points < 1 or n_points != footer.num_rows:
            raise InputError(argument, f"{path} has {footer.num_rows} rows", "give at least one point")
        # The index of a data frame is stored as a column of this name and is no dimension.
        schema = [field for field in self._file.schema_arrow if not field.name.startswith("__index_level_")]
        self._columns = [field.name for field in schema]
        if len(set(self._columns)) != len(self._columns):
            raise InputError(argument, f"{path} has two columns of one name", "make the names unique")
        self._lists = len(schema) == 1 and _is_list(schema[0].type)
        bad = [
            f for f in schema if not (_is_number(f.type) or (self._lists and _is_number(f.type.value_type)))
        ]
        if bad or not schema:
            what = f"column {bad[0].name!r} of type {bad[0].type}" if bad else "no column"
            raise InputError(
                argument, f"{path} has {what}", "keep numeric columns only, or one column of lists"
            )
        self._at, self._batches, self._left = -1, iter(()), np.zeros((0, 0), np.float32)
        width = len(self._columns)
        if self._lists:
            self._start_at(0)
            width = self._next().shape[1]
        self.shape: tuple[int, int] = (n_points, width)
        self._start_at(0)

    def rows(self, start: int, stop: int) -> np.ndarray:
        """Rows from ``start`` up to ``stop``, float32 or float64."""
        if start != self._at:
            self._start_at(start)
        self._at = -1  # nowhere, should the reading fail
        pieces, wanted = [], stop - start
        while wanted:
            batch = self._left if len(self._left) else self._next()
            pieces.append(batch[:wanted])
            self._left = batch[wanted:]
            wanted -= len(pieces[-1])
        self._at = stop
        return np.concatenate(pieces) if pieces else np.zeros((0, self.shape[1]), np.float32)

    def take(self, indices: np.ndarray) -> np.ndarray:
        """Rows by their numbers, in the order given; every row group is read at most once."""
        order = np.argsort(indices, kind="stable")
        found = np.empty((len(indices), self.shape[1]), np.float64)
        ahead = 0
        while ahead < len(order):
            start = int(indices[order[ahead]])
            stop = min(start + _BATCH, self.shape[0])
            # Forward reading is cheap and jumping back is not; so a window at a time, in ascending order.
            window = self.rows(start, stop)
            upto = ahead + int(np.searchsorted(indices[order[ahead:]], stop))
            found[order[ahead:upto]] = window[indices[order[ahead:upto]] - start]
            ahead = upto
        return found

    def _start_at(self, row: int) -> None:
        group = int(np.searchsorted(self._ends, row, side="right"))
        first = int(self._ends[group - 1]) if group else 0
        if first <= self._at < row:
            skip = row - self._at  # the place that was reached is in the same row group: read on
        else:
            self._batches, self._left, skip = (
                self._batches_of(group),
                np.zeros((0, 0), np.float32),
                row - first,
            )
        while skip:
            batch = self._left if len(self._left) else self._next()
            self._left = batch[skip:]
            skip -= len(batch) - len(self._left)
        self._at = row

    def _batches_of(self, group: int) -> Iterator[Any]:
        return self._file.iter_batches(
            _BATCH, row_groups=range(group, len(self._ends)), columns=self._columns, use_threads=False
        )

    def _next(self) -> np.ndarray:
        import pyarrow as pa

        try:
            batch: Any = next(self._batches)
        except StopIteration:
            raise self._refused("it ends before its footer says") from None
        except (pa.ArrowException, OSError, ValueError) as error:
            raise self._refused(error) from None
        # What is missing becomes NaN, as data frames write NaN as missing; Points then names its row.
        return self._from_lists(batch.column(0)) if self._lists else _from_columns(batch)

    def _from_lists(self, column: Any) -> np.ndarray:
        values = column.flatten()
        width = getattr(self, "shape", (0, len(values) // max(1, len(column))))[1]
        if not width or len(values) != width * len(column) or not _even(column, width):
            raise InputError(
                self._argument,
                f"{self.path} has lists of different lengths in {self._columns[0]!r}",
                "give every point the same number of values",
            )
        return values.to_numpy(zero_copy_only=False).reshape(len(column), width)

    def _refused(self, why: object) -> InputError:
        reason = " ".join(str(why).split())[:200]
        return InputError(
            self._argument,
            f"{self.path} is no whole .parquet file ({reason})",
            "write or copy the file again",
        )


def _from_columns(batch: Any) -> np.ndarray:
    kind = np.float64 if any(str(column.type) == "double" for column in batch.columns) else np.float32
    found = np.empty((batch.num_rows, batch.num_columns), kind)
    for j, column in enumerate(batch.columns):
        found[:, j] = column.to_numpy(zero_copy_only=False)
    return found


def _even(column: Any, width: int) -> bool:
    import pyarrow.compute as pc

    return pc.all(pc.equal(pc.list_value_length(column), width).fill_null(False)).as_py()


def _is_number(kind: Any) -> bool:
    import pyarrow.types as types

    return types.is_floating(kind) or types.is_integer(kind)


def _is_list(kind: Any) -> bool:
    import pyarrow.types as types

    return types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)
