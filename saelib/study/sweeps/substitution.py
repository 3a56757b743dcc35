"""Whether an answer about one neuron holds, worked out again in rational numbers and by nobody's rounding."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from saelib.geometry import Certificate, Neuron, Separation

__all__ = ["certificate_holds", "separation_holds"]


def separation_holds(answer: Separation, inside: np.ndarray, outside: np.ndarray) -> bool:
    """Whether the neuron fires on every point inside and on none outside, every pre-activation a fraction.

    Examples
    --------
    >>> from saelib.geometry import separate
    >>> answer = separate([[3.0]], [[1.0]])
    >>> separation_holds(answer, np.array([[3.0]]), np.array([[1.0]]))
    True
    >>> separation_holds(answer, np.array([[3.0]]), np.array([[2.5]]))
    False
    """
    return _fires_everywhere(answer.neuron, inside) and _fires_nowhere(answer.neuron, outside)


def certificate_holds(answer: Certificate, inside: np.ndarray, outside: np.ndarray) -> bool:
    """Whether positive weights with sum 1 on either side meet exactly, on at most d_in + 2 points.

    Where the certificate gives no rational weights (it then proves that there are some near its own), they
    are worked out anew.

    Examples
    --------
    >>> from saelib.geometry import separate
    >>> cross = np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([[0.0, 1.0], [1.0, 0.0]])
    >>> certificate_holds(separate(*cross), *cross)
    True
    """
    first, second = inside[answer.inside_rows], outside[answer.outside_rows]
    alpha, beta = answer.exact_alpha, answer.exact_beta
    if not alpha:
        solved = _weights(first, second)
        if solved is None:
            return False
        alpha, beta = solved
    proper = min(*alpha, *beta) > 0 and sum(alpha) == sum(beta) == 1
    few = len(alpha) + len(beta) <= inside.shape[1] + 2
    return proper and few and _combined(alpha, first) == _combined(beta, second)


def _fires_everywhere(neuron: Neuron, points: np.ndarray) -> bool:
    return all(value > 0 for value in _pre_acts(neuron, points))


def _fires_nowhere(neuron: Neuron, points: np.ndarray) -> bool:
    return all(value <= 0 for value in _pre_acts(neuron, points))


def _pre_acts(neuron: Neuron, points: np.ndarray) -> list[Fraction]:
    w, b = list(map(Fraction, neuron.w.tolist())), Fraction(neuron.b)
    return [sum((v * Fraction(c) for v, c in zip(w, row, strict=True)), b) for row in points.tolist()]


def _combined(weights: tuple[Fraction, ...], points: np.ndarray) -> list[Fraction]:
    rows = [list(map(Fraction, row)) for row in points.tolist()]
    columns = zip(*rows, strict=True)
    return [sum(map(Fraction.__mul__, weights, column), Fraction(0)) for column in columns]


def _weights(
    first: np.ndarray, second: np.ndarray
) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]] | None:
    from saelib.geometry.exact_rational import as_integers, solve_exactly

    n, k = len(first), len(first) + len(second)
    rows = [as_integers(column)[0] for column in np.concatenate([first, -second]).T]
    sums = np.zeros((2, k), dtype=object)
    sums[0, :n] = sums[1, n:] = 1
    target = np.array([0] * len(rows) + [1, 1], dtype=object)
    solved = solve_exactly(np.concatenate([np.stack(rows), sums]), target)
    return None if solved is None else (tuple(solved[:n]), tuple(solved[n:]))
