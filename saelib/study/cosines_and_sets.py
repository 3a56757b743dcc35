"""Whether cosines and sets say the same, of one concept after another and of one gate against another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import pandas as pd
from scipy import stats

from saelib.errors import InputError

CORNERS = (
    "both right",
    "right direction, wrong points",
    "wrong direction, right points",
    "both wrong",
)
"""What direction and points of a concept's neuron can say together."""


def corners(frame: pd.DataFrame, cosine: float, jaccard: float) -> pd.Series:
    """Sort concepts by whether their matched neuron has the right direction and the right points.

    Parameters
    ----------
    frame : DataFrame
        One row a concept, with ``matched_cosine`` and ``matched_jaccard``.
    cosine, jaccard : float
        Right means: a cosine of at least ``cosine``; a Jaccard index of at least ``jaccard``.

    Returns
    -------
    Series
        Categories `CORNERS`, in the frame's order; unavailable where one of the two is.

    Raises
    ------
    InputError
        If a column is missing or a threshold is not in [0, 1].

    Examples
    --------
    >>> frame = pd.DataFrame({"matched_cosine": [0.9, 0.9], "matched_jaccard": [0.8, 0.1]})
    >>> corners(frame, 0.7, 0.5).tolist()
    ['both right', 'right direction, wrong points']
    """
    for name, value in (("cosine", cosine), ("jaccard", jaccard)):
        if not 0 <= value <= 1:
            raise InputError(name, f"is {value!r}", "give a number from 0 to 1")
    _need(frame, ["matched_cosine", "matched_jaccard"])
    known = frame.matched_cosine.notna() & frame.matched_jaccard.notna()
    direction = (frame.matched_cosine >= cosine).fillna(False).astype(bool)
    points = (frame.matched_jaccard >= jaccard).fillna(False).astype(bool)
    code = 2 * (~direction).astype(int) + (~points).astype(int)
    found = pd.Categorical.from_codes(code.where(known, -1).tolist(), pd.Index(CORNERS))
    return pd.Series(found, index=frame.index)


def agreement(frame: pd.DataFrame, measures: Sequence[str], by: str = "seed") -> pd.DataFrame:
    """Kendall's rank correlation of every two measures over the rows of each group.

    Parameters
    ----------
    frame : DataFrame
        One row a thing that is ranked (a gate, say) and group, with ``by`` and the measures.
    measures : sequence of str
        Columns, at least two.
    by : str, default "seed"
        Column whose values are ranked apart.

    Returns
    -------
    DataFrame
        One row a group and ordered pair of different measures: ``by``, ``first``, ``second``, ``tau`` (τ-b,
        which counts ties; nullable ``Float64``, unavailable where a measure is the same for all).

    Raises
    ------
    InputError
        If a column is missing, or fewer than two measures are given.

    Examples
    --------
    >>> frame = pd.DataFrame({"seed": 0, "mcc": [0.1, 0.2, 0.3], "f1": [0.1, 0.3, 0.2]})
    >>> agreement(frame, ["mcc", "f1"]).tau.round(3).tolist()       # one pair of three in the other order
    [0.333, 0.333]
    """
    if len(measures) < 2:
        raise InputError("measures", f"are {list(measures)}", "give at least two")
    _need(frame, [by, *measures])
    rows = []
    for group, part in frame.groupby(by, sort=True):
        for first, second in permutations(measures, 2):
            constant = part[first].nunique() < 2 or part[second].nunique() < 2
            found = pd.NA if constant else float(stats.kendalltau(part[first], part[second]).statistic)
            rows.append({by: group, "first": first, "second": second, "tau": found})
    return pd.DataFrame(rows).astype({"tau": "Float64"})


def _need(frame: pd.DataFrame, columns: list[str]) -> None:
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise InputError("frame", f"has no column {missing[0]!r}", f"give {', '.join(columns)}")
