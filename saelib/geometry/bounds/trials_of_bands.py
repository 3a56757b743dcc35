"""Samples drawn again and again from a population whose rates are known, against the bands of T7c."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import betainc

from saelib.errors import InputError
from saelib.geometry.bounds.checked import checked_confidence, checked_whole
from saelib.geometry.bounds.samples import sample_band

__all__ = ["band_trials"]

Floats = npt.NDArray[np.float64]


def band_trials(
    active: npt.ArrayLike,
    member: npt.ArrayLike,
    n_points: int,
    repeats: int,
    rng: np.random.Generator,
    confidence: float = 0.95,
) -> pd.DataFrame:
    r"""Sample points again and again, and see which bands hold for every neuron and concept at once.

    The given points are the population: its recalls, leaks and Jaccard indices are the truth. Each sample
    is drawn from it with replacement.

    Parameters
    ----------
    active : array_like [n_population, d_sae]
        Who fires where, bool.
    member : array_like [n_population, n_concepts]
        Which concepts contain which point, bool; every concept on some point and absent from some.
    n_points : int
        Size of a sample.
    repeats : int
        Number of samples.
    rng : numpy.random.Generator
        Source of randomness.
    confidence : float
        Of the bands.

    Returns
    -------
    pandas.DataFrame
        One row a sample. Whether some recall or leak left its band: ``hoeffding`` (:func:`sample_band` over
        all 2·d·\|𝒞\| of them), ``exact`` (:func:`exact_band` over all of them), ``uncorrected`` (each its
        own exact interval at ``confidence``, as if it were the only one); ``left`` is how many leave that
        last one. ``jaccard``: whether some Jaccard index left :func:`sample_band` over the d·\|𝒞\| of
        them. ``used``: the largest share of the Hoeffding half-width that a recall or leak was off by.

    Raises
    ------
    InputError
        If the shapes do not fit, a concept is everywhere or nowhere, or a number is out of range.

    Examples
    --------
    >>> x = np.arange(1000)
    >>> trials = band_trials((x % 3 == 0)[:, None], (x % 2 == 0)[:, None], 200, 50, np.random.default_rng(0))
    >>> int(trials.hoeffding.sum()), bool(trials.used.max() < 1)
    (0, True)
    """
    fires, inside = _booleans("active", active), _booleans("member", member)
    if len(fires) != len(inside):
        raise InputError("member", f"has {len(inside)} points", f"give the {len(fires)} points of active")
    n, times = checked_whole("n_points", n_points, 1), checked_whole("repeats", repeats, 1)
    alpha = 1 - checked_confidence(confidence)
    everywhere = inside.all(axis=0) | ~inside.any(axis=0)
    if everywhere.any():
        which = int(everywhere.argmax())
        raise InputError("member", f"has all points or none in concept {which}", "leave such concepts out")
    a, c = fires.astype(np.float32), inside.astype(np.float32)
    truth = _rates(a, c)
    true_share = [hits / out_of for hits, out_of in truth[:2]]
    true_jaccard = np.divide(truth[2][0], truth[2][1])
    pairs = a.shape[1] * c.shape[1]
    rows = []
    for _ in range(times):
        chosen = rng.integers(0, len(a), n)
        *shares, (shared, union) = _rates(a[chosen], c[chosen])
        used, exact, single = 0.0, 0, 0
        for (hits, out_of), share in zip(shares, true_share, strict=True):
            off = np.abs(hits / np.maximum(out_of, 1) - share) * (out_of > 0)
            used = max(used, float((off / sample_band(out_of, 2 * pairs, confidence)).max()))
            tail = _smaller_tail(hits, out_of, share)
            exact += int((tail < alpha / (4 * pairs)).sum())
            single += int((tail < alpha / 2).sum())
        off = np.abs(shared / np.maximum(union, 1) - true_jaccard) * (union > 0)
        rows.append(
            {
                "hoeffding": used > 1.0,
                "exact": exact > 0,
                "uncorrected": single > 0,
                "left": single,
                "jaccard": bool((off > sample_band(union, pairs, confidence)).any()),
                "used": used,
            }
        )
    return pd.DataFrame(rows)


def _booleans(argument: str, values: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    array = np.asarray(values)
    if array.dtype != np.bool_ or array.ndim != 2 or not array.size:
        raise InputError(
            argument, f"has shape {array.shape} and dtype {array.dtype}", "give a boolean matrix"
        )
    return array


def _rates(a: npt.NDArray[np.float32], c: npt.NDArray[np.float32]) -> list[tuple[Floats, Floats]]:
    """(hits, out of how many) of recall, leak and Jaccard index, each [d, n_concepts] or to be broadcast."""
    shared = (a.T @ c).astype(np.float64)  # counts below 2**24 are exact in float32
    fired = a.sum(axis=0, dtype=np.float64)[:, None]
    inside = c.sum(axis=0, dtype=np.float64)[None, :]
    return [
        (shared, inside),
        (fired - shared, len(c) - inside),
        (shared, np.broadcast_to(fired + inside - shared, shared.shape)),
    ]


def _smaller_tail(hits: Floats, out_of: Floats, share: Floats) -> Floats:
    """Probability of at least so many hits or of at most so many, whichever is less.

    A share lies outside Clopper and Pearson's interval exactly if this is below half of what may fail.
    """
    out_of = np.broadcast_to(out_of, hits.shape)
    some, not_all = hits > 0, hits < out_of
    at_least = np.where(some, betainc(np.where(some, hits, 1), out_of - hits + 1, share), 1.0)
    at_most = np.where(not_all, betainc(np.where(not_all, out_of - hits, 1), hits + 1, 1 - share), 1.0)
    return np.minimum(at_least, at_most)
