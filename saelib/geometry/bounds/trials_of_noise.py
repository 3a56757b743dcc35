"""Matched neurons run on points with interference and noise, against the bounds of T7a and T7b."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from saelib.errors import InputError
from saelib.geometry.bounds.cantelli import cantelli_leak, cantelli_miss
from saelib.geometry.bounds.checked import checked_numbers, checked_whole
from saelib.geometry.bounds.noise import mixed_signs_ceiling, noise_leak_ceiling, noise_miss_ceiling
from saelib.geometry.bounds.samples import exact_band
from saelib.geometry.neuron import Neuron

__all__ = ["noise_trials", "star_directions"]

Floats = npt.NDArray[np.float64]

WORLDS = ("worst case", "mixed signs")
_COLUMNS = ("world", "coherence", "n_active", "a_min", "a_max", "tau", "sigma")


def star_directions(cosines: npt.ArrayLike) -> Floats:
    """Build unit vectors of which the first has the given cosines with the others.

    Two others have the product of theirs as cosine, so the coherence of all is the largest given one. With
    s − 1 cosines of −κ and s of κ it is the family on which both bounds of T7a are attained.

    Parameters
    ----------
    cosines : array_like [m]
        In [−1, 1].

    Returns
    -------
    ndarray [m + 1, m + 1]
        float64, rows of norm 1.

    Raises
    ------
    InputError
        If a cosine is out of range or they are no vector.

    Examples
    --------
    >>> v = star_directions([0.6, -0.6])
    >>> (v @ v.T).round(2)
    array([[ 1.  ,  0.6 , -0.6 ],
           [ 0.6 ,  1.  , -0.36],
           [-0.6 , -0.36,  1.  ]])
    """
    c = checked_numbers("cosines", cosines, at_least=-1, at_most=1)
    if c.ndim != 1:
        raise InputError("cosines", f"has shape {c.shape}", "give a vector")
    v = np.diag(np.sqrt(1.0 - np.concatenate([[0.0], c]) ** 2))
    v[1:, 0] = c
    return v


def noise_trials(settings: pd.DataFrame, n_points: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw points of each setting, run the matched neuron on them, and hold its errors against the bounds.

    In the *worst case* every point that has the concept has it at strength a_min, beside s − 1 others at
    strength a_max with cosine −κ, and every point that has it not has s others at strength a_max with
    cosine κ: the bound of T7a is then the truth. With *mixed signs* the others are drawn from 4s concepts,
    half of them with cosine κ and half with −κ, and all strengths are uniform on [a_min, a_max].

    Parameters
    ----------
    settings : pandas.DataFrame
        One row a setting, with the columns ``world`` ("worst case" or "mixed signs"), ``coherence``,
        ``n_active``, ``a_min``, ``a_max``, ``tau`` and ``sigma``.
    n_points : int
        Points with the concept, and as many without, from 2 up. The first half gives mean and variance for
        Cantelli's bound, the second half the error rates.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        One row for every setting, ``error`` ("miss" or "leak") and ``law`` ("T7a", "T7b" and, for mixed
        signs, "mixed signs"): the columns of the setting, ``measured`` with the ends ``low`` and ``high`` of
        its exact 99.9 % interval, ``bound``, and ``violated``: whether the whole interval lies above.

    Raises
    ------
    InputError
        If a column is missing, a world unknown or a number out of range.

    Examples
    --------
    >>> settings = pd.DataFrame({"world": ["worst case"], "coherence": 0.2, "n_active": 2, "a_min": 1.0,
    ...                          "a_max": 1.0, "tau": 0.6, "sigma": 0.2})
    >>> trials = noise_trials(settings, 2_000, np.random.default_rng(0))
    >>> trials[["error", "law", "bound", "violated"]].round(1)
      error  law  bound  violated
    0  miss  T7a    0.2     False
    1  miss  T7b    0.5     False
    2  leak  T7a    0.2     False
    3  leak  T7b    0.5     False
    """
    missing = [name for name in _COLUMNS if name not in settings]
    if missing:
        raise InputError("settings", f"lacks the column {missing[0]!r}", f"give {', '.join(_COLUMNS)}")
    half = checked_whole("n_points", n_points, 2) // 2
    rows = []
    for setting in settings[list(_COLUMNS)].to_dict("records"):
        if setting["world"] not in WORLDS:
            raise InputError("settings.world", f"is {setting['world']!r}", f"give one of {', '.join(WORLDS)}")
        for present in (True, False):
            rows += _trial(setting, present, half, rng)
    frame = pd.DataFrame(rows)
    low, high = exact_band(frame["wrong"], half, confidence=0.999)
    frame["measured"], frame["low"], frame["high"] = frame["wrong"] / half, low, high
    frame["violated"] = frame["low"] > frame["bound"]
    return frame.drop(columns="wrong")


def _trial(setting: dict, present: bool, half: int, rng: np.random.Generator) -> list[dict]:
    s, kappa = int(setting["n_active"]), float(setting["coherence"])
    a_min, a_max, tau, sigma = (float(setting[name]) for name in ("a_min", "a_max", "tau", "sigma"))
    others = s - 1 if present else s
    if setting["world"] == "worst case":
        cosines = np.full(others, -kappa if present else kappa)
        strengths = np.full((2 * half, 1 + others), a_max)
        strengths[:, 0] = a_min
    else:
        cosines = np.tile([kappa, -kappa], 2 * s)
        strengths = rng.uniform(a_min, a_max, (2 * half, 1 + len(cosines)))
        drawn = rng.random((2 * half, len(cosines))).argsort(axis=1).argsort(axis=1) < others
        strengths[:, 1:] *= drawn
    strengths[:, 0] *= present
    v = star_directions(cosines)
    points = strengths @ v + sigma * rng.standard_normal((2 * half, v.shape[1]))
    neuron = Neuron(v[0], -tau)
    fires, acts = neuron.fires(points[half:]), neuron.pre_acts(points[:half])
    wrong = int((fires != present).sum())
    world = kappa, s, a_min, a_max, tau, sigma
    margin = a_min - tau if present else tau
    laws = {
        "T7a": (noise_miss_ceiling if present else noise_leak_ceiling)(*world),
        "T7b": (cantelli_miss if present else cantelli_leak)(acts.mean(), acts.std(), 0.0),
    }
    if setting["world"] == "mixed signs":
        laws["mixed signs"] = mixed_signs_ceiling(kappa, others, a_max, margin, sigma)
    error = "miss" if present else "leak"
    return [
        setting | {"error": error, "law": law, "wrong": wrong, "bound": float(bound)}
        for law, bound in laws.items()
    ]
