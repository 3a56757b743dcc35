"""Learning against interpretation for one dictionary: how often the two directions come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from saelib.alignment import Alignment

SCORES = (
    ("jaccard", "jaccard"),
    ("recall", "precision"),
    ("jaccard", "precision"),
    ("jaccard", "recall"),
    ("precision", "precision"),
)


def directions(alignment: Alignment, labels: Mapping[str, Any], seed: int = 0) -> pd.DataFrame:
    """Count for each pair of scores how many concepts come back to themselves.

    Parameters
    ----------
    alignment : Alignment
        Of trained neurons with concepts.
    labels : mapping
        Columns that say which SAE this is, put first.
    seed : int, default 0
        Of the null, in which the points of the activation sets change places: every neuron fires as often as
        it did and together with the same others, but no longer on the same concepts.

    Returns
    -------
    pandas.DataFrame
        One row a pair of scores and null or not: ``score`` (learning), ``interpret_score``, ``shuffled``,
        ``learned`` (concepts with a best neuron), ``agree`` (those that come back), ``kin`` (those that come
        back as an ancestor or a descendant), ``circles`` (those whose best responses end in a longer circle),
        and ``inside``, ``inside_apart`` (pairs within both radii, and
        those among them that do not agree; for the Jaccard index both ways only, else unavailable).

    Examples
    --------
    >>> from saelib import ActivationSets, ConceptSet, align
    >>> a = align(ActivationSets([[1, 0], [1, 0], [0, 1]]), ConceptSet([[1], [1], [0]]))
    >>> directions(a, {"seed": 0})[["learned", "agree", "inside"]].iloc[0].tolist()
    [1, 1, 1]
    """
    from saelib import ActivationSets, align

    order = np.random.default_rng(seed).permutation(alignment.concepts.n_points)
    elsewhere = align(ActivationSets(alignment.activations.membership[order]), alignment.concepts)
    rows = [
        dict(labels) | {"score": learn, "interpret_score": interpret, "shuffled": shuffled}
        | _counts(a, learn, interpret)
        for shuffled, a in ((False, alignment), (True, elsewhere))
        for learn, interpret in SCORES
    ]  # fmt: skip
    return pd.DataFrame(rows).astype({"inside": "Int64", "inside_apart": "Int64"})


def _counts(alignment: Alignment, learn: str, interpret: str) -> dict[str, Any]:
    from saelib.alignment import agreement
    from saelib.alignment._responses import walk

    learned, interpreted = alignment.learn(learn), alignment.interpret(interpret)
    found = np.flatnonzero(learned >= 0)
    related = _related(alignment.concepts.parents)
    walks = [walk(learned, interpreted, int(i)) for i in found]  # best_responses would score all pairs anew
    row: dict[str, Any] = {
        "learned": len(found),
        "agree": int((interpreted[learned[found]] == found).sum()),
        "kin": int((related[interpreted[learned[found]], found]).sum()),
        "circles": sum(taken.cycle > 1 for taken in walks),
        "inside": pd.NA,
        "inside_apart": pd.NA,
    }
    if (learn, interpret) == ("jaccard", "jaccard"):
        frame = agreement(alignment)
        row |= {"inside": int(frame.inside.sum()), "inside_apart": int((frame.inside & ~frame.agree).sum())}
    return row


def _related(parents: np.ndarray) -> np.ndarray:
    """Whether one concept is a proper ancestor of the other, bool [n_concepts, n_concepts]."""
    related = np.zeros((len(parents), len(parents)), dtype=np.bool_)
    for child in range(len(parents)):
        above = parents[child]
        while above >= 0:
            related[child, above] = related[above, child] = True
            above = parents[above]
    return related
