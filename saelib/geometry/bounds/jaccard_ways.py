"""Three bands on one Jaccard index from the same sample: through recall and leak, and directly."""

from __future__ import annotations

import numpy as np
import pandas as pd

from saelib.errors import InputError
from saelib.geometry.bounds.checked import checked_whole
from saelib.geometry.bounds.samples import exact_band, jaccard_band, sample_band

__all__ = ["bands_on_jaccard"]


def bands_on_jaccard(
    hits: int, n_concept: int, n_neuron: int, n_points: int, n_pairs: int = 1, confidence: float = 0.95
) -> pd.DataFrame:
    r"""Bands on the Jaccard index of a neuron and a concept, each valid for so many pairs at once (T7c).

    Parameters
    ----------
    hits : int
        Sampled points in θ∩C.
    n_concept, n_neuron : int
        Sampled points in C and in θ.
    n_points : int
        All sampled points.
    n_pairs : int
        Pairs for which the band must hold at once, d·\|𝒞\| if the pair was picked among all.
    confidence : float
        Wanted probability that it does.

    Returns
    -------
    pandas.DataFrame
        One row a way, with ``band``, ``J`` (the sampled index), ``low`` and ``high``. *Through recall and
        leak*: exact bands on recall, leak and frequency, a third of the error for each, carried over by
        :func:`jaccard_band`. *Direct*: hits out of the points in θ∪C, by :func:`sample_band` and by
        :func:`exact_band`.

    Raises
    ------
    InputError
        If the counts contradict each other or are not integers, or θ∪C was not met at all.

    Examples
    --------
    A concept on 20 of 1,000 points; its neuron fires on 18 of them and on 4 others.

    >>> bands_on_jaccard(18, 20, 22, 1000).round(2)
                          band     J   low  high
    0  through recall and leak  0.75  0.30  0.97
    1        direct, Hoeffding  0.75  0.47  1.00
    2            direct, exact  0.75  0.53  0.90
    """
    shared, inside = checked_whole("hits", hits, 0), checked_whole("n_concept", n_concept, 0)
    fired, total = checked_whole("n_neuron", n_neuron, 0), checked_whole("n_points", n_points, 1)
    union = inside + fired - shared
    if shared > min(inside, fired) or union > total:
        raise InputError("hits", f"is {shared} of {inside} and {fired} among {total}", "give counts that fit")
    if union == 0:
        raise InputError("n_concept", "and n_neuron are 0", "sample more points")
    pairs = checked_whole("n_pairs", n_pairs, 1)
    thrice = 3 * pairs
    through = jaccard_band(
        exact_band(shared, inside, thrice, confidence),
        exact_band(fired - shared, total - inside, thrice, confidence),
        tuple(np.maximum(end, 1e-300) for end in exact_band(inside, total, thrice, confidence)),
    )
    j, half = shared / union, sample_band(union, pairs, confidence)
    ways = {
        "through recall and leak": through,
        "direct, Hoeffding": (np.maximum(j - half, 0.0), np.minimum(j + half, 1.0)),
        "direct, exact": exact_band(shared, union, pairs, confidence),
    }
    rows = [
        {"band": band, "J": j, "low": float(low), "high": float(high)} for band, (low, high) in ways.items()
    ]
    return pd.DataFrame(rows)
