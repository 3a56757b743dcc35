"""The least number of neurons of an AND-unit, exactly, for few negatives."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from saelib.errors import InputError
from saelib.geometry.certificate import Certificate
from saelib.geometry.conflict import conflict_bound
from saelib.geometry.cutting import cut
from saelib.geometry.neuron import Neuron
from saelib.geometry.separation import Separation, decide
from saelib.geometry.two_sets import read_two_sets
from saelib.geometry.unit import Cut, Refusal, UnsettledCut

__all__ = ["MinimumCut", "minimum_cut"]

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

_MOST = 60  # negatives: beyond, an integer programme may take minutes


@dataclass(frozen=True, eq=False)
class MinimumCut:
    """A unit with the fewest neurons, and why fewer will not do.

    Attributes
    ----------
    unit : Cut
        Separates, and no unit with fewer neurons does, provided that ``exact``.
    lower : int
        So many neurons are needed.
    certificates : tuple of Certificate
        Sets of negatives that no neuron cuts off together. However the negatives are dealt to fewer than
        ``lower`` neurons, one neuron gets all of such a set.

    Examples
    --------
    >>> from saelib.geometry import minimum_cut
    >>> least = minimum_cut([[0.0]], [[-2.0], [1.0], [4.0]])
    >>> least.lower, least.exact, [c.outside_rows.tolist() for c in least.certificates]
    (2, True, [[0, 2]])
    """

    unit: Cut
    lower: int
    certificates: tuple[Certificate, ...]

    @property
    def exact(self) -> bool:
        """Whether the unit has no more neurons than are needed; False only where float64 could not tell."""
        return len(self.unit) == self.lower


def minimum_cut(inside: npt.ArrayLike, outside: npt.ArrayLike) -> MinimumCut | Refusal | UnsettledCut:
    """Find an AND-unit with the fewest neurons.

    By T3b the negatives have to be dealt to neurons so that no neuron gets a set whose hull meets that of
    the concept. An integer programme deals them; :func:`~saelib.geometry.separate` tries every hand; the
    negatives that a certificate rests on, at most d_in + 1, become a constraint: never these together. When
    all hands can be cut off, the unit is found; when the programme has no solution left, one neuron more is
    needed. It starts from the conflict bound and ends at the latest with the unit of
    :func:`~saelib.geometry.cut`.

    Parameters
    ----------
    inside, outside : array_like
        Points [n_inside, d_in] of the concept and [n_outside, d_in] to be silent on, the latter at most 60.

    Returns
    -------
    MinimumCut or Refusal or UnsettledCut
        The latter two as from :func:`~saelib.geometry.cut`.

    Raises
    ------
    InputError
        If the points are malformed as for :func:`~saelib.geometry.separate`, or more than 60 are outside.

    Examples
    --------
    Every two of these can be cut off from the origin by one neuron, all three cannot; nor need they be
    three:

    >>> least = minimum_cut([[0.0, 0.0]], [[2.0, 0.0], [-1.0, 2.0], [-1.0, -2.0]])
    >>> len(least.unit), least.exact
    (2, True)
    """
    x, y = read_two_sets(inside, outside)
    if len(y) > _MOST:
        raise InputError("outside", f"has {len(y)} points", f"give at most {_MOST}, or use cut()")
    greedy = cut(x, y)
    if not isinstance(greedy, Cut):
        return greedy
    clique = conflict_bound(x, y, greedy, max_candidates=len(y))
    search = _Search(x, y, clique.rows, list(clique.certificates.values()))
    for k in range(clique.value, len(greedy)):
        unit = search.unit_of(k)
        if unit is not None:
            break
    else:
        unit, k = greedy, len(greedy)
    lower = k if search.doubtful_from is None else search.doubtful_from
    return MinimumCut(unit, lower, tuple(search.certificates))


class _Search:
    """Sets that no neuron cuts off, gathered while dealing negatives to ever more neurons."""

    def __init__(self, x: Floats, y: Floats, clique: Rows, certificates: list[Certificate]) -> None:
        self.x, self.y, self.clique = x, y, clique
        self.certificates = certificates
        self.forbidden = [certificate.outside_rows for certificate in certificates]
        self.doubtful_from: int | None = None

    def unit_of(self, k: int) -> Cut | None:
        """A unit of k neurons, or None if there is none."""
        while (hands := self._deal(k)) is not None:
            neurons: list[Neuron] = []
            for rows in hands:
                answer = decide(self.x, self.y[rows])
                if isinstance(answer, Separation):
                    neurons.append(answer.neuron)
                    continue
                if isinstance(answer, Certificate):
                    self.certificates.append(replace(answer, outside_rows=rows[answer.outside_rows]))
                    self.forbidden.append(rows[answer.outside_rows])
                else:
                    self.forbidden.append(rows)
                    self.doubtful_from = k if self.doubtful_from is None else self.doubtful_from
            if len(neurons) == len(hands):
                return Cut(tuple(neurons))
        return None

    def _deal(self, k: int) -> list[Rows] | None:
        """Deal the negatives to k neurons so that no forbidden set comes together."""
        n = len(self.y)
        # Variable k·i + j: negative i goes to neuron j. The clique is dealt out, which breaks the symmetry.
        low, high = np.zeros(n * k), np.ones(n * k)
        for j, i in enumerate(self.clique):
            low[k * i + j] = 1.0
        once = csr_array((np.ones(n * k), (np.repeat(np.arange(n), k), np.arange(n * k))), shape=(n, n * k))
        constraints = [LinearConstraint(once, 1.0, 1.0)]
        if self.forbidden:
            sizes = np.array([len(rows) for rows in self.forbidden])
            members = np.concatenate(self.forbidden)
            columns = (k * members[:, None] + np.arange(k)).ravel()
            row = (k * np.repeat(np.arange(len(sizes)), sizes)[:, None] + np.arange(k)).ravel()
            together = csr_array((np.ones(len(row)), (row, columns)), shape=(k * len(sizes), n * k))
            constraints.append(LinearConstraint(together, -np.inf, np.repeat(sizes, k) - 1.0))
        solved = milp(
            np.zeros(n * k),
            integrality=np.ones(n * k, dtype=np.int64),
            bounds=Bounds(low, high),
            constraints=constraints,
        )
        if solved.status == 2:
            return None
        if solved.x is None:
            raise RuntimeError(f"the integer programme of {n} negatives and {k} neurons: {solved.message}")
        owner = solved.x.reshape(n, k).argmax(axis=1)
        return [np.flatnonzero(owner == j) for j in np.unique(owner)]
