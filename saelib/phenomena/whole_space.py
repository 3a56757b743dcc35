"""Half-spaces under inclusion in the whole space are parallel chains (theory T11a)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from saelib.errors import InputError
from saelib.geometry import Neuron
from saelib.geometry.exact_rational import as_integers

__all__ = ["outside_point"]


def outside_point(inner: Neuron, outer: Neuron) -> tuple[Fraction, ...] | None:
    r"""Find a point where ``inner`` fires and ``outer`` does not, or say that there is none, exactly (T11a).

    The half-space of ``inner`` lies inside that of ``outer`` only if the directions are parallel and point
    the same way, w₂ = c·w₁ with c > 0, and b₂ ≥ c·b₁. In every other case this function returns a point that
    refutes it, by a closed form. Let g = ⟨w₁, w₂⟩.

    - If g ≤ 0, go along u = w₁ - w₂.
    - If g > 0 and the directions are not parallel, go along u = w₁ - s·w₂ with s midway between g/\|w₂\|² and
      \|w₁\|²/g, an interval that is not empty by Cauchy and Schwarz.
    - Either way p₁ rises along u and p₂ falls, so far enough out the point is found.
    - If the directions are parallel but b₂ < c·b₁, take a point between the two hyperplanes.

    Floats are rationals, so nothing is rounded: two directions that differ in the last bit are not parallel.

    Parameters
    ----------
    inner, outer : Neuron
        With directions that are not zero.

    Returns
    -------
    tuple of Fraction or None
        The point, one number a dimension; None if the half-space of ``inner`` lies
        inside that of ``outer``.

    Raises
    ------
    InputError
        If something is no neuron or has no direction, or the two live in different dimensions.

    Examples
    --------
    >>> right, up = Neuron([1.0, 0.0], -1.0), Neuron([0.0, 1.0], -1.0)
    >>> [str(x) for x in outside_point(right, up)]
    ['2', '-2']
    >>> further = Neuron([2.0, 0.0], -6.0)                          # fires where x > 3
    >>> outside_point(further, right) is None
    True
    >>> [str(x) for x in outside_point(right, further)]             # between 1 and 3
    ['2', '0']
    """
    for name, neuron in (("inner", inner), ("outer", outer)):
        if not isinstance(neuron, Neuron):
            raise InputError(name, f"is a {type(neuron).__name__}", "give a Neuron")
        if not neuron.w.any():
            raise InputError(name, "has w = 0 and no half-space", "give a direction that is not zero")
    if inner.d_in != outer.d_in:
        raise InputError("outer", f"reads R^{outer.d_in}", f"give a neuron of R^{inner.d_in}")
    # A positive factor changes no half-space, so each is written in whole numbers of its own.
    (row1, _), (row2, _) = (as_integers(np.append(neuron.w, neuron.b)) for neuron in (inner, outer))
    (w1, b1), (w2, b2) = (row1[:-1], int(row1[-1])), (row2[:-1], int(row2[-1]))
    size1, size2, g = int(w1 @ w1), int(w2 @ w2), int(w1 @ w2)
    gram = size1 * size2 - g * g
    if gram == 0 and g > 0:
        behind = b1 * g - b2 * size1  # positive: the inner hyperplane comes first along the direction
        if behind <= 0:
            return None
        # p₁ = (b₁ - b₂/c)/2 with c = g/size1 puts the point half way between the hyperplanes.
        factor = (Fraction(behind, 2 * g) - b1) / size1
        return tuple(factor * int(n) for n in w1)
    way = w1 - w2 if g <= 0 else 2 * g * size2 * w1 - (g * g + size1 * size2) * w2
    rise, fall = int(w1 @ way), -int(w2 @ way)  # both positive
    # Twice as far as the worse hyperplane, so that the point stays right when it is rounded to floats.
    far = 2 * max(Fraction(abs(b1), rise), Fraction(abs(b2), fall))
    step = far or Fraction(1, max(abs(int(n)) for n in way))
    return tuple(step * int(n) for n in way)
