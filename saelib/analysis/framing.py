"""A table with the columns and types that :mod:`saelib.analysis.columns` declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from saelib.analysis.columns import TABLES

__all__ = ["framed"]


def framed(name: str, values: Mapping[str, Any]) -> pd.DataFrame:
    """Make a declared table.

    Parameters
    ----------
    name : str
        One of :data:`~saelib.analysis.columns.TABLES`.
    values : mapping of str to array_like
        Every declared column, and no other; ``None`` and ``<NA>`` are *unavailable*.

    Returns
    -------
    pandas.DataFrame
        Columns in their declared order, nullable.

    Examples
    --------
    >>> row = {"node": [0], "concepts": [["dog"]], "neurons": [[3, 5]], "n_concepts": [1], "n_neurons": [2]}
    >>> frame = framed("lattice", row | {"delta": [1], "above": [""]})
    >>> frame.dtypes["node"].name, frame.neurons[0]
    ('Int64', [3, 5])
    """
    columns = TABLES[name].columns
    if set(values) != {column.name for column in columns}:
        raise KeyError(f"{name} has columns {[column.name for column in columns]}, not {list(values)}")
    return pd.DataFrame(
        {column.name: pd.Series(values[column.name], dtype=column.dtype) for column in columns}
    )
