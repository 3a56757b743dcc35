"""Look for a counterexample to a bound; and look at the instances that attain it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from saelib.errors import InputError
from saelib.geometry.bounds import refuting_budgets, refuting_notions

__all__ = ["extremal_instances", "try_to_refute"]

Draw = Callable[[int, np.random.Generator], pd.DataFrame]

_ATTACKS: dict[str, Draw] = {
    "T1a": refuting_notions.attack_t1a,
    "T1b": refuting_notions.attack_t1b,
    "T1c": refuting_notions.attack_t1c,
    "T1d": refuting_notions.attack_t1d,
    "T5d": refuting_budgets.attack_t5d,
    "T5e": refuting_budgets.attack_t5e,
}

_EXTREMES: dict[str, Draw] = {
    "T1b": refuting_notions.extreme_t1b,
    "T1c": refuting_notions.extreme_t1c,
    "T1d": refuting_notions.extreme_t1d,
    "T5d": refuting_budgets.extreme_t5d,
    "T5e": refuting_budgets.extreme_t5e,
}


def try_to_refute(theorem_id: str, n_instances: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw adversarial instances and look for one that breaks the theorem.

    Tiny, huge, empty, equal, nested, disjoint and almost attaining sets take turns. ``violated`` is
    decided on whole numbers, multiplied out, so it is neither fooled nor excused by rounding;
    ``measured``, ``bound`` and ``slack`` are float64, for pictures.

    Parameters
    ----------
    theorem_id : {"T1a", "T1b", "T1c", "T1d", "T5d", "T5e"}
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
        - T5d: measured and bound are Σ μ(C_i∖θ_{j(i)}) and E[(s − L0)₊], for the assignment that misses
          least.
        - T5e: the sum of Jaccard indices and the budget (mean of s over θ, or of L0 over C) of the neuron or
          concept that comes nearest to its budget; all of them are checked.

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
    theorem_id : {"T1b", "T1c", "T1d", "T5d", "T5e"}
        Whose bound to sit on.
    n_instances : int
        How many instances to draw.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        As :func:`try_to_refute`; every slack is exactly 0 (up to rounding for T5e). For T1b it is the
        slack of the recall where θ lies inside C, and of the leak where it lies around C.

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
