"""What a dictionary's neurons can do together: its cells and its activation patterns, each with a witness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from saelib.errors import InputError
from saelib.geometry.arrangements.cells import open_cells
from saelib.geometry.arrangements.exact import Integers, check_dictionary, lowest_terms, restrict, whole_rows
from saelib.geometry.bounds.patterns import pattern_ceiling

__all__ = ["Patterns", "activation_patterns", "arrangement_cells"]


@dataclass(frozen=True, eq=False)
class Patterns:
    """Distinct activation patterns, each with a point that has it.

    Made by :func:`arrangement_cells` and :func:`activation_patterns`.

    Attributes
    ----------
    fires : ndarray [n_patterns, d_sae]
        Who fires, bool; in lexicographic order. It was read off at the witness, in whole numbers.
    numerators : ndarray [n_patterns, d_in]
        The witness is ``numerators / denominators``; Python integers.
    denominators : ndarray [n_patterns]
        Positive Python integers.

    Examples
    --------
    >>> two = Patterns(np.array([[False], [True]]), np.array([[-1], [2]], object), np.array([1, 3], object))
    >>> len(two), two.witnesses.round(2).tolist()
    (2, [[-1.0], [0.67]])
    """

    fires: npt.NDArray[np.bool_]
    numerators: Integers
    denominators: Integers

    def __len__(self) -> int:
        return len(self.fires)

    @property
    def witnesses(self) -> npt.NDArray[np.float64]:
        """The witnesses rounded to float64, [n_patterns, d_in], for drawing; the fractions are exact."""
        return (self.numerators / self.denominators[:, None]).astype(np.float64)


def arrangement_cells(W_enc: npt.ArrayLike, b_enc: npt.ArrayLike, *, at_most: int = 100_000) -> Patterns:
    """List the open cells that a dictionary's hyperplanes cut the space into (T5a), exactly.

    The coefficients are taken as the rational numbers that they are, and every sign is decided in whole
    numbers: parallel, concurrent and repeated hyperplanes come out right, and no cell is too thin.

    Parameters
    ----------
    W_enc : array_like [d_in, d_sae]
        Directions of the neurons, one a column, as in :class:`saelib.SAE`. A neuron with w = 0 has no
        hyperplane; it fires everywhere or nowhere.
    b_enc : array_like [d_sae]
        Their offsets.
    at_most : int
        Refuse to begin if there could be more cells than this.

    Returns
    -------
    Patterns
        One row a cell.

    Raises
    ------
    InputError
        If the arrays do not fit or are not finite, or Σ_{i≤d_in} C(d_sae, i) exceeds ``at_most``.

    Examples
    --------
    Three lines in general position make seven cells. Moved through one point they make six:

    >>> W = [[1, 0, 1], [0, 1, 1]]
    >>> len(arrangement_cells(W, [0, 0, -1])), len(arrangement_cells(W, [0, 0, 0]))
    (7, 6)
    """
    rows = _rows(W_enc, b_enc, at_most)
    return _collect(rows, open_cells(rows[rows.any(axis=1)]))


def activation_patterns(W_enc: npt.ArrayLike, b_enc: npt.ArrayLike, *, at_most: int = 100_000) -> Patterns:
    """List every set of neurons that fires together somewhere in the space, exactly.

    A neuron fires where p > 0 and is silent where p ≤ 0, so besides the open cells there are the points on
    the hyperplanes. They add nothing unless the hyperplanes through a point are dependent: the forms x, y and
    -x - y are never all negative, yet all three neurons are silent at 0. The ceiling Σ C(d, i) counts those
    patterns too, because lowering every offset by less than the least positive p of the witnesses makes open
    cells of them all.

    Parameters
    ----------
    W_enc : array_like [d_in, d_sae]
        Directions of the neurons, one a column, as in :class:`saelib.SAE`.
    b_enc : array_like [d_sae]
        Their offsets.
    at_most : int
        Refuse to begin if there could be more patterns than this.

    Returns
    -------
    Patterns
        One row a pattern.

    Raises
    ------
    InputError
        If the arrays do not fit or are not finite, or Σ_{i≤d_in} C(d_sae, i) exceeds ``at_most``.

    Examples
    --------
    >>> W, b = [[1, 0, -1], [0, 1, -1]], [0, 0, 0]
    >>> len(arrangement_cells(W, b)), len(activation_patterns(W, b))
    (6, 7)
    """
    rows = _rows(W_enc, b_enc, at_most)
    dimension = rows.shape[1] - 1
    points = [open_cells(rows[rows.any(axis=1)])]
    whole = np.eye(dimension + 1, dtype=np.int64).astype(np.object_)
    seen: set[frozenset[int]] = set()
    flats = [] if len(points[0]) == pattern_ceiling(len(rows), dimension) else [(rows, whole)]
    while flats:
        here, embed = flats.pop()
        for row in here[here[:, :-1].any(axis=1)]:
            on_it, lift = restrict(here, row)
            through = np.flatnonzero(~on_it.any(axis=1) & rows.any(axis=1))
            if frozenset(through.tolist()) in seen:
                continue
            seen.add(frozenset(through.tolist()))
            flats.append((on_it, lift @ embed))
            # Independent hyperplanes through a flat can all be left to their silent side at once.
            if len(through) > dimension - (on_it.shape[1] - 1):
                points.append(open_cells(on_it[on_it.any(axis=1)]) @ flats[-1][1])
    return _collect(rows, np.concatenate(points))


def _rows(W_enc: npt.ArrayLike, b_enc: npt.ArrayLike, at_most: int) -> Integers:
    weights, offsets = check_dictionary(W_enc, b_enc)
    if isinstance(at_most, bool) or not isinstance(at_most, int) or at_most < 1:
        raise InputError("at_most", f"is {at_most!r}", "give a positive integer")
    d_in, d_sae = weights.shape
    ceiling = pattern_ceiling(d_sae, d_in)
    if ceiling > at_most:
        raise InputError(
            "W_enc",
            f"has {d_sae} hyperplanes in R^{d_in}, up to {ceiling} patterns",
            f"give fewer, raise at_most above {at_most}, or use sampled_patterns",
        )
    return whole_rows(weights, offsets)


def _collect(rows: Integers, points: Integers) -> Patterns:
    """Substitute the points into all forms; keep one point a pattern."""
    fires = (points @ rows.T > 0).astype(np.bool_)
    fires, first = np.unique(fires, axis=0, return_index=True)
    points = lowest_terms(points[first])
    return Patterns(fires, points[:, :-1], points[:, -1])
