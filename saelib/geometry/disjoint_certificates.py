"""How often every neuron must err: certificates without a common point, each of which costs an error."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from saelib.errors import InputError
from saelib.geometry.certificate import Certificate
from saelib.geometry.hinge import hinge_neuron
from saelib.geometry.neuron import Neuron
from saelib.geometry.separation import decide
from saelib.geometry.two_sets import read_two_sets

__all__ = ["packing", "packing_bound"]

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]


def packing(
    inside: npt.ArrayLike,
    outside: npt.ArrayLike,
    *,
    limit: int | None = None,
    neuron: Neuron | None = None,
    patience: int = 5,
) -> list[Certificate]:
    """Collect certificates of impossibility with disjoint supports.

    Every neuron errs on at least one point of each (theorem T2d), so their number bounds the errors of all
    neurons from below. The search is greedy. The points where a good neuron is right are separable, so every
    certificate holds one of its errors; to waste none, certificates are sought on one error and right
    points alone, the deepest error first, the right points nearest to the boundary first; then on all that
    is left, until that is separable.

    Parameters
    ----------
    inside : array_like
        Points [n_inside, d_in].
    outside : array_like
        Points [n_outside, d_in].
    limit : int, optional
        Stop at so many certificates.
    neuron : Neuron, optional
        A neuron that errs little, if one is known; otherwise
        :func:`~saelib.geometry.hinge_neuron` is called.
    patience : int
        After so many errors in a row without a certificate of their own, go on to all that is left.

    Returns
    -------
    list of Certificate
        Their rows are rows of the given sets; no row is in two of them.

    Raises
    ------
    InputError
        If the sets are malformed (see :func:`~saelib.geometry.separate`), ``limit`` is negative, ``patience``
        not positive, or the neuron reads another d_in.

    Examples
    --------
    Two points on a line between two pairs:

    >>> found = packing([[1.0], [2.0]], [[0.0], [-1.0], [3.0], [4.0]])
    >>> [(c.inside_rows.tolist(), sorted(c.outside_rows.tolist())) for c in found]
    [([0], [1, 3]), ([1], [0, 2])]
    """
    first, second = read_two_sets(inside, outside)
    if limit is not None and limit < 0:
        raise InputError("limit", f"is {limit}", "give the number of certificates that suffices")
    if patience < 1:
        raise InputError("patience", f"is {patience}", "give a positive number of errors")
    if limit == 0:
        return []
    if neuron is None:
        neuron = hinge_neuron(first, second, polish=0).neuron
    elif neuron.d_in != first.shape[1]:
        raise InputError("neuron", f"has d_in {neuron.d_in}", f"give one that reads {first.shape[1]}")
    sets = first, second
    acts = neuron.pre_acts(first), neuron.pre_acts(second)
    right = acts[0] > 0, acts[1] <= 0
    rest = [np.flatnonzero(right[0]), np.flatnonzero(right[1])]
    wrong = [(side, int(row)) for side in (0, 1) for row in np.flatnonzero(~right[side])]
    wrong.sort(key=lambda error: -abs(float(acts[error[0]][error[1]])))
    found: list[Certificate] = []
    spared: list[tuple[int, int]] = []
    failed = 0
    for side, row in wrong:
        if limit is not None and len(found) >= limit:
            return found
        got = None if failed == patience else _with_one_error(sets, acts, rest, side, row)
        if got is None:
            spared.append((side, row))
            failed = min(failed + 1, patience)
        else:
            found.append(got)
            rest, failed = _without(rest, got), 0
    # What is left has certificates with several errors, or none.
    for side in (0, 1):
        errors = np.array([row for where, row in spared if where == side], dtype=np.intp)
        rest[side] = np.union1d(rest[side], errors)
    while limit is None or len(found) < limit:
        got = _certificate(sets, rest)
        if got is None:
            break
        found.append(got)
        rest = _without(rest, got)
    return found


def packing_bound(
    inside: npt.ArrayLike,
    outside: npt.ArrayLike,
    *,
    limit: int | None = None,
    neuron: Neuron | None = None,
    patience: int = 5,
) -> int:
    """Bound the errors of every neuron from below, by the size of a :func:`packing`.

    Parameters
    ----------
    inside : array_like
        Points [n_inside, d_in].
    outside : array_like
        Points [n_outside, d_in].
    limit, neuron, patience : optional
        As for :func:`packing`.

    Returns
    -------
    int
        Every neuron has at least so many points in θ△C. Zero if the sets are separable.

    Raises
    ------
    InputError
        As :func:`packing`.

    Examples
    --------
    >>> packing_bound([[1.0], [2.0]], [[0.0], [-1.0], [3.0], [4.0]])
    2
    >>> packing_bound([[1.0], [2.0]], [[0.0], [-2.0]])
    0
    """
    return len(packing(inside, outside, limit=limit, neuron=neuron, patience=patience))


def _with_one_error(
    sets: tuple[Floats, Floats], acts: tuple[Floats, Floats], rest: list[Rows], side: int, row: int
) -> Certificate | None:
    """A certificate on one error and right points: those nearest to the boundary, or else all."""
    tries, few = [list(rest)], 8 * (sets[0].shape[1] + 2)
    if len(rest[0]) + len(rest[1]) > 4 * few:
        near = []
        for rows, act in zip(rest, acts, strict=True):
            near.append(np.sort(rows[np.argsort(np.abs(act[rows]), kind="stable")[:few]]))
        tries.insert(0, near)
    for chosen in tries:
        chosen[side] = np.append(chosen[side], row)
        got = _certificate(sets, chosen)
        if got is not None:
            return got
    return None


def _without(rest: list[Rows], used: Certificate) -> list[Rows]:
    return [np.setdiff1d(rest[0], used.inside_rows), np.setdiff1d(rest[1], used.outside_rows)]


def _certificate(sets: tuple[Floats, Floats], rows: list[Rows]) -> Certificate | None:
    if not len(rows[0]) or not len(rows[1]):
        return None
    got = decide(sets[0][rows[0]], sets[1][rows[1]])
    if not isinstance(got, Certificate):
        return None
    return replace(got, inside_rows=rows[0][got.inside_rows], outside_rows=rows[1][got.outside_rows])
