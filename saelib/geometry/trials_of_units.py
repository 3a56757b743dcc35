"""Attempts to refute T3: small sets with whole coordinates, and another test of who lies in the hull."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from saelib.errors import InputError
from saelib.geometry.conflict import conflict_bound
from saelib.geometry.cutting import cut
from saelib.geometry.unit import Cut, Refusal
from saelib.geometry.unit_minimum import MinimumCut, minimum_cut

__all__ = ["UNIT_TRIALS", "hull_members", "try_existence", "try_least", "unit_trial"]

Integers = npt.NDArray[np.int64]


def hull_members(inside: npt.ArrayLike, points: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Who lies in the convex hull, found without anything that :func:`~saelib.geometry.cut` uses.

    On the line and in the plane by integer arithmetic: y is outside iff the vectors from y to the concept
    fit into an open half-plane, that is, iff all others turn left of one of them or point its way. In more
    dimensions by a linear programme (HiGHS) for the widest slab between y and the concept, which for small
    whole coordinates is either wider than its rounding or does not exist.

    Parameters
    ----------
    inside, points : array_like of int
        [n, d_in] and [m, d_in]; in more than two dimensions up to about 30 in size.

    Returns
    -------
    ndarray [m]
        bool; the border belongs to the hull.

    Raises
    ------
    InputError
        If the coordinates are not whole numbers.

    Examples
    --------
    >>> hull_members([[0, 0], [4, 0], [0, 4]], [[1, 1], [2, 2], [3, 3]]).tolist()
    [True, True, False]
    """
    x, y = np.asarray(inside), np.asarray(points)
    for argument, given in (("inside", x), ("points", y)):
        if given.ndim != 2 or given.dtype.kind not in "iu":
            raise InputError(
                argument, f"has shape {given.shape}, dtype {given.dtype}", "give integers [n, d]"
            )
    if x.shape[1] == 1:
        x, y = np.pad(x, ((0, 0), (0, 1))), np.pad(y, ((0, 0), (0, 1)))
    member = _member_of_the_plane if x.shape[1] == 2 else _member
    return np.array([member(x - point) for point in y], dtype=np.bool_)


def _member_of_the_plane(ways: Integers) -> bool:
    turn = ways[:, :1] * ways[None, :, 1] - ways[:, 1:] * ways[None, :, 0]
    ahead = ways @ ways.T
    return not bool(((turn > 0) | ((turn == 0) & (ahead > 0))).all(axis=1).any())


def _member(ways: Integers) -> bool:
    n, d = ways.shape
    scaled = ways / max(int(np.abs(ways).max()), 1)
    rows = np.hstack([-scaled, np.ones((n, 1))])
    bounds = [(-1.0, 1.0)] * d + [(None, None)]
    best = linprog(np.append(np.zeros(d), -1.0), A_ub=rows, b_ub=np.zeros(n), bounds=bounds)
    return bool(np.asarray(best.x)[-1] < 1e-8)


def _random(d: int, rng: np.random.Generator) -> tuple[Integers, Integers]:
    return rng.integers(-3, 4, (rng.integers(2, 9), d)), rng.integers(-5, 6, (rng.integers(1, 9), d))


def _duplicates(d: int, rng: np.random.Generator) -> tuple[Integers, Integers]:
    x, y = _random(d, rng)
    return x[rng.integers(0, len(x), 10)], y[rng.integers(0, len(y), 10)]


def _flat(d: int, rng: np.random.Generator) -> tuple[Integers, Integers]:
    """Everything, or only the concept, in a hyperplane."""
    x, y = _random(d, rng)
    x[:, -1] = x[:, :-1].sum(axis=1)
    if rng.random() < 0.5:
        y[:, -1] = y[:, :-1].sum(axis=1)
    return x, y


def _touching(d: int, rng: np.random.Generator) -> tuple[Integers, Integers]:
    """Negatives midway between two concept points: on the border of the hull, or within."""
    x, y = _random(d, rng)
    middle = x[rng.integers(0, len(x), 2)].sum(axis=0, keepdims=True)
    return 2 * x, np.vstack([middle, y]) if rng.random() < 0.5 else middle


def _near(d: int, rng: np.random.Generator) -> tuple[Integers, Integers]:
    """Negatives a hair off such a middle: in the plane a thousandth of the size."""
    x, _ = _random(d, rng)
    size = 1000 if d <= 2 else 4
    middle = size // 2 * x[rng.integers(0, len(x), (4, 2))].sum(axis=1)
    return size * x, middle + rng.integers(-1, 2, middle.shape)


def _around(d: int, rng: np.random.Generator) -> tuple[Integers, Integers]:
    """Negatives close around a ball of concept points: many neurons are needed."""
    ways = rng.standard_normal((2, 14, d))
    ways /= np.linalg.norm(ways, axis=2, keepdims=True)
    size = np.array([10.0, 10.0 + rng.integers(0, 4)])[:, None, None]
    x, y = np.rint(size * ways).astype(np.int64)
    return x, y


#: How instances are made, by name: functions of the dimension and a random generator.
UNIT_TRIALS: dict[str, Callable[[int, np.random.Generator], tuple[Integers, Integers]]] = {
    "random": _random,
    "duplicates": _duplicates,
    "flat": _flat,
    "touching": _touching,
    "near": _near,
    "around": _around,
}


def unit_trial(kind: str, d_in: int, rng: np.random.Generator) -> tuple[Integers, Integers]:
    """Draw one instance.

    Parameters
    ----------
    kind : str
        One of :data:`UNIT_TRIALS`.
    d_in : int
        Dimension, ≥ 1.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    inside, outside : ndarray [n, d_in]
        Whole coordinates; no point stands in both, neither is empty.

    Raises
    ------
    InputError
        For another kind.

    Examples
    --------
    >>> inside, outside = unit_trial("touching", 2, np.random.default_rng(0))
    >>> inside.shape[1], outside.dtype
    (2, dtype('int64'))
    """
    if kind not in UNIT_TRIALS:
        raise InputError("kind", f"is {kind!r}", f"give one of {', '.join(UNIT_TRIALS)}")
    while True:
        inside, outside = UNIT_TRIALS[kind](d_in, rng)
        outside = outside[~(outside[:, None] == inside[None]).all(axis=2).any(axis=1)]
        if len(outside):
            return inside, outside


def try_existence(inside: Integers, outside: Integers) -> dict[str, bool]:
    """Hold the answer of :func:`~saelib.geometry.cut` against the other test of the hull.

    Parameters
    ----------
    inside, outside : ndarray of int
        An instance.

    Returns
    -------
    dict
        ``exists``: whether no negative lies in the hull; ``one``: whether the answer is a single neuron;
        ``wrong``: whether the answer differs from that, lists other offending rows than there are, has a
        certificate that does not hold, is undecided, or is a unit that errs on a point.

    Examples
    --------
    >>> try_existence(np.array([[0], [2]]), np.array([[3], [-1]]))
    {'exists': True, 'one': False, 'wrong': False}
    """
    members = hull_members(inside, outside)
    answer = cut(inside, outside)
    if isinstance(answer, Cut):
        wrong = bool(members.any() or not answer.fires(inside).all() or answer.fires(outside).any())
    else:
        wrong = (
            not isinstance(answer, Refusal)
            or answer.offending_rows.tolist() != np.flatnonzero(members).tolist()
            or not all(proof.verify(inside, outside) for proof in answer.certificates)
        )
    one = isinstance(answer, Cut) and len(answer) == 1
    return {"exists": not bool(members.any()), "one": one, "wrong": wrong}


def try_least(inside: npt.ArrayLike, outside: npt.ArrayLike) -> dict[str, int | bool] | None:
    """Solve an instance exactly and from both sides.

    Parameters
    ----------
    inside, outside : array_like
        An instance, with at most 60 negatives.

    Returns
    -------
    dict or None
        ``conflicts`` (the lower bound), ``least``, ``greedy`` (the size of the unit that
        :func:`~saelib.geometry.cut` finds), ``exact``, and ``violated``: whether they are out of order or
        the least unit errs. None if no unit exists.

    Examples
    --------
    >>> try_least([[0.0, 0.0]], [[2.0, 0.0], [-1.0, 2.0], [-1.0, -2.0]])
    {'conflicts': 1, 'least': 2, 'greedy': 2, 'exact': True, 'violated': False}
    """
    solved = minimum_cut(inside, outside)
    greedy = cut(inside, outside)
    if not isinstance(solved, MinimumCut) or not isinstance(greedy, Cut):
        return None
    low, least = conflict_bound(inside, outside, greedy).value, len(solved.unit)
    errs = not solved.unit.fires(inside).all() or solved.unit.fires(outside).any()
    return {
        "conflicts": low,
        "least": least,
        "greedy": len(greedy),
        "exact": solved.exact,
        "violated": bool(errs or not low <= least <= len(greedy)),
    }
