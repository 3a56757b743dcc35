"""A neuron that errs little where none is right: an upper bound on the errors that geometry forces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize

from saelib.errors import InputError
from saelib.geometry.nearest_points import Nearest
from saelib.geometry.neuron import Neuron
from saelib.geometry.separation import Separation, decide
from saelib.geometry.two_sets import read_two_sets

__all__ = ["HingeNeuron", "hinge_neuron"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Loss = Callable[[npt.NDArray[Any]], tuple[npt.NDArray[Any], npt.NDArray[Any]]]

_LP_POINTS = 500  # size up to which the hinge programme takes a fraction of a second


@dataclass(frozen=True, eq=False)
class HingeNeuron:
    """A neuron with its errors, counted by letting it fire.

    Attributes
    ----------
    neuron : Neuron
        The neuron.
    missed_rows : ndarray of int
        Rows of the points inside where it does not fire.
    leaked_rows : ndarray of int
        Rows of the points outside where it fires.

    Examples
    --------
    >>> from saelib.geometry import hinge_neuron
    >>> found = hinge_neuron([[0, 0], [1, 1]], [[0, 1], [1, 0]])
    >>> found.n_errors, len(found.missed_rows) + len(found.leaked_rows)
    (1, 1)
    """

    neuron: Neuron
    missed_rows: npt.NDArray[np.intp]
    leaked_rows: npt.NDArray[np.intp]

    @property
    def missed(self) -> int:
        """Points inside where it does not fire."""
        return len(self.missed_rows)

    @property
    def leaked(self) -> int:
        """Points outside where it fires."""
        return len(self.leaked_rows)

    @property
    def n_errors(self) -> int:
        """Points where it errs: the size of θ△C on the given points."""
        return self.missed + self.leaked

    def __repr__(self) -> str:
        return f"HingeNeuron(n_errors={self.n_errors}: {self.missed} missed, {self.leaked} leaked)"


def hinge_neuron(inside: npt.ArrayLike, outside: npt.ArrayLike, *, polish: int = 16) -> HingeNeuron:
    """Look for the neuron that errs on the fewest points.

    To find the fewest errors is NP-hard, so this is an upper bound: the best of several directions (the
    hinge programme for small sets; squared hinge losses, with the sets weighed by points or alike, then a
    sigmoid loss that sharpens towards the count of errors), each with the best of all thresholds. Then,
    while the set of right points plus one of the errors is separable, that point is made right too.

    Parameters
    ----------
    inside : array_like
        Points [n_inside, d_in] where the neuron shall fire.
    outside : array_like
        Points [n_outside, d_in] where it shall not.
    polish : int
        Errors that may be tried for becoming right, the nearest to the boundary first.

    Returns
    -------
    HingeNeuron
        The neuron and its errors. Every neuron errs on at least
        :func:`~saelib.geometry.packing_bound` points, and some neuron on at most ``n_errors``.

    Raises
    ------
    InputError
        If the sets are malformed (see :func:`~saelib.geometry.separate`) or ``polish`` is negative.

    Examples
    --------
    A point outside among those inside costs one error, at best:

    >>> hinge_neuron([[0.0], [5.0], [6.0], [7.0]], [[-2.0], [-1.0], [1.0]])
    HingeNeuron(n_errors=1: 0 missed, 1 leaked)
    """
    if polish < 0:
        raise InputError("polish", f"is {polish}", "give the number of errors to try, 0 for none")
    first, second = read_two_sets(inside, outside)
    points = np.concatenate([first, second])
    label = np.arange(len(points)) < len(first)
    centre, spread = points.mean(axis=0), points.std(axis=0)
    spread[spread == 0.0] = 1.0
    whitened = (points - centre) / spread
    best: tuple[int, Neuron] | None = None
    for direction in _directions(whitened, label):
        neuron = _best_threshold(points, label, direction / spread)
        errors = int((neuron.fires(points) != label).sum())
        if best is None or errors < best[0]:
            best = errors, neuron
    assert best is not None
    neuron = _polished(points, label, best[1], polish)
    fired = neuron.fires(points)
    return HingeNeuron(neuron, np.flatnonzero(~fired[: len(first)]), np.flatnonzero(fired[len(first) :]))


def _directions(x: Floats, label: Bools) -> Iterator[Floats]:
    sign = np.where(label, 1.0, -1.0)
    yield x[label].mean(axis=0) - x[~label].mean(axis=0)
    if len(x) <= _LP_POINTS:
        direction = _hinge_programme(x, sign)
        if direction is not None:
            yield direction
    share = label.mean()
    alike = np.full(len(x), 1.0 / len(x))
    for weights in (np.where(label, 0.5, 0.5 / (1.0 / share - 1.0)) / label.sum(), alike):
        form = _descend(x, sign, weights, np.zeros(x.shape[1] + 1), _squared_hinge)
        yield form[:-1]
    # Towards the count itself: a sigmoid for every point, ever steeper.
    for steepness in (2.0, 8.0):
        length = np.abs(x @ form[:-1] + form[-1]).mean()
        form = form / (length if length > 0 else 1.0) * steepness
        form = _descend(x, sign, alike, form, _sigmoid)
        yield form[:-1]


def _squared_hinge(margins: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    short = np.maximum(1.0 - margins, 0.0)
    return short**2, -2.0 * short


def _sigmoid(margins: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    value = 0.5 * (1.0 - np.tanh(margins / 2))
    return value, -value * (1.0 - value)


def _descend(x: Floats, sign: Floats, weights: Floats, start: Floats, loss: Loss) -> Floats:
    # Single precision halves the memory that is read, and the neuron is judged by its count anyway.
    x, sign, weights = x.astype(np.float32), sign.astype(np.float32), weights.astype(np.float32)

    def objective(form: Floats) -> tuple[float, Floats]:
        value, slope = loss(sign * (x @ form[:-1].astype(np.float32) + np.float32(form[-1])))
        pull = weights * slope * sign
        gradient = np.append(pull @ x, pull.sum()).astype(np.float64)
        ridge = 1e-8
        gradient[:-1] += ridge * form[:-1]
        return float(weights @ value + ridge / 2 * form[:-1] @ form[:-1]), gradient

    found = optimize.minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": 40})
    return found.x


def _hinge_programme(x: Floats, sign: Floats) -> Floats | None:
    """Minimise Σ max(0, 1 − y(⟨w, x⟩ + b)) by linear programming."""
    n, d = x.shape
    table = np.concatenate([-sign[:, None] * np.c_[x, np.ones(n)], -np.eye(n)], axis=1)
    costs = np.concatenate([np.zeros(d + 1), np.ones(n)])
    free = optimize.Bounds(np.concatenate([np.full(d + 1, -np.inf), np.zeros(n)]), np.full(n + d + 1, np.inf))
    within = optimize.LinearConstraint(table, ub=-np.ones(n))
    found = optimize.milp(costs, bounds=free, constraints=within)  # no integers: HiGHS's linear solver
    return found.x[:d] if found.x is not None and np.abs(found.x[:d]).max() > 0 else None


def _best_threshold(points: Floats, label: Bools, w: Floats) -> Neuron:
    """The threshold with the fewest errors along a direction, firing everywhere and nowhere included."""
    length = float(np.linalg.norm(w))
    w = w / length if length > 0 and np.isfinite(length) else np.eye(len(w))[0]
    heights = points @ w
    order = np.argsort(heights)
    sorted_heights, right = heights[order], label[order]
    # Cut k: the k lowest points do not fire. Errors: inside points below, outside points above.
    errors = np.concatenate([[0], np.cumsum(right)]) + (~right).sum()
    errors -= np.concatenate([[0], np.cumsum(~right)])
    possible = np.concatenate([[True], np.diff(sorted_heights) > 0, [True]])
    cut = int(np.argmin(np.where(possible, errors, len(points) + 1)))
    span = max(float(sorted_heights[-1] - sorted_heights[0]), float(np.abs(sorted_heights).max()), 1e-300)
    if cut == 0:
        level = float(sorted_heights[0]) - span
    elif cut == len(points):
        level = float(sorted_heights[-1]) + span
    else:
        level = float(sorted_heights[cut - 1] / 2 + sorted_heights[cut] / 2)
    return Neuron(w, -level)


def _polished(points: Floats, label: Bools, neuron: Neuron, tries: int) -> Neuron:
    acts = neuron.pre_acts(points)
    right = (acts > 0) == label
    wrong = np.flatnonzero(~right)
    if not (right & label).any() or not (right & ~label).any():
        return neuron
    errors, known = len(wrong), None
    for row in wrong[np.argsort(np.abs(acts[wrong]))][:tries]:
        right[row] = True
        inside, outside = np.flatnonzero(right & label), np.flatnonzero(right & ~label)
        start = None
        if known is not None:  # the nearest points so far, in the rows of the sets that grew by one
            rows = np.searchsorted(inside, known[0]), np.searchsorted(outside, known[1])
            start = Nearest(*rows, known[2], known[3], np.zeros(0), 0)
        found = decide(points[inside], points[outside], start)
        if isinstance(found, Separation):
            known = inside[found.inside_rows], outside[found.outside_rows], found.alpha, found.beta
            now = int((found.neuron.fires(points) != label).sum())
            if now < errors:
                neuron, errors = found.neuron, now
        else:
            right[row] = False
    return neuron
