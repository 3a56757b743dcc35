"""Whether the activation sets keep the order of the concepts (theory T11)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from saelib.alignment import Alignment
from saelib.errors import InputError
from saelib.geometry.bounds.checked import checked_numbers
from saelib.phenomena.assignment import checked_assignment
from saelib.phenomena.counted import checked_counts
from saelib.sets.shares import share

__all__ = ["hierarchy", "parallel_chains"]


def hierarchy(
    alignment: Alignment, neurons: npt.ArrayLike | None = None, *, tolerance: float = 0.05
) -> pd.DataFrame:
    """Say edge by edge of the concept forest whether the parent's neuron fires wherever the child's does.

    Parameters
    ----------
    alignment : Alignment
        Of activation sets with a concept set that has parents.
    neurons : array_like [n_concepts], optional
        The neuron of every concept, -1 for none; ``alignment.learn()`` by default.
    tolerance : float, default 0.05
        Share of an activation set that may lie outside the other for it still to count as inside.

    Returns
    -------
    pandas.DataFrame
        One row an edge (C, D), D ⊂ C:

        - ``parent``, ``child``, ``parent_neuron``, ``child_neuron``: as in
          :func:`~saelib.phenomena.absorption`.
        - ``n_parent_fires``, ``n_child_fires``, ``n_both``: points of θ_C, of θ_D and of their meet.
        - ``inclusion``: ``n_both / n_child_fires``, the share of θ_D inside θ_C.
        - ``converse``: ``n_both / n_parent_fires``, the share of θ_C inside θ_D.
        - ``order``: *kept* (θ_D inside θ_C, not conversely), *equal* (inside each other, or one neuron for
          both), *reversed*, *apart* (no common point), *crossing*, or *unavailable* where a neuron is missing
          or dead.

        Shares are nullable ``Float64``, ``<NA>`` where unavailable.

    Raises
    ------
    InputError
        If ``neurons`` does not fit, the tolerance is not in [0, 1), or ``alignment`` is none, is on the
        ambient space or is weighted.

    Examples
    --------
    >>> from saelib import ActivationSets, ConceptSet, align
    >>> concepts = ConceptSet([[1, 1], [1, 0], [0, 0]], names=["animal", "dog"], parents=[-1, 0])
    >>> hierarchy(align(ActivationSets([[1, 1], [1, 0], [0, 0]]), concepts)).order.tolist()
    ['kept']
    >>> hierarchy(align(ActivationSets([[0, 1], [1, 0], [0, 0]]), concepts)).order.tolist()
    ['apart']
    """
    checked_counts(alignment)
    if not 0 <= tolerance < 1:
        raise InputError("tolerance", f"is {tolerance!r}", "give a number from 0 to below 1")
    concepts, assigned = alignment.concepts, checked_assignment(alignment, neurons)
    child = np.flatnonzero(concepts.parents >= 0)
    above, below = assigned[concepts.parents[child]], assigned[child]
    known = (above >= 0) & (below >= 0)
    sizes = alignment.activations.sizes
    n_above = np.where(above >= 0, sizes[above], 0)
    n_below = np.where(below >= 0, sizes[below], 0)
    n_both = np.where(known, _meets(alignment.activations.membership, above, below), 0)
    inside = n_below - n_both <= tolerance * n_below
    around = n_above - n_both <= tolerance * n_above
    order = np.select(
        [
            ~known | (n_above == 0) | (n_below == 0),
            n_both == 0,
            inside & around,
            inside,
            around,
        ],
        ["unavailable", "apart", "equal", "kept", "reversed"],
        default="crossing",
    )
    names = np.array(concepts.names, dtype=object)
    return pd.DataFrame(
        {
            "parent": names[concepts.parents[child]],
            "child": names[child],
            "parent_neuron": above,
            "child_neuron": below,
            "n_parent_fires": n_above,
            "n_child_fires": n_below,
            "n_both": n_both,
            "inclusion": share(n_both, n_below, known),
            "converse": share(n_both, n_above, known),
            "order": order,
        }
    )


def parallel_chains(W_enc: npt.ArrayLike, b: npt.ArrayLike, *, cosine: float = 0.999) -> pd.DataFrame:
    """Pairs of neurons whose half-spaces are nested in the whole space, up to a small angle (T11a).

    Half-spaces {⟨w, x⟩ + b > 0} are nested off the data only if their directions are parallel; of such a
    pair the one whose bounding hyperplane lies farther along the direction is inside.

    Parameters
    ----------
    W_enc : array_like [d_in, d_sae]
        Encoder weights.
    b : array_like [d_sae]
        Offsets of the affine forms: ``b_enc - b_dec @ W_enc`` for an SAE.
    cosine : float, default 0.999
        Least cosine between directions that count as parallel; 1 for exactly parallel up to rounding.

    Returns
    -------
    pandas.DataFrame
        One row a pair, ``inner`` and ``outer`` neuron, ``cosine`` of their directions, and ``gap`` ≥ 0, the
        distance between the two hyperplanes along the direction. A neuron without weights is in no pair.

    Raises
    ------
    InputError
        If shapes do not fit, a number is not finite, or ``cosine`` is not in (0, 1].

    Examples
    --------
    >>> parallel_chains([[1.0, 2.0, 0.0], [0.0, 0.0, 1.0]], [0.0, -6.0, 0.0])
       inner  outer  cosine  gap
    0      1      0     1.0  3.0
    """
    W, offset = checked_numbers("W_enc", W_enc), checked_numbers("b", b)
    if W.ndim != 2 or offset.shape != (W.shape[1],):
        offence = f"has shape {W.shape} and b {offset.shape}"
        raise InputError("W_enc", offence, "give weights [d_in, d_sae] and offsets [d_sae]")
    if not 0 < cosine <= 1:
        raise InputError("cosine", f"is {cosine!r}", "give a number above 0 and at most 1")
    length = np.linalg.norm(W, axis=0)
    alive = np.flatnonzero(length > 0)
    unit = W[:, alive] / length[alive]
    position = -offset[alive] / length[alive]  # of the hyperplane along the direction
    one, two, cosines = _parallel(unit, cosine - 1e-12)
    swap = position[one] < position[two]
    inner, outer = np.where(swap, two, one), np.where(swap, one, two)
    return pd.DataFrame(
        {
            "inner": alive[inner],
            "outer": alive[outer],
            "cosine": np.minimum(cosines, 1.0),
            "gap": position[inner] - position[outer],
        }
    )


def _parallel(unit: npt.NDArray[np.float64], least: float, block: int = 1024) -> tuple[npt.NDArray[Any], ...]:
    """Pairs of columns, the first before the second, and their product where it is large enough."""
    found = []
    for start in range(0, unit.shape[1], block):
        # By blocks: all products of a large dictionary at once would not fit the memory.
        products = unit[:, start : start + block].T @ unit[:, start:]
        one, two = np.nonzero(np.triu(products >= least, k=1))
        found.append((one + start, two + start, products[one, two]))
    if not found:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
    return tuple(np.concatenate(part) for part in zip(*found, strict=True))


def _meets(active: sparse.csr_array, one: np.ndarray, two: np.ndarray) -> npt.NDArray[np.int64]:
    """|θ_one ∩ θ_two| pair by pair; what stands for -1 is not to be used."""
    by_set = active.astype(np.int64).tocsc()
    if not len(one):
        return np.zeros(0, dtype=np.int64)
    both = by_set[:, np.maximum(one, 0)].multiply(by_set[:, np.maximum(two, 0)])
    return np.asarray(both.sum(axis=0)).ravel().astype(np.int64)
