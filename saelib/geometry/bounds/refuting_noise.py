"""T7 under attack, and the worlds that attain it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import bdtr, bdtrc, ndtr

from saelib.geometry.bounds.cantelli import cantelli_leak, cantelli_miss
from saelib.geometry.bounds.noise import noise_leak_ceiling, noise_miss_ceiling
from saelib.geometry.bounds.samples import sample_band

__all__ = ["attack_t7a", "attack_t7b", "attack_t7c", "extreme_t7a", "extreme_t7b"]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_DIM, _CONCEPTS, _ROWS = 16, 7, 20_000


def attack_t7a(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Directions of ±1 and 0, of equal length: every cosine is a fraction, and so is every signal."""
    return pd.concat(_worlds(n, rng), ignore_index=True)


def extreme_t7a(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """All others active at full strength, with cosine −κ to a concept that is present, κ to an absent one."""
    s, scale = rng.integers(1, 6, n), np.full(n, 1000)
    kappa, low = rng.integers(0, 1000, n), rng.integers(1, 10, n)
    high = low + rng.integers(0, 10, n)
    present = np.arange(n) % 2 == 0
    signal = np.where(present, low * scale - (s - 1) * kappa * high, s * kappa * high)
    return _frame_t7a(present, signal, kappa, scale, s, low, high, rng, np.full(n, "all against one"))


def attack_t7b(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Laws on up to six whole values, most of them lopsided, against thresholds on either side."""
    kind = np.array(["few values", "two values", "one value far out"])[np.arange(n) % 3]
    values = rng.integers(-20, 21, (n, 6))
    weights = np.floor(10.0 ** rng.uniform(0, 3, (n, 6))).astype(np.int64)
    weights[kind == "two values", 2:] = 0
    far = kind == "one value far out"
    weights[far, 0] = 1
    values[far, 0] *= 5
    return _frame_t7b(values, weights, rng.integers(-25, 26, n), np.arange(n) % 2 == 0, kind)


def extreme_t7b(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """The threshold and one value above it, for the miss."""
    tau = rng.integers(-20, 21, n)
    values = np.stack([tau, tau + rng.integers(1, 21, n)], axis=1)
    return _frame_t7b(
        values, rng.integers(1, 1000, (n, 2)), tau, np.ones(n, dtype=np.bool_), np.full(n, "two values")
    )


def attack_t7c(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Shares of all sizes, rare, even and nearly sure, each with the chance to leave its band."""
    points = np.floor(10.0 ** rng.uniform(0, 5, n)).astype(np.int64)
    kind = np.array(["any share", "rare", "nearly sure"])[np.arange(n) % 3]
    small = 10.0 ** -rng.uniform(0, 5, n)
    share = np.where(kind == "any share", rng.random(n), np.where(kind == "rare", small, 1 - small))
    pairs = np.where(rng.random(n) < 0.3, 1, np.floor(10.0 ** rng.uniform(0, 6, n)))
    confidence = rng.choice([0.5, 0.9, 0.95, 0.99, 0.999], n)
    half = np.empty(n)
    for level in np.unique(confidence):
        rows = confidence == level
        half[rows] = sample_band(points[rows], pairs[rows], float(level))
    frame = pd.DataFrame({"kind": kind, "points": points, "share": share, "pairs": pairs, "band": half})
    # What lies on the edge of the band counts as outside: rounding can only be against the theorem.
    above = np.ceil(points * (share + half) - 1e-9)
    below = np.floor(points * (share - half) + 1e-9)
    outside = np.where(above <= points, bdtrc(np.clip(above - 1, 0, None), points, share), 0.0)
    outside = np.where(above <= 0, 1.0, outside) + np.where(
        below >= 0, bdtr(np.maximum(below, 0), points, share), 0.0
    )
    frame["measured"], frame["bound"] = outside * pairs, 1 - confidence
    frame["slack"] = frame["bound"] - frame["measured"]
    frame["violated"] = frame["slack"] < 0
    return frame


def _worlds(n: int, rng: np.random.Generator) -> Iterator[pd.DataFrame]:
    for start in range(0, n, _ROWS):
        yield _world(np.arange(start, min(start + _ROWS, n)), rng)


def _world(number: Integers, rng: np.random.Generator) -> pd.DataFrame:
    n = len(number)
    kind = np.array(["random", "against the neuron", "full strength against the neuron"])[number % 3]
    present = (number // 3) % 2 == 0
    scale = rng.integers(4, _DIM + 1, n)  # coordinates that are not 0, hence the squared length
    order = rng.random((n, _CONCEPTS, _DIM)).argsort(axis=2).argsort(axis=2)
    v = np.where(order < scale[:, None, None], rng.choice([-1, 1], (n, _CONCEPTS, _DIM)), 0)
    # Turning a direction round keeps κ, and lets its interference do the most harm.
    turned = np.where(np.einsum("nji,ni->nj", v, v[:, 0]) > 0, -1, 1) * np.where(present, 1, -1)[:, None]
    turned[:, 0] = 1
    v = np.where((kind == "random")[:, None, None], v, v * turned[:, :, None])
    gram = v @ v.transpose(0, 2, 1)
    kappa = np.abs(gram - gram * np.eye(_CONCEPTS, dtype=np.int64)).max(axis=(1, 2))
    s, low = rng.integers(1, _CONCEPTS, n), rng.integers(1, 10, n)
    high = low + rng.integers(0, 10, n)
    strength = rng.integers(low[:, None], high[:, None] + 1, (n, _CONCEPTS))
    full = kind == "full strength against the neuron"
    strength[full, 1:] = high[full, None]
    strength[full, 0] = low[full]
    others = np.where(full, s, rng.integers(0, s + 1))
    on = np.arange(_CONCEPTS) <= np.where(present, np.minimum(others, s - 1), others)[:, None]
    on[:, 0] = present
    signal = (np.where(on, strength, 0) * gram[:, 0]).sum(axis=1)
    return _frame_t7a(present, signal, kappa, scale, s, low, high, rng, kind)


def _frame_t7a(
    present: npt.NDArray[np.bool_],
    signal: Integers,
    kappa: Integers,
    scale: Integers,
    s: Integers,
    low: Integers,
    high: Integers,
    rng: np.random.Generator,
    kind: npt.NDArray[np.str_],
) -> pd.DataFrame:
    """Signals ⟨v_1, Σ a v⟩ and coherences, both times ``scale``, against the closed forms."""
    frame = pd.DataFrame({"kind": kind, "present": present, "coherence": kappa / scale, "n_active": s})
    frame["sigma"] = rng.uniform(0.05, 2.0, len(frame)) * high
    frame["tau"] = rng.uniform(0, 1, len(frame)) * low
    world = frame.coherence, s, low, high, frame.tau, frame.sigma
    margin = (signal / scale - frame.tau) / frame.sigma
    frame["measured"] = ndtr(np.where(present, -margin, margin))
    frame["bound"] = np.where(present, noise_miss_ceiling(*world), noise_leak_ceiling(*world))
    # The tails are monotone, so the signals decide; these are whole numbers.
    worst = np.where(present, low * scale - (s - 1) * kappa * high, s * kappa * high)
    spare = np.where(present, signal - worst, worst - signal)
    frame["slack"] = spare / scale
    frame["violated"] = spare < 0
    return frame


def _frame_t7b(
    values: Integers,
    weights: Integers,
    tau: Integers,
    present: npt.NDArray[np.bool_],
    kind: npt.NDArray[np.str_],
) -> pd.DataFrame:
    total = weights.sum(axis=1)
    first = (weights * values).sum(axis=1)
    spread = total * (weights * values**2).sum(axis=1) - first**2  # total² times the variance
    errs = (values > tau[:, None]) ^ present[:, None]
    wrong = (weights * errs).sum(axis=1)
    away = np.where(present, first - total * tau, total * tau - first)  # total times the margin
    mean, std = first / total, np.sqrt(spread) / total
    bound = np.where(present, cantelli_miss(mean, std, tau), cantelli_leak(mean, std, tau))
    frame = pd.DataFrame({"kind": kind, "present": present, "measured": wrong / total, "bound": bound})
    # wrong/total ≤ spread/(spread + away²), multiplied out; where the margin is not positive the bound is 1.
    square = spread + away**2
    spare = np.where(away > 0, total * spread - wrong * square, total - wrong)
    frame["slack"] = spare / np.where(away > 0, total * np.maximum(square, 1), total)
    frame["violated"] = spare < 0
    return frame
