"""Attempts to refute T10: small dictionaries whose families are also found by trying every set of neurons."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pandas as pd

from saelib.errors import InputError, checked_type
from saelib.phenomena.family import families
from saelib.phenomena.planting import planted
from saelib.sets import ActivationSets, ConceptSet

__all__ = ["FAMILY_KINDS", "brute_families", "family_trials"]

Planted = dict[tuple[str, ...], float]


def brute_families(activations: ActivationSets, min_support: int) -> dict[tuple[int, ...], int]:
    """Try every set of two or more neurons and keep those to which no neuron can be added for free (T10).

    A set is kept if at least ``min_support`` points make all of its neurons fire and every other neuron is
    silent on at least one of these. Nothing of the search for formal concepts is used.

    Parameters
    ----------
    activations : ActivationSets
        Of at most 16 neurons: all their subsets are tried.
    min_support : int
        At least 1.

    Returns
    -------
    dict of tuple of int to int
        By the neurons of a family, ascending: the points of its region.

    Raises
    ------
    InputError
        For more than 16 neurons, or a support below 1.

    Examples
    --------
    >>> brute_families(ActivationSets([[1, 1, 0], [1, 1, 1], [0, 0, 1]]), 1)
    {(0, 1): 2, (0, 1, 2): 1}
    """
    checked_type("activations", activations, ActivationSets, "wrap who fires in saelib.ActivationSets")
    if activations.d_sae > 16:
        raise InputError("activations", f"has {activations.d_sae} neurons", "give at most 16")
    if isinstance(min_support, bool) or not isinstance(min_support, numbers.Integral) or min_support < 1:
        raise InputError("min_support", f"is {min_support!r}", "give a whole number from 1 up")
    active = activations.membership.toarray()
    kept = {}
    for size in range(2, activations.d_sae + 1):
        for members in combinations(range(activations.d_sae), size):
            region = active[:, members].all(axis=1)
            others = np.delete(active[region], members, axis=1)
            if region.sum() >= min_support and not others.all(axis=0).any():
                kept[members] = int(region.sum())
    return kept


def family_trials(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw dictionaries of every kind and compare their families with brute force and with what was planted.

    The kinds are *random* (every neuron fires independently), *disjoint* (concepts without a common point,
    families planted on top: whatever fires together is planted) and *forest* (nested concepts, part of a
    parent absorbed, families planted on top).

    Parameters
    ----------
    n : int
        Dictionaries of each kind, at least 1.
    rng : numpy.random.Generator
        Where they come from.

    Returns
    -------
    pandas.DataFrame
        One row a dictionary:

        - ``kind``, ``n_points``, ``d_sae``, ``min_support``, and ``found``, the number of families.
        - ``wrong``: families that are found and not there, there and not found, or of another support.
        - ``planted``: families planted; ``missed``: planted ones whose neurons are not all in one found
          family, or, for *disjoint*, not with exactly the planted number of points.
        - ``holds``: nothing is wrong and nothing missed.

    Raises
    ------
    InputError
        If ``n`` is not a whole number from 1 up.

    Examples
    --------
    >>> trials = family_trials(5, np.random.default_rng(0))
    >>> trials.groupby("kind").holds.sum().to_dict()
    {'disjoint': 5, 'forest': 5, 'random': 5}
    """
    if isinstance(n, bool) or not isinstance(n, numbers.Integral) or n < 1:
        raise InputError("n", f"is {n!r}", "give a whole number from 1 up")
    rows = []
    for kind, draw in FAMILY_KINDS.items():
        for _ in range(n):
            activations, together = draw(rng)
            # Whatever is planted has at least this many points, so a planted family must be found.
            least = [round(share * activations.n_points) for share in together.values()]
            support = int(rng.integers(1, min([4, *least]) + 1))
            table = families(activations, min_support=support, min_lift=0.0)
            found = dict(zip(table.neurons, table.support.tolist(), strict=True))
            wrong = len(set(found.items()) ^ set(brute_families(activations, support).items()))
            missed = sum(
                not _is_there(names, share, activations, found, exact=kind == "disjoint")
                for names, share in together.items()
            )
            shape = (kind, activations.n_points, activations.d_sae, support)
            rows.append((*shape, len(found), wrong, len(together), missed, wrong == missed == 0))
    columns = ["kind", "n_points", "d_sae", "min_support", "found", "wrong", "planted", "missed", "holds"]
    return pd.DataFrame(rows, columns=columns)


def _is_there(
    names: tuple[str, ...], share: float, activations: ActivationSets, found: dict, exact: bool
) -> bool:
    members = {activations.names.index(name) for name in names}
    supports = [support for neurons, support in found.items() if members <= set(neurons)]
    points = round(share * activations.n_points)
    return bool(supports) and (max(supports) == points if exact else max(supports) >= points)


def _random(rng: np.random.Generator) -> tuple[ActivationSets, Planted]:
    shape = int(rng.integers(1, 60)), int(rng.integers(2, 9))
    return ActivationSets(rng.random(shape) < rng.uniform(0.05, 0.95, shape[1])), {}


def _some_families(names: tuple[str, ...], rng: np.random.Generator) -> Planted:
    """Up to two families without a common neuron, at rates of at least 2 %."""
    order = [str(name) for name in rng.permutation(names)]
    first, second = (int(size) for size in rng.integers(2, 4, 2))
    together: Planted = {tuple(order[:first]): float(rng.uniform(0.02, 0.2))}
    if len(order) >= first + second and rng.random() < 0.5:
        together[tuple(order[first : first + second])] = float(rng.uniform(0.02, 0.2))
    return together


def _disjoint(rng: np.random.Generator) -> tuple[ActivationSets, Planted]:
    n, m = int(rng.integers(50, 400)), int(rng.integers(4, 9))
    which = rng.integers(-1, m, n)  # -1: a point of no concept
    concepts = ConceptSet(which[:, None] == np.arange(m))
    together = _some_families(concepts.names, rng)
    return planted(concepts, families=together, rng=rng), together


def _forest(rng: np.random.Generator) -> tuple[ActivationSets, Planted]:
    n = int(rng.integers(50, 400))
    roots = rng.random((n, 2)) < 0.4
    children = roots[:, [0, 0, 1, 1]] & (rng.random((n, 4)) < 0.4)
    names = ["a", "b", "a0", "a1", "b0", "b1"]
    concepts = ConceptSet(np.hstack([roots, children]), names=names, parents=[-1, -1, 0, 0, 1, 1])
    together = _some_families(concepts.names, rng)
    absorbed = {"a0": float(rng.uniform(0, 1))}
    return planted(concepts, absorbed=absorbed, families=together, rng=rng), together


FAMILY_KINDS: dict[str, Callable[[np.random.Generator], tuple[ActivationSets, Planted]]] = {
    "random": _random,
    "disjoint": _disjoint,
    "forest": _forest,
}
"""How to draw a dictionary of each kind, with the families planted in it and their shares."""
