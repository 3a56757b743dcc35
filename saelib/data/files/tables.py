"""Tables of labels, read a batch of rows at a time: text in CSV, anything in parquet."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from saelib.data.files.plain_text import require_utf8
from saelib.data.files.recognising import recognised
from saelib.errors import InputError

# What spreadsheets and data frames write for a missing value. In quotes it is a value like any other.
_MISSING = ["", "NA", "N/A", "#N/A", "NaN", "nan", "<NA>", "null", "NULL", "None"]
_BLOCK = 8 << 20  # bytes of CSV at a time
_LONGEST_HEADER = 10_000_000


@dataclass(frozen=True)
class Column:
    """A column within a batch: ``values[codes[i]]`` is the value in row i, and a code of -1 means none."""

    codes: np.ndarray
    values: list[Any]


class Table:
    """A table in a file, streamed.

    Parameters
    ----------
    path : path
        ``.csv`` (UTF-8, commas, a header) or ``.parquet``.
    argument : str
        What the caller calls it.

    Attributes
    ----------
    names : tuple of str
        The columns, without the blanks around their names.

    Raises
    ------
    InputError
        For another kind of file, also in disguise, text that is not UTF-8, columns without a name or with
        the name of another.
    """

    def __init__(self, path: str | os.PathLike[str], argument: str) -> None:
        self.argument = argument
        self.path, self.kind = recognised(path, ("csv", "parquet"), argument)
        names = self._csv_header() if self.kind == "csv" else self._parquet_names()
        self.names: tuple[str, ...] = tuple(name.strip() for name in names)
        seen: set[str] = set()
        for i, name in enumerate(self.names):
            if not name:
                mend = "name every column; the index of a data frame stays out with to_csv(index=False)"
                raise self.refusal(f"has no name for column {i}", mend)
            if name in seen:
                raise self.refusal(f"has two columns named {name!r}", "make the names unique")
            seen.add(name)

    def refusal(self, offence: str, mend: str) -> InputError:
        """The error that says what is wrong with this table."""
        return InputError(self.argument, f"{self.path} {offence}", mend)

    def batches(self, *whole_numbers: str) -> Iterator[tuple[int, int, dict[str, Column | np.ndarray]]]:
        """Read the table through.

        Parameters
        ----------
        *whole_numbers : str
            Columns that come as an int64 array instead.

        Yields
        ------
        (int, int, dict)
            Rows before this batch, rows in it, and its columns by name.

        Raises
        ------
        InputError
            If a row has too few or too many values, or a whole number is none.
        """
        import pyarrow as pa

        done = 0
        try:
            for batch in self._csv(whole_numbers) if self.kind == "csv" else self._parquet():
                columns: dict[str, Column | np.ndarray] = {}
                for name, array in zip(self.names, batch.columns, strict=True):
                    columns[name] = (
                        self._numbers(name, array, done) if name in whole_numbers else _coded(array)
                    )
                if batch.num_rows:
                    yield done, batch.num_rows, columns
                done += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            reason = " ".join(str(error).split())[:200]
            raise self.refusal(
                f"cannot be read ({reason})", "mend that row or write the file again"
            ) from None

    def _csv(self, whole_numbers: tuple[str, ...]) -> Iterator[Any]:
        import pyarrow as pa
        import pyarrow.csv as pacsv

        # The names are ours: pyarrow's own would not be unique before this file was checked.
        columns = {
            str(i): pa.int64() if name in whole_numbers else pa.dictionary(pa.int32(), pa.string())
            for i, name in enumerate(self.names)
        }
        with pacsv.open_csv(
            self.path,
            pacsv.ReadOptions(block_size=_BLOCK, skip_rows=1, column_names=list(columns)),
            # An empty line is a missing label where there is one column, and must not be skipped.
            pacsv.ParseOptions(ignore_empty_lines=False),
            pacsv.ConvertOptions(
                check_utf8=False,
                column_types=columns,
                null_values=_MISSING,
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        ) as reader:
            yield from reader

    def _parquet(self) -> Iterator[Any]:
        import pyarrow.parquet as pq

        with pq.ParquetFile(self.path, memory_map=True) as file:
            yield from file.iter_batches(1 << 16, columns=self._fields)

    def _csv_header(self) -> list[str]:
        require_utf8(self.path, self.argument)
        with self.path.open("rb") as stream:
            line = stream.readline(_LONGEST_HEADER).decode("utf-8-sig", errors="replace")
        try:
            names = next(csv.reader([line]), [])
        except csv.Error as error:
            raise self.refusal(f"has no header ({error})", "begin with the names of the columns") from None
        if len(names) == 1 and (";" in line or "\t" in line):
            raise self.refusal("has columns parted by semicolons or tabs", "part them by commas")
        if not any(name.strip() for name in names):
            raise self.refusal("has no header", "begin with the names of the columns")
        return names

    def _parquet_names(self) -> list[str]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with pq.ParquetFile(self.path, memory_map=True) as file:
                self._fields = [
                    name for name in file.schema_arrow.names if not name.startswith("__index_level_")
                ]
        except (pa.ArrowException, OSError, ValueError) as error:
            reason = " ".join(str(error).split())[:200]
            raise self.refusal(f"is no whole .parquet file ({reason})", "write it again") from None
        if not self._fields:
            raise self.refusal("has no columns", "give at least one")
        return self._fields

    def _numbers(self, name: str, array: Any, done: int) -> np.ndarray:
        import pyarrow as pa

        if array.null_count:
            raise self.refusal(
                f"has no {name} in row {done + _first_null(array)}", "fill the gap or drop the row"
            )
        if not pa.types.is_integer(array.type):
            raise self.refusal(
                f"has {array.type} in the column {name!r}", "give whole numbers, 0 for the first"
            )
        return array.cast(pa.int64()).to_numpy(zero_copy_only=False)


def _coded(array: Any) -> Column:
    import pyarrow as pa

    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    codes = array.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    return Column(codes, [_text(value) for value in array.dictionary.to_pylist()])


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value != value:
        return None
    return None if value is None else str(value).strip()


def _first_null(array: Any) -> int:
    import pyarrow.compute as pc

    return int(pc.index(pc.is_null(array), True).as_py())
