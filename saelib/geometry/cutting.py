"""Theorem T3, both ways: an AND-unit that separates, or the negatives that no unit can reject."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from saelib.geometry.certificate import Certificate
from saelib.geometry.half_space_search import depths, unit, wide_direction
from saelib.geometry.merging import fewer_directions, without_redundant
from saelib.geometry.neuron import Neuron
from saelib.geometry.separation import Separation, decide
from saelib.geometry.two_sets import read_two_sets
from saelib.geometry.unit import Cut, Refusal, UnsettledCut

__all__ = ["cut"]

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]


def cut(inside: npt.ArrayLike, outside: npt.ArrayLike) -> Cut | Refusal | UnsettledCut:
    """Build a small AND-unit that fires on the concept and on nothing else, or prove that there is none.

    By T3 a unit exists iff no negative lies in the convex hull of the concept. If one neuron will do, it is
    found (T2). Otherwise negatives are cut off greedily, as many at a time as a search for half-spaces
    manages; then neurons are taken away and the others moved to make up for it, as long as that succeeds;
    at last every neuron is given the widest margin towards the negatives that are its own, and those that
    became redundant are dropped. How many neurons that takes is an upper bound: the search is a heuristic.
    That the unit separates is none: every sign is proven as in :func:`~saelib.geometry.separate`, and
    so is every refusal.

    Parameters
    ----------
    inside : array_like
        Points [n_inside, d_in] of the concept.
    outside : array_like
        Points [n_outside, d_in] on which the unit shall be silent.

    Returns
    -------
    Cut or Refusal or UnsettledCut
        ``.separable`` is True, False or None. A ``Cut`` is a sequence of neurons, none of which may be left
        out; it has one neuron whenever one is proven to suffice. A ``Refusal`` lists all negatives in the
        hull, each with its convex weights. The third is for negatives so close to the hull that float64
        cannot tell.

    Raises
    ------
    InputError
        If a set is empty or malformed, d_in differs, a number is not finite, or a point stands in both.

    Examples
    --------
    No neuron fires on 0 alone, two do together:

    >>> pair = cut([[0.0]], [[-2.0], [1.0], [4.0]])
    >>> len(pair), pair.fires([[-2.0], [0.0], [1.0], [4.0]]).tolist()
    (2, [False, True, False, False])

    The middle of a square belongs to every unit that holds its corners:

    >>> cut([[0, 0], [0, 2], [2, 0], [2, 2]], [[1, 1], [3, 1]]).offending_rows.tolist()
    [0]
    """
    x, y = read_two_sets(inside, outside)
    whole = decide(x, y)
    if isinstance(whole, Separation):
        return Cut((whole.neuron,))
    # A certificate says that one neuron is too few; doubt does not.
    work = _Work(x, y, least=2 if isinstance(whole, Certificate) else 1)
    work.cut_greedily()
    if work.certificates:
        return work.refusal()
    return work.unit()


@dataclass
class _Work:
    """Points with what has been found of them so far."""

    inside: Floats
    outside: Floats
    least: int = 1
    certificates: dict[int, Certificate] = field(default_factory=dict)
    undecided: set[int] = field(default_factory=set)
    directions: list[Floats] = field(default_factory=list)

    def __post_init__(self) -> None:
        # Columns of unit spread serve the search; what is returned is decided on the points as they are.
        both = np.concatenate([self.inside, self.outside])
        # Brought to size one by a power of two: squares of huge or tiny numbers leave float64.
        both = np.ldexp(both, -np.frexp(np.abs(both).max())[1])
        centre = both.mean(axis=0)
        spread = np.sqrt(((both - centre) ** 2).mean(axis=0))
        self.spread = np.where(spread > 0, spread, 1.0)
        self.x, self.y = np.split((both - centre) / self.spread, [len(self.inside)])

    def cut_greedily(self) -> None:
        """Find directions that cut off every negative but those in the hull and those undecided."""
        left = np.arange(len(self.y))
        with tqdm(total=len(left), desc="negatives settled", delay=2, disable=None, leave=False) as bar:
            while left.size:
                direction = wide_direction(self.x, self.y[left])
                gone = depths(self.x, self.y[left], direction[None])[0] > 0
                if gone.any():
                    self.directions.append(direction)
                else:
                    gone = np.isin(left, self._settle(left))
                bar.update(int(gone.sum()))
                left = left[~gone]

    def _settle(self, left: Rows) -> Rows:
        """Decide the first negative, and what its answer decides of the others on the way."""
        row = int(left[0])
        answer = decide(self.inside, self.outside[row : row + 1])
        if isinstance(answer, Separation):
            direction = unit(np.append(answer.neuron.w * self.spread, 0.0))
            self.directions.append(direction)
            return np.union1d([row], left[depths(self.x, self.y[left], direction[None])[0] > 0])
        if not isinstance(answer, Certificate):
            self.undecided.add(row)
            return left[:1]
        self.certificates[row] = replace(answer, outside_rows=np.array([row]))
        return np.union1d([row], self._in_the_same_simplex(answer.inside_rows, left[1:]))

    def _in_the_same_simplex(self, corners: Rows, rows: Rows) -> Rows:
        """Negatives whose weights on the same concept points are positive too."""
        if len(corners) <= self.inside.shape[1] or not rows.size:
            return rows[:0]
        corner, others = self.x[corners[0]], self.x[corners[1:]]
        try:
            weights = np.linalg.solve((others - corner).T, (self.y[rows] - corner).T)
        except np.linalg.LinAlgError:
            return rows[:0]
        weights = np.vstack([1.0 - weights.sum(axis=0), weights])
        found = []
        for column in np.flatnonzero(weights.min(axis=0) > 1e-12):
            row = int(rows[column])
            proof = decide(self.inside[corners], self.outside[row : row + 1])
            if isinstance(proof, Certificate):
                self.certificates[row] = replace(
                    proof, inside_rows=corners[proof.inside_rows], outside_rows=np.array([row])
                )
                found.append(row)
        return np.array(found, dtype=np.intp)

    def refusal(self) -> Refusal:
        """The negatives in the hull."""
        rows = sorted(self.certificates)
        proofs = tuple(self.certificates[row] for row in rows)
        return Refusal(np.array(rows, dtype=np.intp), proofs, self._undecided_rows())

    def unit(self) -> Cut | Refusal | UnsettledCut:
        """The unit, each neuron with the widest margin towards its own negatives."""
        rest = np.setdiff1d(np.arange(len(self.y)), self._undecided_rows())
        neurons: list[Neuron] = []
        if rest.size:
            directions = fewer_directions(self.x, self.y[rest], np.array(self.directions), self.least)
            owner = depths(self.x, self.y[rest], directions).argmax(axis=0)
            for k in np.unique(owner):
                neurons.extend(self._neurons(rest[owner == k]))
        if self.certificates:
            return self.refusal()
        if neurons:
            rest = np.setdiff1d(rest, self._undecided_rows())
            silent = ~Cut(tuple(neurons)).active(self.outside[rest]).T
            neurons = [neurons[k] for k in without_redundant(silent)]
        if self.undecided:
            return UnsettledCut(self._undecided_rows(), Cut(tuple(neurons)) if neurons else None)
        return Cut(tuple(neurons))

    def _neurons(self, rows: Rows) -> list[Neuron]:
        """One neuron that is silent on these negatives; more if rounding misled the search."""
        answer = decide(self.inside, self.outside[rows])
        if isinstance(answer, Separation):
            return [answer.neuron]
        if len(rows) > 1:
            half = len(rows) // 2
            return self._neurons(rows[:half]) + self._neurons(rows[half:])
        if isinstance(answer, Certificate):
            self.certificates[int(rows[0])] = replace(answer, outside_rows=rows)
        else:
            self.undecided.add(int(rows[0]))
        return []

    def _undecided_rows(self) -> Rows:
        return np.array(sorted(self.undecided), dtype=np.intp)
