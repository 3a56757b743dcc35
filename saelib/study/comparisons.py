"""Fair comparisons between runs: at matched sparsity, and at a setting chosen on other seeds.

Picking the best of several settings and reporting its mean on the same seeds flatters it. Here every
seed is compared at the setting that the *other* seeds prefer.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from saelib.errors import InputError


def best_elsewhere(table: pd.DataFrame) -> pd.Series:
    """For each seed, the value at the setting that does best on average over the other seeds.

    Parameters
    ----------
    table : DataFrame [n_seeds, n_settings]
        One row a seed (index), one column a candidate setting.

    Returns
    -------
    Series [n_seeds]
        Values, by seed. Ties go to the first setting.

    Raises
    ------
    InputError
        With fewer than two seeds, no setting, or missing values.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [1.0, 0.0, 0.0], "b": [0.6, 0.6, 0.6]}, index=[0, 1, 2])
    >>> best_elsewhere(table).tolist()      # only seed 0 itself would have preferred a
    [0.6, 0.6, 0.6]
    """
    if table.shape[0] < 2 or table.shape[1] < 1:
        raise InputError("table", f"has shape {table.shape}", "give at least two seeds and one setting")
    values = table.to_numpy(dtype=np.float64)
    if not np.isfinite(values).all():
        raise InputError("table", "has missing values", "give every seed at every setting")
    others = values.sum(axis=0) - values
    chosen = others.argmax(axis=1)
    return pd.Series(values[np.arange(len(values)), chosen], index=table.index)


def at_matched_l0(frame: pd.DataFrame, value: str, gate: str = "TopK", against: str = "ReLU") -> pd.DataFrame:
    """Compare two gates at the same size, seed and L0, by interpolation along log L0.

    The second gate's curve of ``value`` over log L0 is interpolated at the first gate's L0, and only
    inside the range it covers: nothing is extrapolated.

    Parameters
    ----------
    frame : DataFrame
        One row an SAE: gate, d_sae, seed, l0 and ``value``.
    value : str
        The column to compare.
    gate, against : str
        Whose L0 is kept, and whose curve is interpolated.

    Returns
    -------
    DataFrame
        d_sae, seed, l0, the gates' values under their names; one row a comparable SAE of ``gate``.

    Examples
    --------
    >>> frame = pd.DataFrame({"gate": ["TopK", "ReLU", "ReLU"], "d_sae": 8, "seed": 0,
    ...                       "l0": [2.0, 1.0, 4.0], "rate": [0.9, 0.0, 1.0]})
    >>> at_matched_l0(frame, "rate")
       d_sae  seed   l0  TopK  ReLU
    0      8     0  2.0   0.9   0.5
    """
    rows = []
    for (d_sae, seed), group in frame.groupby(["d_sae", "seed"], sort=True):
        curve = group[(group.gate == against) & (group.l0 > 0)].sort_values("l0")
        points = group[(group.gate == gate) & (group.l0 > 0)].sort_values("l0")
        if curve.empty:
            continue
        inside = points[points.l0.between(curve.l0.iloc[0], curve.l0.iloc[-1])]
        there = np.interp(np.log(inside.l0), np.log(curve.l0), curve[value])
        for l0, here, other in zip(inside.l0, inside[value], there, strict=True):
            rows.append({"d_sae": d_sae, "seed": seed, "l0": l0, gate: here, against: other})
    return pd.DataFrame(rows, columns=["d_sae", "seed", "l0", gate, against])
