"""Points that stay in their files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from saelib.errors import InputError


class Source(Protocol):
    """One file with rows: what :class:`Points` needs of it."""

    path: Path
    dtype: str
    shape: tuple[int, int]

    def rows(self, start: int, stop: int) -> np.ndarray:
        """Rows from ``start`` up to ``stop``."""

    def take(self, indices: np.ndarray) -> np.ndarray:
        """Rows by their numbers."""


class Points:
    """Points in one or several files, of which only what is asked for is read.

    Made by :func:`open_points`. Whatever the files hold, float32 comes out, and every number that comes out
    is finite.

    Parameters
    ----------
    sources : sequence of Source
        The files in their order, all with the same number of columns.
    argument : str, default "points"
        What the caller calls them, for error messages.

    Attributes
    ----------
    shape : tuple of int
        ``(n_points, d_in)``.
    dtype : str
        What the files hold: ``"float16"``, ``"bfloat16"``, ``"float32"`` or ``"float64"``; numbers in parquet
        files, of whatever type, are called ``"float32"``.
    paths : tuple of Path
        The files.

    Raises
    ------
    InputError
        If the files differ in the number of their columns, or there is none.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "points.npy"
    >>> np.save(place, np.arange(6, dtype=np.float16).reshape(3, 2))
    >>> from saelib.data.files import open_points
    >>> points = open_points(place)
    >>> points, len(points), points.dtype
    (Points(3 points of 2 dimensions in 1 file), 3, 'float16')
    >>> points.rows(1, 3)
    array([[2., 3.],
           [4., 5.]], dtype=float32)
    >>> points.take([2, 0])[:, 0]
    array([4., 0.], dtype=float32)
    """

    def __init__(self, sources: Sequence[Source], argument: str = "points") -> None:
        if not sources:
            raise InputError(argument, "has no file", "give at least one")
        width = sources[0].shape[1]
        for source in sources:
            if source.shape[1] != width:
                offence = f"has {source.shape[1]} columns in {source.path}, {width} in {sources[0].path}"
                raise InputError(argument, offence, "give files of one width")
        self._sources, self._argument = tuple(sources), argument
        self._ends = np.cumsum([source.shape[0] for source in sources])
        self.shape: tuple[int, int] = (int(self._ends[-1]), sources[0].shape[1])
        self.paths: tuple[Path, ...] = tuple(source.path for source in sources)
        dtypes = {source.dtype for source in sources}
        self.dtype: str = dtypes.pop() if len(dtypes) == 1 else "float32"

    def __len__(self) -> int:
        return self.shape[0]

    def __repr__(self) -> str:
        n, d = self.shape
        files = f"{len(self.paths)} file{'s' if len(self.paths) > 1 else ''}"
        return f"Points({n} points of {d} dimensions in {files})"

    def rows(self, start: int, stop: int) -> np.ndarray:
        """Read points that follow one another.

        Parameters
        ----------
        start, stop : int
            From ``start`` up to but not including ``stop``, ``0 <= start <= stop <= n_points``.

        Returns
        -------
        ndarray
            float32 [stop - start, d_in].

        Raises
        ------
        InputError
            If the range is none, or a number in it is not finite in float32; the first such row is named.
        """
        for name, value in (("start", start), ("stop", stop)):
            if isinstance(value, bool) or not isinstance(value, int | np.integer):
                raise InputError(name, f"is {value!r}", "give an integer")
        if not 0 <= start <= stop <= len(self):
            raise InputError(
                "stop", f"gives the rows {start} to {stop} of {len(self)}", "stay within the points"
            )
        found = np.empty((stop - start, self.shape[1]), np.float32)
        for source, first, end in self._parts():
            low, high = max(start, first), min(stop, end)
            if low < high:
                raw = source.rows(low - first, high - first)
                found[low - start : high - start] = self._finite(raw, np.arange(low, high))
        return found

    def take(self, indices: Any) -> np.ndarray:
        """Read some points, in the order given.

        Parameters
        ----------
        indices : array_like of int
            Numbers from 0 to ``n_points - 1``; repeats are allowed.

        Returns
        -------
        ndarray
            float32 [len(indices), d_in].

        Raises
        ------
        InputError
            If a point does not exist or holds a number that is not finite; the first offender is named.
        """
        chosen = np.asarray(indices)
        if chosen.ndim != 1 or (chosen.size and chosen.dtype.kind not in "iu"):
            raise InputError(
                "indices", f"has shape {chosen.shape}, {chosen.dtype}", "give a list of integers"
            )
        chosen = chosen.astype(np.int64)
        bad = np.flatnonzero((chosen < 0) | (chosen >= len(self)))
        if bad.size:
            at = int(bad[0])
            raise InputError(
                "indices", f"has {chosen[at]} at {at}", f"give numbers from 0 to {len(self) - 1}"
            )
        found = np.empty((chosen.size, self.shape[1]), np.float32)
        for source, first, end in self._parts():
            here = np.flatnonzero((chosen >= first) & (chosen < end))
            if here.size:
                found[here] = self._finite(source.take(chosen[here] - first), chosen[here])
        return found

    def chunks(self, size: int = 4096) -> Iterator[np.ndarray]:
        """Read all points, in order, a few at a time.

        Parameters
        ----------
        size : int, default 4096
            Points at a time; the last ones may be fewer.

        Yields
        ------
        ndarray
            float32 [size, d_in].

        Raises
        ------
        InputError
            If the size is not a positive integer, or when a chunk holds a number that is not finite.
        """
        if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 1:
            raise InputError("size", f"is {size!r}", "give a positive integer")
        for start in range(0, len(self), int(size)):
            yield self.rows(start, min(start + int(size), len(self)))

    def _parts(self) -> Iterator[tuple[Source, int, int]]:
        first = 0
        for source, end in zip(self._sources, self._ends, strict=True):
            yield source, first, int(end)
            first = int(end)

    def _finite(self, raw: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, and is refused below
            values = raw.astype(np.float32, copy=False)
        # A sum is finite only if every summand is, and costs a tenth of a mask; if it overflows, look closer.
        with np.errstate(over="ignore", invalid="ignore"):
            suspicious = not np.isfinite(values.sum(dtype=np.float64))
        if suspicious:
            finite = np.isfinite(values)
            if not finite.all():
                row, column = divmod(int(np.flatnonzero(~finite)[0]), values.shape[1])
                raise InputError(
                    self._argument,
                    f"holds {float(raw[row, column])} in row {numbers[row]}, column {column}",
                    "drop or mend that row",
                )
        return values
