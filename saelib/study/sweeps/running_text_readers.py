"""Readers of a concept that need no dictionary: a table of pieces, a linear probe, raw dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

if TYPE_CHECKING:
    from saelib.study.settings.running_text import RunningText
    from saelib.study.sweeps.running_text_measures import Judging

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_PRIOR = 2.0  # pieces that a rate is drawn towards the concept's frequency by


def readers(ground: Judging, settings: RunningText) -> pd.DataFrame:
    """Each reader fitted on the choosing half and judged on the other; the table counts all of its half.

    Parameters
    ----------
    ground : Judging
        Points and concepts of both halves.
    settings : RunningText
        Penalty of the probe, thresholds of raw dimensions, tolerances.

    Returns
    -------
    DataFrame
        One row a ``reader`` and concept, with the columns of
        `saelib.study.sweeps.running_text_measures.scores`. Readers are ``lookup`` (of the piece alone),
        ``probe`` and ``dimension`` (one dimension, one sign, one threshold).

    Examples
    --------
    >>> from saelib.data.language import token_activations, token_data
    >>> from saelib.study.settings.running_text import QUICK
    >>> from saelib.study.sweeps.running_text_measures import judging
    >>> ground = judging(token_data(4000), token_activations(3, 4000), QUICK, 0)  # doctest: +SKIP
    >>> readers(ground, QUICK).reader.unique().tolist()  # doctest: +SKIP
    ['lookup', 'probe', 'dimension']
    """
    from saelib.alignment import NeuronsWithThresholds
    from saelib.study.sweeps.running_text_measures import by_concept, scores

    labels = [concepts.membership.toarray() for concepts in ground.concepts]
    column = np.arange(labels[0].shape[1])
    parts = []
    for name, fires in (
        ("lookup", looked_up(ground.ids[0], ground.counted.membership.toarray(), ground.ids[1])),
        ("probe", probed(ground.points[0], labels[0], ground.points[1], settings.penalty)),
    ):
        sizes, both = fires.sum(axis=0), (fires & labels[1]).sum(axis=0)
        found = NeuronsWithThresholds(column, np.zeros(len(column)), sizes, both, labels[1].sum(axis=0))
        parts.append(scores(found, ground.concepts[1], ground.kinds, settings).assign(reader=name))
    centre = ground.points[0].mean(axis=0)
    here, there = (both_signs(points - centre) for points in ground.points)
    raw = by_concept(here, there, ground.concepts, ground.kinds, settings)
    raw = raw.drop(columns=["neuron", "threshold", "chosen_jaccard"])
    return pd.concat([*parts, raw.assign(reader="dimension")], ignore_index=True)


def looked_up(ids: npt.NDArray[np.integer], labels: Flags, others: npt.NDArray[np.integer]) -> Flags:
    """Say of pieces by themselves whether they have a concept: what the string alone gives away.

    A piece has a rate for each concept, that of its occurrences, drawn towards the concept's frequency by two
    more; it is said to have the concept where the rate exceeds a threshold, the one with the best F1 on the
    occurrences that were counted, each with its own left out.

    Parameters
    ----------
    ids : ndarray of int [n]
        Pieces that are counted.
    labels : ndarray of bool [n, n_concepts]
        What holds for each.
    others : ndarray of int [n_others]
        Pieces to judge.

    Returns
    -------
    ndarray of bool [n_others, n_concepts]

    Examples
    --------
    >>> looked_up(np.array([7, 7, 8, 8]), np.array([[1], [1], [0], [0]]) > 0, np.array([8, 7])).tolist()
    [[False], [True]]
    """
    size = int(max(ids.max(), others.max())) + 1
    count = np.bincount(ids, minlength=size).astype(np.float64)
    fires = np.zeros((len(others), labels.shape[1]), dtype=bool)
    for column, inside in enumerate(labels.T):
        hits = np.bincount(ids, weights=inside, minlength=size)
        prior = _PRIOR * inside.mean()
        without = (hits[ids] - inside + prior) / (count[ids] - 1 + _PRIOR)
        rate = (hits + prior) / (count + _PRIOR)
        fires[:, column] = rate[others] > best_cut(without, inside)
    return fires


def probed(
    points: npt.NDArray[np.floating], labels: Flags, others: npt.NDArray[np.floating], penalty: float
) -> Flags:
    """Say by a linear probe whether points have a concept.

    A ridge regression of the labels on four fifths of the points; the threshold is the one with the best F1
    on the last fifth.

    Parameters
    ----------
    points : ndarray [n, d_in]
        To fit and to choose the threshold on, whole windows in the order of the text.
    labels : ndarray of bool [n, n_concepts]
        What holds for each.
    others : ndarray [n_others, d_in]
        To judge.
    penalty : float
        Added to every variance, as a share of the mean variance of a dimension.

    Returns
    -------
    ndarray of bool [n_others, n_concepts]

    Examples
    --------
    >>> x = np.linspace(-1, 1, 100)[np.random.default_rng(0).permutation(100), None]
    >>> bool((probed(x, x > 0.2, x, 0.01) == (x > 0.2)).mean() > 0.9)
    True
    """
    # The fifth that is set aside is spread over the text, in blocks longer than a window.
    n = len(points)
    aside = (np.arange(n) * 50 // n) % 5 == 4
    centre = points[~aside].mean(axis=0, dtype=np.float64)
    x = points[~aside].astype(np.float64) - centre
    gram = x.T @ x
    gram[np.diag_indices_from(gram)] += penalty * np.trace(gram) / len(gram)
    y = labels[~aside].astype(np.float64)
    weights = np.linalg.solve(gram, x.T @ (y - y.mean(axis=0)))
    held = (points[aside] - centre) @ weights
    cuts = [best_cut(held[:, j], labels[aside, j]) for j in range(labels.shape[1])]
    return np.asarray((others - centre) @ weights > np.array(cuts))


def best_cut(values: npt.NDArray[np.floating], inside: Flags) -> float:
    """The threshold above which values have the best F1 with a set; infinite for an empty one.

    Parameters
    ----------
    values : ndarray [n]
        Any numbers.
    inside : ndarray of bool [n]
        The set.

    Returns
    -------
    float
        Half way between two values.

    Examples
    --------
    >>> best_cut(np.array([0.0, 1.0, 3.0]), np.array([False, True, True]))
    0.5
    """
    if not inside.any():
        return float("inf")
    order = np.argsort(-values, kind="stable")
    falling, hits = values[order], np.cumsum(inside[order])
    f1 = 2 * hits / (np.arange(1, len(values) + 1) + hits[-1])
    f1[:-1][falling[:-1] == falling[1:]] = -1.0  # no cut between equal values
    best = int(f1.argmax())
    below = falling[best + 1] if best + 1 < len(falling) else falling[best] - 1.0
    return float((falling[best] + below) / 2)


def both_signs(points: npt.NDArray[np.floating]) -> sparse.csr_array:
    """Every dimension as two neurons: what is above its mean, and what is below.

    Parameters
    ----------
    points : ndarray [n, d_in]
        Centred.

    Returns
    -------
    csr_array [n, 2·d_in]
        First the positive parts, then the negative ones.

    Examples
    --------
    >>> both_signs(np.array([[2.0], [-1.0]])).toarray().tolist()
    [[2.0, 0.0], [0.0, 1.0]]
    """
    return sparse.csr_array(np.hstack([np.maximum(points, 0), np.maximum(-points, 0)]))
