"""Attempts to refute T8: random dictionaries, and dictionaries whose splits are planted and so known."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from saelib.errors import InputError, checked_type
from saelib.phenomena.flowing import flow
from saelib.phenomena.parting import splitting_bound
from saelib.phenomena.planting import planted
from saelib.phenomena.splitting_up import splitting
from saelib.sets import ActivationSets, ConceptSet
from saelib.units import splitting_number

__all__ = ["try_planted_splits", "try_splitting_bound", "try_splitting_number"]


def try_splitting_number(n_instances: int, rng: np.random.Generator) -> pd.DataFrame:
    """Hold the three searches for the splitting number against trying every set of neurons (T8c).

    Parameters
    ----------
    n_instances : int
        Random dictionaries of 2 to 8 neurons over 8 to 24 points, each with a random concept and η.
    rng : numpy.random.Generator
        Draws them.

    Returns
    -------
    pandas.DataFrame
        One row an instance:

        - ``n_points``, ``d_sae``, ``eta``: what was drawn.
        - ``brute``: s_η by trying every set of neurons, ``<NA>`` if none is near.
        - ``exact``, ``below``, ``above``: s_η by the integer programme, the lower bound from the linear
          relaxation, the size of the greedy unit; each ``<NA>`` where the search says that there is none.
        - ``wrong``: whether the exact number is another than brute force's, or lies outside the bounds.

    Raises
    ------
    InputError
        If the number of instances is not positive.

    Examples
    --------
    >>> int(try_splitting_number(20, np.random.default_rng(0)).wrong.sum())
    0
    """
    _check_count(n_instances)
    rows = []
    for _ in range(n_instances):
        n_points, d_sae = int(rng.integers(8, 25)), int(rng.integers(2, 9))
        eta = float(rng.choice([0.0, 0.1, 0.2, 0.4, 0.6]))
        inside = rng.random(n_points) < rng.uniform(0.2, 0.7)
        inside[int(rng.integers(n_points))] = True
        # Neurons of every size, more often inside the concept than outside: some units are near.
        chance = rng.uniform(0.05, 0.9, d_sae) * np.where(inside, 1.0, rng.uniform(0.0, 0.6))[:, None]
        active = rng.random((n_points, d_sae)) < chance
        brute = _brute_force(active, inside, eta)
        activations = ActivationSets(active)
        exact, relaxed, greedy = (
            splitting_number(activations, inside, eta, search=search) for search in ("exact", "lp", "greedy")
        )
        right = exact.number == brute if brute is not None else exact.status == "impossible"
        if brute is None:
            right &= relaxed.upper is None and greedy.upper is None
        else:
            right &= relaxed.lower is not None and relaxed.lower <= brute
            right &= greedy.upper is None or brute <= greedy.upper
        found = {"brute": brute, "exact": exact.number, "below": relaxed.lower, "above": greedy.upper}
        drawn = {"n_points": n_points, "d_sae": d_sae, "eta": eta}
        rows.append(drawn | found | {"wrong": not right})
    numbers = dict.fromkeys(["brute", "exact", "below", "above"], "Int64")
    return pd.DataFrame(rows).astype(numbers)


def _brute_force(active: npt.NDArray[np.bool_], inside: npt.NDArray[np.bool_], eta: float) -> int | None:
    for size in range(1, active.shape[1] + 1):
        for chosen in combinations(range(active.shape[1]), size):
            union = active[:, chosen].any(axis=1)
            if int((union ^ inside).sum()) / int((union | inside).sum()) <= eta:
                return size
    return None


def try_splitting_bound(n_instances: int, rng: np.random.Generator) -> pd.DataFrame:
    """Try to break T8a with random parts that overlap, leak and miss as they please.

    Parameters
    ----------
    n_instances : int
        Random dictionaries of 1 to 6 neurons over 5 to 60 points, all of whose neurons are the parts.
    rng : numpy.random.Generator
        Draws them.

    Returns
    -------
    pandas.DataFrame
        One row an instance, the columns of :func:`saelib.phenomena.splitting_bound`.

    Raises
    ------
    InputError
        If the number of instances is not positive.

    Examples
    --------
    >>> int(try_splitting_bound(20, np.random.default_rng(0)).violated.sum())
    0
    """
    _check_count(n_instances)
    frames = []
    for number in range(n_instances):
        n_points, d_sae = int(rng.integers(5, 61)), int(rng.integers(1, 7))
        inside = rng.random(n_points) < rng.random()
        active = rng.random((n_points, d_sae)) < rng.uniform(0.0, 0.7, d_sae)
        concepts = ConceptSet(inside[:, None], names=[f"instance {number}"])
        parts = {f"instance {number}": range(d_sae)}
        frames.append(splitting_bound(ActivationSets(active), concepts, parts))
    return pd.concat(frames, ignore_index=True)


def try_planted_splits(
    concepts: ConceptSet, name: str, parts: Sequence[int], rng: np.random.Generator | None = None
) -> pd.DataFrame:
    """Plant a split into known numbers of parts and ask every measure for them.

    Parameters
    ----------
    concepts : ConceptSet
        What the faithful dictionary has one neuron each for.
    name : str
        The concept that is split. No other may lie inside it: its neuron would stand for some of the parts,
        and the concept truly need fewer.
    parts : sequence of int
        Into how many; 1 leaves the dictionary faithful.
    rng : numpy.random.Generator, optional
        Chooses the points of the parts.

    Returns
    -------
    pandas.DataFrame
        One row a number of parts:

        - ``planted``: that number.
        - ``needed``: the splitting number s_0 of the concept, from :func:`saelib.phenomena.splitting` over
          the whole dictionary.
        - ``flows``: neurons of the planted dictionary that lie wholly inside the concept's neuron in the
          faithful one, by :func:`saelib.phenomena.flow`.
        - ``errors``, ``bound``: of the planted parts, as in :func:`saelib.phenomena.splitting_bound`.
        - ``largest``: points of the concept that its largest part catches.
        - ``others``: other concepts of which one neuron is not enough.

    Raises
    ------
    InputError
        If the concept is unknown or contains another, or a number of parts is not from 1 to its number of
        points.

    Examples
    --------
    >>> concepts = ConceptSet([[1, 0]] * 6 + [[0, 1]] * 2, names=["animal", "plant"])
    >>> try_planted_splits(concepts, "animal", [1, 3])
       planted  needed  flows  errors  bound  largest  others
    0        1       1      1       0      0        6       0
    1        3       3      3       0      0        2       0
    """
    checked_type("concepts", concepts, ConceptSet, "wrap the labels in saelib.ConceptSet")
    if name not in concepts.names:
        raise InputError("name", f"is {name!r}", "name a concept")
    faithful, own = planted(concepts), concepts.names.index(name)
    within = flow(faithful, faithful, least=1.0).query("coarse == @own and fine != @own")
    if len(within):
        offence = f"is {name!r}, which contains {concepts.names[int(within.fine.iloc[0])]!r}"
        raise InputError("name", offence, "name a concept without another inside it")
    rows = []
    for n in parts:
        dictionary = planted(concepts, split={name: n} if n != 1 else None, rng=rng)
        neurons = [own, *range(concepts.n_concepts, dictionary.d_sae)]
        numbers = splitting(dictionary, concepts, eta=0.0, progress=False)
        pairs = flow(faithful, dictionary, least=1.0)
        bound = splitting_bound(dictionary, concepts, {name: neurons}).iloc[0]
        rows.append(
            {
                "planted": int(n),
                "needed": int(numbers.at_most[own]),
                "flows": int((pairs.coarse == own).sum()),
                "errors": int(bound.errors),
                "bound": int(bound.bound),
                "largest": int(bound.largest),
                "others": int((numbers.at_most.drop(index=own) > 1).sum()),
            }
        )
    return pd.DataFrame(rows)


def _check_count(n_instances: int) -> None:
    whole = isinstance(n_instances, (int, np.integer)) and not isinstance(n_instances, bool)
    if not whole or n_instances < 1:
        raise InputError("n_instances", f"is {n_instances!r}", "give a positive integer")
