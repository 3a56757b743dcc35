"""What geometry allows one neuron, with proofs: which concepts a hyperplane could read without an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from saelib.study.sweeps.nouns_measures import f1_of

if TYPE_CHECKING:
    from saelib.data.language import Nouns
    from saelib.study.settings.nouns import Nouns as Settings
    from saelib.study.sweeps.nouns_training import Points

Flags = npt.NDArray[np.bool_]

# Points of either side that are separated first, and how often those that are then wrong are added.
_HARDEST = 400
_ROUNDS = 4
_LEAST = 10  # nouns of a concept that is asked about: fewer say nothing
_PENALTY = 0.01  # of the regression, as a share of the mean variance of a direction


def separability(
    points: Points, choosing: Flags, nouns: Nouns, settings: Settings, seed: int
) -> pd.DataFrame:
    """Of some concepts whether one absolute neuron could read them without an error on the choosing half.

    The hardest points are separated first. If their neuron makes no error on any point, that is the proof
    that one can; if it does, those points are added and it starts again. If a certificate shows that the
    points so far cannot be separated, neither can all. What remains after four rounds is *undecided*.

    The same is asked of labels dealt out anew: in many dimensions a hyperplane reads almost any small set,
    and being separable then says little.

    Parameters
    ----------
    points : ndarray [n_nouns, d_in]
        What a neuron reads.
    choosing : ndarray of bool [n_nouns]
        The half that is asked about.
    nouns : Nouns
        With the concepts.
    settings : Nouns
        How many concepts are ``audited``; spread evenly over their sizes.
    seed : int
        Of the labels dealt out anew, ≥ 0.

    Returns
    -------
    DataFrame
        One row a concept and ``labels`` (*real*, *permuted*): ``concept`` (its number), ``n_inside``,
        ``n_outside``; ``one_neuron`` (*yes* with a neuron that was let fire, *no* with a certificate that was
        verified, *undecided*); ``errors`` and ``reached_f1``, the fewest errors and the best F1 of the
        neurons tried, on the points they were made for.

    Raises
    ------
    InputError
        If a point is not finite, or two nouns on different sides of a concept share one.

    Examples
    --------
    >>> from saelib.data.language import noun_data, noun_halves
    >>> from saelib.study.settings.nouns import Nouns
    >>> nouns = noun_data(limit=300)
    >>> x = np.random.default_rng(0).normal(0, 0.01, size=(300, 415))
    >>> x += nouns.concepts.membership.toarray()                        # a dimension for every concept
    >>> found = separability(x.astype("float32"), noun_halves(nouns, 0), nouns, Nouns(audited=3), seed=0)
    >>> found[found.labels == "real"].one_neuron.tolist()
    ['yes', 'yes', 'yes']
    """
    from saelib.study.sweeps.nouns_measures import permuted

    here = np.flatnonzero(choosing)
    x = np.asarray(points[here], dtype=np.float64)
    rows = []
    for name, which in (("real", nouns), ("permuted", permuted(nouns, choosing, seed))):
        concepts = which.concepts.take_points(here)
        for i in audited(concepts.sizes, settings.audited):
            inside = np.zeros(len(here), dtype=np.bool_)
            inside[concepts.extent(int(i))] = True
            rows.append({"concept": int(i), "labels": name} | _of_one(x, inside))
    return pd.DataFrame(rows)


def audited(sizes: npt.NDArray[np.int64], number: int) -> npt.NDArray[np.int64]:
    """Numbers of concepts, from the smallest to the largest in even steps; those of fewer than 10 left out.

    Examples
    --------
    >>> audited(np.array([50, 0, 90, 70]), 2).tolist()
    [0, 2]
    """
    order = np.argsort(sizes, kind="stable")
    order = order[sizes[order] >= _LEAST]
    at = np.linspace(0, len(order) - 1, min(number, len(order))).round().astype(np.int64)
    found: npt.NDArray[np.int64] = np.unique(order[at])
    return found[np.argsort(sizes[found], kind="stable")]


def _of_one(x: npt.NDArray[np.float64], inside: Flags) -> dict[str, object]:
    """Separate the hardest points; let the neuron fire on all; add those on which it errs, and again."""
    from saelib.geometry import Separation, separate

    score = _regression(x, inside)
    errors, reached = _at_best_threshold(score, inside)
    row: dict[str, object] = {"n_inside": int(inside.sum()), "n_outside": int((~inside).sum())}
    first = np.flatnonzero(inside)[np.argsort(score[inside], kind="stable")[:_HARDEST]]
    second = np.flatnonzero(~inside)[np.argsort(-score[~inside], kind="stable")[:_HARDEST]]
    found = "undecided"
    for _ in range(_ROUNDS):
        answer = separate(x[first], x[second])
        if not isinstance(answer, Separation):
            proven = answer.separable is False and answer.verify(x[first], x[second])
            found = "no" if proven else "undecided"
            break
        fires = answer.neuron.fires(x)
        fewer, better = int((fires != inside).sum()), f1_of(fires, inside)
        errors, reached = min(errors, fewer), max(reached, better)
        if not fewer:
            found = "yes"
            break
        first = np.union1d(first, np.flatnonzero(inside & ~fires))
        second = np.union1d(second, np.flatnonzero(~inside & fires))
    return row | {"one_neuron": found, "errors": errors, "reached_f1": reached}


def _at_best_threshold(score: npt.NDArray[np.float64], inside: Flags) -> tuple[int, float]:
    """The fewest errors and the best F1 of a direction, each at its own threshold."""
    order = np.argsort(-score, kind="stable")
    caught, fired = np.cumsum(inside[order]), np.arange(1, len(order) + 1)
    errors = fired - caught + inside.sum() - caught
    return int(min(errors.min(), inside.sum())), float((2 * caught / (fired + inside.sum())).max())


def _regression(x: npt.NDArray[np.float64], inside: Flags) -> npt.NDArray[np.float64]:
    """Scores of a regression of the label: where it errs is where separating is hard."""
    gram = (x - x.mean(axis=0)).T @ (x - x.mean(axis=0))
    gram[np.diag_indices_from(gram)] += _PENALTY * np.trace(gram) / len(gram)
    target = (x - x.mean(axis=0)).T @ (inside - inside.mean())
    found: npt.NDArray[np.float64] = (x - x.mean(axis=0)) @ np.linalg.solve(gram, target)
    return found
