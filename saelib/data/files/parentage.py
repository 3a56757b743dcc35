"""Which concept is a special case of which: a table of two columns, or a mapping."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from saelib.data.files.tables import Column, Table
from saelib.errors import InputError

_MOST = 1_000_000


def given_parents(parents: Mapping[str, str] | str | os.PathLike[str]) -> dict[str, str]:
    """Parents by the names of their children.

    Parameters
    ----------
    parents : mapping of str to str, or path
        Child to parent; or a ``.csv`` or ``.parquet`` file with the columns ``concept`` and ``parent``, an
        empty parent for a root.

    Returns
    -------
    dict of str to str
        Child to parent; roots are left out.

    Raises
    ------
    InputError
        For another kind of file, other columns, a missing name, or a child that comes twice.

    Examples
    --------
    >>> given_parents({"dog": "animal"})
    {'dog': 'animal'}
    """
    if isinstance(parents, Mapping):
        for pair in parents.items():
            if not all(isinstance(name, str) and name for name in pair):
                raise InputError("parents", f"has {pair!r}", "give names of concepts, child to parent")
        return dict(parents)
    if not isinstance(parents, str | os.PathLike):
        raise InputError("parents", f"is a {type(parents).__name__}", "give a mapping or a file")
    table = Table(parents, "parents")
    if set(table.names) != {"concept", "parent"}:
        found = ", ".join(table.names[:6])
        raise table.refusal(f"has the columns {found}", "give the columns concept and parent")
    pairs: dict[str, str | None] = {}
    for done, n_rows, columns in table.batches():
        if done + n_rows > _MOST:
            raise table.refusal(f"has more than {_MOST:,} rows", "give one row a concept")
        children, above = (_values(columns[name], n_rows) for name in ("concept", "parent"))
        for row, (child, parent) in enumerate(zip(children, above, strict=True), done):
            if not child:
                raise table.refusal(f"has no concept in row {row}", "name it or drop the row")
            if child in pairs:
                raise table.refusal(f"has {child!r} twice, again in row {row}", "give a concept one parent")
            pairs[child] = parent or None
    return {child: parent for child, parent in pairs.items() if parent is not None}


def _values(column: Any, n_rows: int) -> list[str | None]:
    assert isinstance(column, Column)
    return [column.values[code] if code >= 0 else None for code in column.codes[:n_rows].tolist()]
