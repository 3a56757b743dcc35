"""Attempts to refute T11a: pairs of half-spaces that might be nested without being parallel."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

import numpy as np
import pandas as pd

from saelib.errors import InputError, checked_type
from saelib.geometry import Neuron
from saelib.phenomena.whole_space import outside_point

__all__ = ["NESTING_KINDS", "nesting_trials"]

Pair = tuple[Neuron, Neuron]


def nesting_trials(dimensions: Sequence[int], n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw pairs of half-spaces of every kind in every dimension and check what is said of each.

    The kinds are *oblique* (Gaussian directions), *whole* (small whole numbers, with many right angles, zeros
    and equal offsets), *almost parallel* (directions that differ by an angle between 10⁻² and 10⁻¹⁵, one
    deeper inside than the other, so that they look nested), *opposite* (antiparallel, exactly), and two
    kinds of parallel pairs, exactly so because powers of two scale floats without rounding: *chain*, nested,
    and *chain reversed*, with inner and outer exchanged, not nested.

    The parallel test and the substitution here share nothing with :func:`~saelib.phenomena.outside_point` but
    the two neurons.

    Parameters
    ----------
    dimensions : sequence of int
        d_in of the pairs, each at least 2: on the line all directions are parallel.
    n : int
        Pairs of each kind and dimension, at least 1.
    rng : numpy.random.Generator
        Where the pairs come from.

    Returns
    -------
    pandas.DataFrame
        One row a pair:

        - ``kind``, ``d_in``.
        - ``parallel``: whether the directions are parallel and point the same way, by cross-multiplication.
        - ``found``: whether a point was returned that lies in the inner half-space and outside the outer one,
          by substitution in fractions.
        - ``holds``: nested pairs have no point, all others have a verified one.

    Raises
    ------
    InputError
        If a dimension is below 2, or ``n`` below 1.

    Examples
    --------
    >>> trials = nesting_trials([2, 3], 5, np.random.default_rng(0))
    >>> len(trials), bool(trials.holds.all())
    (60, True)
    >>> trials[trials.parallel].groupby("kind").found.mean().to_dict()
    {'chain': 0.0, 'chain reversed': 1.0}
    """
    checked_type("dimensions", dimensions, Iterable, "give a list of whole numbers")
    for dimension in dimensions:
        if isinstance(dimension, bool) or not isinstance(dimension, numbers.Integral) or dimension < 2:
            raise InputError("dimensions", f"has {dimension!r}", "give whole numbers from 2 up")
    if isinstance(n, bool) or not isinstance(n, numbers.Integral) or n < 1:
        raise InputError("n", f"is {n!r}", "give a whole number from 1 up")
    rows = []
    for d_in in dimensions:
        for kind, draw in NESTING_KINDS.items():
            for _ in range(n):
                inner, outer = draw(int(d_in), rng)
                parallel = _parallel(inner, outer)
                nested = parallel and _no_nearer(inner, outer)
                point = outside_point(inner, outer)
                found = point is not None and _value(inner, point) > 0 >= _value(outer, point)
                holds = found != nested and (point is None) == nested
                rows.append((kind, int(d_in), parallel, found, holds))
    return pd.DataFrame(rows, columns=["kind", "d_in", "parallel", "found", "holds"])


def _value(neuron: Neuron, point: tuple[Fraction, ...]) -> Fraction:
    """⟨w, x⟩ + b in fractions."""
    return sum((Fraction(w) * x for w, x in zip(neuron.w.tolist(), point, strict=True)), Fraction(neuron.b))


def _ratio(inner: Neuron, outer: Neuron) -> Fraction:
    """w₂/w₁ at the first coordinate that is not zero in w₁."""
    at = int(np.flatnonzero(inner.w)[0])
    return Fraction(float(outer.w[at])) / Fraction(float(inner.w[at]))


def _parallel(inner: Neuron, outer: Neuron) -> bool:
    c = _ratio(inner, outer)
    pairs = zip(inner.w.tolist(), outer.w.tolist(), strict=True)
    return c > 0 and all(Fraction(second) == c * Fraction(first) for first, second in pairs)


def _no_nearer(inner: Neuron, outer: Neuron) -> bool:
    return Fraction(outer.b) >= _ratio(inner, outer) * Fraction(inner.b)


def _oblique(d: int, rng: np.random.Generator) -> Pair:
    return Neuron(rng.normal(size=d), rng.normal()), Neuron(rng.normal(size=d), rng.normal())


def _whole(d: int, rng: np.random.Generator) -> Pair:
    w = rng.integers(-2, 3, (2, d)).astype(np.float64)
    w[:, 0] += ~w.any(axis=1)  # no neuron without a direction
    b = rng.integers(-3, 4, 2)
    return Neuron(w[0], float(b[0])), Neuron(w[1], float(b[1]))


def _almost_parallel(d: int, rng: np.random.Generator) -> Pair:
    w = rng.normal(size=d)
    off = rng.normal(size=d) * np.linalg.norm(w) / np.sqrt(d) * 10.0 ** rng.uniform(-15, -2)
    b = rng.normal()
    return Neuron(w, b), Neuron(w + off, b + rng.exponential())


def _chain(d: int, rng: np.random.Generator) -> Pair:
    w, b = rng.normal(size=d), rng.normal()
    c = 2.0 ** rng.integers(-20, 21)
    deeper = 0.0 if rng.random() < 0.2 else rng.exponential()
    return Neuron(w, b), Neuron(c * w, c * (b + deeper))


def _reversed(d: int, rng: np.random.Generator) -> Pair:
    w, b = rng.normal(size=d), rng.normal()
    c = 2.0 ** rng.integers(-20, 21)
    return Neuron(c * w, c * (b + 0.01 + rng.exponential())), Neuron(w, b)


def _opposite(d: int, rng: np.random.Generator) -> Pair:
    w, c = rng.normal(size=d), 2.0 ** rng.integers(-20, 21)
    return Neuron(w, rng.normal()), Neuron(-c * w, rng.normal())


NESTING_KINDS: dict[str, Callable[[int, np.random.Generator], Pair]] = {
    "oblique": _oblique,
    "whole": _whole,
    "almost parallel": _almost_parallel,
    "opposite": _opposite,
    "chain": _chain,
    "chain reversed": _reversed,
}
"""How to draw a pair (inner, outer) of each kind."""
