"""Choosing neurons as a linear programme over patterns of points.

One programme serves OR and AND. An OR-unit catches a pattern iff it has a neuron that fires there; an
AND-unit loses a pattern iff it has a neuron that does not, so it is the OR-unit of the complements, and what
it is paid for a pattern is what it saves by losing it. Points that no candidate tells apart are one pattern
with a weight, which is what makes the programmes small.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from saelib.units.patterns import Patterns
from saelib.units.target import Target

# Beyond the solver's tolerance, below what one point can make.
_ROUNDING = 1e-6


@dataclass(frozen=True, eq=False)
class Programme:
    """Patterns, who touches them, and how many points of the concept and of the rest they hold.

    ``touch`` is boolean [n_patterns, n_candidates]: an OR-unit catches, an AND-unit loses a pattern touched
    by one of its neurons. ``within`` and ``without`` are int64 [n_patterns].
    """

    kind: str
    candidates: np.ndarray
    touch: sparse.csr_array
    within: np.ndarray
    without: np.ndarray

    @classmethod
    def of(cls, target: Target, kind: str, candidates: np.ndarray, largest: int) -> Programme | None:
        """Make the programme, or None if it would have more than ``largest`` non-zeros."""
        seen = target.activations.membership[:, candidates]
        seen.sort_indices()
        patterns = Patterns(seen)
        rows = seen[patterns.rows()]
        # Where no candidate fires, no unit does.
        living = np.flatnonzero(np.diff(rows.indptr))
        rows = rows[living]
        entries = rows.nnz if kind == "or" else rows.shape[0] * rows.shape[1] - rows.nnz
        if entries > largest:
            return None
        touch = rows if kind == "or" else sparse.csr_array(~rows.toarray())
        within = patterns.inside(target.inside)
        return cls(kind, candidates, touch, within[living], (patterns.sizes - within)[living])

    def most_paid(
        self, price: float, most: int, exact: bool, time_limit: float
    ) -> tuple[float, list[int] | None]:
        """Bound ``|θ∩C| − price·|θ∖C|`` from above over all units of 1 to ``most`` candidates.

        Returns the bound and, from an exact search, the neurons it found.
        """
        pay = self.within - price * self.without
        constant = 0.0 if self.kind == "or" else float(pay.sum())
        system, limit, cost = self._system(pay)
        n = self.candidates.size
        sizes = sparse.csr_array(np.concatenate([np.ones(n), np.zeros(cost.size - n)])[None, :])
        system = sparse.vstack([system, sizes, -sizes], format="csr")
        limit = np.concatenate([limit, [min(most, n), -1.0]])
        lowest, neurons, _ = self._solved(cost, system, limit, exact, time_limit)
        return constant - lowest, neurons

    def fewest(
        self, price: float, wanted: float, exact: bool, time_limit: float
    ) -> tuple[float, list[int] | None, bool]:
        """Bound from below how many candidates a unit with ``|θ∩C| − price·|θ∖C| ≥ wanted`` needs.

        Returns the bound, the neurons an exact search found, and whether it found that there are none.
        """
        pay = self.within - price * self.without
        constant = 0.0 if self.kind == "or" else float(pay.sum())
        system, limit, cost = self._system(pay)
        system = sparse.vstack([system, sparse.csr_array(cost[None, :])], format="csr")
        limit = np.concatenate([limit, [constant - wanted + 0.1 * _ROUNDING]])
        sizes = np.zeros(cost.size)
        sizes[: self.candidates.size] = 1.0
        return self._solved(sizes, system, limit, exact, time_limit)

    def _system(self, pay: np.ndarray) -> tuple[sparse.csr_array, np.ndarray, np.ndarray]:
        """Rows A·v ≤ 0 over v = (neurons chosen, patterns touched), and the cost of v.

        A pattern whose touch pays needs a neuron to be touched; one whose touch costs is touched by every
        neuron that is chosen. Each needs only the one direction.
        """
        profit = pay if self.kind == "or" else -pay
        n, n_patterns = self.candidates.size, profit.size
        gain, loss = np.flatnonzero(profit > 0), np.flatnonzero(profit < 0)
        eye = sparse.eye_array(n_patterns, format="csr")
        touch = self.touch.astype(np.float64)
        paid = sparse.hstack([-touch[gain], eye[gain]], format="csr")
        owed = touch[loss].tocoo()
        number = np.arange(owed.nnz)
        chosen = sparse.csr_array((np.ones(owed.nnz), (number, owed.col)), shape=(owed.nnz, n))
        hit = sparse.csr_array((-np.ones(owed.nnz), (number, loss[owed.row])), shape=(owed.nnz, n_patterns))
        system = sparse.vstack([paid, sparse.hstack([chosen, hit])], format="csr")
        return system, np.zeros(system.shape[0]), np.concatenate([np.zeros(n), -profit])

    def _solved(
        self, cost: np.ndarray, system: sparse.csr_array, limit: np.ndarray, exact: bool, time_limit: float
    ) -> tuple[float, list[int] | None, bool]:
        if not exact:
            return _relaxed(cost, system, limit, time_limit), None, False
        lowest = float(
            np.minimum(cost, 0.0).sum()
        )  # all there is to gain, should the solver not get anywhere
        n = self.candidates.size
        answer = milp(
            cost,
            integrality=np.concatenate([np.ones(n), np.zeros(cost.size - n)]),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(system, -np.inf, limit),
            options={"time_limit": time_limit, "mip_rel_gap": 0.0},
        )
        if answer.status == 2:
            return lowest, None, True
        dual = getattr(answer, "mip_dual_bound", None)
        if dual is not None and np.isfinite(dual):
            lowest = max(lowest, float(dual))
        neurons = None
        if answer.x is not None:
            neurons = self.candidates[np.flatnonzero(answer.x[:n] > 0.5)].tolist()
        return lowest, neurons, False


def _relaxed(cost: np.ndarray, system: sparse.csr_array, limit: np.ndarray, time_limit: float) -> float:
    """Lower bound on cost·v over 0 ≤ v ≤ 1 with system·v ≤ limit, recomputed from the solver's multipliers.

    Any multipliers λ ≥ 0 give one: cost·v ≥ cost·v + λ·(system·v − limit), whose minimum over the box is
    taken coordinate by coordinate. So a bound never rests on the solver having been right.
    """
    rows: Any = system  # the stubs know no sparse matrices here
    answer = linprog(
        cost, A_ub=rows, b_ub=limit, bounds=(0, 1), method="highs", options={"time_limit": time_limit}
    )
    marginals = np.asarray(answer.ineqlin.marginals, dtype=np.float64)
    if marginals.shape != limit.shape or not np.isfinite(marginals).all():
        marginals = np.zeros(limit.size)  # the solver gave up
    multipliers = np.maximum(-marginals, 0.0)
    reduced = cost + system.T @ multipliers
    return float(np.minimum(reduced, 0.0).sum() - multipliers @ limit)


def down(value: float) -> int:
    """Largest integer not above a bound that may be off by rounding upwards."""
    return int(np.floor(value + _ROUNDING))


def up(value: float) -> int:
    """Smallest integer not below a bound that may be off by rounding downwards."""
    return int(np.ceil(value - _ROUNDING))
