"""Readers of a concept that need no dictionary: linear probes, raw dimensions, the spelling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from saelib.errors import InputError
from saelib.study.sweeps.nouns_measures import Flags, f1_of

if TYPE_CHECKING:
    from saelib.data.language import Nouns
    from saelib.study.settings.nouns import Nouns as Settings

Floats = npt.NDArray[np.float64]
_FOLDS = 4


def probes(points: npt.ArrayLike, choosing: Flags, nouns: Nouns, settings: Settings) -> pd.DataFrame:
    """A linear probe for every concept: fitted on one half of the nouns, judged on the other.

    The weights are those of a ridge regression of the labels on the points (with two classes, the direction
    of a regularised linear discriminant), because one decomposition serves all concepts and penalties.
    Penalty and threshold of each concept are those with the best F1 on the choosing half, read there by
    probes that saw none of the noun's fourth of it; fourths keep nouns with the same last word together.

    Parameters
    ----------
    points : array_like [n_nouns, d_in]
        What is read.
    choosing : ndarray of bool [n_nouns]
        The half to fit and choose on.
    nouns : Nouns
        With the concepts.
    settings : Nouns
        Its ``penalties``.

    Returns
    -------
    DataFrame
        One row a concept: ``concept`` (its number), ``penalty``; on the judging half ``f1``, ``jaccard``,
        ``recall``, ``precision``, and ``f1_single``, on its single words (unavailable without one in the
        concept); ``fitted_f1``, on the points it was fitted to, at the same threshold.

    Raises
    ------
    InputError
        If points, halves and nouns do not fit one another.

    Examples
    --------
    A network that knows the concept gives it away:

    >>> from saelib.data.language import noun_data, noun_halves
    >>> from saelib.study.settings.nouns import Nouns
    >>> nouns = noun_data(limit=400)
    >>> x = nouns.concepts.membership.toarray()[:, :3] + np.random.default_rng(0).normal(0, 0.01, (400, 3))
    >>> probes(x, noun_halves(nouns, 0), nouns, Nouns()).f1[:3].tolist()
    [1.0, 1.0, 1.0]
    """
    x = np.asarray(points, dtype=np.float64)
    if x.ndim != 2 or x.shape[0] != len(nouns.words) or choosing.shape != (len(nouns.words),):
        raise InputError(
            "points", f"has shape {x.shape}", f"give [{len(nouns.words)}, d_in], and as many halves"
        )
    labels = nouns.concepts.membership.toarray()
    here, there = np.flatnonzero(choosing), np.flatnonzero(~choosing)
    fold = _folds([nouns.heads[i] for i in here])
    penalties, n = settings.penalties, len(here)
    read = np.zeros((len(penalties), n, labels.shape[1]), dtype=np.float32)
    for part in range(_FOLDS):
        others, own = here[fold != part], here[fold == part]
        for at, scores in enumerate(_ridge(x[others], labels[others], x[own], penalties)):
            read[at][fold == part] = scores
    choice = [_best_cuts(scores, labels[here]) for scores in read]
    best = np.argmax([f1 for f1, _ in choice], axis=0)
    cuts = np.choose(best, [cut for _, cut in choice])
    final = np.stack(list(_ridge(x[here], labels[here], x, penalties)))
    fires = final.transpose(1, 0, 2)[:, best, np.arange(labels.shape[1])] > cuts
    frame = _scores(fires, labels, there, nouns.single)
    frame.insert(1, "penalty", np.asarray(penalties)[best])
    frame["fitted_f1"] = [f1_of(fires[here, i], labels[here, i]) for i in range(labels.shape[1])]
    return frame


def _folds(heads: Sequence[str]) -> npt.NDArray[np.int64]:
    """A part for every noun, the same for the same last word; parts are dealt out in alphabetical order."""
    return np.unique(heads, return_inverse=True)[1] % _FOLDS


def _ridge(x: Floats, labels: Flags, read: Floats, penalties: Sequence[float]) -> Any:
    """Scores [n, n_concepts] of the points to read, one matrix a penalty."""
    centre = x.mean(axis=0)
    scale, vectors = np.linalg.eigh((x - centre).T @ (x - centre))
    target = vectors.T @ ((x - centre).T @ (labels - labels.mean(axis=0)))
    for penalty in penalties:
        weight = 1.0 / (np.maximum(scale, 0) + penalty * scale.mean())
        direction = vectors @ (weight[:, None] * target)
        # Reading is the most of the work, and needs no more than single precision.
        scores = (read - centre).astype(np.float32) @ direction.astype(np.float32)
        yield scores + labels.mean(axis=0).astype(np.float32)


def _best_cuts(scores: npt.NDArray[np.float32], labels: Flags) -> tuple[Floats, Floats]:
    """Best F1 over all cuts, and the cut, for every column; the cut lies between two scores."""
    order = np.argsort(-scores, axis=0, kind="stable")
    falling = np.take_along_axis(scores, order, axis=0).astype(np.float64)
    caught = np.cumsum(np.take_along_axis(labels, order, axis=0), axis=0)
    number = np.arange(1, len(scores) + 1)[:, None]
    f1 = 2 * caught / (number + labels.sum(axis=0))
    f1[:-1][falling[:-1] == falling[1:]] = 0.0  # no cut between equal scores
    last, column = f1.argmax(axis=0), np.arange(labels.shape[1])
    below = np.vstack([falling, falling[-1:] - 1.0])
    return f1[last, column], (below[last, column] + below[last + 1, column]) / 2


def _scores(fires: Flags, labels: Flags, there: npt.NDArray[np.int64], single: Flags) -> pd.DataFrame:
    alone = there[single[there]]
    f, y = fires[there], labels[there]
    both, size, inside = (f & y).sum(axis=0), f.sum(axis=0), y.sum(axis=0)
    some = np.asarray(labels[alone].any(axis=0))
    by_single = [f1_of(fires[alone, i], labels[alone, i]) for i in range(labels.shape[1])]
    return pd.DataFrame(
        {
            "concept": np.arange(labels.shape[1]),
            "f1": 2 * both / np.maximum(size + inside, 1),
            "jaccard": both / np.maximum(size + inside - both, 1),
            "recall": both / np.maximum(inside, 1),
            "precision": both / np.maximum(size, 1),
            "f1_single": pd.Series(by_single, dtype="Float64").where(some),
        }
    )


def both_signs(points: npt.ArrayLike) -> sparse.csr_array:
    """Every dimension as two neurons: one for what is above its mean, one for what is below.

    Parameters
    ----------
    points : array_like [n_points, d_in]
        Centred, as the sweep's points are.

    Returns
    -------
    csr_array [n_points, 2·d_in]
        First all positive parts, then all negative ones.

    Examples
    --------
    >>> both_signs([[1.0, -2.0]]).toarray().tolist()
    [[1.0, 0.0, 0.0, 2.0]]
    """
    x = np.asarray(points, dtype=np.float32)
    return sparse.csr_array(np.hstack([np.maximum(x, 0), np.maximum(-x, 0)]))


def readers(
    points: npt.NDArray[np.float32], choosing: Flags, nouns: Nouns, settings: Settings
) -> pd.DataFrame:
    """What probes, raw dimensions and the spelling make of every concept.

    Parameters
    ----------
    points : ndarray [n_nouns, d_in]
        Centred.
    choosing : ndarray of bool [n_nouns]
        The half to fit and choose on.
    nouns : Nouns
        With the concepts.
    settings : Nouns
        Penalties and thresholds.

    Returns
    -------
    DataFrame
        One row a ``reader`` (*probe*, *raw dimension*, *string*) and ``concept`` (its number): ``f1`` on the
        judging half, ``f1_single`` on its single words (unavailable without one in the concept, and for
        the string), ``chosen_f1`` on the half where it was chosen.

    Examples
    --------
    >>> from saelib.data.language import noun_data, noun_halves
    >>> from saelib.study.settings.nouns import QUICK
    >>> nouns = noun_data(limit=300)
    >>> x = np.random.default_rng(0).normal(size=(300, 4)).astype("float32")
    >>> readers(x, noun_halves(nouns, 0), nouns, QUICK).reader.value_counts().to_dict()
    {'probe': 415, 'raw dimension': 415, 'string': 415}
    """
    from saelib.alignment import best_with_threshold

    here, there = np.flatnonzero(choosing), np.flatnonzero(~choosing)
    single = there[nouns.single[there]]
    acts = both_signs(points)
    chosen = best_with_threshold(acts[here], nouns.concepts.take_points(here), settings.quantiles)
    found = chosen.scored_on(acts[there], nouns.concepts.take_points(there))
    alone = chosen.scored_on(acts[single], nouns.concepts.take_points(single))
    number = np.arange(nouns.concepts.n_concepts)
    raw = pd.DataFrame(
        {
            "concept": number,
            "f1": found.f1,
            "f1_single": pd.Series(alone.f1, dtype="Float64").where(alone.concept_sizes > 0),
            "chosen_f1": chosen.f1,
        }
    )
    fitted = probes(points, choosing, nouns, settings).rename(columns={"fitted_f1": "chosen_f1"})
    parts = {"probe": fitted[raw.columns], "raw dimension": raw, "string": spelled(nouns, choosing)}
    return pd.concat([frame.assign(reader=name) for name, frame in parts.items()], ignore_index=True)


def spelled(nouns: Nouns, choosing: Flags) -> pd.DataFrame:
    """What the best rule on the spelling makes of every concept.

    Parameters
    ----------
    nouns : Nouns
        With the concepts.
    choosing : ndarray of bool [n_nouns]
        The half to choose the rule on.

    Returns
    -------
    DataFrame
        One row a concept: ``concept`` (its number), ``f1`` on the judging half, ``f1_single`` (unavailable),
        ``chosen_f1``. A rule that never holds there, or none at all, reads nothing: 0.

    Examples
    --------
    >>> from saelib.data.language import noun_data, noun_halves
    >>> nouns = noun_data(limit=300)
    >>> bool(spelled(nouns, noun_halves(nouns, 0)).f1.between(0, 1).all())
    True
    """
    from saelib.data.language import string_baseline

    string, number = string_baseline(nouns, choosing), np.arange(nouns.concepts.n_concepts)
    return pd.DataFrame(
        {
            "concept": number,
            "f1": string.f1.astype("Float64").fillna(0.0).to_numpy(dtype=np.float64),
            "f1_single": pd.Series(pd.NA, index=number, dtype="Float64"),
            "chosen_f1": string.chosen_f1.astype("Float64").fillna(0.0).to_numpy(dtype=np.float64),
        }
    )
