"""Feature absorption, edge by edge of the concept forest (theory T9)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from saelib.alignment import Alignment
from saelib.errors import InputError
from saelib.phenomena.assignment import checked_assignment
from saelib.phenomena.counted import checked_counts
from saelib.sets.shares import share

__all__ = ["absorption"]


def absorption(
    alignment: Alignment,
    neurons: npt.ArrayLike | None = None,
    *,
    delta: float = 0.1,
    delta_child: float = 0.1,
) -> pd.DataFrame:
    r"""How far the neuron of a parent is silent where a child has a neuron of its own.

    For every edge (C, D) of the concept forest, D ⊂ C, with θ_C and θ_D the activation sets of their neurons.
    Everything is counted on points, so whether the parent's neuron is silent *because* the child's fires is
    not asked; the hierarchy-conditioned gap compares with the rest of the parent. That rest contains the
    other children of C: where several are absorbed, each makes the others' gap smaller and hides them from
    ``absorbed``, while every ``rate`` stays what it is.

    Parameters
    ----------
    alignment : Alignment
        Of activation sets with a concept set that has parents.
    neurons : array_like [n_concepts], optional
        The neuron of every concept, -1 for none; ``alignment.learn()`` by default.
    delta, delta_child : float, default 0.1
        An edge is *absorbed* if the parent's neuron misses at most a share ``delta`` of C∖D, fires on at most
        a share ``delta_child`` of D, the neuron of D is another one, and it fires on part of what is missed.

    Returns
    -------
    pandas.DataFrame
        One row an edge:

        - ``parent``, ``child``: names; ``parent_neuron``, ``child_neuron``: numbers, -1 for none.
        - ``n_parent``, ``n_child``, ``n_rest``: points in C, D and C∖D.
        - ``on_rest``, ``on_child``: how many of C∖D and of D the neuron of C fires on.
        - ``n_absorbed``: points of D∩θ_D∖θ_C; 0 if C and D share one neuron.
        - ``rate``: ``n_absorbed / n_child``, the absorption rate; unavailable if D is empty or has no neuron,
          or C has none.
        - ``gap``: P(θ_C on | C, not D) − P(θ_C on | D), the hierarchy-conditioned gap; unavailable if C has
          no neuron or a denominator (``n_rest``, ``n_child``) is 0.
        - ``implication``: μ(θ_C∩θ_D)/μ(θ_D), the confidence of "where D's neuron fires, C's does" (T9b),
          which needs no label once the pair is known; unavailable if there is no such pair or D's
          neuron is dead.
        - ``absorbed``: whether the edge is absorbed in the sense above.

        Shares are nullable ``Float64``; *unavailable* is ``<NA>``, never NaN or an invented 0.

    Raises
    ------
    InputError
        If ``neurons`` does not fit, a tolerance is not in [0, 1], or ``alignment`` is none, is on the ambient
        space or is weighted.

    References
    ----------
    Chanin et al. 2024, arXiv:2409.14507, name the phenomenon.

    Examples
    --------
    A dog is an animal; the animal neuron is silent on one dog of two:

    >>> from saelib import ActivationSets, ConceptSet, align
    >>> concepts = ConceptSet([[1, 1], [1, 1], [1, 0], [0, 0]], names=["animal", "dog"], parents=[-1, 0])
    >>> edges = absorption(align(ActivationSets([[0, 1], [1, 1], [1, 0], [0, 0]]), concepts))
    >>> edges[["rate", "gap", "implication"]].iloc[0].tolist()
    [0.5, 0.5, 0.5]
    """
    checked_counts(alignment)
    for name, value in (("delta", delta), ("delta_child", delta_child)):
        if not 0 <= value <= 1:
            raise InputError(name, f"is {value!r}", "give a number from 0 to 1")
    concepts = alignment.concepts
    assigned = checked_assignment(alignment, neurons)
    child = np.flatnonzero(concepts.parents >= 0)
    parent = concepts.parents[child]
    fires_c = _columns(alignment.activations.membership, assigned[parent])
    fires_d = _columns(alignment.activations.membership, assigned[child])
    holds_d = _columns(concepts.membership, child)
    n_parent, n_child = concepts.sizes[parent], concepts.sizes[child]
    counts = alignment.counts.astype(np.int64)
    has_c, has_d = assigned[parent] >= 0, assigned[child] >= 0
    on_parent = np.where(has_c, counts[assigned[parent], parent], 0)
    on_child = np.where(has_c, counts[assigned[parent], child], 0)
    d_in_d = holds_d.multiply(fires_d)
    n_absorbed = _per_column(d_in_d) - _per_column(d_in_d.multiply(fires_c))
    n_rest, on_rest = n_parent - n_child, on_parent - on_child
    pair = has_c & has_d
    rate = share(n_absorbed, n_child, pair)
    both = _per_column(fires_c.multiply(fires_d))
    absorbed = (
        pair
        & (assigned[parent] != assigned[child])
        & (n_rest > 0)
        & (n_rest - on_rest <= delta * n_rest)
        & (on_child <= delta_child * n_child)
        & (n_absorbed > 0)
    )
    names = np.array(concepts.names, dtype=object)
    return pd.DataFrame(
        {
            "parent": names[parent], "child": names[child],
            "parent_neuron": assigned[parent], "child_neuron": assigned[child],
            "n_parent": n_parent, "n_child": n_child, "n_rest": n_rest,
            "on_rest": on_rest, "on_child": on_child, "n_absorbed": n_absorbed,
            "rate": rate,
            "gap": pd.Series(share(on_rest, n_rest, has_c)) - pd.Series(share(on_child, n_child, has_c)),
            "implication": share(both, _per_column(fires_d), pair),
            "absorbed": absorbed,
        }
    )  # fmt: skip


def _columns(sets: sparse.csr_array, which: np.ndarray) -> sparse.csc_array:
    """Columns of a family, int64, an empty one for -1."""
    known = np.flatnonzero(which >= 0)
    choice = sparse.csr_array(
        (np.ones(len(known), dtype=np.int64), (which[known], known)), shape=(sets.shape[1], len(which))
    )
    return sparse.csc_array(sets.astype(np.int64) @ choice)


def _per_column(counted: sparse.csc_array) -> npt.NDArray[np.int64]:
    return np.asarray(counted.sum(axis=0)).ravel().astype(np.int64)
