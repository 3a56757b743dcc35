"""The open cells of an arrangement, listed exactly by going into one hyperplane after another."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from saelib.geometry.arrangements.exact import Integers, lowest_terms, restrict

__all__ = ["open_cells"]


def open_cells(rows: Integers) -> Integers:
    """One point in every open cell of an arrangement.

    The k-th hyperplane H cuts exactly those cells of the first k - 1 that it meets, and where it meets them
    they are the open cells of the arrangement that the first k - 1 leave on H, one dimension lower. A point
    of such a cell, moved off H to either side by less than would reach another hyperplane, is a point in each
    half. So the number of steps is proportional to the number of cells, and no linear program is solved.

    Parameters
    ----------
    rows : ndarray [d, n + 1]
        Hyperplanes (w, b) as Python integers; parallel, concurrent and repeated ones are welcome, and rows
        with w = 0 and b ≠ 0 divide nothing. No row may be all zero.

    Returns
    -------
    ndarray [n_cells, n + 1]
        Points (x, t), t > 0, as Python integers.

    Examples
    --------
    Two crossing lines make four cells, two parallel ones three:

    >>> len(open_cells(np.array([[1, 0, 0], [0, 1, 0]], dtype=object)))
    4
    >>> len(open_cells(np.array([[1, 0, 0], [1, 0, -1]], dtype=object)))
    3
    """
    dimension = rows.shape[1] - 1
    if dimension == 0:
        return np.ones((1, 1), dtype=np.object_)
    if dimension == 1:
        return _intervals(rows)
    points = np.zeros((1, dimension + 1), dtype=np.object_)
    points[0, -1] = 1
    fires = np.zeros((1, 0), dtype=np.bool_)
    for k, row in enumerate(rows):
        if not row[:-1].any():
            fires = np.column_stack([fires, np.full(len(points), row[-1] > 0)])
            continue
        on_it, lift = restrict(rows[:k], row)
        if (on_it == 0).all(axis=1).any():  # an earlier hyperplane is this one, perhaps turned round
            fires = np.column_stack([fires, points @ row > 0])
            continue
        above, below, cut = _either_side(lowest_terms(open_cells(on_it) @ lift), rows[:k], row)
        divided = {pattern.tobytes() for pattern in cut}
        whole = np.array([pattern.tobytes() not in divided for pattern in fires], dtype=np.bool_)
        kept = points[whole]
        points = np.concatenate([kept, above, below])
        side = np.concatenate([kept @ row > 0, np.ones(len(above), np.bool_), np.zeros(len(below), np.bool_)])
        fires = np.column_stack([np.concatenate([fires[whole], cut, cut]), side.astype(np.bool_)])
    return points


def _either_side(
    on_it: Integers, rows: Integers, row: Integers
) -> tuple[Integers, Integers, npt.NDArray[np.bool_]]:
    """Points of a hyperplane moved off it, and who of ``rows`` fires there before and after alike."""
    heights = on_it @ rows.T
    reach = abs(rows[:, :-1] @ row[:-1])
    times = (reach // abs(heights)).max(axis=1, initial=0) + 1 if len(rows) else np.ones(len(on_it), object)
    step = row.copy()
    step[-1] = 0
    far = on_it * times[:, None]
    return lowest_terms(far + step), lowest_terms(far - step), (heights > 0).astype(np.bool_)


def _intervals(rows: Integers) -> Integers:
    """The same on the line: between two neighbouring roots lies their mediant."""
    roots = sorted({Fraction(-int(b), int(w)) for w, b in rows.tolist() if w})
    if not roots:
        return np.array([[0, 1]], dtype=np.object_)
    ends = [(root.numerator, root.denominator) for root in roots]
    before = (ends[0][0] - ends[0][1], ends[0][1])
    after = (ends[-1][0] + ends[-1][1], ends[-1][1])
    between = [(a + c, b + d) for (a, b), (c, d) in pairwise(ends)]
    return np.array([before, *between, after], dtype=np.object_)
