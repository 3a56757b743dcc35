"""T6e: two open half-spaces have a common point unless they turn their backs to each other."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from saelib.errors import InputError
from saelib.geometry.arrangements.exact import whole_rows
from saelib.geometry.neuron import Neuron

__all__ = ["common_point", "common_points"]

Numbers = npt.NDArray[Any]
"""int64 where nothing can overflow, Python integers (dtype object) otherwise."""


def common_point(first: Neuron, second: Neuron) -> tuple[Fraction, ...] | None:
    """Find a point at which both of two neurons fire, or say that there is none, exactly (T6e).

    If the directions are not parallel, some point gives both pre-activations any values we like. If they
    point the same way, go far along them. If they are antiparallel, w₁ = -c·w₂, then p₁ + c·p₂ is the
    constant b₁ + c·b₂: where both fire it is positive; and if it is positive, a point between the hyperplanes
    will do.

    Parameters
    ----------
    first, second : Neuron
        With directions that are not zero.

    Returns
    -------
    tuple of Fraction or None
        The point, verified by substitution; None if the two open half-spaces are disjoint.

    Raises
    ------
    InputError
        If a neuron has no direction, or the two live in different dimensions.

    Examples
    --------
    >>> right, left = Neuron([1.0, 0.0], -1.0), Neuron([-1.0, 0.0], -1.0)
    >>> common_point(right, left) is None
    True
    >>> [str(x) for x in common_point(right, Neuron([0.0, 1.0], 0.5))]
    ['2', '0']
    """
    for name, neuron in (("first", first), ("second", second)):
        if not isinstance(neuron, Neuron):
            raise InputError(name, f"is a {type(neuron).__name__}", "give a Neuron")
        if not neuron.w.any():
            raise InputError(name, "has w = 0 and no half-space", "give a direction that is not zero")
    if first.d_in != second.d_in:
        raise InputError("second", f"reads R^{second.d_in}", f"give a neuron of R^{first.d_in}")
    rows = whole_rows(np.column_stack([first.w, second.w]), np.array([first.b, second.b]))
    numerators, denominators, meet = common_points(rows[:1], rows[1:])
    if not meet[0]:
        return None
    return tuple(Fraction(int(over), int(denominators[0])) for over in numerators[0])


def common_points(first: Numbers, second: Numbers) -> tuple[Numbers, Numbers, npt.NDArray[np.bool_]]:
    """Find common points of many pairs of half-spaces with whole coefficients.

    Parameters
    ----------
    first, second : ndarray [m, d_in + 1]
        Rows (w, b), w ≠ 0: int64, or Python integers (dtype object) if products of five entries might not
        fit into 64 bits.

    Returns
    -------
    numerators, denominators : ndarray [m, d_in], ndarray [m]
        The points; meaningless where there is none.
    meet : ndarray [m]
        Whether both are positive at the point, by substitution.

    Examples
    --------
    >>> numerators, denominators, meet = common_points(np.array([[1, 0]]), np.array([[-1, 5]]))
    >>> numerators.tolist(), denominators.tolist(), meet.tolist()
    ([[5]], [2], [True])
    """
    (w1, b1), (w2, b2) = ((rows[:, :-1], rows[:, -1]) for rows in (first, second))
    size1, size2, along = (w1 * w1).sum(axis=1), (w2 * w2).sum(axis=1), (w1 * w2).sum(axis=1)
    gram = size1 * size2 - along * along
    crossing = (1 - b1)[:, None] * (w1 * size2[:, None] - w2 * along[:, None])
    crossing = crossing + (1 - b2)[:, None] * (w2 * size1[:, None] - w1 * along[:, None])
    ahead = w1 * (abs(b1) + abs(b2) + 1)[:, None]
    between = w1 * (b2 * size1 + b1 * along)[:, None]
    oblique, same = gram > 0, (gram == 0) & (along > 0)
    numerators = np.where(oblique[:, None], crossing, np.where(same[:, None], ahead, between))
    denominators = np.where(oblique, gram, np.where(same, 1, -2 * size1 * along))
    meet = np.ones(len(first), dtype=np.bool_)
    for w, b in ((w1, b1), (w2, b2)):
        meet &= ((w * numerators).sum(axis=1) + b * denominators > 0).astype(np.bool_)
    return numerators, denominators, meet
