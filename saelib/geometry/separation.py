"""Can one neuron tell two sets apart? A neuron with its margin, a certificate, or honest doubt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg

from saelib.geometry.certificate import Certificate, certify, rational_certificate
from saelib.geometry.exact_rational import exact_dots, exact_sides
from saelib.geometry.exact_separation import decide_exactly
from saelib.geometry.nearest_points import Nearest, nearest_points
from saelib.geometry.neuron import Neuron
from saelib.geometry.support_vectors import nearest_by_support_vectors
from saelib.geometry.two_sets import read_two_sets, refuse_missing_rows

__all__ = ["Separation", "Undecided", "decide", "separate"]

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

_MANY_DIMENSIONS = 512  # beyond, an active set of as many points gets slow
_FEW_THOUSAND = 10_000  # points whose inner products fit into memory
_WORK = 1e12  # operations after which the search gives up, some minutes


@dataclass(frozen=True, eq=False)
class Separation:
    """A neuron that fires on every point inside and on none outside, and how far it is from erring.

    Attributes
    ----------
    neuron : Neuron
        With w of unit length (up to rounding); the signs of its pre-activations are proven, not rounded.
    margin : float
        Least distance of a point from its boundary: what this neuron attains, by substitution.
    margin_bound : float
        No neuron has a larger margin: half the distance of the two convex combinations below. Equal to the
        margin up to rounding, unless the margin is so small beside the coordinates that float64 can not
        state the neuron well, or d_in is beyond 512, where the two may differ by a millionth.
    inside_rows, outside_rows : ndarray of int
        The points that carry the combinations: the nearest ones, in general position at most d_in + 1.
    alpha, beta : ndarray
        Convex weights; Σα x and Σβ y are the nearest points of the two hulls.

    Examples
    --------
    >>> from saelib.geometry import separate
    >>> found = separate([[3.0, 0.0], [4.0, 1.0]], [[1.0, 0.0], [0.0, 7.0]])
    >>> found
    Separation(margin=1, at most 1; rests on 1 points inside and 1 outside)
    >>> found.neuron.w.tolist(), found.neuron.b
    ([1.0, 0.0], -2.0)
    """

    neuron: Neuron
    margin: float
    margin_bound: float
    inside_rows: Rows
    outside_rows: Rows
    alpha: Floats
    beta: Floats

    @property
    def separable(self) -> bool:
        """True."""
        return True

    def verify(self, inside: npt.ArrayLike, outside: npt.ArrayLike) -> bool:
        """Substitute anew: whether the neuron separates these points with the stated margin.

        Parameters
        ----------
        inside, outside : array_like
            Points [n, d_in] it speaks of, as given to :func:`separate`.

        Returns
        -------
        bool
            True if it fires on all points inside, on none outside, in floating point and without rounding,
            the margin, up to rounding, is what is stated and no more than the bound, and the convex
            combinations are near enough to prove the bound.

        Raises
        ------
        InputError
            If the points are malformed or have not the rows that carry weight.

        Examples
        --------
        >>> from saelib.geometry import separate
        >>> found = separate([[3.0]], [[1.0]])
        >>> found.verify([[3.0]], [[1.0]]), found.verify([[3.0]], [[2.5]])
        (True, False)
        """
        first, second = read_two_sets(inside, outside)
        gap = _gap(self, first, second)
        if not _separates(self.neuron, first, second):
            return False
        margin = _margin(self.neuron, first, second)
        stated = np.isclose(margin, self.margin, rtol=1e-9, atol=0.0)
        return bool(stated and margin <= self.margin_bound * (1 + 1e-9) and gap <= 2 * self.margin_bound)

    def __repr__(self) -> str:
        return (
            f"Separation(margin={self.margin:.6g}, at most {self.margin_bound:.6g}; rests on "
            f"{len(self.inside_rows)} points inside and {len(self.outside_rows)} outside)"
        )


@dataclass(frozen=True, eq=False)
class Undecided:
    """Neither a neuron nor a certificate could be proven: the hulls are too close for float64.

    Attributes
    ----------
    gap : float
        Distance of the two convex combinations below: no neuron separates with a margin above half of it.
    reason : str
        What was missing for a proof.
    inside_rows, outside_rows : ndarray of int
        Points that carry the combinations.
    alpha, beta : ndarray
        Their convex weights.

    Examples
    --------
    >>> rows = np.arange(1)
    >>> Undecided(1e-18, "rounding hides it", rows, rows, np.ones(1), np.ones(1))
    Undecided(gap=1e-18: rounding hides it)
    """

    gap: float
    reason: str
    inside_rows: Rows
    outside_rows: Rows
    alpha: Floats
    beta: Floats

    @property
    def separable(self) -> None:
        """None."""
        return None

    @property
    def margin_bound(self) -> float:
        """No neuron separates with a larger margin."""
        return self.gap / 2

    def verify(self, inside: npt.ArrayLike, outside: npt.ArrayLike) -> bool:
        """Substitute anew: whether the two combinations are as near as stated.

        Parameters
        ----------
        inside, outside : array_like
            Points [n, d_in] it speaks of, as given to :func:`separate`.

        Returns
        -------
        bool
            True if the convex combinations are no farther apart than ``gap``, up to rounding.

        Raises
        ------
        InputError
            If the points are malformed or have not the rows that carry weight.

        Examples
        --------
        >>> rows = np.arange(1)
        >>> Undecided(2.0, "", rows, rows, np.ones(1), np.ones(1)).verify([[3.0]], [[1.0]])
        True
        """
        first, second = read_two_sets(inside, outside)
        return _gap(self, first, second) <= self.gap

    def __repr__(self) -> str:
        return f"Undecided(gap={self.gap:.3g}: {self.reason})"


def separate(inside: npt.ArrayLike, outside: npt.ArrayLike) -> Separation | Certificate | Undecided:
    """Find the neuron that separates two sets with the widest margin, or prove that there is none.

    By T2, a neuron fires on all points inside and on none outside iff their convex hulls are disjoint, and
    the best margin is half the hulls' distance. The nearest points of the hulls are found by an active set
    of at most d_in + 2 points; if they are apart, the hyperplane midway is the neuron, and if they
    coincide, their weights are the certificate. Nothing is returned unproven: signs of pre-activations and
    weights are checked against every rounding error that floating point can have made, and where these
    checks fail, in exact rational arithmetic. Hulls that touch are not separable.

    Parameters
    ----------
    inside : array_like
        Points [n_inside, d_in] where the neuron shall fire, of any real dtype; computed in float64.
    outside : array_like
        Points [n_outside, d_in] where it shall not.

    Returns
    -------
    Separation or Certificate or Undecided
        ``.separable`` is True, False or None; ``.verify(inside, outside)`` substitutes anew.

    Raises
    ------
    InputError
        If a set is empty or malformed, d_in differs, a number is not finite, or a point stands in both.

    References
    ----------
    Theorem T2; P. Kirchberger, "Über Tchebychefsche Annäherungsmethoden", Mathematische Annalen 57 (1903).

    Examples
    --------
    >>> separate([[0.0, 3.0], [4.0, 3.0]], [[1.0, 1.0], [9.0, -8.0]])
    Separation(margin=1, at most 1; rests on 2 points inside and 1 outside)
    >>> separate([[0.0, 3.0], [4.0, 3.0]], [[1.0, 3.0], [9.0, -8.0]])
    Certificate(2 points inside and 1 outside meet at [1. 3.], proof=rational)
    """
    return decide(*read_two_sets(inside, outside))


def decide(
    inside: Floats, outside: Floats, start: Nearest | None = None
) -> Separation | Certificate | Undecided:
    """Do what :func:`separate` does, for sets that were read already.

    Parameters
    ----------
    inside, outside : ndarray [n, d_in]
        As returned by :func:`~saelib.geometry.two_sets.read_two_sets`.
    start : Nearest, optional
        Nearest points of some of the points, with rows of the present sets, to start from.

    Returns
    -------
    Separation or Certificate or Undecided
        As :func:`separate`.

    Examples
    --------
    >>> decide(np.array([[2.0]]), np.array([[0.0]])).margin
    1.0
    """
    shift = inside.mean(axis=0) / 2 + outside.mean(axis=0) / 2
    first, second = inside - shift, outside - shift
    power = _power(max(float(np.abs(first).max()), float(np.abs(second).max())))
    first, second = _stretched(first, -power), _stretched(second, -power)
    near, direction = _nearest(first, second, start)
    answer = _answer(inside, outside, near, direction, near)
    if answer is not None:
        return answer
    # Columns brought to one size by powers of two: the same sets are separable, seen with other digits.
    powers = np.maximum(np.frexp(np.abs(first).max(axis=0))[1], np.frexp(np.abs(second).max(axis=0))[1])
    if np.ptp(powers):
        scaled, direction = _nearest(np.ldexp(first, -powers), np.ldexp(second, -powers), None)
        answer = _answer(inside, outside, scaled, np.ldexp(direction, -powers), near)
        if answer is not None:
            return answer
    reason = "rounding hides whether the hulls meet"
    exact = decide_exactly(inside, outside, near.first_rows, near.second_rows)
    if exact is not None:
        verdict, inside_rows, outside_rows = exact
        if verdict.weights is not None:
            return rational_certificate(inside, outside, inside_rows, outside_rows, verdict.weights)
        largest = max(abs(value) for value in verdict.form)
        direction = np.array([float(value / largest) for value in verdict.form])
        separation = _separation(inside, outside, direction, near)
        if separation is not None:
            return separation
        reason = "the hulls are disjoint, but by less than a neuron in float64 can resolve"
    return Undecided(
        _distance(inside, outside, near),
        reason,
        near.first_rows,
        near.second_rows,
        near.alpha,
        near.beta,
    )


def _nearest(first: Floats, second: Floats, start: Nearest | None) -> tuple[Nearest, Floats]:
    """Nearest points, and the direction between them in the space given."""
    n, d = len(first) + len(second), first.shape[1]
    if d > n:
        # More dimensions than points: all happens in the subspace that the points span.
        basis = linalg.qr(np.concatenate([first, second]).T, mode="economic")[0]
        near, direction = _nearest(first @ basis, second @ basis, start)
        return near, basis @ direction
    most = 100_000
    if d > _MANY_DIMENSIONS:
        found = nearest_by_support_vectors(first, second) if n <= _FEW_THOUSAND else None
        if found is not None:
            return found, found.direction
        most = max(20, int(_WORK / d**3))  # a step costs some d³ operations
    near = nearest_points(first, second, start, most)
    return near, near.direction


def _stretched(points: Floats, power: int) -> Floats:
    """Multiply by a power of two, which rounds nothing."""
    return points * 2.0**power if abs(power) < 1000 else np.ldexp(points, power)


def _answer(
    inside: Floats, outside: Floats, found: Nearest, direction: Floats, nearest: Nearest
) -> Separation | Certificate | None:
    """Turn weights or direction into a proof, whichever holds."""
    separation = _separation(inside, outside, direction, nearest)
    if separation is not None:
        return separation
    weights = np.concatenate([found.alpha, found.beta])
    return certify(inside, outside, found.first_rows, found.second_rows, weights)


def _separation(inside: Floats, outside: Floats, direction: Floats, near: Nearest) -> Separation | None:
    largest = float(np.abs(direction).max())
    if not largest > 0.0 or not np.isfinite(largest):
        return None
    w = np.ldexp(direction, -_power(largest))
    w = w / np.linalg.norm(w)
    with np.errstate(over="ignore", invalid="ignore"):
        low, high = float((inside @ w).min()), float((outside @ w).max())
        if not low > high:
            return None
        neuron = Neuron(w, -(low / 2 + high / 2))
        if not _separates(neuron, inside, outside):
            return None
    return Separation(
        neuron,
        _margin(neuron, inside, outside),
        _distance(inside, outside, near) / 2,
        near.first_rows,
        near.second_rows,
        near.alpha,
        near.beta,
    )


def _separates(neuron: Neuron, inside: Floats, outside: Floats) -> bool:
    """Whether it fires rightly as computed, and would if computed without rounding."""
    with np.errstate(over="ignore", invalid="ignore"):
        if not neuron.fires(inside).all() or neuron.fires(outside).any():
            return False
    return bool(
        (exact_sides(inside, neuron.w, neuron.b) > 0).all()
        and (exact_sides(outside, neuron.w, neuron.b) <= 0).all()
    )


def _margin(neuron: Neuron, inside: Floats, outside: Floats) -> float:
    """Least distance from the boundary, of the points nearest to it evaluated without rounding."""
    least = []
    for points, sign in ((inside, 1), (outside, -1)):
        distances = sign * neuron.pre_acts(points)
        size = max(points.max(), -points.min())
        doubt = 2.0**-51 * (neuron.d_in + 2) * (np.abs(neuron.w).sum() * size + abs(neuron.b))
        # Of points tied up to rounding, some are enough: they differ by less than the doubt.
        nearest = np.flatnonzero(distances <= distances.min() + doubt)[:16]
        least.append(min(sign * value for value in exact_dots(points[nearest], neuron.w, neuron.b)))
    return float(min(least)) / float(np.linalg.norm(neuron.w))


def _distance(inside: Floats, outside: Floats, near: Nearest) -> float:
    """Length of Σα x − Σβ y, about one of the points so that a common offset costs no digits."""
    first, second = inside[near.first_rows], outside[near.second_rows]
    alpha, beta = near.alpha / near.alpha.sum(), near.beta / near.beta.sum()
    apart = alpha @ (first - first[0]) - beta @ (second - first[0])
    size = float(np.abs(apart).max())
    if not 0.0 < size < np.inf:
        return size
    # Squares of numbers beyond 1e±154 leave float64; a power of two brings them back and rounds nothing.
    return float(np.ldexp(np.linalg.norm(np.ldexp(apart, -_power(size))), _power(size)))


def _gap(answer: Separation | Undecided, inside: Floats, outside: Floats) -> float:
    """How far apart its convex combinations are at least, all rounding granted; infinite if not convex."""
    refuse_missing_rows(inside, outside, answer.inside_rows, answer.outside_rows)
    if min(answer.alpha.min(), answer.beta.min()) < 0.0:
        return np.inf
    near = Nearest(answer.inside_rows, answer.outside_rows, answer.alpha, answer.beta, inside[0], 0)
    size = max(float(np.abs(inside).max()), float(np.abs(outside).max()))
    return _distance(inside, outside, near) * (1 - 1e-9) - 1e-13 * size


def _power(size: float) -> int:
    """Exponent of the power of two just above a number."""
    return int(np.frexp(size)[1])
