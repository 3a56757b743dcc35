"""Is there a neuron without an error? Newton steps towards one; where they end, they prove one or the other.

The squared hinge Σ max(0, 1 − y(⟨w, x⟩ + b))² is 0 exactly if a neuron separates. Where its least value is
above 0, its gradient vanishes there: the slacks are weights with Σ slack·y·(x, 1) = 0, and scaled to sum 1 on
either side they are a point in both hulls (theorem T2). So the same steps find the neuron or the certificate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_UNIT = 2.0**-53
_ADDED = 400  # points of either side that a round adds at most
_ROUNDS = 12
_STEPS = 80  # Newton steps in all, each a Cholesky decomposition
_DAMPED = 1e-9  # of a step, as a share of the mean diagonal: what few points do not determine stays put
_NEGLIGIBLE = 1e-6  # of the largest weight: such points are left out of a certificate
_LEAST_EIGENVALUE = (1e-2, 1e-4, 1e-6)  # tried as lower bounds, as shares of the mean eigenvalue


@dataclass(frozen=True, eq=False)
class Answer:
    """What was found of one concept.

    Attributes
    ----------
    found : str
        *yes*: the neuron errs on no point. *no*: some of the points have a point in both hulls. *undecided*.
    w, b : ndarray [d_in], float
        The last neuron tried.
    steps : int
        Newton steps taken.

    Examples
    --------
    >>> Answer("yes", np.ones(1), -2.0, 3).found
    'yes'
    """

    found: str
    w: Floats
    b: float
    steps: int


def one_neuron(x: Floats, inside: Flags, w: Floats, b: float) -> Answer:
    """Separate a concept's points from the others, or prove that no neuron can, within a budget of steps.

    The hardest points are separated first, by Newton's method on the squared hinge; those on which the neuron
    errs are added, and again. A neuron that errs nowhere is the proof that one can; a point in both hulls of
    some points, that none can.

    Parameters
    ----------
    x : ndarray [n, d_in]
        Points.
    inside : ndarray of bool [n]
        Where the neuron shall fire: on some points, not on all.
    w, b : ndarray [d_in], float
        A neuron to start from.

    Returns
    -------
    Answer
        Proven, or *undecided* when the budget of 12 rounds and 80 steps is used up.

    Examples
    --------
    >>> line = np.array([[0.0], [1.0], [2.0], [3.0]])
    >>> one_neuron(line, line[:, 0] > 1.5, np.zeros(1), 0.0).found
    'yes'
    >>> one_neuron(line, line[:, 0] % 2 == 1, np.zeros(1), 0.0).found
    'no'
    """
    size = float(np.sqrt(np.mean(x**2))) or 1.0
    size = float(2.0 ** np.frexp(size)[1])  # a power of two: the last coordinate shall be like the others
    sign = np.where(inside, 1.0, -1.0)
    form = np.append(w, b / size)
    rows = np.zeros(0, dtype=np.intp)
    steps = 0
    for _ in range(_ROUNDS):
        values = sign * (x @ form[:-1] + size * form[-1])
        if values.min() > 0.0:
            w, b = _midway(x, inside, form)
            return Answer("yes" if errs_nowhere(x, inside, w, b) else "undecided", w, b, steps)
        hard = [side[np.argsort(values[side])[:_ADDED]] for side in map(np.flatnonzero, (inside, ~inside))]
        rows = np.union1d(rows, [row for side in hard for row in side if values[row] < 1.0])
        signed = sign[rows, None] * np.column_stack([x[rows], np.full(len(rows), size)])
        form, slack, taken, apart = _newton(signed, form, _STEPS - steps)
        steps += taken
        if not apart:
            found = "no" if steps < _STEPS and meet(signed, slack) else "undecided"
            return Answer(found, form[:-1], size * float(form[-1]), steps)
    return Answer("undecided", form[:-1], size * float(form[-1]), steps)


def _newton(signed: Floats, form: Floats, steps: int) -> tuple[Floats, Floats, int, bool]:
    """Lower Σ max(0, 1 − signed·form)² until every product is positive, or no step lowers it."""
    slack = np.maximum(0.0, 1.0 - signed @ form)
    active = np.zeros(len(signed), dtype=np.bool_)
    gram = np.zeros((len(form), len(form)))
    for taken in range(steps):
        if slack.max() < 1.0:
            return form, slack, taken, True
        now = slack > 0.0
        changed = int((now != active).sum())
        if changed >= now.sum():
            gram = signed[now].T @ signed[now]
        elif changed:  # few come and go: the matrix is mended
            come, go = signed[now & ~active], signed[active & ~now]
            gram += come.T @ come - go.T @ go
        damped = gram.copy()
        damped[np.diag_indices_from(damped)] += _DAMPED * np.trace(gram) / len(gram)
        # Without the condition estimate of linalg.solve, which costs ten times the decomposition.
        factor = linalg.cho_factor(damped, check_finite=False)
        step = linalg.cho_solve(factor, signed[now].T @ slack[now], check_finite=False)
        move, loss, part = signed @ step, float(slack @ slack), 1.0
        slope = 2.0 * float(slack @ move)
        before = 1.0 - signed @ form
        while True:
            after = np.maximum(0.0, before - part * move)
            lower = float(after @ after)
            if lower <= loss - 1e-4 * part * slope or part < 1e-6:
                break
            part /= 2.0
        form, active, slack = form + part * step, now, after
        if loss - lower <= 1e-12 * loss or (part == 1.0 and ((slack > 0.0) == now).all()):
            return form, slack, taken + 1, bool(slack.max() < 1.0)
    return form, slack, steps, bool(slack.max() < 1.0)


def _midway(x: Floats, inside: Flags, form: Floats) -> tuple[Floats, float]:
    values = x @ form[:-1]
    return form[:-1], -float(values[inside].min() + values[~inside].max()) / 2.0


def errs_nowhere(x: Floats, inside: Flags, w: Floats, b: float) -> bool:
    """Let a neuron fire: rightly on every point, by more than any rounding of its pre-activation.

    Examples
    --------
    >>> line = np.array([[0.0], [1.0]])
    >>> errs_nowhere(line, np.array([False, True]), np.ones(1), -0.5)
    True
    >>> errs_nowhere(line, np.array([False, True]), np.ones(1), -1.0)   # on its boundary it does not fire
    False
    """
    from saelib.geometry import Neuron

    values = Neuron(w, b).pre_acts(x)
    doubt = 2 * (len(w) + 2) * _UNIT * (np.abs(w).sum() * np.abs(x).max() + abs(b))
    return bool(((values > 0.0) == inside).all() and np.abs(values).min() > doubt)


def meet(signed: Floats, weights: Floats) -> bool:
    """Prove that positive weights exist, near the given ones, whose sum of ``weight · row`` is exactly 0.

    What the given weights leave over is added up with every rounding granted. A correction that removes it
    is no longer than its length divided by the least singular value of the rows, and that is bounded from
    below by a Cholesky decomposition that succeeds although the bound was subtracted. If the least weight is
    larger than the correction, exact weights exist and are positive.

    Parameters
    ----------
    signed : ndarray [n, d_in + 1]
        Points with a constant last coordinate; those outside times −1.
    weights : ndarray [n]
        Approximate weights ≥ 0; points of negligible weight are left out.

    Returns
    -------
    bool
        True if it is proven; then no neuron fires on all points inside and on none outside.

    References
    ----------
    Theorem T2; S. M. Rump, "Verification of positive definiteness", BIT 46 (2006).

    Examples
    --------
    >>> meet(np.array([[0.0, 1.0], [2.0, 1.0], [-1.0, -1.0]]), np.array([1.0, 1.0, 2.0]))
    True
    >>> meet(np.array([[0.0, 1.0], [2.0, 1.0], [-3.0, -1.0]]), np.array([1.0, 1.0, 2.0]))
    False
    """
    kept = weights > _NEGLIGIBLE * weights.max(initial=0.0)
    rows, weights = signed[kept], weights[kept]
    n, d = rows.shape
    if n < d:
        return False
    gram = rows.T @ rows
    try:
        factor = linalg.cho_factor(gram)
    except linalg.LinAlgError:
        return False
    for _ in range(2):
        weights = weights - rows @ linalg.cho_solve(factor, rows.T @ weights)
    rounding = 2 * (n + d + 4) * _UNIT
    left = np.abs(rows.T @ weights) + rounding * (np.abs(rows).T @ np.abs(weights))
    correction = float(left @ left) * (1 + 1e-6) / max(_least_eigenvalue(gram, rounding), 1e-300)
    return bool(weights.min() > 0.0 and weights.min() ** 2 > correction)


def _least_eigenvalue(gram: Floats, rounding: float) -> float:
    """A proven lower bound for the exact Gram matrix of which this one is rounded; 0 if none was found."""
    total = float(np.trace(gram))
    for share in _LEAST_EIGENVALUE:
        bound = share * total / len(gram)
        try:
            linalg.cholesky(gram - bound * np.eye(len(gram)), check_finite=False)
        except linalg.LinAlgError:
            continue
        return max(bound - 4 * rounding * total, 0.0)
    return 0.0
