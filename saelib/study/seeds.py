"""Intervals over seeds: the study never reports a single run."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from saelib.errors import InputError


class Estimate(NamedTuple):
    """A mean over seeds with its confidence interval, and the number of seeds."""

    value: float
    low: float
    high: float
    n: int

    @property
    def interval(self) -> tuple[float, float]:
        """(low, high)."""
        return self.low, self.high


def over_seeds(values: pd.Series | np.ndarray, confidence: float = 0.95) -> Estimate:
    """Mean of one value a seed, with Student's t interval.

    Parameters
    ----------
    values : Series or ndarray [n_seeds]
        One number a seed, finite, at least two.
    confidence : float, default 0.95
        Between 0 and 1.

    Returns
    -------
    Estimate
        Mean, low, high, number of seeds. Equal values give an interval of length 0.

    Raises
    ------
    InputError
        For fewer than two seeds, or a value that is not finite.

    Examples
    --------
    >>> over_seeds(np.array([1.0, 2.0, 3.0]))       # t(0.975, 2) = 4.3027, standard error 1/√3
    Estimate(value=2.0, low=-0.484..., high=4.484..., n=3)
    """
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 1 or len(numbers) < 2:
        raise InputError("values", f"has shape {numbers.shape}", "give one number a seed, at least two seeds")
    if not np.isfinite(numbers).all():
        raise InputError(
            "values", f"is not finite at {int(np.argmin(np.isfinite(numbers)))}", "give finite numbers"
        )
    if not 0 < confidence < 1:
        raise InputError("confidence", f"is {confidence!r}", "give a number between 0 and 1")
    mean, error = float(numbers.mean()), float(stats.sem(numbers))
    half = float(stats.t.ppf((1 + confidence) / 2, len(numbers) - 1)) * error
    return Estimate(mean, mean - half, mean + half, len(numbers))


def curve_over_seeds(
    frame: pd.DataFrame, value: str, by: list[str], confidence: float = 0.95
) -> pd.DataFrame:
    """Mean and interval over seeds of a column, for each combination of other columns.

    Parameters
    ----------
    frame : DataFrame
        Has the columns ``seed``, ``value`` and ``by``; rows of one seed in one group are averaged first.
    value : str
        The column to average.
    by : list of str
        The columns that make a group.

    Returns
    -------
    DataFrame
        ``by``, ``value``'s mean under its own name, ``low``, ``high`` and ``n`` (seeds).

    Examples
    --------
    >>> frame = pd.DataFrame({"seed": [0, 1], "k": [1, 1], "rate": [0.4, 0.6]})
    >>> curve_over_seeds(frame, "rate", ["k"])[["k", "rate", "n"]]
       k  rate  n
    0  1   0.5  2
    """
    per_seed = frame.groupby([*by, "seed"], sort=True, observed=True)[value].mean()
    rows = [
        dict(zip(by, key if isinstance(key, tuple) else (key,), strict=True))
        | {value: e.value, "low": e.low, "high": e.high, "n": e.n}
        for key, group in per_seed.groupby(level=list(range(len(by))), observed=True)
        for e in [over_seeds(group.to_numpy(), confidence)]
    ]
    # A category's order is a statement of the caller (weak to strong, root to leaf): figures keep it.
    found = pd.DataFrame(rows, columns=[*by, value, "low", "high", "n"])
    return found.astype({column: frame[column].dtype for column in by})
