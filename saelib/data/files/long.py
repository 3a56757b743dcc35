"""Labels with one row for every point that has a concept."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from saelib.data.files.tables import Column, Table

_MOST_POINTS = 2**31 - 1


def is_long(table: Table) -> bool:
    """Whether a table has the columns ``point`` and ``concept``, and so is a long one."""
    return {"point", "concept"} <= set(table.names)


def long_membership(table: Table, n_points: int | None) -> tuple[sparse.csr_array, list[str], dict[str, str]]:
    """Concepts of a long table, and their parents if it has a column of them.

    Parameters
    ----------
    table : Table
        Columns ``point`` (from 0), ``concept`` and perhaps ``parent`` (empty for a root).
    n_points : int, optional
        How many points there are; without it, one more than the largest number.

    Returns
    -------
    (csr_array, list of str, dict of str to str)
        Boolean [n_points, n_concepts], the names in the order in which they come first, and child to parent.

    Raises
    ------
    InputError
        For other columns besides, points out of range, a pair that comes twice, a missing name, or a concept
        with two parents.
    """
    others = [name for name in table.names if name not in ("point", "concept", "parent")]
    if others:
        raise table.refusal(
            f"has the columns point and concept, and {others[0]!r} besides",
            "keep point, concept and parent only, or give one column a concept",
        )
    numbers: dict[str, int] = {}
    parents: dict[str, str | None] = {}
    all_points: list[np.ndarray] = []
    all_sets: list[np.ndarray] = []
    for done, _, columns in table.batches("point"):
        points, concepts = columns["point"], columns["concept"]
        assert isinstance(points, np.ndarray)
        assert isinstance(concepts, Column)
        _check_range(table, points, done, n_points)
        gaps = np.flatnonzero(
            np.isin(concepts.codes, [-1, *(i for i, v in enumerate(concepts.values) if not v)])
        )
        if gaps.size:
            raise table.refusal(f"has no concept in row {done + gaps[0]}", "name it or drop the row")
        of_code = np.array([numbers.setdefault(value, len(numbers)) for value in concepts.values], np.int32)
        all_points.append(points)
        all_sets.append(of_code[concepts.codes])
        if "parent" in columns:
            above = columns["parent"]
            assert isinstance(above, Column)
            _note_parents(table, parents, concepts, above, done)
    if not all_points:
        raise table.refusal("has no rows", "give one row for every point that has a concept")
    points, sets = np.concatenate(all_points), np.concatenate(all_sets)
    shape = (n_points if n_points is not None else int(points.max()) + 1, len(numbers))
    _check_once(table, points, sets, list(numbers))
    membership = sparse.csr_array((np.ones(points.size, bool), (points.astype(np.int32), sets)), shape=shape)
    return membership, list(numbers), {child: up for child, up in parents.items() if up is not None}


def _check_range(table: Table, points: np.ndarray, done: int, n_points: int | None) -> None:
    bad = np.flatnonzero((points < 0) | (points >= (_MOST_POINTS if n_points is None else n_points)))
    if bad.size:
        limit = "" if n_points is None else f", the last is {n_points - 1}"
        raise table.refusal(
            f"has point {points[bad[0]]} in row {done + bad[0]}, out of range",
            f"number the points from 0{limit}",
        )


def _check_once(table: Table, points: np.ndarray, sets: np.ndarray, names: list[str]) -> None:
    keys = points * len(names) + sets
    order = np.argsort(keys, kind="stable")
    twice = np.flatnonzero(np.diff(keys[order]) == 0)
    if twice.size:
        rows = order[twice[0] : twice[0] + 2]
        raise table.refusal(
            f"has point {points[rows[0]]} with {names[sets[rows[0]]]!r} in rows {rows[0]} and {rows[1]}",
            "give every pair once",
        )


def _note_parents(
    table: Table, parents: dict[str, str | None], concepts: Column, above: Column, done: int
) -> None:
    pairs = concepts.codes.astype(np.int64) * (len(above.values) + 1) + above.codes + 1
    for pair, row in zip(*np.unique(pairs, return_index=True), strict=True):
        concept, parent = divmod(int(pair), len(above.values) + 1)
        child, up = concepts.values[concept], above.values[parent - 1] or None if parent else None
        if parents.setdefault(child, up) != up:
            raise table.refusal(
                f"has the parents {parents[child]!r} and {up!r} for {child!r} (row {done + row})",
                "give a concept one parent, or none, in all its rows",
            )
