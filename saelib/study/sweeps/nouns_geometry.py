"""What geometry allows one neuron, with proofs: which concepts a hyperplane could read without an error.

The same is asked of labels dealt out anew: in many dimensions a hyperplane reads almost any small set, and
being separable then says little. A cell asks of the real labels, or of the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import linalg

from saelib.errors import InputError
from saelib.study.sweeps.nouns_measures import f1_of

if TYPE_CHECKING:
    from saelib.sets import ConceptSet
    from saelib.study.settings.nouns_geometry import NounsGeometry as Settings
    from saelib.study.sweeps.nouns_training import Points

Flags = npt.NDArray[np.bool_]

_LEAST = 10  # nouns of a concept that is asked about: fewer say nothing
_PENALTY = 0.01  # of the regression, as a share of the mean variance of a direction


def cells(settings: Settings) -> list[str]:
    """One id a kind of labels.

    Examples
    --------
    >>> cells("any settings")
    ['real', 'permuted']
    """
    return ["real", "permuted"]


def run_cell(settings: Settings, cell_id: str) -> dict[str, pd.DataFrame]:
    """Ask of the concepts, or of labels dealt out anew, on the half that a seed chooses neurons on.

    Returns
    -------
    dict of str to DataFrame
        ``nouns_geometry``: as from :func:`separability`, and ``labels`` (*real*, *permuted*).

    Examples
    --------
    >>> run_cell("no settings", "real")  # doctest: +SKIP
    """
    from saelib.data.language import noun_activations, noun_data, noun_halves
    from saelib.study.sweeps.nouns_measures import permuted
    from saelib.study.sweeps.nouns_training import normalised

    nouns = noun_data(settings.limit)
    points = normalised(noun_activations(settings.layer, limit=settings.limit))
    choosing = noun_halves(nouns, settings.seed)
    which = nouns if cell_id == "real" else permuted(nouns, choosing, settings.seed)
    found = separability(points[choosing], which.concepts.take_points(choosing), settings.audited)
    return {"nouns_geometry": found.assign(labels=cell_id)}


def gather(frames: list[dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """All cells' rows, by size.

    Examples
    --------
    >>> row = pd.DataFrame({"labels": ["real"], "n_inside": [12], "concept": [3], "reached_f1": [0.12345]})
    >>> gather([{"nouns_geometry": row}])["nouns_geometry"].reached_f1.tolist()
    [0.1234]
    """
    whole = pd.concat([frame["nouns_geometry"] for frame in frames])
    whole = whole.sort_values(["labels", "n_inside", "concept"], ignore_index=True)
    return {"nouns_geometry": whole.round({"reached_f1": 4})}


def separability(points: Points, concepts: ConceptSet, number: int) -> pd.DataFrame:
    """Of some concepts whether one absolute neuron could read them without an error.

    The search starts from a regression of the labels and is that of
    `saelib.study.sweeps.nouns_one_neuron.one_neuron`. If a neuron makes no error on any point, that is the
    proof that one can; if a certificate shows that some of the points cannot be separated, neither can all.
    What a fixed number of Newton steps leaves open is *undecided*.

    Parameters
    ----------
    points : ndarray [n_nouns, d_in]
        What a neuron reads.
    concepts : ConceptSet
        Over the same points.
    number : int
        How many concepts are asked about; spread evenly over their sizes.

    Returns
    -------
    DataFrame
        One row a concept: ``concept`` (its number), ``n_inside``, ``n_outside``; ``one_neuron`` (*yes* with a
        neuron that was let fire, *no* with a certificate that was verified by substitution, *undecided*);
        ``errors`` and ``reached_f1``, the fewest errors and the best F1 of the neurons tried, on the points
        they were made for; ``steps``, Newton steps taken.

    Raises
    ------
    InputError
        If a point is not finite, or points and concepts do not fit.

    Examples
    --------
    >>> from saelib.sets import ConceptSet
    >>> inside = np.arange(40) < 15
    >>> found = separability(np.where(inside, 1.0, -1.0)[:, None], ConceptSet(inside[:, None]), 1)
    >>> found.one_neuron.tolist(), found.n_inside.tolist()
    (['yes'], [15])
    """
    x = np.asarray(points, dtype=np.float64)
    if not np.isfinite(x).all():
        raise InputError("points", "are not all finite", "give finite activations")
    if x.ndim != 2 or concepts.n_points != len(x):
        raise InputError("concepts", f"cover {concepts.n_points} points of {len(x)}", "give the same points")
    asked = audited(concepts.sizes, number)
    inside = np.zeros((len(x), len(asked)), dtype=np.bool_)
    for column, i in enumerate(asked):
        inside[concepts.extent(int(i)), column] = True
    directions = _regressions(x, inside)
    return pd.DataFrame(
        {"concept": int(i)} | _of_one(x, inside[:, column], directions[:, column])
        for column, i in enumerate(asked)
    )


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


def _of_one(
    x: npt.NDArray[np.float64], inside: Flags, direction: npt.NDArray[np.float64]
) -> dict[str, object]:
    """Start from the regression, between the means of its scores; count the errors of what comes of it."""
    from saelib.study.sweeps.nouns_one_neuron import one_neuron

    score = x @ direction
    errors, reached = _at_best_threshold(score, inside)
    high, low = float(score[inside].mean()), float(score[~inside].mean())
    scale = 2.0 / (high - low) if high > low else 1.0
    answer = one_neuron(x, inside, scale * direction, -scale * (high + low) / 2.0)
    fires = x @ answer.w + answer.b > 0.0
    return {
        "n_inside": int(inside.sum()),
        "n_outside": int((~inside).sum()),
        "one_neuron": answer.found,
        "errors": min(errors, int((fires != inside).sum())),
        "reached_f1": max(reached, f1_of(fires, inside)),
        "steps": answer.steps,
    }


def _at_best_threshold(score: npt.NDArray[np.float64], inside: Flags) -> tuple[int, float]:
    """The fewest errors and the best F1 of a direction, each at its own threshold."""
    order = np.argsort(-score, kind="stable")
    caught, fired = np.cumsum(inside[order]), np.arange(1, len(order) + 1)
    errors = fired - caught + inside.sum() - caught
    return int(min(errors.min(), inside.sum())), float((2 * caught / (fired + inside.sum())).max())


def _regressions(x: npt.NDArray[np.float64], inside: Flags) -> npt.NDArray[np.float64]:
    """Directions [d_in, n_concepts] of regressions of the labels, all from one decomposition."""
    centred = x - x.mean(axis=0)
    gram = centred.T @ centred
    gram[np.diag_indices_from(gram)] += _PENALTY * np.trace(gram) / len(gram)
    found: npt.NDArray[np.float64] = linalg.solve(gram, centred.T @ inside, assume_a="pos")
    return found
