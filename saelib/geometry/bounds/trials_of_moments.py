"""Every neuron of a dictionary against Cantelli's bound: moments from one sample, errors from another."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from saelib.errors import InputError
from saelib.geometry.bounds.cantelli import cantelli_leak, cantelli_miss
from saelib.geometry.bounds.samples import exact_band

__all__ = ["moment_trials"]

Floats = npt.NDArray[np.float64]


def moment_trials(pre_acts: npt.ArrayLike, member: npt.ArrayLike) -> pd.DataFrame:
    """Hold the miss and leak of each neuron for each concept against T7b, on halves of a sample.

    The first half of the points gives mean and variance of every pre-activation on a concept and off it,
    the second half the error rates at threshold 0. Only the pairs for which the theorem says anything are
    listed: mean above 0 on the concept and below 0 off it.

    Parameters
    ----------
    pre_acts : array_like [n_points, d_sae]
        Pre-activations, finite; a neuron fires where its own is positive.
    member : array_like [n_points, n_concepts]
        Which concepts contain which point, bool; in both halves some points in and some outside each.

    Returns
    -------
    pandas.DataFrame
        One row for every such pair and ``error`` ("miss" or "leak"): ``neuron``, ``concept``, ``measured``
        with the ends ``low`` and ``high`` of its exact 99.9 % interval, ``bound``, and ``violated``: whether
        the whole interval lies above the bound.

    Raises
    ------
    InputError
        If the shapes do not fit, a number is not finite, or a concept is on all or none of the points of a
        half.

    Examples
    --------
    >>> member = np.arange(400) % 2 == 0
    >>> p = np.where(member, 1.0, -2.0) + np.sin(np.arange(400))
    >>> moment_trials(p[:, None], member[:, None])[["error", "measured", "bound", "violated"]].round(2)
      error  measured  bound  violated
    0  miss       0.0   0.33     False
    1  leak       0.0   0.11     False
    """
    p, inside = np.asarray(pre_acts, dtype=np.float64), np.asarray(member)
    if p.ndim != 2 or not p.size or not np.isfinite(p).all():
        raise InputError("pre_acts", f"has shape {p.shape} or is not finite", "give finite [n_points, d_sae]")
    if inside.dtype != np.bool_ or inside.ndim != 2 or len(inside) != len(p):
        raise InputError("member", f"has shape {inside.shape}", f"give a boolean matrix of {len(p)} rows")
    half = len(p) // 2
    frames = []
    for error, where in (("miss", inside), ("leak", ~inside)):
        mean, std, _ = _moments(p[:half], where[:half])
        wrong = p[half:] <= 0 if error == "miss" else p[half:] > 0
        hits, _, out_of = _moments(wrong.astype(np.float64), where[half:])
        bound = (cantelli_miss if error == "miss" else cantelli_leak)(mean, std, 0.0)
        frames.append((error, mean, bound, np.rint(hits * out_of), np.broadcast_to(out_of, mean.shape)))
    neuron, concept = np.nonzero((frames[0][1] > 0) & (frames[1][1] < 0))
    rows = []
    for error, _, bound, hits, out_of in frames:
        part = pd.DataFrame({"neuron": neuron, "concept": concept, "error": error})
        times, n = hits[neuron, concept], out_of[neuron, concept]
        part["measured"], part["bound"] = times / n, bound[neuron, concept]
        part["low"], part["high"] = exact_band(times, n, confidence=0.999)
        part["violated"] = part["low"] > part["bound"]
        rows.append(part)
    return pd.concat(rows, ignore_index=True)


def _moments(values: Floats, where: npt.NDArray[np.bool_]) -> tuple[Floats, Floats, Floats]:
    """Mean and standard deviation of every column over every set, and the sizes of the sets."""
    size = where.sum(axis=0).astype(np.float64)
    if not (size > 0).all():
        which = int((size == 0).argmax())
        raise InputError("member", f"leaves no point on a side of concept {which}", "give more points")
    weights = where / size
    mean = values.T @ weights
    square = (values**2).T @ weights
    return mean, np.sqrt(np.maximum(square - mean**2, 0.0)), size
