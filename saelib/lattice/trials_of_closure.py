"""Random dictionaries and concepts on which the closure theorem is tried (theory T13c, d)."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from saelib.errors import InputError
from saelib.lattice.context import Context
from saelib.lattice.enumeration import formal_concepts

__all__ = ["try_closures"]

_MOST_POINTS, _MOST_NEURONS = 14, 6


def try_closures(n_instances: int, rng: np.random.Generator) -> pd.DataFrame:
    """Compare derivations with a listing of all AND- and OR-units on small random dictionaries.

    An instance has up to 14 points and 6 neurons, dense or sparse, with dead, universal and equal neurons
    among them, and a concept that is random, an AND of neurons, an OR of neurons, empty or everything.

    Parameters
    ----------
    n_instances : int
        Instances to try, at least 1.
    rng : numpy.random.Generator
        Draws them.

    Returns
    -------
    pandas.DataFrame
        One row an instance:

        - ``closure_error``, ``unit_error``: points of C''∖C, and the fewest that an AND-unit with full recall
          (the empty unit, which fires everywhere, included) fires on outside C, by listing.
        - ``interior``, ``inside``: points of the union of all θ_j ⊆ C, and the most of C that an OR-unit
          without leak covers, by listing.
        - ``single``, ``and_or``, ``boolean``: fewest errors of one neuron or none, of any AND- or OR-unit,
          and Σ over activation patterns of the smaller side.
        - ``mismatch``: whether the first two pairs differ, C'' is no AND-unit's region, int(C) ⊆ C ⊆ C''
          fails, a dropped neuron makes the closure smaller, or the formal concepts are not exactly the
          AND-units' regions.
        - ``out_of_order``: whether boolean ≤ and_or ≤ single fails.

    Raises
    ------
    InputError
        If ``n_instances`` is not a positive integer.

    Examples
    --------
    >>> frame = try_closures(20, np.random.default_rng(0))
    >>> int(frame.mismatch.sum()), int(frame.out_of_order.sum())
    (0, 0)
    """
    if isinstance(n_instances, bool) or not isinstance(n_instances, (int, np.integer)) or n_instances < 1:
        raise InputError("n_instances", f"is {n_instances!r}", "give a positive integer")
    return pd.DataFrame([_tried(*_instance(rng)) for _ in range(n_instances)])


def _instance(rng: np.random.Generator) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Activations [n_points, d_sae] and a concept [n_points]."""
    n, d = int(rng.integers(1, _MOST_POINTS + 1)), int(rng.integers(1, _MOST_NEURONS + 1))
    active = rng.random((n, d)) < rng.choice([0.15, 0.4, 0.7, 0.9])
    if d > 1 and rng.random() < 0.3:
        active[:, -1] = rng.choice([0, 1, 2]) == 0 if rng.random() < 0.5 else active[:, 0]
    some = rng.random(d) < 0.5
    concept = (
        rng.random(n) < rng.uniform(0, 1),
        active[:, some].all(axis=1),
        active[:, some].any(axis=1),
        np.full(n, bool(rng.integers(2))),
    )[rng.choice(4, p=[0.55, 0.2, 0.2, 0.05])]
    return active, concept


def _tried(active: npt.NDArray[np.bool_], concept: npt.NDArray[np.bool_]) -> dict[str, object]:
    d = active.shape[1]
    units = [list(unit) for size in range(d + 1) for unit in combinations(range(d), size)]
    ands = [active[:, unit].all(axis=1) for unit in units]
    ors = [active[:, unit].any(axis=1) for unit in units]
    closure = _closure(active, concept)
    inner = active[:, ~(active & ~concept[:, None]).any(axis=0)].any(axis=1)
    outside = int((closure & ~concept).sum())
    unit_error = min(int((region & ~concept).sum()) for region in ands if not (concept & ~region).any())
    inside = max(int(region.sum()) for region in ors if not (region & ~concept).any())
    fewer = _closure(active[:, :-1], concept)
    found = formal_concepts(Context(active), 0, kernel="numpy")
    extents = {tuple(found.extent(i).tolist()) for i in range(len(found))}
    errors = [int((region ^ concept).sum()) for region in (*ands, *ors)]
    single = min(int((region ^ concept).sum()) for region in (*active.T, np.zeros_like(concept)))
    boolean = _boolean(active, concept)
    return {
        "closure_error": outside,
        "unit_error": unit_error,
        "interior": int(inner.sum()),
        "inside": inside,
        "single": single,
        "and_or": min(errors),
        "boolean": boolean,
        "mismatch": (
            outside != unit_error
            or int(inner.sum()) != inside
            or not any((region == closure).all() for region in ands)
            or bool((concept & ~closure).any() or (inner & ~concept).any())
            or bool((closure & ~fewer).any())
            or extents != {tuple(np.flatnonzero(region).tolist()) for region in ands}
        ),
        "out_of_order": not boolean <= min(errors) <= single,
    }


def _closure(active: npt.NDArray[np.bool_], concept: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    context = Context(active)
    closed = np.zeros(len(concept), dtype=np.bool_)
    closed[context.extent(context.intent(np.flatnonzero(concept)))] = True
    return closed


def _boolean(active: npt.NDArray[np.bool_], concept: npt.NDArray[np.bool_]) -> int:
    """Errors of the best function of the activation pattern: the smaller side of every pattern."""
    patterns, of = np.unique(active, axis=0, return_inverse=True)
    inside = np.bincount(of, weights=concept, minlength=len(patterns))
    return int(np.minimum(inside, np.bincount(of, minlength=len(patterns)) - inside).sum())
