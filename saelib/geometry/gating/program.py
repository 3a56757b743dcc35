"""The linear program behind a Top-1 family, solved with only as many inequalities as its answer needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import csr_array

__all__ = ["Optimum", "widest_family"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
_AT_ONCE = 8  # inequalities added for each pair of concepts and each round


@dataclass(frozen=True, eq=False)
class Optimum:
    """What the linear program answers; nothing in it has been verified.

    Attributes
    ----------
    weights, offsets : ndarray [m, d_in], ndarray [m]
        One neuron a concept, entries at most 1.
    margin : float
        Least difference p_owner - p_rival.
    at, rivals, multipliers : ndarray
        The inequalities used: row of the point, rival, multiplier.

    Examples
    --------
    >>> widest_family(np.array([[-1.0], [1.0]]), np.array([0, 1]), 2).margin
    2.0
    """

    weights: Floats
    offsets: Floats
    margin: float
    at: Integers
    rivals: Integers
    multipliers: Floats


def widest_family(points: Floats, owners: Integers, n_concepts: int) -> Optimum:
    """Maximise the least of p_owner(x) - p_rival(x) over dictionaries with entries of at most 1.

    Parameters
    ----------
    points : ndarray [n, d_in]
        Scaled to entries of at most about 1.
    owners : ndarray [n]
        Their concepts; -1 for silence, whose p is 0. Silence is a rival only if it owns a point.
    n_concepts : int
        m.

    Returns
    -------
    Optimum
        Of the program with all inequalities, or of a part of it that has the maximum 0 already.

    Examples
    --------
    >>> widest_family(np.array([[-1.0], [0.0], [1.0]]), np.array([0, 1, 0]), 2).margin
    0.0
    """
    d_in = points.shape[1]
    lowest = -1 if (owners < 0).any() else 0
    homogeneous = np.column_stack([points, np.ones(len(points))])
    pairs = [(i, j) for i in range(lowest, n_concepts) for j in range(lowest, n_concepts) if i != j]
    members = {concept: np.flatnonzero(owners == concept) for concept in range(lowest, n_concepts)}
    rng = np.random.default_rng(0)
    used = {(int(at), j) for i, j in pairs for at in rng.permutation(members[i])[:_AT_ONCE]}
    while True:
        chosen = np.array(sorted(used), dtype=np.int64).reshape(-1, 2)
        at, rivals = chosen[:, 0], chosen[:, 1]
        matrix: Any = _inequalities(homogeneous[at], owners[at], rivals, n_concepts)
        answer = linprog(
            np.append(np.zeros(matrix.shape[1] - 1), -1.0),
            A_ub=matrix,
            b_ub=np.zeros(len(at)),
            bounds=[(-1.0, 1.0)] * (matrix.shape[1] - 1) + [(None, 4.0 + 4.0 * d_in)],
            method="highs-ds",
            options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
        )
        if (
            answer.status != 0 or answer.x is None
        ):  # the zero dictionary is feasible and s is bounded: this is numerical trouble
            return Optimum(
                np.zeros((n_concepts, d_in)), np.zeros(n_concepts), 0.0, at, rivals, np.zeros(len(at))
            )
        forms = answer.x[:-1].reshape(n_concepts, d_in + 1)
        margin = (
            float(answer.x[-1]) + 0.0
        )  # of a -0. The maximum is at least 0, which the zero dictionary attains
        optimum = Optimum(forms[:, :-1], forms[:, -1], margin, at, rivals, -answer.ineqlin.marginals)
        if margin <= 1e-12:
            return optimum
        sums = np.column_stack([homogeneous @ forms.T, np.zeros(len(points))])  # the last, or -1, is silence
        before = len(used)
        for i, j in pairs:
            differences = sums[members[i], i] - sums[members[i], j]
            worst = np.argsort(differences)[:_AT_ONCE]
            used |= {(int(members[i][w]), j) for w in worst if differences[w] < margin - 1e-10}
        if len(used) == before:
            return optimum


def _inequalities(rows: Floats, owners: Integers, rivals: Integers, n_concepts: int) -> csr_array:
    """Rows of s - p_owner + p_rival ≤ 0 in the unknowns (w_1, b_1, …, w_m, b_m, s)."""
    n, width = rows.shape
    columns, values, lines = [], [], []
    for concepts, sign in ((owners, -1.0), (rivals, 1.0)):
        there = np.flatnonzero(concepts >= 0)
        columns.append((concepts[there, None] * width + np.arange(width)).ravel())
        values.append((sign * rows[there]).ravel())
        lines.append(np.repeat(there, width))
    columns.append(np.full(n, n_concepts * width))
    values.append(np.ones(n))
    lines.append(np.arange(n))
    entries = (np.concatenate(values), (np.concatenate(lines), np.concatenate(columns)))
    return csr_array(entries, shape=(n, n_concepts * width + 1))
