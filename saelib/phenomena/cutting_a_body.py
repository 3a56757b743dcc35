"""What a margin costs where a concept has no gap: a disc, and two discs apart, cut in halves (T8b)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from saelib.data.synthetic import Ball
from saelib.errors import InputError
from saelib.geometry.bounds.checked import checked_numbers
from saelib.phenomena.parting import splitting_gap
from saelib.sets import ActivationSets, ConceptSet

__all__ = ["gap_of_halves", "price_of_margin"]

Floats = npt.NDArray[np.float64]


def gap_of_halves(n_points: int, gap: float, rng: np.random.Generator) -> pd.DataFrame:
    """Cut a sample of a concept in halves and measure the gap between them.

    The two neurons fire left and right of the upright axis. A sample of a disc can be cut so, like any
    sample; but its gap is that of the sample, and closes as points come in.

    Parameters
    ----------
    n_points : int
        Sampled from the uniform distribution on the concept.
    gap : float
        The concepts are the unit disc, and two unit discs ``2·gap`` apart; not negative.
    rng : numpy.random.Generator
        Draws the points.

    Returns
    -------
    pandas.DataFrame
        Two rows: ``concept`` (*one disc*, *two discs*), ``n_points``, and ``half_distance``, ``margin``,
        ``verdict`` and ``violated`` as in :func:`saelib.phenomena.splitting_gap`.

    Raises
    ------
    InputError
        If there are fewer than 2 points or the gap is negative.

    Examples
    --------
    >>> found = gap_of_halves(1_000, 0.25, np.random.default_rng(0))
    >>> bool(found.half_distance[0] < 0.01), bool(0.25 <= found.half_distance[1] < 0.3)
    (True, True)
    """
    points = _discs(n_points, gap, rng)
    rows = []
    for name, x in points.items():
        active = np.column_stack([x[:, 0] > 0, x[:, 0] < 0])
        found = splitting_gap(
            ActivationSets(active),
            ConceptSet(np.ones((len(x), 1), dtype=np.bool_), names=[name]),
            {name: [0, 1]},
            x,
            [[1.0, -1.0], [0.0, 0.0]],
            [0.0, 0.0],
        )
        rows.append(found.assign(n_points=n_points))
    columns = ["concept", "n_points", "half_distance", "margin", "verdict", "violated"]
    return pd.concat(rows, ignore_index=True)[columns]


def price_of_margin(
    margins: Sequence[float], gap: float, n_points: int, rng: np.random.Generator
) -> pd.DataFrame:
    """How much of a concept a split with a margin leaves to neither half.

    Parameters
    ----------
    margins : sequence of float
        γ, from 0 to below 1: the left neuron fires at −γ and less, the right one at γ and more.
    gap : float
        The concepts are the unit disc, and two unit discs ``2·gap`` apart; not negative.
    n_points : int
        Sampled from the uniform distribution on each.
    rng : numpy.random.Generator
        Draws the points.

    Returns
    -------
    pandas.DataFrame
        One row a concept and margin:

        - ``concept``, ``margin``: *one disc* or *two discs*, and γ.
        - ``left_out``: share of the sampled points on which neither neuron fires.
        - ``exact``: the area of the concept within the slab, as a share of its own.
        - ``bound``: what T8b says a convex concept must leave out at least, (2γ/D)·min of the halves'
          shares, with D = 2; ``<NA>`` for the two discs, which are not convex.

    Raises
    ------
    InputError
        If there are fewer than 2 points, the gap is negative, or a margin is not in [0, 1).

    Examples
    --------
    >>> price_of_margin([0.0, 0.5], 0.25, 1_000, np.random.default_rng(0)).exact.round(3).tolist()
    [0.0, 0.609, 0.0, 0.072]
    """
    asked = checked_numbers("margins", margins)
    if asked.ndim != 1 or not asked.size or not ((asked >= 0) & (asked < 1)).all():
        raise InputError("margins", f"is {margins!r}", "give numbers from 0 to below 1")
    rows = []
    for name, x in _discs(n_points, gap, rng).items():
        for margin in asked.tolist():
            left_out = int((np.abs(x[:, 0]) < margin).sum()) / n_points
            exact = 1 - 2 * _cap(1 - margin) if name == "one disc" else _cap(max(margin - gap, 0.0))
            bound = margin * (1 - exact) / 2 if name == "one disc" else pd.NA
            rows.append(
                {"concept": name, "margin": margin, "left_out": left_out, "exact": exact, "bound": bound}
            )
    return pd.DataFrame(rows).astype({"bound": "Float64"})


def _cap(height: float) -> float:
    """Share of the unit disc's area that a straight cut takes off, by the height of what it takes."""
    rest = 1 - height
    return float(np.arccos(rest) - rest * np.sqrt(1 - rest**2)) / np.pi


def _discs(n_points: int, gap: float, rng: np.random.Generator) -> dict[str, Floats]:
    whole = isinstance(n_points, (int, np.integer)) and not isinstance(n_points, bool)
    if not whole or n_points < 2:
        raise InputError("n_points", f"is {n_points!r}", "give an integer of at least 2")
    if not isinstance(gap, (int, float)) or isinstance(gap, bool) or not 0 <= gap < np.inf:
        raise InputError("gap", f"is {gap!r}", "give a number of at least 0")
    disc = Ball((0.0, 0.0), 1.0)
    pair = disc.sample(int(n_points), rng)
    side = np.where(np.arange(n_points) % 2, 1.0, -1.0)
    return {
        "one disc": disc.sample(int(n_points), rng),
        "two discs": np.column_stack([pair[:, 0] + side * (1 + gap), pair[:, 1]]),
    }
