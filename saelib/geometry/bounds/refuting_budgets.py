"""T5d and T5e under attack, and the dictionaries that attain them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from saelib.geometry.bounds.exact import sum_exceeds
from saelib.geometry.bounds.families import Families, random_families

__all__ = ["attack_t5d", "attack_t5e", "extreme_t5d", "extreme_t5e"]


def attack_t5d(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Families of every kind, each with the one-to-one assignment that misses least."""
    return _frame_t5d(random_families(n, rng))


def attack_t5e(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Families of every kind, every neuron and every concept of each."""
    return _frame_t5e(random_families(n, rng))


def extreme_t5d(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Copies of the concepts, and copies that go silent now and then: no firing is wasted."""
    return _frame_t5d(random_families(n, rng, ("absorbing", "copies", "all equal")))


def extreme_t5e(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Unions of disjoint sets, and sets that are all equal: θ ∪ C is never larger than θ."""
    return _frame_t5e(random_families(n, rng, ("partition", "all equal", "disjoint neurons")))


def _frame_t5d(families: Families) -> pd.DataFrame:
    counts = families.counts
    hits = np.empty(len(counts), dtype=np.int64)
    for row, table in enumerate(counts):
        hits[row] = table[linear_sum_assignment(table, maximize=True)].sum()
    missed = families.concept_sizes.sum(axis=1) - hits
    short = np.maximum(families.concepts_per_point - families.active_per_point, 0)
    floor = (short * families.weights).sum(axis=1)
    total = families.weights.sum(axis=1)
    return pd.DataFrame(
        {
            "kind": families.kind,
            "measured": missed / total,
            "bound": floor / total,
            "slack": (missed - floor) / total,
            "violated": missed < floor,
        }
    )


def _frame_t5e(families: Families) -> pd.DataFrame:
    counts, theta, c = families.counts, families.neuron_sizes, families.concept_sizes
    unions = np.maximum(theta[:, :, None] + c[:, None, :] - counts, 1)
    # Σ_{x∈θ} s(x) and Σ_{x∈C} L0(x), summed over the points.
    met = np.einsum("npj,np->nj", families.neurons, families.weights * families.concepts_per_point)
    fired = np.einsum("npi,np->ni", families.concepts, families.weights * families.active_per_point)
    by_neuron = _sums_and_budgets(counts, unions, met, np.maximum(theta, 1))
    by_concept = _sums_and_budgets(
        counts.transpose(0, 2, 1), unions.transpose(0, 2, 1), fired, np.maximum(c, 1)
    )
    sums, budgets, over = (np.concatenate(pair, axis=1) for pair in zip(by_neuron, by_concept, strict=True))
    # Shown is the set that comes nearest to its budget; sets that meet nothing have budget 0 and come last.
    row, nearest = np.arange(len(sums)), np.where(budgets > 0, budgets - sums, np.inf).argmin(axis=1)
    frame = pd.DataFrame(
        {"kind": families.kind, "measured": sums[row, nearest], "bound": budgets[row, nearest]}
    )
    frame["slack"] = frame["bound"] - frame["measured"]
    frame["violated"] = np.asarray(over.any(axis=1))
    return frame


def _sums_and_budgets(
    counts: np.ndarray, unions: np.ndarray, met: np.ndarray, sizes: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    width = counts.shape[2]
    over = sum_exceeds(counts.reshape(-1, width), unions.reshape(-1, width), met.ravel(), sizes.ravel())
    return (counts / unions).sum(axis=2), met / sizes, over.reshape(sizes.shape)
