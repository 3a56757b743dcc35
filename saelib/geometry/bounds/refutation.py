"""Look for a counterexample to a bound; and look at the instances that attain it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from saelib.errors import InputError
from saelib.geometry.bounds import refuting_budgets, refuting_capacity, refuting_noise, refuting_notions

__all__ = ["extremal_instances", "try_to_refute"]

Draw = Callable[[int, np.random.Generator], pd.DataFrame]

_ATTACKS: dict[str, Draw] = {
    "T1a": refuting_notions.attack_t1a,
    "T1b": refuting_notions.attack_t1b,
    "T1c": refuting_notions.attack_t1c,
    "T1d": refuting_notions.attack_t1d,
    "T5a": refuting_capacity.attack_t5a,
    "T5b": refuting_capacity.attack_t5b,
    "T5c": refuting_capacity.attack_t5c,
    "T5d": refuting_budgets.attack_t5d,
    "T5e": refuting_budgets.attack_t5e,
    "T7a": refuting_noise.attack_t7a,
    "T7b": refuting_noise.attack_t7b,
    "T7c": refuting_noise.attack_t7c,
    "Welch": refuting_capacity.attack_welch,
}

_EXTREMES: dict[str, Draw] = {
    "T1b": refuting_notions.extreme_t1b,
    "T1c": refuting_notions.extreme_t1c,
    "T1d": refuting_notions.extreme_t1d,
    "T5a": refuting_capacity.extreme_t5a,
    "T5b": refuting_capacity.extreme_t5b,
    "T5c": refuting_capacity.extreme_t5c,
    "T5d": refuting_budgets.extreme_t5d,
    "T5e": refuting_budgets.extreme_t5e,
    "T7a": refuting_noise.extreme_t7a,
    "T7b": refuting_noise.extreme_t7b,
    "Welch": refuting_capacity.extreme_welch,
}


def try_to_refute(theorem_id: str, n_instances: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw adversarial instances and look for one that breaks the theorem.

    Tiny, huge, empty, equal, nested, disjoint and almost attaining sets take turns. ``violated`` is
    decided on whole numbers, multiplied out, so it is neither fooled nor excused by rounding (for T7c on
    exact binomial tails, from which the bound keeps a distance); ``measured``, ``bound`` and ``slack`` are
    for pictures.

    Parameters
    ----------
    theorem_id : {"T1a", "T1b", "T1c", "T1d", "T5a", "T5b", "T5c", "T5d", "T5e", "T7a", "T7b", "T7c", "Welch"}
        What to attack.
    n_instances : int
        How many instances to draw, every one of which meets the premise of the theorem.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        One row an instance with the columns ``kind`` (how it was made), ``slack`` (negative on the wrong
        side) and ``violated``; ``measured`` and ``bound`` for all but T1a; and

        - T1a: ``detected``, ``separated``, ``approximated``; slack is the smaller of the two steps down.
        - T1b: ``frequency``, ``eta`` (the pair's own Jaccard distance, the hardest for it), ``recall``,
          ``recall_floor``, ``leak``, ``leak_ceiling``; measured and bound are those of the leak, slack is the
          smaller of the two.
        - T1c: ``frequency``, ``recall``, ``leak``, ``delta``, ``epsilon``; measured is the Jaccard distance.
        - T1d: ``frequency``, ``leak``, ``eta``, ``close`` (whether the Jaccard distance is at most η);
          measured is the leak, which must be at most the bound where ``close`` and above it elsewhere.
        - T5a: ``d_in``, ``neurons``, ``cells`` (all open cells, counted exactly) and ``seen`` (patterns
          at whole points, also of points on hyperplanes); measured is the larger of the two.
        - T5b: ``k``, ``concepts`` (with a unit of their own); measured and bound are d and the least d.
        - T5c: ``d_in``, ``points``; measured are the subsets that neurons cut out, counted exactly.
        - T5d: measured and bound are Σ μ(C_i∖θ_{j(i)}) and E[(s − L0)₊], for the assignment that misses
          least.
        - T5e: the sum of Jaccard indices and the budget (mean of s over θ, or of L0 over C) of the neuron or
          concept that comes nearest to its budget; all of them are checked.
        - T7a: ``present`` (miss is measured, else leak), ``coherence``, ``n_active``, ``sigma``, ``tau``;
          slack is in units of the signal, which decides.
        - T7b: ``present`` as for T7a; laws on a few whole values.
        - T7c: ``points``, ``share``, ``pairs``, ``band``; measured is the exact probability that a share
          leaves its band, times the number of pairs, and bound is 1 − confidence.
        - Welch: ``d_in``, ``concepts``; measured is the coherence, which must not be *below* the bound.

    Raises
    ------
    InputError
        If the theorem is unknown, ``n_instances`` is no positive integer or ``rng`` no generator.

    Examples
    --------
    >>> frame = try_to_refute("T1b", 1000, np.random.default_rng(0))
    >>> len(frame), int(frame.violated.sum())
    (1000, 0)
    """
    return _looked_up(theorem_id, _ATTACKS)(_checked_n(n_instances), _checked_rng(rng))


def extremal_instances(theorem_id: str, n_instances: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw instances that attain the bound: the reason why there is no better one.

    Parameters
    ----------
    theorem_id : {"T1b", "T1c", "T1d", "T5a", "T5b", "T5c", "T5d", "T5e", "T7a", "T7b", "Welch"}
        Whose bound to sit on.
    n_instances : int
        How many instances to draw.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        As :func:`try_to_refute`; every slack is exactly 0 (up to rounding for T5e and Welch). For T1b it
        is the slack of the recall where θ lies inside C, and of the leak where it lies around C. T7b
        is attained by the miss; T7c has no such instances, because Hoeffding's inequality never is an
        equality there.

    Raises
    ------
    InputError
        If the theorem is unknown, ``n_instances`` is no positive integer or ``rng`` no generator.

    Examples
    --------
    >>> frame = extremal_instances("T1c", 1000, np.random.default_rng(0))
    >>> bool(frame.slack.abs().max() < 1e-15)
    True
    """
    return _looked_up(theorem_id, _EXTREMES)(_checked_n(n_instances), _checked_rng(rng))


def _looked_up(theorem_id: str, known: dict[str, Draw]) -> Draw:
    if theorem_id not in known:
        raise InputError("theorem_id", f"is {theorem_id!r}", f"give one of {', '.join(known)}")
    return known[theorem_id]


def _checked_n(n_instances: int) -> int:
    if isinstance(n_instances, bool) or not isinstance(n_instances, (int, np.integer)) or n_instances < 1:
        raise InputError("n_instances", f"is {n_instances!r}", "give a positive integer")
    return int(n_instances)


def _checked_rng(rng: np.random.Generator) -> np.random.Generator:
    if not isinstance(rng, np.random.Generator):
        raise InputError("rng", f"is a {type(rng).__name__}", "give numpy.random.default_rng(seed)")
    return rng
