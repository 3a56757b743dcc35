"""Whether several measures put the same things in the same order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from saelib.errors import InputError, checked_type

__all__ = ["rank_correlations"]


def rank_correlations(frame: pd.DataFrame, measures: Sequence[str], least: int = 4) -> pd.DataFrame:
    """Spearman's correlation of every two columns, each over the rows on which both are available.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a thing that was measured.
    measures : sequence of str
        Columns of numbers, ``<NA>`` or NaN where a measure is unavailable; at least two.
    least : int, default 4
        Rows that a correlation needs at least.

    Returns
    -------
    pandas.DataFrame
        One row an ordered pair of different measures: ``first``, ``second``; ``n``, the rows on which both
        are available; ``correlation``, nullable ``Float64`` in [-1, 1], ``<NA>`` if ``n`` is below ``least``
        or a measure is the same on all of these rows.

    Raises
    ------
    InputError
        If a column is missing or named twice, fewer than two are given, or ``least`` is no integer from 2 up.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [1, 2, 3, 4], "b": [2, 4, 6, 9], "c": [1, 1, 1, 1]})
    >>> rank_correlations(frame, ["a", "b", "c"]).head(2).to_numpy().tolist()
    [['a', 'b', 4, 1.0], ['a', 'c', 4, <NA>]]
    """
    checked_type("frame", frame, pd.DataFrame, "give a data frame")
    checked_type("measures", measures, Iterable, "give a list of the frame's columns")
    columns = list(measures)
    if len(columns) < 2 or len(set(columns)) < len(columns):
        raise InputError("measures", f"are {columns}", "give at least two different columns")
    missing = [each for each in columns if each not in frame.columns]
    if missing:
        raise InputError("measures", f"name {missing}", f"give columns of {list(frame.columns)}")
    if isinstance(least, bool) or not isinstance(least, int) or least < 2:
        raise InputError("least", f"is {least!r}", "give an integer from 2 up")
    numbers = frame[columns].astype("Float64")
    rows = []
    for first in columns:
        for second in columns:
            if first == second:
                continue
            both = numbers[[first, second]].dropna().astype(float)
            value: object = pd.NA
            if len(both) >= least and (both != both.iloc[0]).any().all():
                value = float(both[first].rank().corr(both[second].rank()))
            rows.append({"first": first, "second": second, "n": len(both), "correlation": value})
    return pd.DataFrame(rows).astype({"correlation": "Float64"})
