"""The second control of absorption: whether a probe for the parent fires where its neuron is silent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from tqdm import tqdm

from saelib.analysis.activity import Activity
from saelib.analysis.encoding import workers
from saelib.analysis.ridge import Ridge, blocks, fitted
from saelib.analysis.sources import Points
from saelib.phenomena.probing import best_threshold
from saelib.sets import ConceptSet

__all__ = ["probed"]

_D_IN_MOST = 8192  # beyond, the matrices of a fit take more than two GiB
_SCORES = 1 << 26  # held at once, 512 MiB
_ROWS = 4096  # scored by one thread at a time

Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def probed(
    edges: pd.DataFrame,
    activity: Activity,
    points: Points,
    concepts: ConceptSet,
    choosing: npt.NDArray[np.bool_],
    *,
    jobs: int,
    progress: bool = False,
) -> tuple[pd.DataFrame, list[str]]:
    """Train a probe for the parent of every suspected edge on one half, and ask it on the other.

    A ridge regression a parent, with the threshold of the best F1 among leave-one-out scores of the choosing
    half. It is asked about the points of the child on which, on the judging half, the child's neuron fires
    and the parent's is silent.

    Parameters
    ----------
    edges : pandas.DataFrame
        As :func:`saelib.analysis.edge_rows.edge_rows` makes them.
    activity : Activity
        Who fires.
    points : opened points
        The same points.
    concepts : ConceptSet
        Over them.
    choosing : ndarray of bool [n_points]
        True on the half that probes are trained on.
    jobs : int
        Threads.
    progress : bool, default False
        Show a bar if this is a terminal.

    Returns
    -------
    edges : pandas.DataFrame
        With ``probe_found``, ``probe`` and ``controlled`` where the pair is naive or absorbed.
    notes : list of str
        Why the probes were not asked, if they were not.

    Examples
    --------
    The neuron of *animal* is silent on dogs, which lie among the animals:

    >>> from scipy import sparse
    >>> from saelib.analysis.columns import TABLES
    >>> from saelib.analysis.framing import framed
    >>> from saelib.analysis.sources import InMemory
    >>> held = np.array([[1, 1], [1, 0], [0, 0]] * 4)
    >>> fires = sparse.csr_array(np.array([[0, 1], [1, 0], [0, 0]] * 4, dtype=bool))
    >>> concepts = ConceptSet(held, names=["animal", "dog"], parents=[-1, 0])
    >>> row = {column.name: [None] for column in TABLES["edges"].columns}
    >>> row |= {"parent": ["animal"], "child": ["dog"], "parent_neuron": [0], "child_neuron": [1]}
    >>> row |= {"n_absorbed": [2], "naive": [True], "absorbed": [True], "owns_parent": [True]}
    >>> activity, half = Activity(2, (0, 12), [fires].__getitem__), np.arange(12) < 6
    >>> points = InMemory(held @ np.array([[1.0, 0.0], [0.0, 1.0]]))
    >>> found, _ = probed(framed("edges", row), activity, points, concepts, half, jobs=1)
    >>> int(found.probe_found[0]), bool(found.probe[0]), bool(found.controlled[0])
    (2, True, True)
    """
    asked = np.flatnonzero((edges.naive | edges.absorbed).fillna(False).to_numpy(bool))
    if not len(asked):
        return edges, []
    if points.shape[1] > _D_IN_MOST:
        note = f"Linear probes for parents were not asked: points have more than {_D_IN_MOST:,} dimensions."
        return edges, [note]
    rows = edges.iloc[asked]
    number = {name: i for i, name in enumerate(concepts.names)}
    parent, child = (rows[name].map(number).to_numpy(dtype=np.int64) for name in ("parent", "child"))
    above, below = (rows[f"{name}_neuron"].to_numpy(dtype=np.int64) for name in ("parent", "child"))
    probes, of_edge = (np.asarray(a, dtype=np.int64) for a in np.unique(parent, return_inverse=True))
    silent = _silent(activity, concepts, choosing, *(np.asarray(a) for a in (child, above, below)))
    found = np.zeros(len(asked), dtype=np.int64)
    with workers(jobs) as pool:
        labels = concepts.membership[:, probes]
        ridge = fitted(points, labels, choosing, activity.starts, pool)
        own = _own(ridge, points, choosing, activity.starts, pool)
        at_once = max(1, _SCORES // ridge.n)
        for first in tqdm(range(0, len(probes), at_once), desc="probes", disable=None if progress else True):
            run = range(first, min(first + at_once, len(probes)))
            here = [e for e in range(len(asked)) if of_edge[e] in run]
            of_probe = [int(of_edge[e]) - first for e in here]
            trained, told = _scores(
                ridge, run, points, choosing, activity.starts, [silent[e] for e in here], of_probe, pool
            )
            inside = labels[:, list(run)][np.flatnonzero(choosing)].tocsc()
            thresholds = list(pool.map(_threshold, trained, _columns(inside), repeat(own)))
            found[here] = [int((s > thresholds[p]).sum()) for s, p in zip(told, of_probe, strict=True)]
    fires = 2 * found >= rows["n_absorbed"].to_numpy(dtype=np.int64)
    both = rows["naive"].to_numpy(dtype=np.bool_) & rows["owns_parent"].to_numpy(dtype=np.bool_) & fires
    done = edges.copy()
    for name, values in (("probe_found", found), ("probe", fires), ("controlled", both)):
        column = np.full(len(edges), None, dtype=object)
        column[asked] = values
        done[name] = pd.Series(column, dtype=edges[name].dtype, index=edges.index)
    return done, []


def _silent(
    activity: Activity,
    concepts: ConceptSet,
    choosing: Flags,
    child: Integers,
    above: Integers,
    below: Integers,
) -> list[Integers]:
    """For each edge the judged points of the child where its neuron fires and the parent's does not."""
    places: list[list[Integers]] = [[np.zeros(0, dtype=np.int64)] for _ in child]
    for where, fires in activity.pieces():
        rows = np.flatnonzero(~choosing[where])
        theta, held = fires[rows].tocsc(), concepts.membership[where][rows].tocsc()
        for place, i, c, d in zip(places, child, above, below, strict=True):
            on = np.intersect1d(_column(held, i), _column(theta, d), assume_unique=True)
            lost = np.setdiff1d(on, _column(theta, c), assume_unique=True)
            place.append(rows[lost] + where.start)
    return [np.concatenate(place) for place in places]


def _own(
    ridge: Ridge, points: Points, choosing: Flags, starts: tuple[int, ...], pool: ThreadPoolExecutor
) -> Floats:
    """What leaving each training point out takes back, see :meth:`Ridge.own`."""
    cut = blocks(starts, points.shape[1])
    return np.concatenate([ridge.own(points.rows(a, b)[choosing[a:b]], pool) for a, b in cut])


def _scores(
    ridge: Ridge,
    run: range,
    points: Points,
    choosing: Flags,
    starts: tuple[int, ...],
    silent: list[Integers],
    of_probe: list[int],
    pool: ThreadPoolExecutor,
) -> tuple[Floats, list[Floats]]:
    """Scores of a run of probes on the training points [n_run, n], and on the silent points of each edge."""
    trained, at = np.empty((len(run), ridge.n)), 0
    told: list[list[Floats]] = [[np.zeros(0)] for _ in silent]
    which = slice(run.start, run.stop)
    for start, stop in blocks(starts, points.shape[1]):
        x = points.rows(start, stop)
        parts = pool.map(
            lambda a: ridge.scores(x[a : a + _ROWS], which),  # noqa: B023 used up here
            range(0, len(x), _ROWS),
        )
        scores = np.concatenate(list(parts))
        kept = scores[choosing[start:stop]]
        trained[:, at : at + len(kept)] = kept.T
        at += len(kept)
        for each, lost, p in zip(told, silent, of_probe, strict=True):
            low, high = np.searchsorted(lost, (start, stop))
            each.append(scores[lost[low:high] - start, p])
    return trained, [np.concatenate(each) for each in told]


def _threshold(scores: Floats, inside: Integers, own: Floats) -> float:
    """The best one among the scores that each training point would have, had it been left out."""
    held = np.zeros(len(scores), dtype=np.bool_)
    held[inside] = True
    return best_threshold((scores - own * held) / (1 - own), held)


def _column(sets: sparse.csc_array, i: int) -> Integers:
    """The rows of a column, ascending."""
    return np.asarray(sets.indices[sets.indptr[i] : sets.indptr[i + 1]], dtype=np.int64)


def _columns(sets: sparse.csc_array) -> list[Integers]:
    return [_column(sets, i) for i in range(sets.shape[1])]
