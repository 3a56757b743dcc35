"""Reading concepts, whatever form their table has."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping

import numpy as np

from saelib.data.files.long import is_long, long_membership
from saelib.data.files.parentage import given_parents
from saelib.data.files.tables import Table
from saelib.data.files.wide import wide_membership
from saelib.errors import InputError
from saelib.sets import ConceptSet


def read_concepts(
    path: str | os.PathLike[str],
    n_points: int | None = None,
    parents: Mapping[str, str] | str | os.PathLike[str] | None = None,
    *,
    drop_empty: bool = False,
) -> ConceptSet:
    r"""Read the concepts of points from a table, checking everything and executing nothing.

    A table with the columns ``point`` and ``concept`` is *long*: one row for every point that has a concept,
    points numbered from 0, and perhaps a column ``parent``. Any other table is *wide*: one row a point, in
    the order of the points unless a column ``point`` numbers them. A column of 0 and 1 (or true and false) is
    then one concept of its name; any other column is one concept ``"column=value"`` for each of its values.

    Parameters
    ----------
    path : path
        ``.csv`` (UTF-8 with or without a byte-order mark, commas, a header) or ``.parquet``. Read in
        batches: memory is for the result, not for the table.
    n_points : int, optional
        How many points there are, to be held against the table. A long table without it has as many as its
        largest number says.
    parents : mapping of str to str, or path, optional
        Child to parent, by name; or a table with the columns ``concept`` and ``parent``. Concepts that are
        not in it are roots.
    drop_empty : bool, default False
        Leave concepts out that hold for no point, and lines of ``parents`` for concepts that the table does
        not have, as happens when labels for many points are used with some of them. A child of a concept that
        is left out becomes a child of that concept's parent. Without it they are refused: they may be
        misspelt.

    Returns
    -------
    ConceptSet
        Concepts in the order of the columns, or in which a long table first names them.

    Raises
    ------
    InputError
        If the file is of another kind, also in disguise, or not UTF-8; a value is missing; there are more or
        fewer rows than points; a point is out of range or comes twice; two concepts have one name; a concept
        holds for no point; a parent is no concept, does not contain its child, or runs in a circle.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "labels.csv").write_text("animal,size\n1,big\n1,small\n0,big\n")
    >>> read_concepts(folder / "labels.csv", n_points=3)
    ConceptSet(3 concepts over 3 points: 'animal', 'size=big', 'size=small')
    >>> _ = (folder / "long.csv").write_text("point,concept,parent\n0,animal,\n2,animal,\n2,dog,animal\n")
    >>> concepts = read_concepts(folder / "long.csv", n_points=4)
    >>> concepts["animal"], concepts.parents
    (array([0, 2]), array([-1,  0]))
    """
    if n_points is not None and (
        isinstance(n_points, bool) or not isinstance(n_points, int | np.integer) or n_points < 1
    ):
        raise InputError("n_points", f"is {n_points!r}", "give a positive integer or leave it out")
    table = Table(path, "labels")
    links: dict[str, str] = {}
    if is_long(table):
        membership, names, links = long_membership(table, n_points)
    else:
        membership, names = wide_membership(table, n_points)
    if parents is not None:
        if links:
            raise InputError("parents", f"are given, and {table.path} has some too", "give them once")
        links = given_parents(parents)
    _check_names(table, names)
    if drop_empty:
        known = set(names)
        links = {child: parent for child, parent in links.items() if child in known}
    concepts = ConceptSet(membership, names, _in_order(links, names))
    return _without_empty(table, concepts, drop_empty)


def _check_names(table: Table, names: list[str]) -> None:
    if len(set(names)) != len(names):
        twice = next(name for name, count in Counter(names).items() if count > 1)
        raise table.refusal(f"has the concept {twice!r} twice", "rename one of the columns")


def _in_order(links: dict[str, str], names: list[str]) -> list[int | str | None] | None:
    known = set(names)
    for child, parent in links.items():
        for name, role in ((child, "child"), (parent, f"parent of {child!r}")):
            if name not in known:
                raise InputError(
                    "parents",
                    f"has {name!r} as a {role}, but no label is called so",
                    "spell it as in the labels, or leave it out",
                )
    return [links.get(name) for name in names] if links else None


def _without_empty(table: Table, concepts: ConceptSet, drop: bool) -> ConceptSet:
    empty = np.flatnonzero(concepts.sizes == 0)
    if not empty.size:
        return concepts
    if drop:
        if empty.size == len(concepts):
            raise table.refusal("has no concept that holds for a point", "give at least one")
        return concepts.select(concepts.sizes > 0)
    first = ", ".join(repr(concepts.names[i]) for i in empty[:3]) + (", …" if empty.size > 3 else "")
    raise table.refusal(
        f"has {empty.size} concept{'s' if empty.size > 1 else ''} without a point ({first})",
        "remove what is misspelt, or pass drop_empty=True (--drop-empty)",
    )
