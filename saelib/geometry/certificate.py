"""Why no neuron separates two sets: a point in both hulls, given by weights that anyone can add up."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
import numpy.typing as npt

from saelib.geometry.enclosure import enclose_solution
from saelib.geometry.exact_programme import cayley_system
from saelib.geometry.exact_rational import solve_exactly
from saelib.geometry.two_sets import read_two_sets, refuse_missing_rows

__all__ = ["Certificate", "certify", "rational_certificate"]

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

_FEW = 6  # points up to which rationals cost next to nothing, and say more than an enclosure
_MOST_RATIONAL = 100  # points up to which a rational solution takes seconds rather than minutes
_MOST_ENCLOSED = 5000


@dataclass(frozen=True, eq=False)
class Certificate:
    """Proof that no neuron fires on all of one set and on none of the other (theorem T2c).

    Convex weights α on points inside and β on points outside whose combinations meet: Σα x = Σβ y. A neuron
    positive on every x and nowhere positive on the y would be positive on the left and not on the right.

    Attributes
    ----------
    inside_rows, outside_rows : ndarray of int
        Rows that carry weight, at most d_in + 2 in all.
    alpha, beta : ndarray
        Their weights as float64: positive, each sum 1 up to rounding.
    point : ndarray [d_in]
        Where the combinations meet.
    residual : float
        Length of Σα x − Σβ y with the float weights, divided by the diameter of the points that carry
        weight (of their bounding box): rounding, some 1e-16.
    proof : str
        ``"rational"``: ``exact_alpha`` and ``exact_beta`` meet without any rounding.
        ``"enclosure"``: positive weights that meet exactly are proven to exist within ``radius`` of the
        given ones.
    radius : float
        Bound on the distance of each float weight from the exact one.
    exact_alpha, exact_beta : tuple of Fraction
        The weights as rationals, where they were computed; empty otherwise.

    Examples
    --------
    Exclusive or: the diagonals of a square meet in its middle.

    >>> from saelib.geometry import separate
    >>> found = separate([[0, 0], [1, 1]], [[0, 1], [1, 0]])
    >>> found
    Certificate(2 points inside and 2 outside meet at [0.5 0.5], proof=rational)
    >>> found.exact_alpha, found.exact_beta
    ((Fraction(1, 2), Fraction(1, 2)), (Fraction(1, 2), Fraction(1, 2)))
    >>> found.verify([[0, 0], [1, 1]], [[0, 1], [1, 0]])
    True
    """

    inside_rows: Rows
    outside_rows: Rows
    alpha: Floats
    beta: Floats
    point: Floats
    residual: float
    proof: Literal["rational", "enclosure"]
    radius: float
    exact_alpha: tuple[Fraction, ...] = ()
    exact_beta: tuple[Fraction, ...] = ()

    @property
    def separable(self) -> bool:
        """False."""
        return False

    @property
    def exact(self) -> bool:
        """Whether the weights are known as rationals; an enclosure proves as much without naming them."""
        return self.proof == "rational"

    @property
    def n_points(self) -> int:
        """Number of points that carry weight."""
        return len(self.inside_rows) + len(self.outside_rows)

    def verify(self, inside: npt.ArrayLike, outside: npt.ArrayLike) -> bool:
        """Substitute anew: whether the weights on these points prove that no neuron separates them.

        Parameters
        ----------
        inside, outside : array_like
            Points [n, d_in] the certificate speaks of, as given to :func:`~saelib.geometry.separate`.

        Returns
        -------
        bool
            True if positive weights sum to 1 on either side and meet exactly.

        Raises
        ------
        InputError
            If the points are malformed or have not the rows that carry weight.

        Examples
        --------
        >>> from saelib.geometry import separate
        >>> found = separate([[1.0]], [[0.0], [3.0]])
        >>> found.verify([[1.0]], [[0.0], [3.0]]), found.verify([[1.0]], [[0.0], [0.5]])
        (True, False)
        """
        first, second = read_two_sets(inside, outside)
        refuse_missing_rows(first, second, self.inside_rows, self.outside_rows)
        first, second = first[self.inside_rows], second[self.outside_rows]
        if self.proof == "rational":
            return _meets(first, second, self.exact_alpha, self.exact_beta)
        enclosed = _enclose(first, second, np.concatenate([self.alpha, self.beta]))
        return enclosed is not None

    def __repr__(self) -> str:
        where = np.array2string(self.point, precision=4, threshold=6, edgeitems=2)
        return (
            f"Certificate({len(self.inside_rows)} points inside and {len(self.outside_rows)} outside "
            f"meet at {where}, proof={self.proof})"
        )


def certify(
    inside: Floats, outside: Floats, inside_rows: Rows, outside_rows: Rows, weights: Floats
) -> Certificate | None:
    """Make a certificate on the given affinely independent points, if the hulls of these meet.

    Parameters
    ----------
    inside, outside : ndarray [n, d_in]
        float64, as read by :func:`~saelib.geometry.two_sets.read_two_sets`.
    inside_rows, outside_rows : ndarray of int
        The few points to prove it on.
    weights : ndarray
        Approximate weights, those inside first.

    Returns
    -------
    Certificate or None
        None if no exact weights exist on these points, or none could be proven.

    Examples
    --------
    >>> square = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
    >>> rows = np.arange(2)
    >>> certify(square[:2], square[2:], rows, rows, np.full(4, 0.5)).point.tolist()
    [0.5, 0.5]
    """
    first, second = inside[inside_rows], outside[outside_rows]
    k = len(first) + len(second)
    if _FEW < k == inside.shape[1] + 2 <= _MOST_ENCLOSED:
        enclosed = _enclose(first, second, weights)
        if enclosed is not None:
            solution, radius = enclosed
            return _certificate(first, second, inside_rows, outside_rows, solution, radius, None)
    if k > _MOST_RATIONAL:
        return None
    exact = solve_exactly(*cayley_system(first, second)[:2])
    if exact is None or min(exact) < 0:
        return None
    return rational_certificate(inside, outside, inside_rows, outside_rows, exact)


def rational_certificate(
    inside: Floats, outside: Floats, inside_rows: Rows, outside_rows: Rows, exact: list[Fraction]
) -> Certificate:
    """Make a certificate of weights that are known exactly; points without weight are left out.

    Parameters
    ----------
    inside, outside : ndarray [n, d_in]
        float64.
    inside_rows, outside_rows : ndarray of int
        The points that the weights belong to.
    exact : list of Fraction
        Weights ≥ 0, those inside first, that meet.

    Returns
    -------
    Certificate
        With ``proof="rational"``.

    Examples
    --------
    >>> rows = np.arange(2)
    >>> half, quarter = Fraction(1, 2), Fraction(1, 4)
    >>> segments = np.array([[0.0], [2.0]]), np.array([[1.0], [5.0]])
    >>> rational_certificate(*segments, rows, rows, [half, half, Fraction(1), Fraction(0)])
    Certificate(2 points inside and 1 outside meet at [1.], proof=rational)
    """
    first, second, n = inside[inside_rows], outside[outside_rows], len(inside_rows)
    keep = np.array([value > 0 for value in exact])
    solution = np.array([float(value) for value in exact])[keep]
    return _certificate(
        first[keep[:n]],
        second[keep[n:]],
        inside_rows[keep[:n]],
        outside_rows[keep[n:]],
        solution,
        2.0**-53,
        [value for value in exact if value],
    )


def _certificate(
    first: Floats,
    second: Floats,
    inside_rows: Rows,
    outside_rows: Rows,
    solution: Floats,
    radius: float,
    exact: list[Fraction] | None,
) -> Certificate:
    n = len(first)
    alpha, beta = solution[:n], solution[n:]
    base = first[0]
    # About one of the points, so that an offset common to all of them costs no digits.
    near, far = alpha @ (first - base), beta @ (second - base)
    both = np.concatenate([first, second])
    diameter = float(np.linalg.norm(both.max(axis=0) - both.min(axis=0)))
    return Certificate(
        inside_rows,
        outside_rows,
        alpha,
        beta,
        base + near,
        float(np.linalg.norm(near - far)) / diameter if diameter else 0.0,
        "rational" if exact else "enclosure",
        radius,
        tuple(exact[:n]) if exact else (),
        tuple(exact[n:]) if exact else (),
    )


def _enclose(first: Floats, second: Floats, weights: Floats) -> tuple[Floats, float] | None:
    """Weights and their error, if the square system proves that exact positive ones exist."""
    n, (k, d) = len(first), (len(first) + len(second), first.shape[1])
    if k != d + 2:
        return None
    base = first[0]
    matrix = np.zeros((k, k))
    matrix[:d, :n], matrix[:d, n:] = (first - base).T, -(second - base).T
    size = np.abs(matrix[:d]).max(axis=1)
    if not np.isfinite(size).all() or size.min() < 1e-280:
        return None
    # Powers of two round nothing, and bring badly scaled columns to one size.
    matrix[:d] = np.ldexp(matrix[:d], -np.frexp(size)[1][:, None])
    matrix[d, :n] = matrix[d + 1, n:] = 1.0
    target = np.zeros(k)
    target[d:] = 1.0
    enclosed = enclose_solution(matrix, target, weights)
    if enclosed is None or enclosed[0].min() <= enclosed[1]:
        return None
    return enclosed


def _meets(first: Floats, second: Floats, alpha: tuple[Fraction, ...], beta: tuple[Fraction, ...]) -> bool:
    weights = np.array([*alpha, *beta], dtype=object)
    matrix, target, _ = cayley_system(first, second)
    return len(weights) == matrix.shape[1] and min(weights) > 0 and bool((matrix @ weights == target).all())
