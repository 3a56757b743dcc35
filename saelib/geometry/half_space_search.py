"""Directions in which many negatives lie below a whole concept, found by a weighted squared hinge.

Whatever direction w is proposed, the neuron ⟨w, x⟩ > threshold with its threshold just below the lowest
point of the concept fires on all of it: only *how many* negatives are cut off depends on w, never whether
the concept is kept. So the search may be a heuristic without the answer being one.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse.linalg import LinearOperator, cg

__all__ = ["depths", "fit_direction", "fit_many", "unit", "wide_direction", "widened"]

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

_WEIGHTS = (1.0, 10.0, 100.0, 1000.0)  # of the concept against the negatives, from soft to nearly hard
_RIDGE = 1e-6
_DIRECT = 300  # up to so many dimensions a Newton step is solved by factoring
_STEPS = 40
_FEW = 100  # so few negatives can each be tried as a start


def depths(inside: Floats, outside: Floats, directions: Floats) -> Floats:
    """How far each negative lies below the lowest point of the concept, in each direction.

    Parameters
    ----------
    inside, outside : ndarray [n_in, d_in], [n_out, d_in]
        Concept and negatives.
    directions : ndarray [k, d_in]
        Unit vectors.

    Returns
    -------
    ndarray [k, n_out]
        Positive: cut off, by that much.

    Examples
    --------
    >>> depths(np.array([[1.0], [2.0]]), np.array([[0.0], [3.0]]), np.array([[1.0], [-1.0]])).tolist()
    [[1.0, -2.0], [-2.0, 1.0]]
    """
    lowest: Floats = (inside @ directions.T).min(axis=0)
    below: Floats = lowest[:, None] - directions @ outside.T
    return below


def fit_direction(
    inside: Floats, outside: Floats, start: Floats | None = None, weight: float = 1000.0
) -> Floats:
    """Least squared hinge of an affine form that should be ≥ 1 on the concept and ≤ −1 on the negatives.

    Parameters
    ----------
    inside, outside : ndarray [n_in, d_in], [n_out, d_in]
        Columns of about unit spread.
    start : ndarray [d_in + 1], optional
        Where to begin; 0 otherwise.
    weight : float
        Of a concept point against a negative, after both sides were given the same total.

    Returns
    -------
    ndarray [d_in + 1]
        w, then b.

    Examples
    --------
    >>> form = fit_direction(np.array([[1.0]]), np.array([[-1.0]]))
    >>> np.round(form, 3).tolist()
    [1.0, 0.0]
    """
    rows = np.hstack([np.vstack([inside, -outside]), np.ones((len(inside) + len(outside), 1))])
    rows[len(inside) :, -1] = -1.0
    cost = np.concatenate(
        [np.full(len(inside), weight / len(inside)), np.full(len(outside), 1.0 / len(outside))]
    )
    ridge = np.full(rows.shape[1], _RIDGE)
    form = np.zeros(rows.shape[1]) if start is None else start.copy()
    score = rows @ form
    value = _value(form, score, cost, ridge)
    for _ in range(_STEPS):
        active = score < 1.0
        part, weights = rows[active], cost[active]
        gradient = ridge * form - part.T @ (weights * (1.0 - score[active]))
        step = -_solve(part, weights, ridge, gradient)
        gain = float(-gradient @ step)
        if gain <= 1e-5 * value:
            break
        along, length = rows @ step, 1.0
        while length > 1e-6:
            trial = form + length * step
            trial_score = score + length * along
            trial_value = _value(trial, trial_score, cost, ridge)
            if trial_value <= value - 1e-4 * length * gain:
                break
            length /= 2
        else:
            break
        form, score, value = trial, trial_score, trial_value
    return form


def _value(form: Floats, score: Floats, cost: Floats, ridge: Floats) -> float:
    short = np.maximum(1.0 - score, 0.0)
    return float(0.5 * (ridge * form) @ form + 0.5 * (cost * short) @ short)


def _solve(part: Floats, weights: Floats, ridge: Floats, gradient: Floats) -> Floats:
    if part.shape[1] <= _DIRECT:
        hessian = (part * weights[:, None]).T @ part
        hessian.flat[:: len(ridge) + 1] += ridge
        return np.asarray(np.linalg.solve(hessian, gradient), dtype=np.float64)
    size = part.shape[1]
    operator = LinearOperator(
        (size, size), matvec=lambda v: ridge * v + part.T @ (weights * (part @ v)), dtype=np.float64
    )
    step: Floats = cg(operator, gradient, rtol=1e-3, maxiter=60)[0]
    return step


def wide_direction(inside: Floats, outside: Floats) -> Floats:
    """A direction that cuts off many of the negatives at once.

    The hinge is fitted with the concept weighing more and more, and the widest cut met is widened
    (:func:`widened`). If the negatives surround the concept so that all of these cut off nothing, the
    search starts from the first negative alone; if they are few, from each of some in turn.

    Parameters
    ----------
    inside, outside : ndarray [n_in, d_in], [n_out, d_in]
        Columns of about unit spread.

    Returns
    -------
    ndarray [d_in]
        A unit vector; it may cut off nothing.

    Examples
    --------
    >>> inside = np.array([[0.0, 0.0]])
    >>> outside = np.array([[-1.0, 0.1], [-1.0, -0.1], [5.0, 0.0]])
    >>> int((depths(inside, outside, wide_direction(inside, outside)[None]) > 0).sum())
    2
    """
    form: Floats | None = None
    best, most = np.zeros(inside.shape[1] + 1), 0
    for weight in _WEIGHTS:
        form = fit_direction(inside, outside, form, weight)
        count = _count(inside, outside, unit(form))
        if count > most:
            best, most = form, count
        if most == len(outside):
            return unit(best)
    direction = widened(inside, outside, best)
    seeds = 8 if len(outside) <= _FEW else 0 if most else 1
    for row in np.unique(np.linspace(0, len(outside) - 1, seeds).astype(int)):
        trial = widened(inside, outside, fit_direction(inside, outside[row : row + 1]))
        if _count(inside, outside, trial) > _count(inside, outside, direction):
            direction = trial
    return direction


def widened(inside: Floats, outside: Floats, form: Floats) -> Floats:
    """Fit again without the negatives that are hopelessly far on the concept's side, while that gains any.

    One such step is that of the concave–convex procedure for the ramp loss, which counts errors where the
    hinge weighs them.

    Parameters
    ----------
    inside, outside : ndarray [n_in, d_in], [n_out, d_in]
        Columns of about unit spread.
    form : ndarray [d_in + 1]
        Where to begin.

    Returns
    -------
    ndarray [d_in]
        A unit vector that cuts off at least as many as ``form`` does.

    Examples
    --------
    >>> inside, outside = np.zeros((1, 2)), np.array([[-1.0, 0.9], [-1.0, -0.9], [5.0, 0.0]])
    >>> start = np.array([1.0, 1.0, 0.0])                                # cuts off the second one only
    >>> int((depths(inside, outside, widened(inside, outside, start)[None]) > 0).sum())
    2
    """
    most = _count(inside, outside, unit(form))
    while 0 < most < len(outside):
        below = depths(inside, outside, unit(form)[None])[0]
        trial = fit_direction(inside, outside[below > -np.median(below[below > 0])], form)
        count = _count(inside, outside, unit(trial))
        if count <= most:
            break
        form, most = trial, count
    return unit(form)


def _count(inside: Floats, outside: Floats, direction: Floats) -> int:
    return int((depths(inside, outside, direction[None]) > 0).sum())


def fit_many(inside: Floats, outside: Floats, directions: Floats, rounds: int = 15) -> tuple[Floats, bool]:
    """Move directions until together they cut off every negative, if that succeeds.

    In turn every negative is given to the direction that cuts it deepest, and every direction is fitted
    again to the negatives it was given: Lloyd's alternation with half-spaces in place of centres.

    Parameters
    ----------
    inside, outside : ndarray [n_in, d_in], [n_out, d_in]
        Columns of about unit spread.
    directions : ndarray [k, d_in]
        Where to begin, unit vectors.
    rounds : int
        After so many it is given up; and after five without progress.

    Returns
    -------
    directions : ndarray [k, d_in]
        Moved.
    success : bool
        Whether they cut off all.

    Examples
    --------
    >>> inside, outside = np.zeros((1, 2)), np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]])
    >>> fit_many(inside, outside, np.array([[0.0, -1.0], [1.0, 0.1]]))[1]
    True
    """
    below = depths(inside, outside, directions)
    least, stuck = len(outside) + 1, 0
    forms: list[Floats | None] = [None] * len(directions)
    for _ in range(rounds):
        missed = int((below.max(axis=0) <= 0).sum())
        if not missed:
            return directions, True
        stuck = 0 if missed < least else stuck + 1
        least = min(least, missed)
        if stuck == 5:
            break
        owner = below.argmax(axis=0)
        moved = directions.copy()
        for k in range(len(directions)):
            if (owner == k).any():
                form = fit_direction(inside, outside[owner == k], forms[k])
                forms[k], moved[k] = form, unit(form)
        directions = moved
        below = depths(inside, outside, directions)
    return directions, bool((below.max(axis=0) > 0).all())


def unit(form: Floats) -> Floats:
    """Direction of an affine form [d_in + 1], as a unit vector [d_in]; 0 if it has none."""
    length = float(np.linalg.norm(form[:-1]))
    return form[:-1] / length if length > 0 else np.zeros(len(form) - 1)
