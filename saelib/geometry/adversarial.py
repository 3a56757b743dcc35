"""Hard pairs of point sets whose separability is known because they are built from integers."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from saelib.errors import InputError

__all__ = ["INSTANCE_KINDS", "KnownInstance", "known_instances"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_EXACT = 2**53  # integers up to here are doubles


class KnownInstance(NamedTuple):
    """Two sets of points and the true answer to whether one neuron separates them.

    Attributes
    ----------
    inside, outside : ndarray [n, d_in]
        float64; every coordinate is the number that was meant, none was rounded.
    separable : bool
        The truth.
    margin : float
        Half the distance of the hulls; 0 if they meet, NaN if only the answer is known.
    kind : str
        One of :data:`INSTANCE_KINDS`.

    Examples
    --------
    >>> instance = next(known_instances(1, 0, kinds=("one point each",), dims=(2, 2)))
    >>> instance.inside.shape, instance.outside.shape, instance.separable
    ((1, 2), (1, 2), True)
    """

    inside: Floats
    outside: Floats
    separable: bool
    margin: float
    kind: str

    @property
    def diameter(self) -> float:
        """Diagonal of the bounding box of all points."""
        both = np.concatenate([self.inside, self.outside])
        return float(np.linalg.norm(both.max(axis=0) - both.min(axis=0)))

    @property
    def relative_margin(self) -> float:
        """The margin as a share of the diameter."""
        return self.margin / self.diameter


def _gap(rng: np.random.Generator, d: int, least: float, most: float) -> tuple[Integers, Integers, int]:
    """Hulls on two sides of x₀ = 0, nearest to each other inside a face: distance 2m, never at two vertices.

    Their share m / diameter is about 10 to a power between ``least`` and ``most``.
    """
    m = 1
    reach = int(m * 10 ** -rng.uniform(least, most))
    reach = max(reach, 4)
    centre = rng.integers(-reach // 4, reach // 4 + 1, d)
    sides = []
    for sign in (1, -1):
        n = int(rng.integers(1, 2 * d + 4))
        points = rng.integers(-reach, reach + 1, (n, d))
        points[:, 0] = sign * rng.integers(m, reach + 1, n)
        face = _around(rng, centre, int(rng.integers(0, d)), reach)
        face[:, 0] = sign * m
        sides.append(np.concatenate([points, face]))
    return sides[0], sides[1], m


def _around(rng: np.random.Generator, centre: Integers, pairs: int, reach: int) -> Integers:
    """Points whose mean is the centre and that differ from it in all but the first coordinate; or itself."""
    d = len(centre)
    if not pairs or d == 1:
        return centre[None].copy()
    away = rng.integers(1, reach // 2 + 2, (pairs, d)) * rng.choice((-1, 1), (pairs, d))
    if rng.random() < 0.5:  # not mirrored: weights as unequal as they come
        last = -away.sum(axis=0)
        away = np.concatenate([away, last[None]])
    else:
        away = np.concatenate([away, -away])
    return centre + away


def _separated(rng: np.random.Generator, d: int) -> tuple[Integers, Integers, bool, float]:
    inside, outside, m = _gap(rng, d, -6.0, -1.0)
    return inside, outside, True, float(m)


def _barely(rng: np.random.Generator, d: int) -> tuple[Integers, Integers, bool, float]:
    inside, outside, m = _gap(rng, d, -12.0, -6.0)
    return inside, outside, True, float(m)


def _touching(rng: np.random.Generator, d: int) -> tuple[Integers, Integers, bool, float]:
    """Nearest faces moved onto each other: at a vertex in an edge, at crossing edges, along a common face."""
    inside, outside, m = _gap(rng, d, -9.0, -1.0)
    inside[:, 0] -= m
    outside[:, 0] += m
    centre = np.zeros(d, dtype=np.int64)
    centre[1:] = rng.integers(-4, 5, d - 1)
    step = rng.integers(1, 9, d)
    if d == 1:
        # On a line hulls that touch share a point, so one must lie strictly within the other.
        return np.array([[-3], [5]]), np.array([[int(rng.integers(-2, 5))]]), False, 0.0
    step[0] = 0
    inside = np.concatenate([inside, centre[None]])
    outside = np.concatenate([outside, [centre + step, centre - step]])
    return inside, outside, False, 0.0


def _crossing(rng: np.random.Generator, d: int) -> tuple[Integers, Integers, bool, float]:
    """A needle of the one hull that reaches barely into the other."""
    inside, outside, _ = _gap(rng, d, -9.0, -1.0)
    tip = np.zeros(d, dtype=np.int64)
    tip[0] = -1
    step = rng.integers(1, 9, d)
    return (
        np.concatenate([inside, tip[None]]),
        np.concatenate([outside, [tip + step, tip - step]]),
        False,
        0.0,
    )


def _collinear(rng: np.random.Generator, d: int) -> tuple[Integers, Integers, bool, float]:
    direction = rng.integers(-9, 10, d)
    direction[rng.integers(d)] = 7
    length = float(np.linalg.norm(direction))
    where = rng.choice(np.arange(-(10**6), 10**6), int(rng.integers(3, 20)), replace=False)
    where.sort()
    cut = int(rng.integers(1, len(where)))
    separable = bool(rng.random() < 0.5) or len(where) - cut < 2
    margin = float(where[cut] - where[cut - 1]) / 2 * length if separable else 0.0
    if not separable:
        where[[cut, cut - 1]] = where[[cut - 1, cut]]
        where[[0, cut - 1]] = where[[cut - 1, 0]]
    return where[cut:, None] * direction, where[:cut, None] * direction, separable, margin


def _one_each(rng: np.random.Generator, d: int) -> tuple[Integers, Integers, bool, float]:
    apart = rng.integers(-(10**6), 10**6, d)
    apart[0] = int(10 ** rng.uniform(0, 6))
    here = rng.integers(-(10**6), 10**6, d)
    return (here + apart)[None], here[None], True, float(np.linalg.norm(apart)) / 2


def _moment_curve(rng: np.random.Generator, d: int) -> tuple[Integers, Integers, bool, float]:
    """Points (t, t², …, t^d): a hyperplane meets the curve at most d times, so d changes are the limit."""
    d = min(d, 12)
    n = int(rng.integers(d + 2, 2 * d + 6))
    label = np.zeros(n, dtype=np.bool_)
    changes = min(int(rng.integers(max(d - 1, 1), d + 3)), n - 1)
    at = np.sort(rng.choice(np.arange(1, n), changes, replace=False))
    for start in at:
        label[start:] ^= True
    t = np.arange(n) - n // 2
    points = t[:, None].astype(np.int64) ** np.arange(1, d + 1)
    separable = changes <= d
    return points[label], points[~label], separable, float("nan") if separable else 0.0


def _few_points(rng: np.random.Generator, d: int) -> tuple[Integers, Integers, bool, float]:
    """Fewer points than dimensions; inseparable ones are crossed segments."""
    if d < 3 or rng.random() < 0.5:
        middle = rng.integers(-1000, 1001, d)
        first, second = rng.integers(1, 1000, (2, d))
        second[0] = -second[0] if d > 1 else 2000
        return (
            np.stack([middle + first, middle - 3 * first]),
            np.stack([middle + second, middle - 2 * second]),
            False,
            0.0,
        )
    n = int(rng.integers(2, d))
    points = rng.integers(-100, 101, (n + 1, d))
    points[:, 0] = np.where(np.arange(n + 1) <= n // 2, 3, 1)
    points[[0, -1], 1:] = points[0, 1:]
    return points[: n // 2 + 1], points[n // 2 + 1 :], True, 1.0


_MAKERS: dict[str, Callable[[np.random.Generator, int], tuple[Integers, Integers, bool, float]]] = {
    "separated": _separated,
    "barely separated": _barely,
    "touching": _touching,
    "crossing": _crossing,
    "collinear": _collinear,
    "one point each": _one_each,
    "moment curve": _moment_curve,
    "few points": _few_points,
}

INSTANCE_KINDS: tuple[str, ...] = tuple(_MAKERS)
"""How the sets are made, before they are reflected, moved, doubled or stretched."""


def known_instances(
    n: int,
    seed: int | np.random.Generator = 0,
    kinds: tuple[str, ...] = INSTANCE_KINDS,
    dims: tuple[int, int] = (1, 16),
) -> Iterator[KnownInstance]:
    """Draw pairs of sets that are hard to tell apart in floating point, with the true answer.

    All coordinates are integers of less than 53 bits, times powers of two, so nothing is rounded and the
    answer holds for the doubles themselves. On top of each kind: a reflection by an integer vector (a
    similarity, which mixes the coordinates and multiplies the margin by a known integer), a translation by
    up to a million diameters, repeated points, shuffled rows, exchanged sides, and columns stretched by
    powers of two from 2⁻⁴⁰ to 2⁴⁰ (the answer stays, the margin is then unknown).

    Parameters
    ----------
    n : int
        Number of instances.
    seed : int or numpy.random.Generator
        Source of randomness.
    kinds : tuple of str
        Kinds to draw in turn, some of :data:`INSTANCE_KINDS`.
    dims : tuple of int
        Least and largest d_in.

    Yields
    ------
    KnownInstance
        ``(inside, outside, separable, margin, kind)``.

    Raises
    ------
    InputError
        If n is negative, a kind is unknown or the dimensions are no range from at least 1.

    Examples
    --------
    >>> from saelib.geometry import separate
    >>> all(separate(x, y).separable in (truth, None) for x, y, truth, _, _ in known_instances(40, 7))
    True
    """
    if isinstance(n, bool) or not isinstance(n, numbers.Integral) or n < 0:
        raise InputError("n", f"is {n!r}", "give a number of instances")
    for kind in kinds:
        if kind not in _MAKERS:
            raise InputError("kinds", f"names {kind!r}", f"choose among {', '.join(INSTANCE_KINDS)}")
    if not (len(dims) == 2 and 1 <= dims[0] <= dims[1]):
        raise InputError("dims", f"is {dims}", "give the least and the largest d_in, at least 1")
    return _draw(n, np.random.default_rng(seed), kinds, dims)


def _draw(
    n: int, rng: np.random.Generator, kinds: tuple[str, ...], dims: tuple[int, int]
) -> Iterator[KnownInstance]:
    made = 0
    while made < n:
        kind = kinds[made % len(kinds)]
        inside, outside, separable, margin = _MAKERS[kind](rng, int(rng.integers(dims[0], dims[1] + 1)))
        if _share_a_point(inside, outside):
            continue  # separate refuses it by name
        inside, outside, factor = _reflected(rng, inside, outside)
        inside, outside = _moved(rng, inside, outside)
        inside, outside = _doubled(rng, inside), _doubled(rng, outside)
        if rng.random() < 0.5:
            inside, outside = outside, inside
        first, second = inside.astype(np.float64), outside.astype(np.float64)
        margin *= factor
        if rng.random() < 0.2:
            powers = rng.integers(-40, 41, first.shape[1])
            first, second = np.ldexp(first, powers), np.ldexp(second, powers)
            margin = float("nan") if separable else 0.0
        else:
            power = int(rng.integers(-60, 61))
            first, second = np.ldexp(first, power), np.ldexp(second, power)
            margin = float(np.ldexp(margin, power))
        made += 1
        yield KnownInstance(first, second, separable, margin, kind)


def _share_a_point(inside: Integers, outside: Integers) -> bool:
    return bool({tuple(point) for point in inside.tolist()} & {tuple(point) for point in outside.tolist()})


def _reflected(
    rng: np.random.Generator, inside: Integers, outside: Integers
) -> tuple[Integers, Integers, int]:
    """Householder's reflection by v, times v·v so that it stays whole: lengths grow by that factor."""
    factor = 1
    for _ in range(int(rng.integers(0, 3))):
        v = rng.integers(-2, 3, inside.shape[1])
        square = int(np.dot(v, v))
        size = max(int(np.abs(inside).max()), int(np.abs(outside).max()))
        if not square or size * (square + 2 * 2 * int(np.abs(v).sum())) >= _EXACT // 4:
            continue
        inside = square * inside - 2 * np.outer(np.dot(inside, v), v)
        outside = square * outside - 2 * np.outer(np.dot(outside, v), v)
        factor *= square
    return inside, outside, factor


def _moved(rng: np.random.Generator, inside: Integers, outside: Integers) -> tuple[Integers, Integers]:
    size = max(int(np.abs(inside).max()), int(np.abs(outside).max()), 1)
    # A neuron must itself be computable: the offset leaves the smallest gap, 1, some digits.
    furthest = min(size * 10**6, 2**44 // inside.shape[1])
    if furthest <= size or rng.random() < 0.6:
        return inside, outside
    offset = rng.integers(-furthest, furthest + 1, inside.shape[1])
    return inside + offset, outside + offset


def _doubled(rng: np.random.Generator, points: Integers) -> Integers:
    if rng.random() < 0.3:
        points = np.concatenate([points, points[rng.integers(0, len(points), int(rng.integers(1, 6)))]])
    return points[rng.permutation(len(points))]
