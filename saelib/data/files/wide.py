"""Labels with one row a point and one column a concept, or a column of values."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from saelib.data.files.tables import Column, Table
from saelib.data.files.yes_or_no import NO, YES, yes_or_no_membership

_MOST_VALUES = 10_000


class _Values:
    """The values that a column of labels has shown so far, each with the number of its set.

    The first value that looks like *no* has no set: its points are those of no other value, so that the
    zeros of a large table of zeros and ones are never stored.
    """

    def __init__(self, title: str) -> None:
        self.title = title
        self.sets: dict[str, int] = {}
        self.rest: str | None = None

    @property
    def is_yes_or_no(self) -> bool:
        shown = {value.lower() for value in [*self.sets, *([self.rest] if self.rest is not None else [])]}
        return shown <= YES | NO


def wide_membership(table: Table, n_points: int | None) -> tuple[sparse.csr_array, list[str]]:
    """Concepts of a wide table: a column of 0 and 1 (or true and false) is one, any other one a value.

    Parameters
    ----------
    table : Table
        One row a point, in the order of the points, or in the order that a column ``point`` says.
    n_points : int, optional
        How many rows there must be.

    Returns
    -------
    (csr_array, list of str)
        Boolean [n_points, n_concepts] and the names; values of a column in sorted order, numbers by size.

    Raises
    ------
    InputError
        If a value is missing, there are more or fewer rows than points, points are out of range or repeated,
        or a column has so many values that they are no labels.
    """
    titles = [name for name in table.names if name != "point"]
    if not titles:
        raise table.refusal("has points but no concepts", "add a column a concept")
    only = yes_or_no_membership(table.path, len(titles)) if _may_be_yes_or_no(table) else None
    if only is not None and n_points in (None, only.shape[0]) and only.shape[0]:
        return only, titles
    seen, membership, points = _read(table, titles, n_points)
    total = membership.shape[0]
    if not total or n_points not in (None, total):
        raise _wrong_length(table, str(total), n_points)
    if points is not None:
        membership = membership.tocsr()[_order(table, points, total)].tocsc()
    return _concepts(seen, membership)


def _may_be_yes_or_no(table: Table) -> bool:
    return table.kind == "csv" and "point" not in table.names


def _read(
    table: Table, titles: list[str], n_points: int | None
) -> tuple[list[_Values], sparse.csc_array, np.ndarray | None]:
    """The values of each column, who has them, and the points if they are numbered."""
    by_number = ["point"] if "point" in table.names else []
    seen = [_Values(title) for title in titles]
    n_sets, pieces, points = 0, [], []
    for done, n_rows, columns in table.batches(*by_number):
        if n_points is not None and done + n_rows > n_points:
            raise _wrong_length(table, f"more than {n_points}", n_points)
        codes = np.empty((len(titles), n_rows), np.int32)
        for j, values in enumerate(seen):
            column = columns[values.title]
            assert isinstance(column, Column)
            numbers, n_sets = _numbers_of(table, values, column, done, n_sets)
            codes[j] = numbers[column.codes]
        places = np.flatnonzero(codes >= 0)
        rows, sets = (places % n_rows).astype(np.int32), codes.ravel()[places]
        pieces.append(sparse.csr_array((np.ones(places.size, bool), (rows, sets)), shape=(n_rows, n_sets)))
        points += [np.asarray(columns[name]) for name in by_number]
    # A batch knows the values that had been seen by then; those that came later are no value of its rows.
    whole = [sparse.csr_array((p.data, p.indices, p.indptr), shape=(p.shape[0], n_sets)) for p in pieces]
    membership = sparse.vstack(whole, format="csc") if whole else sparse.csc_array((0, n_sets), dtype=bool)
    return seen, membership, np.concatenate(points) if points else None


def _numbers_of(
    table: Table, values: _Values, column: Column, done: int, n_sets: int
) -> tuple[np.ndarray, int]:
    """The set of each value of a batch, and how many sets there are by now."""
    missing = [code for code, value in enumerate(column.values) if not value]
    gaps = np.isin(column.codes, [-1, *missing]) if missing or column.codes.min() < 0 else np.zeros(1, bool)
    if gaps.any():
        raise table.refusal(
            f"has no value in column {values.title!r} at row {done + int(gaps.argmax())}",
            "fill the gap or drop the point",
        )
    numbers = np.full(len(column.values), -1, np.int64)
    for code, value in enumerate(column.values):
        if values.rest is None and value.lower() in NO and value not in values.sets:
            values.rest = value
        if value == values.rest:
            continue
        if value not in values.sets:
            values.sets[value] = n_sets
            n_sets += 1
        numbers[code] = values.sets[value]
    if len(values.sets) > _MOST_VALUES:
        raise table.refusal(
            f"has more than {_MOST_VALUES:,} values in column {values.title!r}",
            "drop it or cut it into classes: every value becomes a concept",
        )
    return numbers, n_sets


def _concepts(seen: list[_Values], membership: sparse.csc_array) -> tuple[sparse.csr_array, list[str]]:
    n_points = membership.shape[0]
    names: list[str] = []
    extents: list[np.ndarray] = []

    def extent(sets: list[int]) -> np.ndarray:
        parts = [membership.indices[membership.indptr[s] : membership.indptr[s + 1]] for s in sets]
        return np.sort(np.concatenate([np.zeros(0, membership.indices.dtype), *parts]))

    for values in seen:
        if values.is_yes_or_no:
            names.append(values.title)
            extents.append(extent([s for value, s in values.sets.items() if value.lower() in YES]))
            continue
        shown = [*values.sets, *([values.rest] if values.rest is not None else [])]
        for value in sorted(shown, key=_by_size):
            names.append(f"{values.title}={value}")
            if value == values.rest:
                others = np.ones(n_points, bool)
                others[extent(list(values.sets.values()))] = False
                extents.append(np.flatnonzero(others))
            else:
                extents.append(extent([values.sets[value]]))
    return from_extents(extents, n_points), names


def from_extents(extents: list[np.ndarray], n_points: int) -> sparse.csr_array:
    """A membership matrix from the points of each set."""
    indptr = np.concatenate([[0], np.cumsum([len(extent) for extent in extents])])
    points = np.concatenate([np.zeros(0, np.int64), *extents]).astype(np.int32)
    by_set = sparse.csc_array((np.ones(points.size, bool), points, indptr), shape=(n_points, len(extents)))
    return by_set.tocsr()


def _by_size(value: str) -> tuple[bool, int, str]:
    whole = value.removeprefix("-").isdecimal()
    return not whole, int(value) if whole else 0, value


def _order(table: Table, points: np.ndarray, n_points: int) -> np.ndarray:
    """Where the row of each point stands, if every point has exactly one."""
    bad = np.flatnonzero((points < 0) | (points >= n_points))
    if bad.size:
        raise table.refusal(
            f"has point {points[bad[0]]} in row {bad[0]}, out of range for {n_points} rows",
            "number the points from 0, one row each",
        )
    order = np.argsort(points, kind="stable")
    twice = np.flatnonzero(np.diff(points[order]) == 0)
    if twice.size:
        rows = order[twice[0] : twice[0] + 2]
        raise table.refusal(
            f"has point {points[rows[0]]} in rows {rows[0]} and {rows[1]}", "give one row a point"
        )
    return order


def _wrong_length(table: Table, rows: str, n_points: int | None) -> Exception:
    wanted = f"give {n_points}, one a point" if n_points is not None else "give one row a point"
    return table.refusal(f"has {rows} rows", wanted)
